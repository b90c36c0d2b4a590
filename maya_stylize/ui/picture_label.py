"""A picture file shown small."""

from __future__ import annotations

from typing import Any

from maya_stylize.ui.qt import Qt, QtWidgets
from maya_stylize.ui.slots import slot
from maya_stylize.ui.texture_model import THUMBNAIL
from maya_stylize.ui.thumbnails import Thumbnails


class PictureLabel(QtWidgets.QLabel):
    """A square with a picture's thumbnail in it.

    Args:
        thumbnails: Where pictures come from.
        side: Of the square, in pixels.
    """

    def __init__(self, thumbnails: Thumbnails, side: int, parent: Any = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._path = ""
        self.setFixedSize(side, side)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        thumbnails.changed.connect(self._changed)

    def show_picture(self, path: str) -> None:
        """Show a picture, once it has come."""
        self._path = path
        self.setToolTip("")
        pixmap = self._thumbnails.get(path, THUMBNAIL)
        if pixmap is not None:
            self.setPixmap(
                pixmap.scaled(
                    self.size(),
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
            return
        failed = self._thumbnails.failure(path, THUMBNAIL)
        self.setText("cannot\nbe read" if failed else "…")
        self.setToolTip(str(failed or ""))

    def show_words(self, words: str) -> None:
        """Show words where there is no picture."""
        self._path = ""
        self.setToolTip("")
        self.setText(words)

    @slot
    def _changed(self, path: str) -> None:
        if path == self._path:
            self.show_picture(path)
