"""Where a picture lies in a widget: how large it is shown, and which part of it."""

from __future__ import annotations

from typing import Any

from maya_stylize.ui.qt import QtCore

ZOOM_STEP = 1.25
SMALLEST, LARGEST = 0.05, 32.0


class Viewport:
    """Maps a picture's pixels to a widget's and back.

    Attributes:
        scale: The widget's pixels per pixel of the picture.
        fitted: Whether all of the picture is shown, in the middle.
    """

    def __init__(self) -> None:
        self.scale = 1.0
        self.fitted = True
        self._corner = QtCore.QPointF()

    def fit(self, size: Any, room: Any) -> None:
        """Show all of a picture, in the middle.

        Args:
            size: The picture's, a QSize.
            room: Where it may lie, a QRect of the widget.
        """
        self.fitted = True
        ratio = min(room.width() / size.width(), room.height() / size.height())
        self.scale = max(ratio, SMALLEST)
        around = QtCore.QPointF(size.width(), size.height()) * (self.scale / 2)
        self._corner = QtCore.QRectF(room).center() - around

    def zoom(self, step: int, around: Any) -> None:
        """Zoom in (1) or out (-1) around a point of the widget, which stays where it is."""
        around = QtCore.QPointF(around)
        scale = min(LARGEST, max(SMALLEST, self.scale * ZOOM_STEP**step))
        self._corner = around + (self._corner - around) * (scale / self.scale)
        self.scale, self.fitted = scale, False

    def move(self, way: Any) -> None:
        """Move the picture by a QPoint of the widget."""
        self._corner += QtCore.QPointF(way)
        self.fitted = False

    def on_picture(self, point: Any) -> Any:
        """Return where on the picture a point of the widget lies, a QPointF in its pixels."""
        return (QtCore.QPointF(point) - self._corner) / self.scale

    def on_widget(self, part: Any) -> Any:
        """Return where on the widget a part of the picture lies, a QRectF."""
        part = QtCore.QRectF(part)
        return QtCore.QRectF(self._corner + part.topLeft() * self.scale, part.size() * self.scale)
