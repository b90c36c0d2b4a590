from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from panel_fakes import FakeClient, FakeScene, texture

from maya_stylize.errors import ImageError, WorkerError
from maya_stylize.ui.panel import Panel
from maya_stylize.ui.qt import Qt, QtWidgets
from maya_stylize.ui.texture_list import TextureList
from maya_stylize.ui.texture_model import FactsRole, described


@pytest.fixture
def listed(panel: Panel) -> TextureList:
    return panel.textures


def nodes(listed: TextureList) -> list[str]:
    model = listed.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def facts(listed: TextureList, row: int) -> str:
    text: str = listed.view.model().index(row, 0).data(FactsRole)
    return text


def test_every_texture_has_its_row_and_its_facts(listed: TextureList) -> None:
    assert nodes(listed) == ["bricks_file", "coffee_file", "pebbles_file", "lost_file"]
    assert facts(listed, 0) == "256 × 256 · 8 bit · sRGB · bricks_mtl"
    assert facts(listed, 3) == "File not found · sRGB · lost_mtl"


def test_a_missing_file_is_not_asked_for(listed: TextureList, client: FakeClient) -> None:
    facts(listed, 3)
    assert not [arguments for _, arguments in client.asked if "lost" in str(arguments)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("COFFEE", ["coffee_file"]),
        ("bricks_mtl", ["bricks_file"]),
        ("lost.tif", ["lost_file"]),
        ("sourceimages", ["bricks_file", "coffee_file", "pebbles_file", "lost_file"]),
        ("(", []),
    ],
)
def test_search_looks_at_name_path_and_material(
    listed: TextureList, typed: str, found: list[str]
) -> None:
    listed.search.setText(typed)
    assert nodes(listed) == found


def test_only_the_selected_objects(listed: TextureList, scene: FakeScene) -> None:
    scene.selected = ["pebbles_file"]
    listed.selected_only.click()
    assert nodes(listed) == ["pebbles_file"]
    scene.selected = []
    scene.watchers[0]()
    assert nodes(listed) == []


def test_the_list_follows_the_scene_and_keeps_the_selection(
    listed: TextureList, scene: FakeScene, pictures: Path
) -> None:
    listed.select("coffee_file")
    scene.all = [texture(pictures / "new.png"), *scene.all[1:]]
    scene.watchers[0]()
    assert nodes(listed)[0] == "new_file"
    chosen = listed.texture()
    assert chosen is not None
    assert chosen.node == "coffee_file"


def test_a_hidden_panel_leaves_the_scene_alone(panel: Panel, scene: FakeScene) -> None:
    assert len(scene.watchers) == 1
    panel.hide()
    assert scene.watchers == []
    panel.show()
    assert len(scene.watchers) == 1


def test_sets_of_tiles_and_results_are_told(
    listed: TextureList, scene: FakeScene, pictures: Path
) -> None:
    tiles = tuple(str(pictures / name) for name in ("bricks.png", "coffee.png"))
    udim = dataclasses.replace(scene.all[0], tiling=3, tiles=tiles, materials=())
    scene.all = [udim]
    scene.watchers[0]()
    assert facts(listed, 0) == "256 × 256 · 8 bit · sRGB · 2 tiles · no material"


def test_a_sequence_says_so_and_which_frame_is_shown(listed: TextureList, scene: FakeScene) -> None:
    scene.all = [dataclasses.replace(scene.all[0], frame="0012")]
    scene.watchers[0]()
    assert facts(listed, 0) == "256 × 256 · 8 bit · sRGB · sequence, frame 0012 · bricks_mtl"
    tooltip = listed.view.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "every frame of this sequence" in tooltip


def test_a_file_that_cannot_be_read_is_told(
    listed: TextureList, client: FakeClient, scene: FakeScene, pictures: Path
) -> None:
    client.failure = ImageError("It is broken.")
    scene.all = [texture(pictures / "pebbles.png", "other")]
    scene.watchers[0]()
    assert facts(listed, 0) == "unreadable · sRGB · pebbles_mtl"


def test_facts_lost_with_a_worker_come_with_the_next(
    listed: TextureList, client: FakeClient, scene: FakeScene, pictures: Path
) -> None:
    hello, client.hello = client.hello, None
    client.failure = WorkerError("The engine ended by itself.")
    client.changed()
    scene.all = [texture(pictures / "pebbles.png", "other")]
    scene.watchers[0]()
    for _ in range(3):
        assert facts(listed, 0) == "sRGB · pebbles_mtl"
    assert sum("pebbles" in str(each) for name, each in client.asked if name == "probe") <= 2
    client.hello, client.failure = hello, None
    client.changed()
    assert facts(listed, 0) == "256 × 256 · 8 bit · sRGB · pebbles_mtl"


def test_pictures_are_looked_at_anew_when_the_artist_comes_back(
    panel: Panel, listed: TextureList, client: FakeClient, scene: FakeScene
) -> None:
    facts(listed, 0)
    client.asked.clear()
    came_back = QtWidgets.QApplication.instance().applicationStateChanged
    came_back.emit(Qt.ApplicationState.ApplicationInactive)
    assert client.asked == []
    scene.all = scene.all[1:]
    came_back.emit(Qt.ApplicationState.ApplicationActive)
    assert facts(listed, 0).startswith("256 × 256")
    asked = [name for name, arguments in client.asked if "coffee" in arguments["path"]]
    assert "probe" in asked
    assert nodes(listed)[0] == "coffee_file"
    client.asked.clear()
    client.hello = None
    came_back.emit(Qt.ApplicationState.ApplicationActive)
    assert client.asked == []  # which would start a worker
    panel.hide()


def test_missing_textures_cannot_be_dragged(listed: TextureList) -> None:
    model = listed.view.model()
    drag = Qt.ItemFlag.ItemIsDragEnabled
    assert [bool(model.flags(model.index(row, 0)) & drag) for row in range(4)] == [
        *[True] * 3,
        False,
    ]


def test_depths_are_in_an_artists_words() -> None:
    assert described({"width": 2, "height": 1, "depth": "half"}) == "2 × 1 · 16 bit float"
