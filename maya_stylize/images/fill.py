"""Holes in a picture filled from what lies around them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]


def filled(pixels: FloatArray, known: FloatArray) -> FloatArray:
    """Return a picture whose unknown pixels are a smooth continuation of the known ones.

    Means over squares of known pixels, of two, four and more pixels a side until nothing is
    unknown, and back (the push and pull of Gortler et al. 1996, *The Lumigraph*).

    Args:
        pixels: (H, W, channels).
        known: (H, W), 0 to 1: what each pixel counts for; those of 1 stay as they are.

    Returns:
        (H, W, channels); all 0 where nothing at all is known.
    """
    share = np.clip(known, 0, 1)[..., None].astype(np.float32)
    if share.min() == 1 or max(pixels.shape[:2]) == 1:
        return np.asarray(pixels, np.float32)
    sums, counts = _halved(pixels * share), _halved(share)
    means = np.asarray(sums / np.maximum(counts, 1e-6), np.float32)
    coarse = filled(means, np.minimum(4 * counts, 1)[..., 0])
    result = np.where(share == 1, pixels, share * pixels + (1 - share) * _doubled(coarse, share))
    return np.asarray(result, np.float32)


def _halved(maps: FloatArray) -> FloatArray:
    """Return the means of squares of two by two; beyond an odd edge there is nothing."""
    rows, columns = maps.shape[:2]
    even = np.pad(maps, ((0, rows % 2), (0, columns % 2), (0, 0)))
    halves = (even[::2] + even[1::2]) / np.float32(2)
    return np.asarray((halves[:, ::2] + halves[:, 1::2]) / np.float32(2), np.float32)


def _doubled(maps: FloatArray, like: FloatArray) -> FloatArray:
    """Return maps of twice the size, linear in between."""
    for axis in (0, 1):
        ends = [(1, 1) if axis == each else (0, 0) for each in range(3)]
        around = np.moveaxis(np.pad(maps, ends, "edge"), axis, 0)
        doubled = np.empty((2 * (len(around) - 2), *around.shape[1:]), np.float32)
        doubled[::2] = (around[:-2] + 3 * around[1:-1]) / 4
        doubled[1::2] = (3 * around[1:-1] + around[2:]) / 4
        maps = np.moveaxis(doubled, 0, axis)
    return maps[: like.shape[0], : like.shape[1]]
