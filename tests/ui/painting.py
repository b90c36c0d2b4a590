"""Mouse, wheel and keys on the canvas of a mask, and what comes of them."""

from __future__ import annotations

from typing import Any

from maya_stylize.ui.mask_canvas import MaskCanvas
from maya_stylize.ui.qt import Qt, QtCore, QtGui, QtWidgets

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
MIDDLE, NONE = Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton
PLAIN, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Place = tuple[float, float]


def on_widget(canvas: MaskCanvas, place: Place) -> Any:
    """Where a pixel of the mask lies on the canvas."""
    return canvas.viewport.on_widget(QtCore.QRectF(*place, 0, 0)).topLeft()


def mouse(canvas: MaskCanvas, kind: str, point: Any, button: Any, keys: Any = PLAIN) -> None:
    types = QtCore.QEvent.Type
    events = {
        "press": (types.MouseButtonPress, button, button),
        "move": (types.MouseMove, NONE, button),
        "release": (types.MouseButtonRelease, button, NONE),
    }
    what, caused, held = events[kind]
    event = QtGui.QMouseEvent(what, point, point, caused, held, keys)
    QtWidgets.QApplication.sendEvent(canvas, event)


def drag(canvas: MaskCanvas, *places: Place, button: Any = LEFT, keys: Any = PLAIN) -> None:
    """Paint, or whatever the button does, from one pixel of the mask to the others."""
    points = [on_widget(canvas, place) for place in places]
    mouse(canvas, "press", points[0], button, keys)
    for point in points[1:]:
        mouse(canvas, "move", point, button, keys)
    mouse(canvas, "release", points[-1], button, keys)


def wheel(canvas: MaskCanvas, turn: int, place: Place = (0, 0), keys: Any = PLAIN) -> None:
    point, none = on_widget(canvas, place), QtCore.QPoint()
    turned = QtCore.QPoint(0, 120 * turn)
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QtGui.QWheelEvent(point, point, none, turned, NONE, keys, phase, False)
    QtWidgets.QApplication.sendEvent(canvas, event)


def key(widget: Any, code: Any, keys: Any = PLAIN, kind: str = "KeyPress") -> bool:
    """Send a key; return whether it was taken."""
    event = QtGui.QKeyEvent(getattr(QtCore.QEvent.Type, kind), code, keys)
    event.setAccepted(kind != "ShortcutOverride")  # as Qt sends them
    QtWidgets.QApplication.sendEvent(widget, event)
    return event.isAccepted()


def values(image: Any) -> list[list[int]]:
    """An image's gray values, row by row."""
    columns = range(image.width())
    return [[image.pixelColor(x, y).red() for x in columns] for y in range(image.height())]
