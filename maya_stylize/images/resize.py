"""Change a picture's size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import OpenImageIO

FloatArray = npt.NDArray[np.float32]


# Lanczos's filter of three lobes looks so many pixels of the coarser picture to each side.
LOBES = 3


def resize(
    pixels: FloatArray,
    width: int,
    height: int,
    wrap: tuple[bool, bool] = (False, False),
    filter_name: str = "lanczos3",
) -> FloatArray:
    """Resample a picture with a filter that is widened when it is reduced.

    Overshoot at hard edges is clipped to each channel's own range, so no value appears that is
    lower or higher than any in the picture.

    Args:
        pixels: float32 (rows, columns, channels).
        width: Columns of the result, at least 1.
        height: Rows of the result, at least 1.
        wrap: Whether what lies beyond an edge is the picture's other side, from top to bottom and
            from left to right, instead of the edge's own pixels.
        filter_name: OpenImageIO's, no wider than the usual one: Lanczos's of three lobes.

    Returns:
        float32 (height, width, channels).
    """
    rows, columns, channels = pixels.shape
    if (rows, columns) == (height, width):
        return pixels.astype(np.float32)
    above, beside = (
        LOBES * -(-max(side, wanted) // wanted) + 1 if any(wrap) else 0
        for side, wanted in ((rows, height), (columns, width))
    )
    # OpenImageIO clamps both of a pixel's coordinates where only one lies outside of what it has.
    around = np.pad(pixels, ((above, above), (0, 0), (0, 0)), "wrap" if wrap[0] else "edge")
    around = np.pad(around, ((0, 0), (beside, beside), (0, 0)), "wrap" if wrap[1] else "edge")
    spec = OpenImageIO.ImageSpec(around.shape[1], around.shape[0], channels, OpenImageIO.FLOAT)
    spec.x, spec.y = -beside, -above
    spec.full_width, spec.full_height = columns, rows  # what lies around is looked at alone
    source = OpenImageIO.ImageBuf(spec)
    source.set_pixels(spec.roi, np.ascontiguousarray(around, np.float32))
    frame = OpenImageIO.ROI(0, width, 0, height, 0, 1, 0, channels)
    resized = OpenImageIO.ImageBufAlgo.resize(source, filter_name, roi=frame)
    values = np.asarray(resized.get_pixels(OpenImageIO.FLOAT))
    clipped = np.clip(values, pixels.min(axis=(0, 1)), pixels.max(axis=(0, 1)))
    return np.ascontiguousarray(clipped, np.float32)
