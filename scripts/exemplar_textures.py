"""The procedural textures that ship as exemplars, each 256x256 and tiling."""

from __future__ import annotations

import numpy as np
from exemplar_tools import (
    Field,
    blur,
    cast_shadow,
    cells,
    develop,
    mix,
    noise,
    occlusion,
    ramp,
    shade,
    smooth,
    srgb,
)
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

FACTOR = 3
SIZE = 256 * FACTOR


def bricks() -> NDArray[np.uint8]:
    """Draw an old brick wall in running bond."""
    rng = np.random.default_rng(5)
    rows, columns = 8, 4
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(float)
    y = y + 2.2 * noise(rng, SIZE, 2, 9, 1)
    x = x + 2.2 * noise(rng, SIZE, 2, 9, 1)
    tall, wide = SIZE / rows, SIZE / columns
    row = np.floor(y / tall).astype(int) % rows
    shift = (0.5 * (np.arange(rows) % 2) + rng.uniform(-0.05, 0.05, rows))[row] * wide
    column = np.floor((x + shift) / wide).astype(int) % columns
    number = row * columns + column
    count = rows * columns
    fy = np.mod(y, tall) - tall / 2
    fx = np.mod(x + shift, wide) - wide / 2
    half_y = (tall / 2 - 2.3 * FACTOR - rng.uniform(0, 1.2 * FACTOR, count))[number]
    half_x = (wide / 2 - 2.4 * FACTOR - rng.uniform(0, 1.5 * FACTOR, count))[number]
    lean = rng.normal(0, 0.008, count)[number]
    qy, qx = np.abs(fy + lean * fx) - half_y, np.abs(fx - lean * fy) - half_x
    corner = 3.0 * FACTOR
    edge = np.hypot(np.maximum(qy + corner, 0), np.maximum(qx + corner, 0)) - corner
    edge = np.maximum(edge, np.maximum(qy, qx)) + 1.5 * noise(rng, SIZE, 12, 150, 1.2)
    chips = noise(rng, SIZE, 10, 60, 1.0)
    edge = edge + 7 * smooth(1.2, 2.4, chips) * smooth(-16, 0, edge)
    solid = smooth(1.5, -2.0, edge)
    grain = noise(rng, SIZE, 60, 384, 0.2)
    rough = noise(rng, SIZE, 10, 200, 1.0)
    pits = smooth(1.3, 2.3, noise(rng, SIZE, 40, 140, 0.3))
    mortar = 2.0 * rough + 1.4 * grain
    face = rng.normal(0, 2.0, count)[number] + 1.5 * rough + 0.6 * grain - 4.0 * pits
    height = mortar + (11 + face - mortar) * smooth(2.0, -8.0, edge)
    return _brick_colors(rng, height, solid, number, (rough, grain, pits), count)


def _brick_colors(
    rng: np.random.Generator,
    height: Field,
    solid: Field,
    number: NDArray[np.int64],
    surface: tuple[Field, Field, Field],
    count: int,
) -> NDArray[np.uint8]:
    rough, grain, pits = surface
    clay = ["8a3b28", "a04a30", "7a3226", "b5603d", "94503c", "6b332c", "c07a52", "5a2f2d"]
    base = np.stack([srgb(code) for code in rng.choice(clay, count)])[number]
    base = base * rng.uniform(0.85, 1.15, count)[number][..., None]
    patches = noise(rng, SIZE, 3, 40, 1.3)
    burnt = smooth(0.5, 1.8, patches + rng.normal(0, 0.6, count)[number])
    base = base + 0.15 * (base.mean(axis=-1, keepdims=True) - base)
    brick = mix(base, np.broadcast_to(srgb("3a2424"), base.shape), 0.7 * burnt)
    brick = mix(
        brick, np.broadcast_to(srgb("d79b72"), base.shape), 0.35 * smooth(0.6, 2.0, -patches)
    )
    brick = brick * np.exp(0.13 * rough + 0.12 * grain - 0.5 * pits)[..., None]
    sand = ramp(np.clip(0.5 + 0.2 * rough + 0.16 * grain, 0, 1), "7a7265", "a89d8a", "cabfa9")
    color = mix(sand, brick, solid)
    lime = smooth(1.0, 2.4, noise(rng, SIZE, 3, 90, 1.2, (0.5, 1.0))) * smooth(-1.5, 1.0, grain)
    color = mix(color, np.broadcast_to(srgb("d9d2c4"), color.shape), 0.5 * lime)
    sun, elevation = (-1.0, -0.8), 0.95
    direct = shade(height, 0.75, sun, elevation) * cast_shadow(height, sun, elevation, 24)
    sky = occlusion(height, 4 * FACTOR, 0.12)
    lit = color * (
        0.8 * direct[..., None] * srgb("fff3e0") + 0.42 * sky[..., None] * srgb("dfe8ff")
    )
    return develop(lit, FACTOR, 1.1)


def rust() -> NDArray[np.uint8]:
    """Draw blue-green paint that chips off rusty steel."""
    rng = np.random.default_rng(23)
    grain = noise(rng, SIZE, 60, 384, 0.3)
    scale = noise(rng, SIZE, 6, 220, 1.0)
    ragged = [3.0 * noise(rng, SIZE, 14, 160, 1.0) for _ in range(2)]
    plates = rng.uniform(0, SIZE, (70, 2))
    plate, near, far = cells(plates, SIZE, *ragged)
    crack = far - near
    chips = rng.uniform(0, SIZE, (1300, 2))
    chip, _, _ = cells(chips, SIZE, *(1.2 * field for field in ragged))
    wear = noise(rng, SIZE, 2, 14, 1.1)
    wear = wear[tuple(chips.astype(int).T)] + rng.normal(0, 0.33, len(chips))
    gone = wear[chip] + 0.5 * smooth(14, 0, crack) - 0.35 > 0
    inside = _depth(~gone)
    primer_gone = wear[chip] + 0.5 * smooth(14, 0, crack) + 0.05 * scale - 0.62 > 0
    paint = smooth(0.5, 2.0, inside)
    primer = smooth(0.5, 2.0, _depth(~primer_gone)) * (1 - paint)
    open_crack = smooth(0.2, 1.2, noise(rng, SIZE, 2, 10, 1.0)[tuple(plates.astype(int).T)])[plate]
    hairline = smooth(3.0, 0.6, crack) * paint * open_crack
    blister = smooth(0.9, 2.3, noise(rng, SIZE, 12, 50, 0.8)) * paint
    curl = np.exp(-inside / (2.2 * FACTOR)) * paint
    pitted = 1.6 * scale + 0.7 * grain
    height = np.where(paint > 0, 7 + 4.0 * curl + 3 * blister - 4 * hairline + 0.25 * grain, 0)
    height = blur(height * paint + 2.5 * primer + (1 - paint) * (1 - 0.7 * primer) * pitted, 0.7)
    iron = np.clip(0.5 + 0.2 * scale + 0.08 * grain + 0.14 * noise(rng, SIZE, 2, 12, 1), 0, 1)
    steel = ramp(iron, "2a1512", "55281a", "82401f", "a4552a", "bd7a42", "94705c")
    fade = np.clip(0.45 + 0.17 * noise(rng, SIZE, 2, 40, 1.2) + 0.04 * grain, 0, 1)
    coat = ramp(fade, "24636b", "34807f", "579c92", "86b8a8")
    coat = coat * rng.uniform(0.9, 1.1, len(plates))[plate][..., None]
    lower = ramp(np.clip(0.5 + 0.2 * scale + 0.1 * grain, 0, 1), "8f7f66", "c3b79c", "d9cfb8")
    rusty = blur(gone.astype(float), 5 * FACTOR)
    stain = smooth(0.1, 0.65, rusty + 0.09 * noise(rng, SIZE, 4, 60, 1.0, (2.5, 1.0)))
    coat = mix(coat, np.broadcast_to(srgb("7d4d2c"), coat.shape), 0.55 * stain)
    specks = smooth(2.0, 2.6, noise(rng, SIZE, 30, 200, 0.5))
    coat = mix(
        coat, np.broadcast_to(srgb("4a2a1a"), coat.shape), np.maximum(hairline, specks) * 0.85
    )
    color = mix(mix(steel, lower, 0.85 * primer), coat, paint)
    sun, elevation = (-1.0, -0.6), 0.8
    direct = shade(height, 0.65, sun, elevation) * cast_shadow(height * 1.5, sun, elevation, 24)
    sky = occlusion(height, 3 * FACTOR, 0.1)
    return develop(color * (0.78 * direct + 0.4 * sky)[..., None], FACTOR, 1.05)


def _depth(mask: NDArray[np.bool_]) -> Field:
    """Return the distance to the nearest pixel outside `mask`, on the wrapped tile."""
    margin = 64
    padded = distance_transform_edt(np.pad(mask, margin, mode="wrap"))
    return np.asarray(padded[margin:-margin, margin:-margin])


def tartan() -> NDArray[np.uint8]:
    """Draw a woolen tartan in 2/2 twill."""
    rng = np.random.default_rng(3)
    threads = 64
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(float)
    y = y + 1.7 * noise(rng, SIZE, 2, 14, 0.8) + 0.5 * noise(rng, SIZE, 30, 90, 0.3)
    x = x + 1.7 * noise(rng, SIZE, 2, 14, 0.8) + 0.5 * noise(rng, SIZE, 30, 90, 0.3)
    pitch = SIZE / threads
    row, column = np.floor(y / pitch).astype(int), np.floor(x / pitch).astype(int)
    fy, fx = np.mod(y / pitch, 1) - 0.5, np.mod(x / pitch, 1) - 0.5
    over = np.mod(column - row, 4) < 2
    sett = "nnnnnnnnrrggggggggggrrnnnnnnnnyynnnnnnnnrrggggggwwggggggrrnnnnyy"
    wool = {"n": "1c2c4c", "r": "9a2626", "g": "1f5a43", "y": "d2a33c", "w": "e0d8c4"}
    dyes = np.stack([srgb(wool[letter]) for letter in sett])
    warp = dyes[column % threads] * rng.uniform(0.8, 1.2, threads)[column % threads][..., None]
    weft = dyes[row % threads] * rng.uniform(0.8, 1.2, threads)[row % threads][..., None]
    color = np.where(over[..., None], warp, weft)
    along = np.mod(np.where(over, y / pitch - column, x / pitch - row - 2) + 0.0, 4)
    swell = np.cos((along - 1.0) * np.pi / 2)
    across = np.where(over, fx, fy)
    height = pitch * (0.5 * np.sqrt(np.maximum(1 - (across * 1.9) ** 2, 0.02)) + 0.16 * swell)
    diagonal = noise(rng, SIZE, 60, 384, 0.3)
    fiber = np.where(
        over, noise(rng, SIZE, 60, 384, 0.2, (3, 0.7)), noise(rng, SIZE, 60, 384, 0.2, (0.7, 3))
    )
    height = height + 0.5 * fiber
    fuzz = smooth(1.5, 2.6, noise(rng, SIZE, 20, 384, 0.4, (1, 1)))
    color = (
        color * np.exp(0.2 * fiber + 0.08 * diagonal + 0.1 * noise(rng, SIZE, 2, 30, 1))[..., None]
    )
    color = mix(color, np.broadcast_to(srgb("b9b2a6"), color.shape), 0.2 * fuzz)
    sun, elevation = (-1.0, -0.5), 1.1
    direct = shade(height, 0.6, sun, elevation)
    sky = occlusion(height, 1.5 * FACTOR, 0.3)
    return develop(color * (0.75 * direct + 0.45)[..., None] * sky[..., None], FACTOR, 1.35)


def granite() -> NDArray[np.uint8]:
    """Draw polished red granite: large feldspar crystals among quartz, plagioclase and mica."""
    rng = np.random.default_rng(8)
    ragged = [2.0 * noise(rng, SIZE, 8, 60, 0.9) for _ in range(2)]
    large = rng.uniform(0, SIZE, (420, 2))
    crystal, near, far = cells(large, SIZE, *ragged)
    fine = rng.uniform(0, SIZE, (3600, 2))
    flake, fine_near, fine_far = cells(fine, SIZE, *ragged)
    cloud = noise(rng, SIZE, 3, 60, 1.0)
    grain = noise(rng, SIZE, 60, 384, 0.2)
    feldspar = rng.uniform(0, 1, len(large))[crystal] < 0.5
    tilt = rng.uniform(0, np.pi, len(large))[crystal]
    streak = np.where(
        tilt < np.pi / 2,
        noise(rng, SIZE, 20, 300, 0.6, (4, 1)),
        noise(rng, SIZE, 20, 300, 0.6, (1, 4)),
    )
    rose = np.clip(rng.uniform(0.2, 0.8, len(large))[crystal] + 0.1 * streak + 0.1 * cloud, 0, 1)
    pink = ramp(rose, "7d3f33", "a9644f", "c58468", "dba789")
    pink = pink * (0.78 + 0.22 * smooth(0, 9, far - near))[..., None]
    dark_here = noise(rng, SIZE, 6, 30, 0.8)[tuple(fine.astype(int).T)]
    roll = rng.uniform(0, 1, len(fine)) + 0.16 * dark_here
    kind = np.digitize(roll, (0.36, 0.7))[flake]
    tone = np.clip(rng.uniform(0, 1, len(fine))[flake] + 0.08 * cloud + 0.06 * grain, 0, 1)
    quartz = ramp(tone, "6f6c6a", "96928d", "b9b4ac")
    plagioclase = ramp(tone, "b8a994", "d3c7b4", "e8dfd0")
    mica = ramp(tone**2, "121315", "232224", "4b4540")
    matrix = np.choose(kind[..., None], (quartz, plagioclase, mica))
    matrix = matrix * (0.85 + 0.15 * smooth(0, 5, fine_far - fine_near))[..., None]
    speck = (rng.uniform(0, 1, len(fine)) < 0.05)[flake]
    color = np.where((feldspar & ~speck)[..., None], pink, np.where(speck[..., None], mica, matrix))
    glint = np.exp(0.10 * rng.normal(0, 1, len(fine))[flake] + 0.05 * grain + 0.05 * cloud)
    return develop(color * glint[..., None], FACTOR, 1.1)
