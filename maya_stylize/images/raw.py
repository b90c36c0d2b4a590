"""Data in pictures: numbers that are no colors, brought into 0 to 1 and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maya_stylize.images.spaces import FLOATS

FloatArray = npt.NDArray[np.float32]

# Rounding and sharpening leave a few numbers a little below 0; normals lie there by the hundred.
_BELOW, _FEW = -0.05, 0.01


# Of all pixels, those at each end that do not set the range: spikes, and holes without data.
_AT_THE_ENDS = 0.5
# What differs by less of a depth's steps is nearly all rounding.
_FEWEST_STEPS = 16
_WHOLE_STEPS = {"uint8": 1 / 255, "uint16": 1 / 65535, "uint32": 1 / 65535}


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
    def of(cls, pixels: FloatArray, depth: str) -> Range:
        """Return the range where nearly all of a picture's numbers are; a few may lie beyond.

        Args:
            pixels: Raw, any shape.
            depth: The file's own.
        """
        ends = np.percentile(pixels, (_AT_THE_ENDS, 100 - _AT_THE_ENDS))
        low, high = map(float, ends)
        least = _FEWEST_STEPS * _step(float(np.abs(ends).max()), depth)
        if high - low < least:
            low, high = float(pixels.min()), float(pixels.max())
        if high - low < least:
            middle, half = (low + high) / 2, least / 2
            low, high = middle - half, middle + half
        return cls(low, high)

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


def _step(number: float, depth: str) -> float:
    """Return about how far apart two neighboring numbers of a depth are."""
    if depth in _WHOLE_STEPS:
        return _WHOLE_STEPS[depth]
    return (number or 1.0) * 2.0 ** (-11 if depth == "half" else -23)
