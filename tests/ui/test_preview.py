from __future__ import annotations

from typing import Any

import pytest

from maya_stylize.ui.preview_view import PreviewView
from maya_stylize.ui.qt import Qt, QtCore, QtGui

RED, BLUE = QtGui.QColor("#c02020"), QtGui.QColor("#2020c0")


def plain(color: Any, width: int = 100, height: int = 100) -> Any:
    pixmap = QtGui.QPixmap(width, height)
    pixmap.fill(color)
    return pixmap


@pytest.fixture
def view(app: Any) -> PreviewView:
    view = PreviewView()
    view.resize(400, 400)
    view.set_before(plain(RED))
    view.set_after(plain(BLUE))
    return view


def color_at(view: PreviewView, x: int, y: int) -> Any:
    return view.grab().toImage().pixelColor(x, y)


def press(view: PreviewView, key: Any) -> None:
    event = QtGui.QKeyEvent(QtCore.QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    view.keyPressEvent(event)


def drag(view: PreviewView, start: tuple[int, int], end: tuple[int, int]) -> None:
    types, left = QtCore.QEvent.Type, Qt.MouseButton.LeftButton
    for kind, place, handle in (
        (types.MouseButtonPress, start, view.mousePressEvent),
        (types.MouseMove, end, view.mouseMoveEvent),
        (types.MouseButtonRelease, end, view.mouseReleaseEvent),
    ):
        point = QtCore.QPointF(*place)
        handle(QtGui.QMouseEvent(kind, point, point, left, left, Qt.KeyboardModifier.NoModifier))


def test_before_is_left_of_the_wipe_and_after_right(view: PreviewView) -> None:
    view.set_wipe(0.25)
    assert color_at(view, 60, 380) == RED
    assert color_at(view, 140, 380) == BLUE
    view.set_wipe(0.75)
    assert color_at(view, 260, 380) == RED
    assert color_at(view, 340, 380) == BLUE


def test_the_wipe_follows_the_mouse_and_stays_inside(view: PreviewView) -> None:
    drag(view, (200, 100), (100, 100))
    assert view.wipe() == pytest.approx(0.25)
    drag(view, (100, 100), (-500, 100))
    assert view.wipe() == 0
    assert color_at(view, 60, 380) == BLUE


def test_the_wipe_follows_the_keys(view: PreviewView) -> None:
    press(view, Qt.Key.Key_Left)
    assert view.wipe() == pytest.approx(0.45)
    for _ in range(30):
        press(view, Qt.Key.Key_Right)
    assert view.wipe() == 1


def test_one_picture_alone_has_no_wipe(view: PreviewView) -> None:
    view.set_after(None)
    assert {color_at(view, x, 200).name() for x in (10, 200, 390)} == {RED.name()}


def test_zoom_shows_pixels_and_fits_again(view: PreviewView) -> None:
    view.set_after(None)
    press(view, Qt.Key.Key_Plus)
    assert view.zoom() == 2
    assert color_at(view, 120, 200) == RED
    assert color_at(view, 80, 200) != RED
    press(view, Qt.Key.Key_Minus)
    press(view, Qt.Key.Key_Minus)
    assert view.zoom() == 0.5
    drag(view, (200, 300), (300, 300))
    assert color_at(view, 320, 200) == RED
    press(view, Qt.Key.Key_0)
    assert view.zoom() == 0
    assert color_at(view, 10, 10) == RED


def test_tiled_shows_the_seams(view: PreviewView) -> None:
    half = plain(RED)
    painter = QtGui.QPainter(half)
    painter.fillRect(50, 0, 50, 100, BLUE)
    painter.end()
    view.set_before(half)
    view.set_after(None)
    view.set_tiled(True)
    row = [color_at(view, x, 50).name() for x in (50, 150, 250, 350)]
    assert row == [RED.name(), BLUE.name()] * 2


def test_a_source_of_other_proportions_is_not_stretched(view: PreviewView) -> None:
    view.set_before(plain(RED, 50, 100))
    view.set_wipe(0.99)
    assert color_at(view, 90, 380) == BLUE
    assert color_at(view, 110, 380) == RED
