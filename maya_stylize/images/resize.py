"""Change a picture's size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

_LOBES = 3


def resize(pixels: FloatArray, width: int, height: int) -> FloatArray:
    """Resample a picture with Lanczos's filter of three lobes, widened when it is reduced.

    Outside, the border's pixels go on. Overshoot at hard edges is clipped to each channel's own
    range, so no value appears that is lower or higher than any in the picture.

    Args:
        pixels: float32 (rows, columns, channels).
        width: Columns of the result, at least 1.
        height: Rows of the result, at least 1.

    Returns:
        float32 (height, width, channels).
    """
    rows = _resample(np.asarray(pixels, np.float32), height)
    both = _resample(np.ascontiguousarray(rows.swapaxes(0, 1)), width).swapaxes(0, 1)
    return np.ascontiguousarray(np.clip(both, pixels.min(axis=(0, 1)), pixels.max(axis=(0, 1))))


def _resample(values: FloatArray, length: int) -> FloatArray:
    """Resample along the first axis, tap by tap of the filter."""
    old = values.shape[0]
    if old == length:
        return values
    places, weights = _taps(old, length)
    result = np.zeros((length, *values.shape[1:]), np.float32)
    for place, weight in zip(places.T, weights.T, strict=True):
        result += weight[:, None, None] * values[place]
    return result


def _taps(old: int, new: int) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Return for each new sample which old ones it takes and with what weights, (new, taps)."""
    step = old / new
    stretch = max(step, 1.0)
    reach = _LOBES * stretch
    center = (np.arange(new) + 0.5) * step - 0.5
    first = np.floor(center - reach).astype(np.int64) + 1
    places = first[:, None] + np.arange(int(np.ceil(2 * reach)))
    distance = (places - center[:, None]) / stretch
    inside = np.abs(distance) < _LOBES
    weights = np.where(inside, np.sinc(distance) * np.sinc(distance / _LOBES), 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.clip(places, 0, old - 1), weights.astype(np.float32)
