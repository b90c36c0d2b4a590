"""The window in which a mask is painted, and the file that comes of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from painting import CTRL, drag, key, values
from panel_fakes import FakeClient

from maya_stylize.ui.ground import Ground
from maya_stylize.ui.loader import Loader
from maya_stylize.ui.mask_dialog import MaskDialog
from maya_stylize.ui.qt import Qt, QtCore, QtGui, QtWidgets
from maya_stylize.ui.thumbnails import Thumbnails

Open = Callable[..., MaskDialog]
PURPOSE = "What is red is made anew."


@pytest.fixture
def thumbnails(app: Any) -> Thumbnails:
    return Thumbnails(FakeClient(), Loader())


@pytest.fixture
def open_dialog(thumbnails: Thumbnails, wait: Any) -> Iterator[Open]:
    """Shows a window, and waits for its pictures where they can be read."""
    dialogs = []

    def show(ground: Ground, mask: str = "", ready: bool = True) -> MaskDialog:
        dialog = MaskDialog(ground, mask, PURPOSE, thumbnails)
        dialogs.append(dialog)
        dialog.told = []  # type: ignore[attr-defined]
        dialog.painted.connect(dialog.told.append)  # type: ignore[attr-defined]
        dialog.show()
        if ready:
            wait(lambda: dialog.canvas.painted is not None)
        return dialog

    yield show
    for dialog in dialogs:
        dialog.hide()
        dialog.deleteLater()


@pytest.fixture
def picture(tmp_path: Path) -> str:
    image = QtGui.QImage(120, 60, QtGui.QImage.Format.Format_RGB32)
    image.fill(QtGui.QColor("#336699"))
    image.save(str(tmp_path / "wall.png"))
    return str(tmp_path / "wall.png")


def used(dialog: MaskDialog) -> str:
    """Press "Use mask" and return what was told."""
    dialog.use.click()
    (path,) = dialog.told  # type: ignore[attr-defined]
    return str(path)


def test_the_mask_is_a_gray_png_of_the_pictures_size(
    open_dialog: Open, picture: str, home: Path
) -> None:
    dialog = open_dialog(Ground(picture))
    dialog.canvas.set_diameter(30)
    drag(dialog.canvas, (40, 30), (80, 30))
    path = Path(used(dialog))
    assert not dialog.isVisible()
    assert path.parent == home / "masks"
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert (width, height, data[24], data[25]) == (120, 60, 8, 0)  # 8 bits, gray
    rows = values(QtGui.QImage(str(path)))
    assert {rows[y][x] for y in range(25, 35) for x in range(40, 80)} == {255}
    assert rows[30][10] == rows[55][60] == rows[5][60] == 0
    assert 0 < rows[41][60] < 255
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_the_same_mask_has_the_same_name_and_another_one_another(
    open_dialog: Open, picture: str, home: Path
) -> None:
    paths = []
    for end in (80, 80, 81):
        dialog = open_dialog(Ground(picture))
        drag(dialog.canvas, (40, 30), (end, 30))
        paths.append(used(dialog))
    assert paths[0] == paths[1] != paths[2]
    assert len(list((home / "masks").iterdir())) == 2


def test_a_mask_is_opened_again_as_it_was(open_dialog: Open, picture: str) -> None:
    dialog = open_dialog(Ground(picture))
    drag(dialog.canvas, (40, 30), (80, 30))
    first = used(dialog)
    again = open_dialog(Ground(picture), first)
    assert again.canvas.painted is not None
    assert values(again.canvas.painted.image()) == values(QtGui.QImage(first))
    assert used(again) == first
    more = open_dialog(Ground(picture), first)
    more.canvas.set_diameter(8)
    drag(more.canvas, (100, 50))
    rows = values(QtGui.QImage(used(more)))
    assert rows[30][60] == rows[50][100] == 255


def test_a_mask_of_another_size_fills_the_canvas(
    open_dialog: Open, picture: str, tmp_path: Path
) -> None:
    small = QtGui.QImage(12, 6, QtGui.QImage.Format.Format_Grayscale8)
    small.fill(255)
    small.save(str(tmp_path / "small.png"))
    dialog = open_dialog(Ground(picture), str(tmp_path / "small.png"))
    assert dialog.canvas.painted is not None
    assert values(dialog.canvas.painted.image()) == [[255] * 120] * 60


def test_an_empty_mask_is_none(open_dialog: Open, picture: str, home: Path) -> None:
    dialog = open_dialog(Ground(picture))
    drag(dialog.canvas, (40, 30), (80, 30))
    dialog.clear.click()
    assert used(dialog) == ""
    assert not (home / "masks").exists()


def test_the_buttons_do_what_they_say(open_dialog: Open, picture: str) -> None:
    dialog = open_dialog(Ground(picture))
    mask = dialog.canvas.painted
    assert mask is not None
    assert not dialog.undo.isEnabled()
    dialog.fill.click()
    assert values(mask.image()) == [[255] * 120] * 60
    dialog.invert.click()
    assert mask.is_black()
    dialog.undo.click()
    assert not mask.is_black()
    assert dialog.redo.isEnabled()
    dialog.redo.click()
    assert mask.is_black()
    assert not dialog.redo.isEnabled()
    dialog.size_slider.setValue(77)
    assert dialog.canvas.diameter() == 77
    dialog.canvas.set_diameter(33)
    assert dialog.size_slider.value() == 33
    dialog.canvas.zoom(3)
    dialog.fit.click()
    assert dialog.canvas.viewport.fitted


def test_keys_work_wherever_the_focus_is(open_dialog: Open, picture: str) -> None:
    dialog = open_dialog(Ground(picture))
    dialog.fill.click()
    key(dialog.size_slider, Qt.Key.Key_Z, CTRL)
    mask = dialog.canvas.painted
    assert mask is not None
    assert mask.is_black()


@pytest.mark.parametrize(
    ("ground", "size"),
    [
        (Ground("", (2048, 1024)), (1024, 512)),
        (Ground("", (300, 500)), (300, 500)),
        (Ground("wall.png", shown=False), (120, 60)),
    ],
)
def test_an_empty_canvas_has_the_results_proportions(
    open_dialog: Open, picture: str, ground: Ground, size: tuple[int, int]
) -> None:
    if ground.picture:
        ground = Ground(picture, ground.size, ground.shown)
    dialog = open_dialog(ground)
    assert dialog.canvas.painted is not None
    image = dialog.canvas.painted.image()
    assert (image.width(), image.height()) == size
    center = dialog.canvas.rect().center()
    color = dialog.canvas.grab().toImage().pixelColor(center)
    assert color.red() == color.green() == color.blue()


def test_painting_is_not_lost_by_a_slip(open_dialog: Open, picture: str) -> None:
    dialog = open_dialog(Ground(picture))
    drag(dialog.canvas, (40, 30), (80, 30))
    dialog.reject()
    assert dialog.isVisible()
    (box,) = dialog.findChildren(QtWidgets.QMessageBox)
    box.button(QtWidgets.QMessageBox.StandardButton.Cancel).click()
    assert dialog.isVisible()
    dialog.reject()
    box = dialog.findChildren(QtWidgets.QMessageBox)[-1]
    box.button(QtWidgets.QMessageBox.StandardButton.Discard).click()
    assert not dialog.isVisible()
    assert dialog.told == []  # type: ignore[attr-defined]


def test_a_window_in_which_nothing_was_painted_closes_at_once(
    open_dialog: Open, picture: str
) -> None:
    dialog = open_dialog(Ground(picture))
    dialog.reject()
    assert not dialog.isVisible()


def test_a_picture_that_cannot_be_read_is_told(
    open_dialog: Open, tmp_path: Path, wait: Any
) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    dialog = open_dialog(Ground(str(tmp_path / "broken.png")), ready=False)
    wait(lambda: told(dialog))
    assert "broken.png" in told(dialog)
    assert not dialog.use.isEnabled()


def test_a_mask_that_cannot_be_read_is_told_and_begun_anew(
    open_dialog: Open, picture: str, tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    dialog = open_dialog(Ground(picture), str(tmp_path / "broken.png"))
    assert "broken.png" in told(dialog)
    assert dialog.canvas.painted is not None
    assert dialog.canvas.painted.is_black()


def test_a_mask_that_cannot_be_written_stays_open(
    open_dialog: Open, picture: str, home: Path
) -> None:
    dialog = open_dialog(Ground(picture))
    drag(dialog.canvas, (40, 30), (80, 30))
    home.mkdir()
    (home / "masks").write_text("in the way")
    dialog.use.click()
    assert dialog.isVisible()
    assert "masks" in told(dialog)
    assert dialog.told == []  # type: ignore[attr-defined]


def told(dialog: MaskDialog) -> str:
    labels = [each for each in dialog.findChildren(QtWidgets.QLabel) if each.isVisible()]
    return " ".join(each.text() for each in labels if each.property("role") == "refusal")


def test_everything_says_what_it_does_and_has_its_own_letter(
    open_dialog: Open, picture: str
) -> None:
    dialog = open_dialog(Ground(picture))
    buttons = dialog.findChildren(QtWidgets.QAbstractButton)
    assert len(buttons) == 8
    for each in (*buttons, dialog.size_slider):
        assert re.search(r"\w{3,} .*\.$", each.toolTip()), each.text()
        assert each.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert dialog.canvas.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert dialog.canvas.accessibleName()
    assert dialog.size_slider.accessibleName()
    labels = [each for each in dialog.findChildren(QtWidgets.QLabel) if each.buddy()]
    texts = [each.text().lower() for each in (*buttons, *labels)]
    letters = Counter(letter for text in texts for letter in re.findall("&(.)", text))
    assert [letter for letter, count in letters.items() if count > 1] == []
    assert PURPOSE in [each.text() for each in dialog.findChildren(QtWidgets.QLabel)]


def test_return_uses_the_mask_and_the_canvas_has_the_focus(open_dialog: Open, picture: str) -> None:
    dialog = open_dialog(Ground(picture))
    assert dialog.focusWidget() is dialog.canvas
    drag(dialog.canvas, (40, 30), (80, 30))
    QtCore.QCoreApplication.processEvents()
    key(dialog.canvas, Qt.Key.Key_Return)
    assert len(dialog.told) == 1  # type: ignore[attr-defined]
