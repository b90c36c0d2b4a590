"""Regions: areas of the result, each with the area of an example that it is to look like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from painting import drag
from panel_fakes import FakeClient, FakeScene, texture

from maya_stylize import tile_sets
from maya_stylize.errors import JobError
from maya_stylize.jobs import Region, Style
from maya_stylize.ui.mask_dialog import MaskDialog
from maya_stylize.ui.mode_page import ModePage
from maya_stylize.ui.modes import by_name
from maya_stylize.ui.panel import Panel
from maya_stylize.ui.qt import QtCore, QtWidgets
from maya_stylize.ui.regions import Regions


@pytest.fixture
def page(panel: Panel, pictures: Path) -> ModePage:
    """The mode that stylizes coffee with bricks and pebbles."""
    page = panel.maker.show_mode(by_name("stylize"))
    panel.textures.select("coffee_file")
    page.wells["styles"].add([str(pictures / "bricks.png"), str(pictures / "pebbles.png")])
    return page


@pytest.fixture
def regions(page: ModePage) -> Regions:
    assert page.regions is not None
    page.regions.fold.click()
    return page.regions


def added(regions: Regions, target: str = "", source: str = "") -> Any:
    regions.add.click()
    row = regions.rows()[-1]
    row.target.set_path(target)
    row.source.set_path(source)
    return row


def choose(row: Any, place: int) -> None:
    row.example.setCurrentIndex(place)
    row.example.activated.emit(place)


def button(widget: Any, text: str) -> Any:
    return next(each for each in widget.findChildren(QtWidgets.QPushButton) if each.text() == text)


def paint(panel: Panel, slot: Any, app: Any, wait: Any) -> tuple[str, str]:
    """Paint a mask in a slot; return the window's title and the mask."""
    button(slot, "Paint…").click()
    (dialog,) = panel.findChildren(MaskDialog)
    wait(lambda: dialog.canvas.painted is not None)
    title = dialog.windowTitle()
    drag(dialog.canvas, (30, 30), (60, 60))
    dialog.use.click()
    app.sendPostedEvents(dialog, QtCore.QEvent.Type.DeferredDelete)
    return title, slot.path()


def test_regions_are_painted_over_the_content_and_over_a_style(
    panel: Panel, page: ModePage, regions: Regions, client: FakeClient, app: Any, wait: Any
) -> None:
    row = added(regions)
    choose(row, 1)
    title, target = paint(panel, row.target, app, wait)
    assert "coffee.png" in title
    title, source = paint(panel, row.source, app, wait)
    assert "pebbles.png" in title
    panel.maker.start.click()
    job = client.jobs[client.queue[0]][0]
    assert job["regions"] == [{"target": target, "source": source, "style": 1}]
    assert Path(target).exists()


def test_regions_of_a_new_texture_are_painted_over_an_empty_canvas_and_the_exemplar(
    panel: Panel, pictures: Path, client: FakeClient, app: Any, wait: Any
) -> None:
    page = panel.maker.show_mode(by_name("texture"))
    page.wells["exemplar"].add([str(pictures / "coffee.png")])
    page.form.set_values({"size": "128 x 64"})
    assert page.regions is not None
    page.regions.fold.click()
    row = added(page.regions)
    assert not row.example.isVisible()
    title, target = paint(panel, row.target, app, wait)
    assert title == "Paint a mask"
    title, source = paint(panel, row.source, app, wait)
    assert "coffee.png" in title
    panel.maker.start.click()
    job = client.jobs[client.queue[0]][0]
    assert job["regions"] == [{"target": target, "source": source, "style": 0}]


def test_a_region_without_a_source_looks_like_all_of_the_example(regions: Regions) -> None:
    added(regions, "t.png")
    assert regions.regions() == (Region("t.png", None, 0),)


def test_regions_come_and_go_and_are_numbered(page: ModePage, regions: Regions) -> None:
    told: list[None] = []
    page.changed.connect(lambda: told.append(None))
    first, second = added(regions, "a.png"), added(regions, "b.png")
    assert regions.fold.text() == "Regions (2)"
    count = len(told)
    first.findChild(QtWidgets.QToolButton).click()
    assert len(told) > count
    assert regions.fold.text() == "Regions (1)"
    assert [region.target for region in regions.regions()] == ["b.png"]
    assert any(label.text() == "Region 1" for label in second.findChildren(QtWidgets.QLabel))


def test_a_region_without_a_place_is_told_by_its_number(
    panel: Panel, regions: Regions, client: FakeClient
) -> None:
    added(regions, "a.png")
    added(regions)
    panel.maker.start.click()
    assert client.jobs == {}
    assert "Region 2 has no place" in panel.messages.text()


def test_a_region_keeps_its_style_when_others_go(
    page: ModePage, regions: Regions, pictures: Path
) -> None:
    row = added(regions, "t.png", "s.png")
    choose(row, 1)
    row.source.set_path("s.png")
    styles = page.wells["styles"]
    styles.set_pictures((Style(str(pictures / "pebbles.png")),))
    assert regions.regions() == (Region("t.png", "s.png", 0),)
    styles.set_pictures((Style(str(pictures / "bricks.png")),))
    with pytest.raises(JobError, match="style of region 1 is gone"):
        regions.regions()
    styles.add([str(pictures / "pebbles.png")])
    assert regions.regions() == (Region("t.png", "s.png", 1),)


def test_another_style_takes_the_mask_over_the_old_one_out(regions: Regions) -> None:
    row = added(regions, "t.png", "s.png")
    choose(row, 0)
    assert row.source.path() == "s.png"
    choose(row, 1)
    assert row.source.path() == ""


def test_a_mask_is_taken_out_by_its_button(regions: Regions) -> None:
    row = added(regions, "t.png", "s.png")
    button(row.source, "All").click()
    assert regions.regions() == (Region("t.png", None, 0),)
    button(row.target, "None").click()
    assert row.target.path() == ""


def test_regions_wait_for_their_picture_to_come_back(panel: Panel, regions: Regions) -> None:
    added(regions, "t.png", "s.png")
    panel.textures.select("bricks_file")
    assert regions.regions() == ()
    panel.textures.select("coffee_file")
    assert regions.regions() == (Region("t.png", "s.png", 0),)


def test_regions_are_kept_between_sessions(
    panel: Panel, regions: Regions, scene: FakeScene, open_panel: Any
) -> None:
    choose(added(regions, "t.png"), 1)
    added(regions, "u.png", "s.png")
    state = panel.maker.state()
    panel.hide()
    again = open_panel(scene, FakeClient())
    assert again.maker.state() == state
    assert again.maker.page().regions.regions() == regions.regions() != ()


def test_a_state_of_a_version_without_regions_is_taken(page: ModePage, regions: Regions) -> None:
    added(regions, "t.png")
    state = page.state()
    del state["regions"]
    page.set_state(state)
    assert regions.regions() == ()


@pytest.mark.parametrize("damage", [1, [1], [["a"]], [["a", "b", "c", "d"]], "abcd"])
def test_damaged_regions_are_refused(page: ModePage, damage: Any) -> None:
    with pytest.raises(JobError, match="damaged"):
        page.set_state({**page.state(), "regions": damage})


def test_a_tile_with_regions_is_made_alone(
    open_panel: Any, client: FakeClient, pictures: Path
) -> None:
    tiles = tuple(str(pictures / f"wall.{number}.png") for number in ("1001", "1002"))
    for tile in tiles:
        Path(tile).write_bytes((pictures / "coffee.png").read_bytes())
    wall = texture(Path(tiles[0]), "wall", tiling=tile_sets.UDIM, tiles=tiles)
    panel = open_panel(FakeScene([wall], pictures.parent), client)
    page = panel.maker.show_mode(by_name("stylize"))
    panel.textures.select("wall")
    page.wells["styles"].add([str(pictures / "bricks.png")])
    assert panel.all_tiles.isVisible()
    added(page.regions, "t.png")
    assert not panel.all_tiles.isVisible()
    panel.maker.start.click()
    assert [job["content"] for job, *_ in client.jobs.values()] == [tiles[0]]


def test_everything_in_a_region_says_what_it_does(regions: Regions) -> None:
    row = added(regions, "t.png")
    kinds = (QtWidgets.QAbstractButton, QtWidgets.QComboBox)
    found = [each for kind in kinds for each in row.findChildren(kind)]
    assert len(found) == 6
    for each in found:
        assert each.toolTip().endswith("."), each
        assert each.accessibleName(), each
