"""Painting on a mask: strokes, erasing, undo, zoom and keys."""

from __future__ import annotations

from typing import Any

import pytest
from painting import (
    ALT,
    CTRL,
    LEFT,
    MIDDLE,
    RIGHT,
    SHIFT,
    drag,
    key,
    mouse,
    on_widget,
    values,
    wheel,
)  # fmt: skip

from maya_stylize.ui import look
from maya_stylize.ui.mask_canvas import LARGEST, SMALLEST, MaskCanvas
from maya_stylize.ui.mask_image import MaskImage, gray
from maya_stylize.ui.qt import Qt, QtCore, QtGui

WIDTH, HEIGHT = 200, 100


@pytest.fixture
def mask(app: Any) -> MaskImage:
    return MaskImage(gray(QtCore.QSize(WIDTH, HEIGHT)))


@pytest.fixture
def canvas(mask: MaskImage) -> MaskCanvas:
    """A canvas on which a pixel of the mask is a pixel of the screen."""
    canvas = MaskCanvas()
    margin = look.em(canvas)
    canvas.setMinimumSize(1, 1)
    canvas.resize(WIDTH + 2 * margin, HEIGHT + 2 * margin)
    picture = QtGui.QPixmap(WIDTH, HEIGHT)
    picture.fill(QtGui.QColor("#606060"))
    canvas.show_mask(mask, picture)
    canvas.set_diameter(40)
    assert canvas.viewport.scale == 1
    return canvas


def test_a_stroke_is_white_inside_soft_at_its_edge_and_nothing_outside(
    canvas: MaskCanvas, mask: MaskImage
) -> None:
    drag(canvas, (60, 50), (140, 50))
    rows = values(mask.image())
    assert {rows[y][x] for y in range(41, 59) for x in range(60, 140)} == {255}
    down = [rows[y][100] for y in range(50, HEIGHT)]
    assert down == sorted(down, reverse=True)
    assert 100 < down[14] < 160  # three quarters of the radius
    assert len(set(down) - {0, 255}) >= 8
    outside = [rows[y][x] for y in range(HEIGHT) for x in range(WIDTH) if abs(y - 49.5) > 21]
    assert set(outside) == {0}
    assert set(rows[50][:39] + rows[50][161:]) == {0}
    along = rows[64][60:140]
    assert max(along) - min(along) <= 4  # no pearls


def test_strokes_on_top_of_each_other_do_not_add_up(canvas: MaskCanvas, mask: MaskImage) -> None:
    drag(canvas, (60, 50), (140, 50))
    once = mask.image().copy()
    drag(canvas, (60, 50), (100, 50), (140, 50))
    drag(canvas, (140, 50), (60, 50))
    pairs = zip(values(once), values(mask.image()), strict=True)
    assert max(abs(a - b) for old, new in pairs for a, b in zip(old, new, strict=True)) <= 4


@pytest.mark.parametrize(("button", "keys"), [(RIGHT, Qt.KeyboardModifier.NoModifier), (LEFT, ALT)])
def test_the_right_button_and_alt_erase(
    canvas: MaskCanvas, mask: MaskImage, button: Any, keys: Any
) -> None:
    mask.fill(255)
    drag(canvas, (60, 50), (140, 50), button=button, keys=keys)
    rows = values(mask.image())
    assert {rows[y][x] for y in range(41, 59) for x in range(60, 140)} == {0}
    assert 95 < rows[64][100] < 155
    assert {rows[0][0], rows[75][100], rows[50][30]} == {255}


def test_strokes_are_undone_and_redone_one_by_one(canvas: MaskCanvas, mask: MaskImage) -> None:
    empty = mask.image().copy()
    drag(canvas, (50, 30), (80, 30))
    one = mask.image().copy()
    drag(canvas, (150, 70), (120, 70))
    two = mask.image().copy()
    assert len({empty.cacheKey(), one.cacheKey(), two.cacheKey()}) == 3
    assert one != empty
    assert two != one
    mask.undo()
    assert mask.image() == one
    mask.undo()
    assert mask.image() == empty
    assert not mask.can_undo()
    mask.undo()
    mask.redo()
    mask.redo()
    assert mask.image() == two
    assert not mask.can_redo()
    mask.undo()
    drag(canvas, (20, 20), (30, 20))
    assert not mask.can_redo()


def test_a_stroke_beside_the_picture_is_none(canvas: MaskCanvas, mask: MaskImage) -> None:
    drag(canvas, (50, 30), (80, 30))
    mask.undo()
    drag(canvas, (-60, -60), (-80, -30))
    assert not mask.can_undo()
    assert mask.can_redo()


def test_a_stroke_under_way_is_not_undone(canvas: MaskCanvas, mask: MaskImage) -> None:
    drag(canvas, (50, 30), (80, 30))
    mouse(canvas, "press", on_widget(canvas, (120, 60)), LEFT)
    painted = mask.image().copy()
    key(canvas, Qt.Key.Key_Z, CTRL)
    mouse(canvas, "press", on_widget(canvas, (20, 60)), RIGHT)
    mouse(canvas, "release", on_widget(canvas, (20, 60)), RIGHT)
    assert mask.image() == painted
    mouse(canvas, "move", on_widget(canvas, (140, 60)), LEFT)
    mouse(canvas, "release", on_widget(canvas, (140, 60)), LEFT)
    assert values(mask.image())[60][135] == 255
    key(canvas, Qt.Key.Key_Z, CTRL)
    assert values(mask.image())[60][135] == 0
    assert values(mask.image())[30][60] == 255


def test_fill_clear_and_invert_can_be_undone(canvas: MaskCanvas, mask: MaskImage) -> None:
    drag(canvas, (50, 30), (80, 30))
    before = values(mask.image())
    mask.invert()
    assert values(mask.image()) == [[255 - value for value in row] for row in before]
    mask.fill(0)
    assert mask.is_black()
    mask.fill(255)
    assert values(mask.image()) == [[255] * WIDTH] * HEIGHT
    for _ in range(3):
        mask.undo()
    assert values(mask.image()) == before


def test_the_smallest_brush_paints_a_pixel_in_full(canvas: MaskCanvas, mask: MaskImage) -> None:
    canvas.set_diameter(0)
    assert canvas.diameter() == SMALLEST
    drag(canvas, (50, 50))
    rows = values(mask.image())
    assert max(max(row) for row in rows) == 255
    assert sum(value > 0 for row in rows for value in row) <= 16


def test_the_wheel_and_the_brackets_size_the_brush(canvas: MaskCanvas) -> None:
    told: list[int] = []
    canvas.brush_sized.connect(told.append)
    wheel(canvas, 1)
    assert canvas.diameter() == told[-1] > 40
    wheel(canvas, -1)
    assert canvas.diameter() == 40
    key(canvas, Qt.Key.Key_BracketRight)
    assert canvas.diameter() > 40
    key(canvas, Qt.Key.Key_BracketLeft)
    assert canvas.diameter() == 40
    for _ in range(60):
        key(canvas, Qt.Key.Key_BracketLeft)
    assert canvas.diameter() == SMALLEST
    for _ in range(60):
        key(canvas, Qt.Key.Key_BracketRight)
    assert canvas.diameter() == LARGEST


def test_the_view_zooms_around_the_pointer_and_strokes_land_where_they_are_seen(
    canvas: MaskCanvas, mask: MaskImage
) -> None:
    place = (150.0, 25.0)
    before = on_widget(canvas, place)
    for _ in range(4):
        wheel(canvas, 1, place, CTRL)
    assert canvas.viewport.scale == pytest.approx(1.25**4)
    assert canvas.diameter() == 40
    after = on_widget(canvas, place)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=0.6)
    drag(canvas, place)
    rows = values(mask.image())
    assert {rows[y][x] for y in range(19, 31) for x in range(144, 156)} == {255}
    assert rows[25][125] == rows[25][175] == rows[50][150] == 0
    key(canvas, Qt.Key.Key_0)
    assert canvas.viewport.scale == 1
    key(canvas, Qt.Key.Key_Plus)
    key(canvas, Qt.Key.Key_Minus)
    key(canvas, Qt.Key.Key_Minus)
    assert canvas.viewport.scale == pytest.approx(0.8)


def test_the_middle_button_and_space_move_the_picture_and_paint_nothing(
    canvas: MaskCanvas, mask: MaskImage
) -> None:
    before = on_widget(canvas, (0, 0))
    drag(canvas, (50, 50), (80, 60), button=MIDDLE)
    key(canvas, Qt.Key.Key_Space)
    drag(canvas, (50, 50), (55, 45))
    key(canvas, Qt.Key.Key_Space, kind="KeyRelease")
    moved = on_widget(canvas, (0, 0)) - before
    assert (moved.x(), moved.y()) == (35, 5)
    assert mask.is_black()
    drag(canvas, (50, 50))
    assert values(mask.image())[50][50] == 255


def test_all_of_it_stays_in_sight_until_one_zooms(canvas: MaskCanvas) -> None:
    margin = look.em(canvas)
    canvas.resize(2 * WIDTH + 2 * margin, 2 * HEIGHT + 2 * margin)
    canvas.grab()
    assert canvas.viewport.scale == 2
    canvas.zoom(1)
    canvas.resize(WIDTH, HEIGHT)
    canvas.grab()
    assert canvas.viewport.scale == 2.5


def test_keys_undo_and_redo_before_the_program_around_gets_them(
    canvas: MaskCanvas, mask: MaskImage
) -> None:
    drag(canvas, (50, 30), (80, 30))
    painted = mask.image().copy()
    for code, keys in (
        (Qt.Key.Key_Z, CTRL), (Qt.Key.Key_BracketLeft, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
    ):  # fmt: skip
        assert key(canvas, code, keys, "ShortcutOverride")
    assert not key(canvas, Qt.Key.Key_S, CTRL, "ShortcutOverride")
    assert mask.image() == painted
    key(canvas, Qt.Key.Key_Z, CTRL)
    assert mask.is_black()
    key(canvas, Qt.Key.Key_Z, CTRL | SHIFT)
    assert mask.image() == painted


def test_what_is_inside_is_red_and_the_picture_shows_through(
    canvas: MaskCanvas, mask: MaskImage
) -> None:
    drag(canvas, (60, 50), (140, 50))
    inside, outside = seen(canvas, (80, 50)), seen(canvas, (20, 20))
    assert outside.name() == "#606060"
    assert inside.red() > 150
    assert 30 < inside.green() < 96
    mask.undo()
    assert seen(canvas, (80, 50)).name() == "#606060"


def seen(canvas: MaskCanvas, place: tuple[float, float]) -> Any:
    """The color on the screen, of whatever scale, where a pixel of the mask lies."""
    screen = canvas.grab().toImage()
    return screen.pixelColor((on_widget(canvas, place) * screen.devicePixelRatio()).toPoint())


def test_a_mask_of_another_size_is_scaled_to_the_canvas(app: Any) -> None:
    half = QtGui.QImage(20, 10, QtGui.QImage.Format.Format_RGB32)
    half.fill(QtGui.QColor("#000000"))
    painter = QtGui.QPainter(half)
    painter.fillRect(0, 0, 10, 10, QtGui.QColor("#ffffff"))
    painter.end()
    rows = values(gray(QtCore.QSize(80, 40), half))
    assert (len(rows), len(rows[0])) == (40, 80)
    assert {value for row in rows for value in row[:36]} == {255}
    assert {value for row in rows for value in row[44:]} == {0}


def test_what_is_transparent_is_outside(app: Any) -> None:
    clear = QtGui.QImage(8, 8, QtGui.QImage.Format.Format_ARGB32)
    clear.fill(QtGui.QColor(255, 255, 255, 0))
    assert values(gray(QtCore.QSize(8, 8), clear)) == [[0] * 8] * 8
