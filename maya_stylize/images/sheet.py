"""Pictures side by side with captions, for a look at a glance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import OpenImageIO

from maya_stylize.errors import ImageError
from maya_stylize.images.resize import resize

FloatArray = npt.NDArray[np.float32]

_FONT = "DroidSans"  # comes with OpenImageIO
_FONT_SIZE = 15
_MARGIN = 20
_CAPTION = 34
_PAPER = 0.13
_INK = 0.88


def contact_sheet(
    pictures: Sequence[tuple[FloatArray, str]], *, height: int = 256, columns: int = 4
) -> FloatArray:
    """Lay pictures out in rows on dark paper, each with its caption below.

    Args:
        pictures: Pixels (rows, columns, 3) on the sRGB curve, each with its caption; one at least.
        height: Height that every picture is shown at; its width follows.
        columns: How many pictures are in a row.

    Returns:
        float32 (height, width, 3) on the sRGB curve.

    Raises:
        ImageError: OpenImageIO has no font to write the captions with.
    """
    shown = [
        (resize(pixels, max(1, round(pixels.shape[1] * height / pixels.shape[0])), height), caption)
        for pixels, caption in pictures
    ]
    rows = [shown[start : start + columns] for start in range(0, len(shown), columns)]
    widest = max(sum(_width(entry) + _MARGIN for entry in row) for row in rows)
    row_height = _MARGIN + height + _CAPTION
    size = (row_height * len(rows) + _MARGIN // 2, widest + _MARGIN, 3)
    sheet = np.full(size, _PAPER, np.float32)
    for number, row in enumerate(rows):
        top, left = number * row_height + _MARGIN, _MARGIN
        for pixels, caption in row:
            width = _width((pixels, caption))
            inset = left + (width - pixels.shape[1]) // 2
            sheet[top : top + height, inset : inset + pixels.shape[1]] = np.clip(pixels, 0, 1)
            line = sheet[top + height : top + height + _CAPTION, left : left + width]
            line[...] = _caption(caption, width)
            left += width + _MARGIN
    return sheet


def _width(entry: tuple[FloatArray, str]) -> int:
    """Return the width of a picture's column: its own, or its caption's if that is wider."""
    pixels, caption = entry
    text = OpenImageIO.ImageBufAlgo.text_size(caption, _FONT_SIZE, _FONT)
    return max(int(pixels.shape[1]), text.width if text.defined else 0)


def _caption(caption: str, width: int) -> FloatArray:
    """Draw one line of text in the middle of a strip (caption height, width, 3) of paper."""
    strip = OpenImageIO.ImageBuf(np.full((_CAPTION, width, 3), _PAPER, np.float32))
    drawn = OpenImageIO.ImageBufAlgo.render_text(
        strip, width // 2, 22, caption, _FONT_SIZE, _FONT, (_INK, _INK, _INK), "center", "baseline"
    )
    if not drawn:
        raise ImageError(
            f"The captions cannot be drawn: {strip.geterror()}.", "Reinstall OpenImageIO."
        )
    return np.asarray(strip.get_pixels(), np.float32)
