"""The procedural painting that ships as a style picture."""

from __future__ import annotations

import numpy as np
from exemplar_tools import Field, blur, develop, noise, shade, srgb
from numpy.typing import NDArray

FACTOR = 2
SIZE = 344 * FACTOR
DARK = ("14274e", "1d3f72", "23527c", "0f3b4c", "2b2d5e")
MIDDLE = ("2f78a3", "3f9aa6", "6aa84f", "4b6bb0", "5fb0a0", "8bb174")
LIGHT = ("f2c14e", "f4a259", "fbe8a6", "e76f51", "f6d982", "d94f4f")


def brushwork() -> NDArray[np.uint8]:
    """Paint thousands of bristly strokes along a swirling flow, dark under light."""
    rng = np.random.default_rng(41)
    stream = noise(rng, SIZE, 1, 5, 1.6) + 0.12 * noise(rng, SIZE, 5, 12, 1.0)
    angle = np.arctan2(np.roll(stream, -1, 1) - np.roll(stream, 1, 1),
                       -(np.roll(stream, -1, 0) - np.roll(stream, 1, 0)))  # fmt: skip
    tone = noise(rng, SIZE, 1, 6, 1.3)
    hue = noise(rng, SIZE, 1, 10, 1.0)
    canvas = np.broadcast_to(srgb("20304f"), (SIZE, SIZE, 3)).copy()
    height = np.zeros((SIZE, SIZE))
    for count, width, length in ((720, 17, 100), (1760, 11, 70), (2400, 7, 46), (720, 4.5, 30)):
        for _ in range(count):
            cy, cx = rng.uniform(0, SIZE, 2)
            where = (int(cy), int(cx))
            level = tone[where] + rng.normal(0, 0.35)
            family = DARK if level < -0.25 else MIDDLE if level < 0.75 else LIGHT
            pick = int(np.clip((hue[where] + 2) / 4 + rng.normal(0, 0.13), 0, 0.999) * len(family))
            color = srgb(family[pick]) * rng.uniform(0.8, 1.2) * rng.uniform(0.93, 1.07, 3)
            _stroke(rng, canvas, height, (cy, cx), angle, width * rng.uniform(0.7, 1.3),
                    length * rng.uniform(0.6, 1.3), color)  # fmt: skip
    light = shade(blur(height, 0.7), 1.1, (-1.0, -0.8), 1.1)
    return develop(canvas * (0.25 + 0.75 * light)[..., None], FACTOR, 1.05)


def _stroke(
    rng: np.random.Generator,
    canvas: Field,
    height: Field,
    start: tuple[float, float],
    angle: Field,
    width: float,
    length: float,
    color: Field,
) -> None:
    """Drag one brush along the flow; each bristle has its tone and runs dry in its place."""
    bristles = max(int(width * 2), 6)
    across = np.linspace(-0.5, 0.5, bristles)
    load = np.convolve(rng.normal(0, 1, bristles + 2), [0.25, 0.5, 0.25], "valid")
    ends = length * (1 - 0.9 * across**2) * rng.uniform(0.75, 1.0, bristles)
    begins = length * 0.12 * rng.uniform(0, 1, bristles) + length * 0.3 * across**2
    y, x = start
    turn = float(angle[int(y) % SIZE, int(x) % SIZE])
    steps = int(length / 0.8)
    spine = np.empty((steps, 3))
    for step in range(steps):
        flow = float(angle[int(y) % SIZE, int(x) % SIZE])
        turn += 0.25 * np.arctan2(np.sin(flow - turn), np.cos(flow - turn))
        y, x = y + 0.8 * np.sin(turn), x + 0.8 * np.cos(turn)
        spine[step] = y, x, turn
    walked = np.arange(steps) * 0.8
    taper = np.minimum(1, 0.55 + 2.5 * walked / length)[:, None] * across * width
    rows = np.rint(spine[:, :1] + taper * np.cos(spine[:, 2:])).astype(int) % SIZE
    columns = np.rint(spine[:, 1:2] - taper * np.sin(spine[:, 2:])).astype(int) % SIZE
    wet = (walked[:, None] >= begins) & (walked[:, None] <= ends)
    ridge = 1.2 * load + 1.6 * (np.abs(across) > 0.42)
    paint = color * np.exp(0.14 * load)[:, None]
    spread = np.broadcast_to(paint, (steps, bristles, 3))
    canvas[rows[wet], columns[wet]] = spread[wet]
    height[rows[wet], columns[wet]] = np.broadcast_to(2.0 + ridge, (steps, bristles))[wet]
