"""The numbers in a picture file as float32, all of them or averages."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenImageIO

FloatArray = npt.NDArray[np.float32]

_BAND_ROWS = 64


def read_values(source: OpenImageIO.ImageInput, longest: int | None) -> FloatArray | None:
    """Read every channel; whole numbers are scaled so that their largest is 1.

    Args:
        source: An open file.
        longest: Where this is given, and the picture's longer side is four times as long or more,
            smaller mip levels are read, or averages over squares of pixels.

    Returns:
        float32 (height, width, channels); None where the file is damaged.
    """
    if longest is not None:
        _choose_level(source, longest)
    spec = source.spec()
    square = 1 if longest is None else max(1, max(spec.width, spec.height) // (2 * longest))
    if square == 1:
        return _normalize(source.read_image("unknown"), spec.height, spec)
    square = 1 << (square.bit_length() - 1)  # so that it divides most tiles
    step = math.lcm(square, spec.tile_height or _BAND_ROWS)
    averages = []
    for top in range(0, spec.height, step):
        rows = min(step, spec.height - top)
        band = _normalize(_read_rows(source, spec, spec.y + top, rows), rows, spec)
        if band is None:
            return None
        averages.append(_average(band, square))
    return np.concatenate(averages)


def _choose_level(source: OpenImageIO.ImageInput, longest: int) -> None:
    """Go to the smallest mip level that is large enough, and like the first but for its size."""
    level, above = 0, source.spec()
    while source.seek_subimage(0, level + 1):
        spec = source.spec()
        grows = (
            spec.width > above.width
            or spec.height > above.height
            or spec.tile_width > above.tile_width
            or spec.tile_height > above.tile_height
        )
        if grows or spec.nchannels != above.nchannels or max(spec.width, spec.height) < longest:
            break
        level, above = level + 1, spec
    source.geterror()  # forget that there was no further level
    source.seek_subimage(0, level)


def _read_rows(
    source: OpenImageIO.ImageInput, spec: OpenImageIO.ImageSpec, top: int, rows: int
) -> npt.NDArray[Any] | None:
    bottom, channels = top + rows, spec.nchannels
    values: npt.NDArray[Any] | None
    if spec.tile_width:
        left, right = spec.x, spec.x + spec.width
        values = source.read_tiles(
            left, right, top, bottom, spec.z, spec.z + 1, 0, channels, "unknown"
        )
    else:
        values = source.read_scanlines(top, bottom, spec.z, 0, channels, "unknown")
    return values


def _normalize(
    values: npt.NDArray[Any] | None, rows: int, spec: OpenImageIO.ImageSpec
) -> FloatArray | None:
    """Return values as float32 (rows, columns, channels), the largest whole number as 1."""
    if values is None:
        return None
    values = values.reshape(rows, spec.width, spec.nchannels)
    if np.issubdtype(values.dtype, np.integer):
        return np.asarray(values / np.float64(np.iinfo(values.dtype).max), np.float32)
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def _average(values: FloatArray, square: int) -> FloatArray:
    """Average over squares of pixels; those at the right and lower edge may be partial."""
    with np.errstate(invalid="ignore", over="ignore"):
        for axis in (0, 1):
            length = values.shape[axis]
            starts = np.arange(0, length, square)
            counts = np.minimum(square, length - starts).astype(np.float32)
            sums = np.add.reduceat(values, starts, axis=axis)
            values = sums / (counts[:, None, None] if axis == 0 else counts[:, None])
    return values
