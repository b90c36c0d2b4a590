"""Data in pictures: numbers that are no colors, brought into 0 to 1 and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maya_stylize.images.spaces import FLOATS

FloatArray = npt.NDArray[np.float32]

# Rounding and sharpening leave a few numbers a little below 0; normals lie there by the hundred.
_BELOW, _FEW = -0.05, 0.01


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
    def of(cls, pixels: FloatArray) -> Range:
        """Return the range of a picture's numbers: 0 to 1, or further where they go further."""
        return cls(min(0.0, float(pixels.min())), max(1.0, float(pixels.max())))

    @classmethod
    def of_normals(cls, pixels: FloatArray, depth: str) -> Range:
        """Return the range of a normal map: 0 to 1, or −1 to 1, as most of its pixels say.

        Args:
            pixels: (H, W, 3), raw.
            depth: The file's own; only floats can be below 0.
        """
        usual = np.median(pixels, axis=(0, 1))
        flat, encoded_flat = (np.linalg.norm(usual - up) for up in ((0, 0, 1), (0.5, 0.5, 1)))
        share = np.mean(pixels.min(-1) < _BELOW)
        signed = depth in FLOATS and (share > _FEW or flat < encoded_flat)
        return cls(-1.0 if signed else 0.0, 1.0)

    def numbers(self, pixels: FloatArray) -> FloatArray:
        """Return a picture's numbers in 0 to 1."""
        return np.asarray((pixels - self.low) / (self.high - self.low), np.float32)

    def clipped(self, pixels: FloatArray) -> FloatArray:
        """Return a picture's numbers in 0 to 1, those beyond moved to its ends."""
        return np.clip(self.numbers(pixels), 0, 1)

    def pixels(self, numbers: FloatArray) -> FloatArray:
        """Return the inverse of `numbers`."""
        return np.asarray(self.low + numbers * (self.high - self.low), np.float32)
