"""A mask as it is painted: white inside, black outside, gray where the brush is soft."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from maya_stylize.ui.qt import Qt, QtCore, QtGui, Signal

# What the brush covers, by share of its radius: all inside, then less and less.
COVER = ((0.0, 255), (0.5, 255), (0.625, 215), (0.75, 128), (0.875, 40), (1.0, 0))
# Dabs for each radius of a stroke's length; its edge is even at this.
DABS = 8
KEPT = 50


@dataclass(frozen=True)
class Brush:
    """A round brush.

    Attributes:
        radius: In the mask's pixels.
        erases: Whether it takes away.
    """

    radius: float
    erases: bool = False


class MaskImage(QtCore.QObject):
    """A gray picture that is painted on, whose changes can be undone.

    Signals:
        changed: A part of it, a QRect, looks different.
        recorded: There is more, or less, to undo and to redo.
    """

    changed = Signal(object)
    recorded = Signal()

    def __init__(self, image: Any, parent: Any = None) -> None:
        """Take a picture to paint on.

        Args:
            image: A gray QImage, as `gray` makes it.
            parent: A QObject that owns this one.
        """
        super().__init__(parent)
        self._image = image
        self._undo: list[Any] = []
        self._redo: list[Any] = []
        self._before: Any = None
        self._last: Any = None
        self._brush = Brush(1)

    def image(self) -> Any:
        """Return the mask as a gray QImage."""
        return self._image

    def is_black(self) -> bool:
        """Return whether nothing is inside."""
        return self._image == gray(self._image.size())

    def begin(self, point: Any, brush: Brush) -> None:
        """Begin a stroke with one dab at a point, a QPointF."""
        self._before, self._last, self._brush = self._image.copy(), point, brush
        self._paint([point])

    def line_to(self, point: Any) -> None:
        """Go on with the stroke."""
        way = point - self._last
        count = math.ceil(math.hypot(way.x(), way.y()) * DABS / max(self._brush.radius, 4))
        self._paint([self._last + way * (step / count) for step in range(1, count + 1)])
        self._last = point

    def end(self) -> None:
        """End the stroke; from here on it can be undone."""
        before, self._before = self._before, None
        self._remember(before)

    def is_being_painted(self) -> bool:
        """Return whether a stroke has begun and not ended."""
        return self._before is not None

    def fill(self, value: int) -> None:
        """Fill all of it: 0 for nothing, 255 for everything."""
        before = self._image.copy()
        self._image.fill(value)
        self._changed_whole(before)

    def invert(self) -> None:
        """Put inside what is outside."""
        before = self._image.copy()
        self._image.invertPixels()
        self._changed_whole(before)

    def can_undo(self) -> bool:
        """Return whether there is a change to take back."""
        return bool(self._undo) and not self.is_being_painted()

    def can_redo(self) -> bool:
        """Return whether a change was taken back."""
        return bool(self._redo) and not self.is_being_painted()

    def undo(self) -> None:
        """Take the last change back."""
        if self.can_undo():
            self._swap(self._undo, self._redo)

    def redo(self) -> None:
        """Make again what was taken back."""
        if self.can_redo():
            self._swap(self._redo, self._undo)

    def _swap(self, source: list[Any], target: list[Any]) -> None:
        target.append(self._image)
        self._image = source.pop()
        self.changed.emit(self._image.rect())
        self.recorded.emit()

    def _changed_whole(self, before: Any) -> None:
        self._remember(before)
        self.changed.emit(self._image.rect())

    def _remember(self, before: Any) -> None:
        if before != self._image:  # a stroke beside the picture is none
            self._undo = [*self._undo, before][-KEPT:]
            self._redo = []
        self.recorded.emit()

    def _paint(self, points: list[Any]) -> None:
        """Put dabs on the mask; the greater of both counts, so that dabs do not add up."""
        if not points:
            return
        radius, modes = self._brush.radius, QtGui.QPainter.CompositionMode
        dab = QtCore.QRectF(-radius, -radius, 2 * radius, 2 * radius)
        painter = QtGui.QPainter(self._image)
        painter.setCompositionMode(
            modes.CompositionMode_Darken if self._brush.erases else modes.CompositionMode_Lighten
        )
        fill = _paint_of(self._brush)
        touched = QtCore.QRectF()
        for point in points:
            painter.resetTransform()
            painter.translate(point)
            painter.fillRect(dab, fill)
            touched = touched.united(dab.translated(point))
        painter.end()
        self.changed.emit(touched.toAlignedRect().intersected(self._image.rect()))


def gray(size: Any, image: Any = None) -> Any:
    """Return a gray QImage of a QSize, black or with a picture scaled to it."""
    made = QtGui.QImage(size, QtGui.QImage.Format.Format_Grayscale8)
    made.fill(0)
    if image is not None:
        scaled = image.scaled(
            size,
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        painter = QtGui.QPainter(made)
        painter.drawImage(0, 0, scaled)
        painter.end()
    return made


def _paint_of(brush: Brush) -> Any:
    gradient = QtGui.QRadialGradient(QtCore.QPointF(0, 0), brush.radius)
    for share, cover in COVER:
        value = 255 - cover if brush.erases else cover
        gradient.setColorAt(share, QtGui.QColor(value, value, value))
    return QtGui.QBrush(gradient)
