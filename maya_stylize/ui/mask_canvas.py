"""The canvas of a mask: a picture, the mask in red over it, and a brush."""

from __future__ import annotations

from typing import Any

from maya_stylize.ui import look
from maya_stylize.ui.mask_image import Brush, MaskImage
from maya_stylize.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal, position
from maya_stylize.ui.slots import slot
from maya_stylize.ui.viewport import Viewport

RED = "#ff2020"
OPACITY = 0.55
# The brush's diameter, in pixels of the mask.
SMALLEST, LARGEST = 3, 512
_STEP = 1.15


class MaskCanvas(QtWidgets.QWidget):
    """Paints on a mask with the mouse; zooms and moves what is seen.

    Signals:
        brush_sized: The brush has another diameter.
    """

    brush_sized = Signal(int)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.painted: MaskImage | None = None
        self.viewport = Viewport()
        self._picture: Any = None
        self._tint: Any = None
        self._diameter = 64
        self._pointer: Any = None
        self._stroke: Any = None  # the button that paints
        self._held: Any = None  # where the picture is held to be moved
        self._space = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(look.em(self) * 20, look.em(self) * 16)
        self.setAccessibleName("Mask")

    def show_mask(self, mask: MaskImage, picture: Any) -> None:
        """Show a mask to paint on.

        Args:
            mask: The mask.
            picture: A QPixmap of its size under it, None for an empty canvas.
        """
        self.painted, self._picture = mask, picture
        size = mask.image().size()
        self._tint = QtGui.QImage(size, QtGui.QImage.Format.Format_ARGB32_Premultiplied)
        mask.changed.connect(self._changed)
        self._changed(mask.image().rect())
        self.set_diameter(max(size.width(), size.height()) // 16)
        self.fit()

    def diameter(self) -> int:
        """Return the brush's diameter in pixels of the mask."""
        return self._diameter

    def set_diameter(self, diameter: float) -> None:
        """Give the brush another diameter."""
        self._diameter = round(min(LARGEST, max(SMALLEST, diameter)))
        self.brush_sized.emit(self._diameter)
        self.update()

    def step_diameter(self, step: int) -> None:
        """Make the brush larger (1) or smaller (-1)."""
        next_one = self._diameter * _STEP**step
        self.set_diameter(next_one if abs(next_one - self._diameter) > 1 else self._diameter + step)

    def fit(self) -> None:
        """Show all of it, in the middle."""
        if self.painted is not None:
            margin = look.em(self)
            room = self.rect().adjusted(margin, margin, -margin, -margin)
            self.viewport.fit(self.painted.image().size(), room)
        self.update()

    def zoom(self, step: int, around: Any = None) -> None:
        """Zoom in (1) or out (-1), around the middle where no point is given."""
        self.viewport.zoom(step, self.rect().center() if around is None else around)
        self.update()

    def paintEvent(self, event: Any) -> None:  # noqa: N802
        """Draw the picture, the mask over it, and the brush."""
        painter = QtGui.QPainter(self)
        painter.fillRect(self.rect(), look.mixed(self, -0.12))
        if self.painted is None:
            painter.setPen(look.mixed(self, 0.6))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "…")
        else:
            self._draw(painter)
        if self.hasFocus():
            painter.setPen(self.palette().color(QtGui.QPalette.ColorRole.Highlight))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _draw(self, painter: Any) -> None:
        shown = self.viewport.on_widget(self._tint.rect())
        smooth = self.viewport.scale * self.devicePixelRatioF() < 2
        painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform, smooth)
        if self._picture is None:
            painter.fillRect(shown, look.mixed(self, 0.25))
        else:
            painter.drawPixmap(shown, self._picture, QtCore.QRectF(self._picture.rect()))
        painter.setOpacity(OPACITY)
        painter.drawImage(shown, self._tint, QtCore.QRectF(self._tint.rect()))
        painter.setOpacity(1)
        if self._pointer is not None and self._held is None and not self._space:
            painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
            radius = self._diameter * self.viewport.scale / 2
            middle = QtCore.QPointF(self._pointer)
            for color, width in (("#000000", 3), ("#ffffff", 1)):
                painter.setPen(QtGui.QPen(QtGui.QColor(color), width))
                painter.drawEllipse(middle, radius, radius)
            painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, False)

    @slot
    def _changed(self, part: Any) -> None:
        """Color a part of the mask anew."""
        if self.painted is None or part.isEmpty():
            return
        red = QtGui.QImage(part.size(), QtGui.QImage.Format.Format_ARGB32_Premultiplied)
        red.fill(QtGui.QColor(RED))
        red.setAlphaChannel(self.painted.image().copy(part))
        painter = QtGui.QPainter(self._tint)
        painter.setCompositionMode(QtGui.QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(part.topLeft(), red)
        painter.end()
        self.update(self.viewport.on_widget(part).toAlignedRect().adjusted(-2, -2, 2, 2))

    def resizeEvent(self, event: Any) -> None:  # noqa: N802
        """Keep all of it in sight where it was."""
        if self.viewport.fitted:
            self.fit()

    def mousePressEvent(self, event: Any) -> None:  # noqa: N802
        """Paint, erase, or take hold of the picture."""
        button, buttons = event.button(), Qt.MouseButton
        if self.painted is None or self._stroke is not None or self._held is not None:
            return
        if button == buttons.MiddleButton or (button == buttons.LeftButton and self._space):
            self._held = position(event)
        elif button in (buttons.LeftButton, buttons.RightButton):
            alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            brush = Brush(self._diameter / 2, alt or button == buttons.RightButton)
            self._stroke = button
            self.painted.begin(self.viewport.on_picture(position(event)), brush)

    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802
        """Go on with what the button began."""
        here = position(event)
        self._move_ring(here)
        if self._stroke is not None and self.painted is not None:
            self.painted.line_to(self.viewport.on_picture(here))
        elif self._held is not None:
            self.viewport.move(here - self._held)
            self._held = here
            self.update()

    def mouseReleaseEvent(self, event: Any) -> None:  # noqa: N802
        """End the stroke, or let go of the picture."""
        if self._stroke is not None and self._stroke == event.button() and self.painted is not None:
            self._stroke = None
            self.painted.end()
        elif self._stroke is None:
            self._held = None
        self.update()

    def wheelEvent(self, event: Any) -> None:  # noqa: N802
        """Size the brush, or zoom with Ctrl."""
        step = 1 if event.angleDelta().y() > 0 else -1
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(step, position(event))
        else:
            self.step_diameter(step)
        event.accept()

    def enterEvent(self, event: Any) -> None:  # noqa: N802
        """Take the keys: a space is to move the picture, not to press a button."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def leaveEvent(self, event: Any) -> None:  # noqa: N802
        """Take the brush away."""
        self._move_ring(None)

    def focusOutEvent(self, event: Any) -> None:  # noqa: N802
        """Forget the space bar, whose release goes elsewhere."""
        self._set_space(False)
        super().focusOutEvent(event)

    def event(self, event: Any) -> bool:
        """Keep the program's own shortcuts off the canvas's keys."""
        override = event.type() == QtCore.QEvent.Type.ShortcutOverride
        if override and (event.key() == Qt.Key.Key_Space or self._action(event) is not None):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802
        """Undo, redo, size the brush, zoom."""
        if event.key() == Qt.Key.Key_Space:
            self._set_space(True)
        elif not self.take_key(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: Any) -> None:  # noqa: N802
        """Paint again after the space bar."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._set_space(False)
        else:
            super().keyReleaseEvent(event)

    def take_key(self, event: Any) -> bool:
        """Do what a key is for; return whether it is for anything here."""
        action = self._action(event)
        if action is not None:
            action()
        return action is not None

    def _action(self, event: Any) -> Any:
        if self.painted is None:
            return None
        keys, standard = Qt.Key, QtGui.QKeySequence.StandardKey
        if event.matches(standard.Undo):
            return self.painted.undo
        if event.matches(standard.Redo):
            return self.painted.redo
        return {
            keys.Key_BracketLeft: lambda: self.step_diameter(-1),
            keys.Key_BracketRight: lambda: self.step_diameter(1),
            keys.Key_Plus: lambda: self.zoom(1),
            keys.Key_Minus: lambda: self.zoom(-1),
            keys.Key_0: self.fit,
        }.get(event.key())

    def _set_space(self, down: bool) -> None:
        self._space = down
        shapes = Qt.CursorShape
        self.setCursor(shapes.OpenHandCursor if down else shapes.CrossCursor)
        self.update()

    def _move_ring(self, point: Any) -> None:
        """Show the brush elsewhere, and redraw no more than that takes."""
        reach = round(self._diameter * self.viewport.scale / 2) + 3
        for place in (self._pointer, point):
            if place is not None:
                self.update(QtCore.QRect(place, place).adjusted(-reach, -reach, reach, reach))
        self._pointer = point
