"""Draws two pictures: before and after with a wipe, zoom, tiled 2 by 2."""

from __future__ import annotations

from typing import Any

from maya_stylize.ui import look
from maya_stylize.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal, position

ZOOMS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)  # 0 fits the picture in


class PreviewView(QtWidgets.QWidget):
    """Draws two pictures over each other, the first one left of the wipe."""

    zoomed = Signal(float)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._before: Any = None
        self._after: Any = None
        self._wipe = 0.5
        self._zoom = 0.0
        self._tiled = False
        self._offset = QtCore.QPointF()
        self._grabbed: Any = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(look.em(self) * 12, look.em(self) * 10)
        self.setAccessibleName("Preview")
        self.setToolTip(
            "Drag the line to wipe between before and after, drag elsewhere to move the picture, "
            "turn the wheel to zoom. Keys: left and right wipe, plus and minus zoom, 0 fits."
        )

    def set_before(self, pixmap: Any) -> None:
        """Show a picture, or None, left of the wipe."""
        self._before = pixmap
        self.update()

    def set_after(self, pixmap: Any) -> None:
        """Show a picture, or None, right of the wipe."""
        self._after = pixmap
        self.update()

    def has_both(self) -> bool:
        """Return whether there is something to wipe between."""
        return self._before is not None and self._after is not None

    def set_tiled(self, tiled: bool) -> None:
        """Show the pictures once, or 2 by 2."""
        self._tiled = tiled
        self.update()

    def set_zoom(self, zoom: float) -> None:
        """Set the zoom: screen pixels per picture pixel, 0 to fit; centered again."""
        self._zoom = zoom
        self._offset = QtCore.QPointF()
        self.zoomed.emit(zoom)
        self.update()

    def zoom(self) -> float:
        """Return the zoom, 0 where the picture is fitted."""
        return self._zoom

    def wipe(self) -> float:
        """Return the share of the picture's width left of the wipe."""
        return self._wipe

    def set_wipe(self, share: float) -> None:
        """Put the wipe at a share of the picture's width."""
        self._wipe = min(1.0, max(0.0, share))
        self.update()

    def paintEvent(self, event: Any) -> None:  # noqa: N802
        """Draw both pictures and the wipe."""
        painter = QtGui.QPainter(self)
        painter.fillRect(self.rect(), look.mixed(self, -0.12))
        area = self._area()
        if area is None:
            painter.setPen(look.mixed(self, 0.6))
            words = "Select a texture, or start a job:\nthe picture shows up here"
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
            painter.end()
            return
        painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform, self._zoom < 2)
        line = area.left() + area.width() * self._wipe
        self._draw(painter, area, self._after if self._after is not None else self._before)
        if self.has_both():
            left = QtCore.QRectF(self.rect())
            left.setRight(line)
            painter.setClipRect(left)
            self._draw(painter, area, self._before)
            painter.setClipping(False)
            self._draw_wipe(painter, line)
        painter.end()
        if self.hasFocus():
            self._draw_focus()

    def _draw(self, painter: Any, area: Any, pixmap: Any) -> None:
        """Draw a picture in its own proportions, as tall as the area and centered in it."""
        count = 2 if self._tiled else 1
        height = area.height() / count
        width = height * pixmap.width() / pixmap.height()
        left = area.center().x() - width * count / 2
        for row in range(count):
            for column in range(count):
                corner = QtCore.QPointF(left + column * width, area.top() + row * height)
                target = QtCore.QRectF(corner, QtCore.QSizeF(width, height))
                painter.drawPixmap(target, pixmap, QtCore.QRectF(pixmap.rect()))

    def _draw_wipe(self, painter: Any, line: float) -> None:
        unit = look.em(self)
        accent = self.palette().color(QtGui.QPalette.ColorRole.Highlight)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setPen(QtGui.QPen(QtGui.QColor("#ffffff"), max(2, unit // 8)))
        painter.drawLine(QtCore.QPointF(line, 0), QtCore.QPointF(line, self.height()))
        painter.setBrush(accent)
        middle = QtCore.QPointF(line, self.height() / 2)
        painter.drawEllipse(middle, unit / 2, unit / 2)
        for words, side in (("Before", -1), ("After", 1)):
            width = painter.fontMetrics().horizontalAdvance(words) + unit
            left = line + unit / 2 if side > 0 else line - unit / 2 - width
            box = QtCore.QRectF(left, unit / 2, width, unit * 1.5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QtGui.QColor(0, 0, 0, 150))
            painter.drawRoundedRect(box, unit / 4, unit / 4)
            painter.setPen(QtGui.QColor("#ffffff"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _draw_focus(self) -> None:
        painter = QtGui.QPainter(self)
        painter.setPen(self.palette().color(QtGui.QPalette.ColorRole.Highlight))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _area(self) -> Any:
        """Return where the pictures are drawn, None while there is none."""
        pixmap = self._after if self._after is not None else self._before
        if pixmap is None:
            return None
        count = 2 if self._tiled else 1
        width, height = pixmap.width() * count, pixmap.height() * count
        scale = self._zoom / self.devicePixelRatioF()
        if not scale:
            scale = min(self.width() / width, self.height() / height)
        size = QtCore.QSizeF(width * scale, height * scale)
        corner = QtCore.QPointF(
            (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        )
        return QtCore.QRectF(corner + self._offset, size)

    def mousePressEvent(self, event: Any) -> None:  # noqa: N802
        """Take hold of the wipe, or of the picture."""
        area = self._area()
        if area is not None:
            line = area.left() + area.width() * self._wipe
            near = abs(position(event).x() - line) < look.em(self)
            self._grabbed = "wipe" if near and self.has_both() else position(event)

    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802
        """Move what is held."""
        area = self._area()
        if self._grabbed is None or area is None:
            return
        if isinstance(self._grabbed, str):
            self.set_wipe((position(event).x() - area.left()) / area.width())
            return
        if self._zoom:  # a fitted picture stays in the middle
            self._offset += QtCore.QPointF(position(event) - self._grabbed)
        self._grabbed = position(event)
        self.update()

    def mouseReleaseEvent(self, event: Any) -> None:  # noqa: N802
        """Let go."""
        self._grabbed = None

    def wheelEvent(self, event: Any) -> None:  # noqa: N802
        """Zoom in or out."""
        self.step_zoom(1 if event.angleDelta().y() > 0 else -1)

    def step_zoom(self, step: int) -> None:
        """Go to the next zoom in or out; from the fitted one, as if it were 100 %."""
        current = self._zoom or 1.0
        places = ZOOMS[1:]
        nearest = min(range(len(places)), key=lambda place: abs(places[place] - current))
        self.set_zoom(places[min(len(places) - 1, max(0, nearest + step))])

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802
        """Wipe and zoom by keys."""
        keys = Qt.Key
        actions = {
            keys.Key_Left: lambda: self.set_wipe(self._wipe - 0.05),
            keys.Key_Right: lambda: self.set_wipe(self._wipe + 0.05),
            keys.Key_Plus: lambda: self.step_zoom(1),
            keys.Key_Minus: lambda: self.step_zoom(-1),
            keys.Key_0: lambda: self.set_zoom(0.0),
        }
        action = actions.get(event.key())
        if action is None:
            super().keyPressEvent(event)
        else:
            action()
