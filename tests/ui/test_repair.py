"""The mode "Repair" in the panel: its wells, the mask that is painted there, the job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from painting import drag
from panel_fakes import FakeClient, FakeScene, texture

from maya_stylize import jobs, tile_sets
from maya_stylize.jobs import Style
from maya_stylize.ui.mask_dialog import MaskDialog
from maya_stylize.ui.mode_page import ModePage
from maya_stylize.ui.modes import by_name
from maya_stylize.ui.panel import Panel
from maya_stylize.ui.qt import QtCore, QtWidgets


@pytest.fixture
def page(panel: Panel) -> ModePage:
    return panel.maker.show_mode(by_name("repair"))


def button(widget: Any, text: str) -> Any:
    return next(each for each in widget.findChildren(QtWidgets.QPushButton) if each.text() == text)


def paint(panel: Panel, page: ModePage, wait: Any) -> MaskDialog:
    button(page.wells["mask"], "Paint…").click()
    (dialog,) = panel.findChildren(MaskDialog)
    wait(lambda: dialog.canvas.painted is not None)
    return dialog


def test_the_picture_follows_the_list_and_the_mask_is_painted_over_it(
    panel: Panel, page: ModePage, client: FakeClient, pictures: Path, wait: Any, home: Path
) -> None:
    panel.textures.select("coffee_file")
    assert page.source() == str(pictures / "coffee.png")
    dialog = paint(panel, page, wait)
    assert "coffee.png" in dialog.windowTitle()
    drag(dialog.canvas, (50, 50), (90, 50))
    dialog.use.click()
    (mask,) = page.wells["mask"].pictures()
    assert Path(mask.path).parent == home / "masks"
    panel.maker.start.click()
    job = client.jobs[client.queue[0]][0]
    assert (job["kind"], job["picture"], job["mask"], job["exemplar"]) == (
        "repair", str(pictures / "coffee.png"), mask.path, None,
    )  # fmt: skip
    assert isinstance(jobs.from_json(job), jobs.RepairJob)
    assert Path(job["output"]).name == "coffee_repair_v001.png"


def test_the_mask_in_the_well_is_gone_on_with_and_an_empty_one_leaves_it(
    panel: Panel, page: ModePage, app: Any, wait: Any
) -> None:
    panel.textures.select("coffee_file")
    dialog = paint(panel, page, wait)
    dialog.fill.click()
    dialog.use.click()
    app.sendPostedEvents(dialog, QtCore.QEvent.Type.DeferredDelete)
    dialog = paint(panel, page, wait)
    assert dialog.canvas.painted is not None
    assert not dialog.canvas.painted.is_black()
    dialog.clear.click()
    dialog.use.click()
    assert page.wells["mask"].pictures() == ()


def test_without_a_picture_there_is_nothing_to_paint_over(panel: Panel, page: ModePage) -> None:
    page.wells["picture"].set_pictures(())
    button(page.wells["mask"], "Paint…").click()
    assert panel.findChildren(MaskDialog) == []
    assert "Picture" in panel.messages.text()


def test_nothing_to_repair_is_told(panel: Panel, page: ModePage, client: FakeClient) -> None:
    panel.textures.select("coffee_file")
    panel.maker.start.click()
    assert client.jobs == {}
    assert "nothing to repair" in panel.messages.text()
    page.form.set_values({"seamless": "both"})
    panel.maker.start.click()
    assert len(client.jobs) == 1


def test_a_mask_waits_for_its_picture_to_come_back(panel: Panel, page: ModePage) -> None:
    mask = page.wells["mask"]
    panel.textures.select("coffee_file")
    mask.add(["over_coffee.png"])
    panel.textures.select("bricks_file")
    assert mask.pictures() == ()
    mask.add(["over_bricks.png"])
    panel.textures.select("coffee_file")
    assert mask.pictures() == (Style("over_coffee.png"),)
    panel.textures.select("bricks_file")
    assert mask.pictures() == (Style("over_bricks.png"),)


def test_a_mask_that_came_before_its_picture_stays(panel: Panel, page: ModePage) -> None:
    page.wells["picture"].set_pictures(())
    page.wells["mask"].add(["first.png"])
    page.wells["picture"].add(["then.png"])
    assert page.wells["mask"].pictures() == (Style("first.png"),)


def test_what_is_empty_says_what_that_means(page: ModePage) -> None:
    for name, words in (("mask", "nothing"), ("exemplar", "the picture itself")):
        labels = page.wells[name].findChildren(QtWidgets.QLabel)
        assert any(words in label.text() for label in labels)
    texts = [each.text() for each in page.wells["mask"].findChildren(QtWidgets.QPushButton)]
    assert sorted(texts) == ["Browse…", "Paint…"]


def test_masks_are_kept_between_sessions(
    panel: Panel, page: ModePage, scene: FakeScene, pictures: Path, open_panel: Any
) -> None:
    page.wells["picture"].add([str(pictures / "coffee.png")])
    page.wells["mask"].add([str(pictures / "bricks.png")])
    page.form.set_values({"extend": "0, 8, 0, 8", "band": "12"})
    state = panel.maker.state()
    panel.hide()
    assert open_panel(scene, FakeClient()).maker.state() == state


def test_one_tile_is_repaired_and_not_its_whole_set(
    open_panel: Any, client: FakeClient, pictures: Path
) -> None:
    tiles = []
    for number in ("1001", "1002"):
        tiles.append(pictures / f"wall.{number}.png")
        tiles[-1].write_bytes((pictures / "coffee.png").read_bytes())
    wall = texture(
        tiles[0], "wall", tiling=tile_sets.UDIM, tiles=tuple(str(tile) for tile in tiles),
        pattern=str(pictures / "wall.<UDIM>.png"),
    )  # fmt: skip
    panel = open_panel(FakeScene([wall], pictures.parent), client)
    page = panel.maker.show_mode(by_name("repair"))
    panel.textures.select("wall")
    page.form.set_values({"extend": "16"})
    assert not panel.all_tiles.isVisible()
    panel.maker.start.click()
    assert [job["picture"] for job, *_ in client.jobs.values()] == [str(tiles[0])]
