"""Highlights and negative values brought near the range that the network knows, and back.

On the sRGB curve a floating point picture may hold 5 for a lamp and 100 for the sun, where the
network was trained on 0 to 1. What lies beyond that range is compressed by a logarithm that starts
with slope one, so equal ratios of light stay equal steps; 0 to 1 stays as it is, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
_Sizes = npt.NDArray[np.float64]
_Change = Callable[[_Sizes, float], _Sizes]

# How far beyond 0 and 1 values may lie. Further away is far from what the network was trained on.
HEADROOM = 0.5


@dataclass(frozen=True)
class Curve:
    """An invertible, strictly increasing curve that is the identity on 0 to 1.

    Attributes:
        below: Scale of the logarithm below 0; None where values there stay.
        above: Scale of the logarithm above 1; None where values there stay.
    """

    below: float | None = None
    above: float | None = None

    @classmethod
    def of(cls, pixels: FloatArray) -> Curve:
        """Return the curve that brings a picture into -HEADROOM to 1 + HEADROOM.

        Args:
            pixels: Finite, any shape, on the sRGB curve; a picture that is in that range already
                has the identity.
        """
        return cls(_scale(-float(pixels.min())), _scale(float(pixels.max()) - 1))

    @property
    def changes(self) -> bool:
        """Whether it is anything but the identity."""
        return self.below is not None or self.above is not None

    def compress(self, pixels: FloatArray) -> FloatArray:
        """Return a picture as the network is to see it.

        Args:
            pixels: Any shape, on the sRGB curve.
        """
        return self._beyond(pixels, lambda size, scale: scale * np.log1p(size / scale))

    def restore(self, pixels: FloatArray) -> FloatArray:
        """Return a picture with its values taken back: the inverse of `compress`.

        Args:
            pixels: Any shape, as `compress` makes them.
        """
        return self._beyond(pixels, lambda size, scale: scale * np.expm1(size / scale))

    def _beyond(self, pixels: FloatArray, change: _Change) -> FloatArray:
        """Change how far values lie beyond 0 and 1."""
        changed: FloatArray = pixels.copy()
        if self.below is not None:
            low = pixels < 0
            changed[low] = -change(-pixels[low].astype(np.float64), self.below)
        if self.above is not None:
            high = pixels > 1
            changed[high] = 1 + change(pixels[high].astype(np.float64) - 1, self.above)
        return changed


def _scale(reach: float) -> float | None:
    """Return the s for which s · log(1 + reach / s) is HEADROOM; None if reach is no more."""
    if reach <= HEADROOM:
        return None
    low, high = 1e-6, 1e12
    for _ in range(100):
        middle = float(np.sqrt(low * high))
        if middle * np.log1p(reach / middle) < HEADROOM:
            low = middle
        else:
            high = middle
    return low
