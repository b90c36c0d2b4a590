"""The sRGB curve both ways (IEC 61966-2-1), extended below 0 and above 1.

The extension is odd about zero and continues the power law above one, as in scRGB, so that values
of floating point pictures survive a round trip.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

FloatArray = TypeVar("FloatArray", bound=npt.NDArray[np.floating[Any]])


def linear_to_srgb(linear: FloatArray) -> FloatArray:
    """Encode linear light with the sRGB curve.

    Args:
        linear: Any shape, linear Rec.709; 1 is white.

    Returns:
        The encoded values, of the same shape and type; 0 and 1 stay, negative values mirror.
    """
    size = np.abs(linear)
    # 1.055 p - 0.055, written so that 1 gives exactly 1
    curve = 1 + 1.055 * (np.maximum(size, 0.0031308) ** (1 / 2.4) - 1)
    encoded: FloatArray = np.copysign(np.where(size <= 0.0031308, size * 12.92, curve), linear)
    return encoded


def srgb_to_linear(encoded: FloatArray) -> FloatArray:
    """Decode values of the sRGB curve to linear light: the inverse of `linear_to_srgb`.

    Args:
        encoded: Any shape, on the sRGB curve; 1 is white.

    Returns:
        Linear light, of the same shape and type.
    """
    size = np.abs(encoded)
    curve = ((np.maximum(size, 0.04045) + 0.055) / 1.055) ** 2.4
    linear: FloatArray = np.copysign(np.where(size <= 0.04045, size / 12.92, curve), encoded)
    return linear
