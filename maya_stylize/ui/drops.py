"""What can be dropped on a well: files, and pictures from a browser."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from maya_stylize import settings
from maya_stylize.errors import ImageError
from maya_stylize.files import replacing
from maya_stylize.ui.qt import QtCore, QtGui

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
        return [_keep(QtGui.QImage(data.imageData()))]
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


def _keep(image: Any) -> str:
    """Write a picture to the user's folder, named by its content, and return its path."""
    content, buffer = QtCore.QByteArray(), QtCore.QBuffer()
    buffer.setBuffer(content)
    buffer.open(QtCore.QIODevice.OpenModeFlag.WriteOnly)
    if image.isNull() or not image.save(buffer, "PNG"):
        raise ImageError(
            "What was dropped is not a picture.", "Save the picture first, then drop the file."
        )
    data = bytes(content.data())
    folder = settings.user_folder() / "dropped"
    path = folder / f"{hashlib.sha256(data).hexdigest()[:16]}.png"
    with replacing(path, ImageError) as temporary:
        folder.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
    return str(path)
