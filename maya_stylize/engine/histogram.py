"""Histogram matching of each color channel, the last step of the 2015 recipe."""

from __future__ import annotations

import numpy as np

from maya_stylize.engine.vgg19 import FloatArray


def match_histogram(pixels: FloatArray, example: FloatArray) -> FloatArray:
    """Return the picture with the example's distribution in each color channel.

    Each value is replaced by the example's value of the same rank; ranks between two of the
    example's are interpolated, so the sizes may differ. Equal values stay equal.

    Args:
        pixels: (H, W, 3), any units.
        example: (h, w, 3), or (pixels, 3), same units.

    Returns:
        (H, W, 3) in the example's range.
    """
    matched = np.empty_like(pixels)
    for channel in range(pixels.shape[-1]):
        _, positions, counts = np.unique(
            pixels[..., channel], return_inverse=True, return_counts=True
        )
        ranks = (np.cumsum(counts) - counts / 2) / pixels[..., channel].size
        wanted = np.sort(example[..., channel], axis=None)
        wanted_ranks = (np.arange(wanted.size) + 0.5) / wanted.size
        mapped = np.interp(ranks, wanted_ranks, wanted).astype(np.float32)
        matched[..., channel] = mapped[positions].reshape(pixels.shape[:2])
    return matched
