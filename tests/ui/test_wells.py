from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from panel_fakes import FakeClient

from maya_stylize.jobs import Style
from maya_stylize.ui.loader import Loader
from maya_stylize.ui.modes import by_name
from maya_stylize.ui.panel import Panel
from maya_stylize.ui.qt import Qt, QtCore, QtGui, QtWidgets
from maya_stylize.ui.thumbnails import Thumbnails
from maya_stylize.ui.wells import PictureWell


def drop(well: PictureWell, data: Any) -> None:
    event = QtGui.QDropEvent(
        QtCore.QPoint(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    well.dropEvent(event)


def urls(*addresses: str) -> Any:
    data = QtCore.QMimeData()
    data.setUrls([QtCore.QUrl(address) for address in addresses])
    return data


@pytest.fixture
def exemplar(panel: Panel) -> PictureWell:
    return panel.maker.pages()[0].wells["exemplar"]


@pytest.fixture
def styles(panel: Panel) -> PictureWell:
    return panel.maker.pages()[1].wells["styles"]


def test_a_file_from_the_desktop(exemplar: PictureWell, pictures: Path) -> None:
    path = str(pictures / "coffee.png")
    drop(exemplar, urls(QtCore.QUrl.fromLocalFile(path).toString()))
    assert exemplar.pictures() == (Style(path),)


def test_pixels_from_a_browser_become_a_file(
    exemplar: PictureWell, home: Path, panel: Panel
) -> None:
    image = QtGui.QImage(40, 30, QtGui.QImage.Format.Format_RGB32)
    image.fill(QtGui.QColor("#336699"))
    data = urls("https://example.invalid/picture.png")
    data.setImageData(image)
    drop(exemplar, data)
    (style,) = exemplar.pictures()
    kept = QtGui.QImage(style.path)
    assert (kept.width(), kept.height()) == (40, 30)
    assert kept.pixelColor(20, 15) == QtGui.QColor("#336699")
    assert Path(style.path).parent == home / "dropped"
    drop(exemplar, data)
    assert len(list((home / "dropped").iterdir())) == 1


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://example.invalid/picture.png", "address"),
        ("file:///somewhere/notes.txt", "notes.txt"),
        ("file:///somewhere/folder", "folder"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_hint(
    exemplar: PictureWell, panel: Panel, address: str, told: str
) -> None:
    drop(exemplar, urls(address))
    assert exemplar.pictures() == ()
    assert told in panel.messages.text()
    assert panel.messages.isVisible()


def test_several_styles_keep_their_weights(styles: PictureWell, pictures: Path) -> None:
    paths = [str(path) for path in sorted(pictures.iterdir())]
    drop(styles, urls(*(QtCore.QUrl.fromLocalFile(path).toString() for path in paths)))
    styles.findChildren(QtWidgets.QDoubleSpinBox)[1].setValue(2.5)
    assert styles.pictures() == (Style(paths[0]), Style(paths[1], 2.5), Style(paths[2]))
    styles.findChildren(QtWidgets.QToolButton)[0].click()
    assert styles.pictures() == (Style(paths[1], 2.5), Style(paths[2]))


def test_from_the_list_by_button(exemplar: PictureWell, panel: Panel, pictures: Path) -> None:
    panel.textures.select("coffee_file")
    buttons = exemplar.findChildren(QtWidgets.QPushButton)
    next(button for button in buttons if button.text() == "Use selected").click()
    assert exemplar.pictures() == (Style(str(pictures / "coffee.png")),)


def test_what_the_list_drags_the_well_takes(
    exemplar: PictureWell, panel: Panel, pictures: Path
) -> None:
    panel.textures.select("bricks_file")
    view = panel.textures.view
    drop(exemplar, view.model().mimeData(view.selectedIndexes()))
    assert exemplar.pictures() == (Style(str(pictures / "bricks.png")),)


def test_a_picked_file_is_taken(exemplar: PictureWell, panel: Panel, pictures: Path) -> None:
    buttons = exemplar.findChildren(QtWidgets.QPushButton)
    next(button for button in buttons if button.text() == "Browse…").click()
    (dialog,) = exemplar.findChildren(QtWidgets.QFileDialog)
    dialog.filesSelected.emit([str(pictures / "coffee.png")])
    dialog.close()
    assert exemplar.pictures() == (Style(str(pictures / "coffee.png")),)


def test_a_picture_that_cannot_be_read_says_so(app: Any, tmp_path: Path, wait: Any) -> None:
    client = FakeClient()
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    well = PictureWell(by_name("texture").wells[0], Thumbnails(client, Loader()), lambda: None)
    well.add([str(broken)])
    labels = well.findChildren(QtWidgets.QLabel)
    wait(lambda: any("cannot" in label.text() for label in labels))
