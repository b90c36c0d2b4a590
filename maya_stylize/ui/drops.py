"""What can be dropped on a well: files, and pictures from a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maya_stylize.errors import ImageError
from maya_stylize.ui.kept import keep
from maya_stylize.ui.qt import QtGui

SUFFIXES = (".png", ".tif", ".tiff", ".exr", ".jpg", ".jpeg", ".tga", ".tx", ".psd")
FILTER = f"Pictures ({' '.join('*' + suffix for suffix in SUFFIXES)})"


def accepts(data: Any) -> bool:
    """Return whether something dragged holds a picture, or what may be one."""
    return data.hasUrls() or data.hasImage()


def paths(data: Any) -> list[str]:
    """Return the dropped pictures as files; a browser's is written to the user's folder.

    Args:
        data: A QMimeData.

    Raises:
        ImageError: Nothing in it is a picture that can be used.
    """
    local = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    if local:
        return [checked(path) for path in local]
    if data.hasImage():
        return [keep(QtGui.QImage(data.imageData()), "dropped")]
    raise ImageError(
        "Only a picture's address came with the drop, not the picture.",
        "Save the picture in the browser, then drop the file.",
    )


def checked(path: str) -> str:
    """Return a path if its suffix is that of a picture; raise `ImageError` otherwise."""
    if Path(path).suffix.lower() not in SUFFIXES:
        raise ImageError(
            f"{path} is not a picture of a kind that can be used.",
            f"Use one of: {', '.join(SUFFIXES)}.",
        )
    return path
