"""Data in pictures: numbers that are no colors, brought into 0 to 1 and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maya_stylize.images.color import linear_to_srgb, srgb_to_linear
from maya_stylize.images.reader import Picture

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Range:
    """How a file's numbers lie in 0 to 1: (number − low) / (high − low).

    Attributes:
        low: The number at 0.
        high: The number at 1.
        on_curve: Whether `Picture.pixels` has the numbers on the sRGB curve, as of files in floats.
    """

    low: float
    high: float
    on_curve: bool

    @classmethod
    def of(cls, picture: Picture, signed: bool) -> Range:
        """Return the range of a picture's numbers: 0 to 1, or further where they go further.

        Args:
            picture: What was read.
            signed: Whether numbers below 0 mean a range from −1 to 1, as in normals.
        """
        on_curve = picture.encoding == "linear"
        numbers = srgb_to_linear(picture.pixels) if on_curve else picture.pixels
        low, high = min(0.0, float(numbers.min())), max(1.0, float(numbers.max()))
        if signed and low < 0:
            low, high = min(-1.0, low), max(1.0, high)
        return cls(low, high, on_curve)

    def numbers(self, pixels: FloatArray) -> FloatArray:
        """Return `Picture.pixels` in 0 to 1."""
        found = srgb_to_linear(pixels) if self.on_curve else pixels
        return np.asarray((found - self.low) / (self.high - self.low), np.float32)

    def pixels(self, numbers: FloatArray) -> FloatArray:
        """Return the inverse of `numbers`."""
        found = np.asarray(self.low + numbers * (self.high - self.low), np.float32)
        return linear_to_srgb(found) if self.on_curve else found
