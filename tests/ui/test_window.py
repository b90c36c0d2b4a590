"""The panel without Maya: a list of the artist's own pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from panel_fakes import FakeClient

from maya_stylize.host.no_scene import PictureList
from maya_stylize.ui.panel import Panel
from maya_stylize.ui.picture_buttons import PictureButtons
from maya_stylize.ui.qt import Qt, QtCore, QtGui, QtWidgets
from maya_stylize.ui.window import show


@pytest.fixture
def alone(open_panel: Any, pictures: Path) -> Panel:
    panel: Panel = open_panel(PictureList([pictures / "coffee.png"]), FakeClient())
    return panel


def names(panel: Panel) -> list[str]:
    model = panel.textures.view.model()
    return [Path(model.index(row, 0).data()).name for row in range(model.rowCount())]


def drop(panel: Panel, *paths: Path) -> None:
    data = QtCore.QMimeData()
    data.setUrls([QtCore.QUrl.fromLocalFile(str(path)) for path in paths])
    where, copy = QtCore.QPoint(5, 5), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    viewport = panel.textures.view.viewport()
    for kind in (QtGui.QDragEnterEvent, QtGui.QDropEvent):
        QtWidgets.QApplication.sendEvent(viewport, kind(where, copy, data, left, none))


def test_pictures_are_dropped_on_the_list_and_taken_off(alone: Panel, pictures: Path) -> None:
    drop(alone, pictures / "bricks.png", pictures / "pebbles.png")
    assert names(alone) == ["coffee.png", "bricks.png", "pebbles.png"]
    chosen = alone.textures.texture()
    assert chosen is not None
    assert Path(chosen.path).name == "bricks.png"
    button(alone, "Take off").click()
    assert names(alone) == ["coffee.png", "pebbles.png"]
    assert (pictures / "bricks.png").exists()


def test_pictures_are_picked(alone: Panel, pictures: Path) -> None:
    button(alone, "Add pictures…").click()
    (dialog,) = alone.findChildren(QtWidgets.QFileDialog)
    dialog.filesSelected.emit([str(pictures / "bricks.png")])
    dialog.close()
    assert names(alone) == ["coffee.png", "bricks.png"]


def test_what_is_no_picture_stays_off_the_list(alone: Panel, tmp_path: Path) -> None:
    drop(alone, tmp_path / "notes.txt")
    assert names(alone) == ["coffee.png"]
    assert "notes.txt" in alone.messages.text()


def test_results_go_beside_their_source(alone: Panel, pictures: Path) -> None:
    alone.maker.page().wells["exemplar"].add([str(pictures / "coffee.png")])
    job = alone.maker.job("jax", [], alone.maker.page().source())
    assert job.output == str(pictures / "coffee_texture_v001.png")


def test_there_are_no_objects_to_select(alone: Panel) -> None:
    assert not alone.textures.selected_only.isVisible()


def test_the_command_shows_a_window_and_tells_of_a_missing_engine(
    app: Any, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_PYTHON", str(pictures / "no" / "python"))
    palette, seen = app.palette(), []

    def look() -> None:
        for panel in app.topLevelWidgets():
            if isinstance(panel, Panel) and panel.isVisible() and panel.messages.text():
                seen.append((names(panel), panel.messages.text()))
                panel.close()

    timer = QtCore.QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    try:
        assert show([pictures / "coffee.png"], "light") == 0
    finally:
        timer.stop()
        app.setPalette(palette)
    assert seen[0][0] == ["coffee.png"]
    assert "Python is not there" in seen[0][1]


def button(panel: Panel, text: str) -> Any:
    (buttons,) = panel.findChildren(PictureButtons)
    return next(each for each in buttons.findChildren(QtWidgets.QPushButton) if each.text() == text)
