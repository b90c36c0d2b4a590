"""Masks: pictures whose brightness says where."""

from __future__ import annotations

from os import PathLike

import numpy as np
import numpy.typing as npt

from maya_stylize.errors import ImageError
from maya_stylize.images import reader
from maya_stylize.images.resize import resize
from maya_stylize.images.spaces import RAW

FloatArray = npt.NDArray[np.float32]

# Sides may be so much longer or shorter than in proportion: a small mask has whole pixels.
TOLERANCE = 0.01


def read(path: str | PathLike[str], size: tuple[int, int], of: str) -> FloatArray:
    """Read a mask for a picture.

    Its value is the mean of red, green and blue as they are in the file, times alpha. A mask of
    another size but of the picture's proportions is resampled.

    Args:
        path: The mask.
        size: Width and height of the picture.
        of: The picture in words, for messages.

    Returns:
        (height, width), 0 to 1.

    Raises:
        ImageError: It cannot be read, has other proportions, or is black all over.
    """
    picture = reader.read(path, RAW)
    mask = np.clip(picture.pixels.mean(-1), 0, 1)
    if picture.alpha is not None:
        mask = mask * picture.alpha
    rows, columns = mask.shape
    width, height = size
    if abs(columns * height - rows * width) > TOLERANCE * max(columns * height, rows * width):
        raise ImageError(
            f"{path}: the mask has {columns}x{rows} pixels, and {of} {width}x{height}.",
            "Make a mask of the same size, or of the same proportions.",
        )
    if not mask.any():
        raise ImageError(
            f"{path}: the mask is black all over.", "Paint white where it is to count."
        )
    return np.clip(resize(mask[..., None], width, height)[..., 0], 0, 1)
