"""Pictures that the panel writes to the user's folder, each named by its content."""

from __future__ import annotations

import hashlib
from typing import Any

from maya_stylize import settings
from maya_stylize.errors import ImageError
from maya_stylize.files import replacing
from maya_stylize.ui.qt import QtCore


def keep(image: Any, folder: str) -> str:
    """Write a picture as PNG, and return its path; the same picture has the same path.

    Args:
        image: A QImage.
        folder: The folder's name within the user's.

    Raises:
        ImageError: It is no picture, or the file cannot be written.
    """
    content, buffer = QtCore.QByteArray(), QtCore.QBuffer()
    buffer.setBuffer(content)
    buffer.open(QtCore.QIODevice.OpenModeFlag.WriteOnly)
    if image.isNull() or not image.save(buffer, "PNG"):
        raise ImageError("This is not a picture.", "Save the picture first, then drop the file.")
    data = bytes(content.data())
    path = settings.user_folder() / folder / f"{hashlib.sha256(data).hexdigest()[:16]}.png"
    with replacing(path, ImageError) as temporary:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
    return str(path)
