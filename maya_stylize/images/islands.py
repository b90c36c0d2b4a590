"""Transparent pixels: filled with the colors around them for a look, and their own kept for later.

A texture's UV islands often lie on transparent black. Whatever looks at more than one pixel, a
network or a filter, would see a black edge around each and bleed it inwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from maya_stylize.errors import ImageError
from maya_stylize.images.fill import filled
from maya_stylize.images.resize import resize

FloatArray = npt.NDArray[np.float32]

# What a pixel that can hardly be seen counts for, beside one that is opaque.
_LEAST = 1e-3
_HINT = "Export it with the alpha that is meant, or without."


@dataclass(frozen=True, eq=False)
class Cover:
    """What a result takes over of a picture's transparency.

    Attributes:
        alpha: (height, width), 0 to 1; None for an opaque picture.
        under: (height, width, 3), what the file holds in its own numbers, of which those where
            alpha is 0 count; None where there are none.
    """

    alpha: FloatArray | None = None
    under: FloatArray | None = None

    def at(self, width: int, height: int) -> Cover:
        """Return it at another size; at its own it stays as it is, bit for bit."""
        if self.alpha is None or self.alpha.shape == (height, width):
            return self
        # A filter with negative lobes would leave ripples around each island.
        alpha = resize(self.alpha[..., None], width, height, filter_name="triangle")[..., 0]
        under = None if self.under is None else resize(self.under, width, height)
        return replace(self, alpha=alpha, under=under)


def dilated(pixels: FloatArray, alpha: FloatArray, path: str, hint: str = _HINT) -> FloatArray:
    """Return a picture whose fully transparent pixels have the colors of those nearest to them.

    Opaque pixels, and those that are so in part, stay as they are, bit for bit. The others are
    filled from a pyramid of averages (push and pull): near an island they continue it, far from
    all they become an average of those around. No color appears that is not between others.

    Args:
        pixels: (height, width, 3), any range.
        alpha: (height, width), nominally 0 to 1.
        path: The file, for the message.
        hint: What to do where every pixel is transparent.

    Returns:
        The picture itself where nothing is transparent, else another one.

    Raises:
        ImageError: Every pixel is transparent.
    """
    hidden = alpha <= 0
    if not hidden.any():
        return pixels
    if hidden.all():
        raise ImageError(
            f"{path}: every pixel is transparent, its alpha is 0 everywhere.",
            hint,
        )
    weights = np.where(hidden, 0, np.clip(alpha, _LEAST, 1)).astype(np.float32)
    return np.where(hidden[..., None], filled(pixels, weights), pixels)
