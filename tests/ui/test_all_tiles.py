"""A set of tiles in the panel: all of them, or one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from panel_fakes import FakeClient, FakeScene, texture

from maya_stylize import tile_sets
from maya_stylize.ui.panel import Panel


@pytest.fixture
def panel(
    open_panel: Callable[[FakeScene, FakeClient], Panel], client: FakeClient, pictures: Path
) -> Panel:
    """A panel with a set of three tiles, whose style is chosen."""
    tiles = [pictures / f"wall.{tile}.png" for tile in (1001, 1002, 1012)]
    for tile in tiles:
        shutil.copy(pictures / "bricks.png", tile)
    wall = texture(
        tiles[0],
        "wall",
        pattern=str(pictures / "wall.<UDIM>.png"),
        tiling=tile_sets.UDIM,
        tiles=tuple(map(str, tiles)),
    )
    panel = open_panel(FakeScene([wall, texture(pictures / "coffee.png")], pictures.parent), client)
    panel.maker.tabs.setCurrentIndex(1)
    panel.maker.page().wells["styles"].add([str(pictures / "pebbles.png")])
    return panel


def jobs_of(client: FakeClient) -> list[tuple[str, str]]:
    names = [(job["content"], job["output"]) for job, _, _ in client.jobs.values()]
    return [(Path(content).name, Path(output).name) for content, output in names]


def test_every_tile_gets_a_job_and_all_results_one_version(
    panel: Panel, client: FakeClient
) -> None:
    panel.textures.select("wall")
    panel.maker.start.click()

    assert panel.all_tiles.isVisible()
    assert panel.all_tiles.text() == "All 3 &tiles of the set"
    assert jobs_of(client) == [
        (f"wall.{tile}.png", f"wall_stylize_v001.{tile}.png") for tile in (1001, 1002, 1012)
    ]


def test_one_tile_is_made_where_that_is_wanted(panel: Panel, client: FakeClient) -> None:
    panel.textures.select("wall")
    panel.all_tiles.setChecked(False)
    panel.maker.start.click()

    assert jobs_of(client) == [("wall.1001.png", "wall_stylize_v001.1001.png")]


def test_a_single_picture_and_a_new_texture_offer_no_tiles(
    panel: Panel, client: FakeClient, pictures: Path
) -> None:
    panel.textures.select("coffee_file")
    assert not panel.all_tiles.isVisible()
    panel.maker.start.click()
    assert jobs_of(client) == [("coffee.png", "coffee_stylize_v001.png")]

    panel.textures.select("wall")
    panel.maker.tabs.setCurrentIndex(0)
    panel.maker.page().wells["exemplar"].add([str(pictures / "wall.1001.png")])
    assert not panel.all_tiles.isVisible()
