"""Periodic noise, packing, light and color for the procedural exemplars.

Every field here is a square array that wraps around, so every exemplar tiles. Heights and lengths
are in pixels of the working resolution, colors are linear Rec.709.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

Field = NDArray[np.float64]


def noise(
    rng: np.random.Generator,
    size: int,
    low: float,
    high: float,
    slope: float = 1.0,
    stretch: tuple[float, float] = (1.0, 1.0),
) -> Field:
    """Return periodic noise of standard deviation 1 in a band of frequencies.

    Args:
        rng: Source of randomness.
        size: Side in pixels.
        low: Lowest frequency, cycles per tile.
        high: Highest frequency, cycles per tile.
        slope: The amplitude falls as 1 / frequency ** slope.
        stretch: How much longer features are along y and along x.
    """
    spectrum = np.fft.fft2(rng.standard_normal((size, size)))
    cycles = np.fft.fftfreq(size, 1 / size)
    frequency = np.hypot(cycles[:, None] * stretch[0], cycles[None, :] * stretch[1])
    inside = (frequency >= low) & (frequency <= high)
    gain = np.where(inside, np.maximum(frequency, 1e-9) ** -slope, 0.0)
    field = np.real(np.fft.ifft2(spectrum * gain))
    return np.asarray(field / field.std())


def smooth(edge0: float, edge1: float, x: Field) -> Field:
    """Return the smooth step of `x` from 0 at `edge0` to 1 at `edge1`."""
    t = np.clip((x - edge0) / (edge1 - edge0), 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t))


def blur(field: Field, sigma: float) -> Field:
    """Return `field` blurred by a Gaussian that wraps around."""
    return np.asarray(gaussian_filter(field, sigma, mode="wrap"))


def lookup(field: Field, dy: Field, dx: Field) -> Field:
    """Return `field` displaced by whole-pixel offsets that vary over the tile."""
    size = field.shape[0]
    y, x = np.mgrid[0:size, 0:size]
    rows = (y + np.rint(dy).astype(int)) % size
    columns = (x + np.rint(dx).astype(int)) % size
    return np.asarray(field[rows, columns])


def cells(points: Field, size: int, dy: Field, dx: Field) -> tuple[NDArray[np.int64], Field, Field]:
    """Return the Voronoi diagram of `points` on the warped tile.

    Args:
        points: (n, 2) positions, row then column, in pixels.
        size: Side in pixels.
        dy: Displacement of the rows, in pixels.
        dx: Displacement of the columns, in pixels.

    Returns:
        The nearest point's index, the distance to it, and the distance to the second nearest.
    """
    y, x = np.mgrid[0:size, 0:size]
    where = np.stack([(y + dy) % size, (x + dx) % size], axis=-1)
    distance, index = cKDTree(points, boxsize=size).query(where, k=2)
    return index[..., 0], distance[..., 0], distance[..., 1]


def shade(height: Field, relief: float, sun: tuple[float, float], elevation: float) -> Field:
    """Return Lambert's cosine for a height map, 1 on ground that faces the sun.

    Args:
        height: Height in pixels.
        relief: Factor on the height.
        sun: Direction towards the sun, row then column.
        elevation: Height of the sun as a tangent.
    """
    dy = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * relief / 2
    dx = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * relief / 2
    flat = np.hypot(*sun)
    toward = np.array([sun[0], sun[1], elevation * flat]) / (flat * np.hypot(1, elevation))
    cosine = (-dy * toward[0] - dx * toward[1] + toward[2]) / np.sqrt(dy**2 + dx**2 + 1)
    return np.asarray(np.maximum(cosine, 0) / toward[2])


def cast_shadow(height: Field, sun: tuple[float, float], elevation: float, reach: int) -> Field:
    """Return 1 in full light and 0 in full shadow, marching `reach` pixels towards the sun."""
    length = np.hypot(*sun)
    blocked = np.zeros_like(height)
    for step in range(1, reach + 1):
        shift = (-round(step * sun[0] / length), -round(step * sun[1] / length))
        over = np.roll(height, shift, (0, 1)) - height - step * elevation
        blocked = np.maximum(blocked, over / (1 + 0.15 * step))
    return np.asarray(1 - smooth(0.0, 1.5, blur(blocked, 0.8)))


def occlusion(height: Field, radius: float, strength: float) -> Field:
    """Return how much of the sky a point sees, from the height around it."""
    around = sum(blur(height, radius * k) - height for k in (0.5, 1.0, 2.0)) / 3
    return np.asarray(1 / (1 + strength * np.maximum(around, 0)))


def srgb(code: str) -> Field:
    """Return the linear color of a six digit sRGB code."""
    encoded = np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)]) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear)


def ramp(values: Field, *codes: str) -> Field:
    """Return colors for `values` in 0..1 from evenly spaced sRGB codes."""
    stops = np.linspace(0, 1, len(codes))
    colors = np.stack([srgb(code) for code in codes])
    return np.stack([np.interp(values, stops, colors[:, k]) for k in range(3)], axis=-1)


def mix(a: Field, b: Field, amount: Field) -> Field:
    """Return `a` where `amount` is 0 and `b` where it is 1."""
    return np.asarray(a + (b - a) * amount[..., None])


def develop(linear: Field, factor: int, exposure: float = 1.0) -> NDArray[np.uint8]:
    """Average blocks of `factor` pixels in linear light and encode as 8 bit sRGB."""
    side = (linear.shape[0] // factor, factor, linear.shape[1] // factor, factor, 3)
    small = np.clip(linear * exposure, 0, None).reshape(side).mean(axis=(1, 3))
    small = np.where(small > 0.7, 1 - 0.3 * np.exp(-(small - 0.7) / 0.3), small)
    encoded = np.where(small <= 0.0031308, 12.92 * small, 1.055 * small ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(np.clip(encoded, 0, 1) * 255), np.uint8)
