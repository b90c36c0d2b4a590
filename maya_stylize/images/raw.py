"""Data in pictures: numbers that are no colors, brought into 0 to 1 and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Range:
    """How a file's numbers lie in 0 to 1: (number − low) / (high − low).

    Attributes:
        low: The number at 0.
        high: The number at 1.
    """

    low: float
    high: float

    @classmethod
    def of(cls, pixels: FloatArray, signed: bool) -> Range:
        """Return the range of a picture's numbers: 0 to 1, or further where they go further.

        Args:
            pixels: What was read, raw.
            signed: Whether numbers below 0 mean a range from −1 to 1, as in normals.
        """
        low, high = min(0.0, float(pixels.min())), max(1.0, float(pixels.max()))
        if signed and low < 0:
            low, high = min(-1.0, low), max(1.0, high)
        return cls(low, high)

    def numbers(self, pixels: FloatArray) -> FloatArray:
        """Return a picture's numbers in 0 to 1."""
        return np.asarray((pixels - self.low) / (self.high - self.low), np.float32)

    def pixels(self, numbers: FloatArray) -> FloatArray:
        """Return the inverse of `numbers`."""
        return np.asarray(self.low + numbers * (self.high - self.low), np.float32)
