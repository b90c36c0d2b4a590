"""The pebbles that ship as an exemplar: 256x256, tiling."""

from __future__ import annotations

import numpy as np
from exemplar_tools import (
    Field,
    blur,
    cast_shadow,
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

FACTOR = 3
SIZE = 256 * FACTOR
STONES = (
    "8f8778", "6d7076", "b9a488", "9c6a4b", "c9c0ae", "55606b", "7d7a5f", "a8785a", "d8d0c0",
    "4c4a4b", "8a5040", "a39a90", "5e6f74", "c2a06a",
)  # fmt: skip


def _scatter(
    rng: np.random.Generator, radii: Field, overlap: float
) -> list[tuple[float, float, float]]:
    """Drop discs from large to small where they overlap others by less than `overlap`."""
    placed: list[tuple[float, float, float]] = []
    for radius in sorted(radii, reverse=True):
        for _ in range(60):
            y, x = rng.uniform(0, SIZE, 2)
            others = np.array(placed).reshape(-1, 3)
            away = np.abs(others[:, :2] - (y, x))
            gap = np.hypot(*np.minimum(away, SIZE - away).T) - (radius + others[:, 2]) * overlap
            if np.all(gap > 0):
                placed.append((y, x, float(radius)))
                break
    return placed


def pebbles() -> NDArray[np.uint8]:
    """Draw river pebbles of many sizes and hues with dark gaps."""
    rng = np.random.default_rng(11)
    sizes = np.concatenate(
        [rng.uniform(17, 25, 14), rng.uniform(9, 16, 60), rng.uniform(4, 9, 420)]
    )
    stones = _scatter(rng, sizes * FACTOR, 0.86)
    height = np.full((SIZE, SIZE), -4.0 * FACTOR) + noise(rng, SIZE, 20, 200, 0.5) * 2
    owner = np.full((SIZE, SIZE), -1)
    u = np.zeros((SIZE, SIZE))
    for number, (cy, cx, radius) in enumerate(stones):
        reach = int(radius * 1.5)
        dy, dx = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(float)
        angle, aspect = rng.uniform(0, np.pi), rng.uniform(0.68, 1.0)
        a = (dx * np.cos(angle) + dy * np.sin(angle)) / radius * np.sqrt(aspect)
        b = (-dx * np.sin(angle) + dy * np.cos(angle)) / radius / np.sqrt(aspect)
        power = rng.uniform(2.1, 2.9)
        turn = np.arctan2(b, a)
        wobble = sum(
            rng.uniform(0, 0.05) * np.cos(k * turn + rng.uniform(0, 6.3)) for k in (2, 3, 5)
        )
        rho = (np.abs(a) ** power + np.abs(b) ** power) ** (1 / power) * (1 + wobble)
        dome = radius * 0.62 * np.maximum(1 - rho**2.4, 0) ** 0.55 - radius * 0.1
        tilt = (a * rng.normal(0, 0.12) + b * rng.normal(0, 0.12)) * radius
        dome = np.where(rho < 1, dome + tilt, -1e9)
        window = np.ix_((int(cy) + np.arange(-reach, reach + 1)) % SIZE,
                        (int(cx) + np.arange(-reach, reach + 1)) % SIZE)  # fmt: skip
        wins = dome > height[window]
        height[window] = np.where(wins, dome, height[window])
        owner[window] = np.where(wins, number, owner[window])
        u[window] = np.where(wins, a + 0.35 * b, u[window])
    return _pebble_colors(rng, height, owner, u, len(stones))


def _pebble_colors(
    rng: np.random.Generator, height: Field, owner: NDArray[np.int64], u: Field, count: int
) -> NDArray[np.uint8]:
    base = np.stack([srgb(code) for code in rng.choice(STONES, count)])
    base = base + 0.3 * (base.mean(axis=1, keepdims=True) - base)
    base *= rng.uniform(0.7, 1.15, (count, 1)) * rng.uniform(0.94, 1.06, (count, 3))
    sand = ramp(np.clip(0.5 + 0.25 * noise(rng, SIZE, 60, 384, 0), 0, 1), "2e2820", "6a5c48")
    color = np.where((owner >= 0)[..., None], base[owner], sand)
    mottle = noise(rng, SIZE, 6, 120, 1.1)
    grain = noise(rng, SIZE, 50, 380, 0.3)
    kind = rng.uniform(0, 1, count)[owner]
    speckle = np.where((kind < 0.35) & (grain > 1.1), 0.62, 1.0)
    bright = np.where((kind < 0.2) & (grain < -1.4), 1.5, 1.0)
    phase = rng.uniform(0, 6.3, count)[owner]
    rate = rng.uniform(5, 14, count)[owner]
    bands = smooth(0.35, 0.95, np.sin(u * rate + phase + 0.9 * mottle))
    veins = np.where((kind > 0.72) & (owner >= 0), bands * 0.45, 0.0)
    color = color * (speckle * bright * np.exp(0.16 * mottle + 0.07 * grain))[..., None]
    color = mix(color, np.broadcast_to(srgb("e6dccb"), color.shape), veins)
    bumpy = height + 0.35 * mottle + 0.3 * grain
    sun, elevation = (-1.0, -0.7), 0.9
    direct = shade(bumpy, 0.8, sun, elevation) * cast_shadow(height, sun, elevation, 40)
    sky = occlusion(height, 6 * FACTOR, 0.16)
    gloss = smooth(1.15, 1.36, shade(blur(height, 1.5), 0.9, sun, elevation)) * 0.07
    lit = color * (
        0.78 * direct[..., None] * srgb("fff4e2") + 0.5 * sky[..., None] * srgb("dbe6ff")
    )
    return develop(lit * (0.35 + 0.65 * sky)[..., None] + (gloss * direct)[..., None], FACTOR, 1.35)
