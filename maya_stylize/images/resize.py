"""Change a picture's size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import OpenImageIO

FloatArray = npt.NDArray[np.float32]


def resize(pixels: FloatArray, width: int, height: int) -> FloatArray:
    """Resample a picture with Lanczos's filter of three lobes, widened when it is reduced.

    Overshoot at hard edges is clipped to each channel's own range, so no value appears that is
    lower or higher than any in the picture.

    Args:
        pixels: float32 (rows, columns, channels).
        width: Columns of the result, at least 1.
        height: Rows of the result, at least 1.

    Returns:
        float32 (height, width, channels).
    """
    rows, columns, channels = pixels.shape
    if (rows, columns) == (height, width):
        return pixels.astype(np.float32)
    source = OpenImageIO.ImageBuf(np.ascontiguousarray(pixels, np.float32))
    frame = OpenImageIO.ROI(0, width, 0, height, 0, 1, 0, channels)
    resized = OpenImageIO.ImageBufAlgo.resize(source, "lanczos3", roi=frame)
    values = np.asarray(resized.get_pixels(OpenImageIO.FLOAT))
    clipped = np.clip(values, pixels.min(axis=(0, 1)), pixels.max(axis=(0, 1)))
    return np.ascontiguousarray(clipped, np.float32)
