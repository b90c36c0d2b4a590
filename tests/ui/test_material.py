"""The mode "Material": its maps found and put in place, the job, its result map by map."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from panel_fakes import FakeClient, FakeScene, texture
from test_jobs import results

from maya_stylize import jobs, tile_sets
from maya_stylize.files import checkpoint_of
from maya_stylize.jobs import Style
from maya_stylize.ui import stored
from maya_stylize.ui.drops import SUFFIXES
from maya_stylize.ui.material_mode import found
from maya_stylize.ui.mode_page import ModePage
from maya_stylize.ui.modes import by_name
from maya_stylize.ui.panel import Panel

KINDS = ("albedo", "normal", "height")


@pytest.fixture
def wall(pictures: Path) -> dict[str, str]:
    """Three maps of a wall on disk, named alike."""
    paths = {kind: pictures / f"wall_{kind}.png" for kind in KINDS}
    for path, like in zip(paths.values(), ("coffee", "pebbles", "bricks"), strict=True):
        shutil.copy(pictures / f"{like}.png", path)
    return {kind: path.as_posix() for kind, path in paths.items()}


@pytest.fixture
def scene(pictures: Path, wall: dict[str, str]) -> FakeScene:
    return FakeScene([texture(path) for path in sorted(pictures.iterdir())], pictures.parent)


@pytest.fixture
def page(panel: Panel) -> ModePage:
    return panel.maker.show_mode(by_name("material"))


def filled(page: ModePage) -> dict[str, str]:
    return {name: styles[0].path for name, styles in page.pictures().items() if styles}


def finish(client: FakeClient, number: int, like: Path) -> dict[str, str]:
    """End a material's job with its maps, as the worker would; return them."""
    job = client.jobs[number][0]
    parsed = jobs.from_json(job)
    maps = dict(zip(job["maps"], parsed.outputs, strict=True))
    for path in maps.values():
        shutil.copy(like, path)
    client.tell(
        number, event="result", path=parsed.outputs[0], sidecar=None, job=job, loss=1.0,
        layer_errors={}, maps=maps,
    )  # fmt: skip
    return maps


@pytest.fixture
def made(
    panel: Panel, page: ModePage, client: FakeClient, wall: dict[str, str], pictures: Path
) -> dict[str, str]:
    """The maps of a result that was made of the wall's."""
    panel.textures.select("wall_albedo_file")
    panel.maker.start.click()
    return finish(client, client.queue[0], pictures / "bricks.png")


def test_names_find_what_belongs_together(tmp_path: Path) -> None:
    for name in (
        "Old Wall_2K_Color.jpg", "Old Wall_2K_NormalGL.png", "Old Wall_2K_Displacement.exr",
        "Old Wall_2K_Color.txt", "New Wall_2K_Roughness.png", "Old Wall_2K_AO.tif",
    ):  # fmt: skip
        (tmp_path / name).touch()
    folder = tmp_path.as_posix()
    assert found(f"{folder}/Old Wall_2K_NormalGL.png", {}) == {
        "albedo": f"{folder}/Old Wall_2K_Color.jpg",
        "normal": f"{folder}/Old Wall_2K_NormalGL.png",
        "height": f"{folder}/Old Wall_2K_Displacement.exr",
        "occlusion": f"{folder}/Old Wall_2K_AO.tif",
    }


def test_a_tile_is_found_with_its_own_neighbors(tmp_path: Path) -> None:
    for tile in (1001, 1002):
        for kind in ("albedo", "normal"):
            (tmp_path / f"wall_{kind}.{tile}.png").touch()
    albedo, normal = ((tmp_path / f"wall_{kind}.1002.png").as_posix() for kind in KINDS[:2])
    assert found(albedo, {}) == {"albedo": albedo, "normal": normal}


def test_the_shading_network_comes_before_names(wall: dict[str, str]) -> None:
    network = {"albedo": "/x/c.png", "roughness": wall["height"]}
    assert found("/x/c.png", network) == network
    both = found(wall["albedo"], {"roughness": wall["height"]})
    assert both == {
        "albedo": wall["albedo"], "normal": wall["normal"], "roughness": wall["height"],
    }  # fmt: skip


@pytest.mark.parametrize("name", ["coffee.png", "/nowhere/coffee.png", "metal.png"])
def test_what_no_name_tells_is_an_albedo(name: str) -> None:
    assert found(name, {}) == {"albedo": name}


def test_every_kind_of_picture_is_found(tmp_path: Path) -> None:
    albedo = tmp_path / "a_albedo.png"
    for suffix in SUFFIXES:
        other = tmp_path / f"a_normal{suffix.upper()}"
        other.touch()
        assert found(albedo.as_posix(), {})["normal"] == other.as_posix()
        other.unlink()


def test_the_selected_texture_fills_the_wells_and_makes_the_job(
    panel: Panel, page: ModePage, client: FakeClient, wall: dict[str, str], pictures: Path
) -> None:
    panel.textures.select("wall_normal_file")
    assert filled(page) == wall
    page.form.set_values({"size": "128", "seamless": "both", "quality": "draft", "seed": 3})
    panel.maker.start.click()
    ((job, *_),) = client.jobs.values()
    assert jobs.from_json(job) == jobs.MaterialJob(
        maps=wall,
        size=(128, 128),
        seamless="both",
        quality="draft",
        seed=3,
        color_spaces=dict.fromkeys(wall, "sRGB"),
        output=str(pictures / "wall_material_v001_<map>"),
    )
    panel.maker.start.click()
    assert [Path(job["output"]).name for job, *_ in client.jobs.values()] == [
        "wall_material_v001_<map>", "wall_material_v002_<map>",
    ]  # fmt: skip


def test_the_network_of_the_scene_fills_what_names_do_not_tell(
    panel: Panel, page: ModePage, scene: FakeScene, pictures: Path
) -> None:
    scene.network = {"coffee_file": "albedo", "bricks_file": "height", "gone_file": "normal"}
    scene.all.append(texture(pictures / "gone.tif"))
    panel.textures.select("bricks_file")
    assert filled(page) == {
        "albedo": str(pictures / "coffee.png"), "height": str(pictures / "bricks.png"),
    }  # fmt: skip


def test_wells_follow_until_someone_fills_or_clears_one(
    panel: Panel, page: ModePage, wall: dict[str, str], pictures: Path
) -> None:
    panel.textures.select("wall_albedo_file")
    panel.textures.select("coffee_file")  # it stands alone
    assert filled(page) == {}
    panel.textures.select("wall_height_file")
    assert filled(page) == wall
    page.wells["normal"].set_pictures(())
    panel.textures.select("coffee_file")
    assert filled(page) == {"albedo": wall["albedo"], "height": wall["height"]}
    page.wells["roughness"].add([str(pictures / "bricks.png")])
    assert filled(page)["roughness"] == str(pictures / "bricks.png")
    panel.textures.select("wall_albedo_file")
    assert "normal" not in filled(page)
    page.maps.again.click()
    assert filled(page) == wall


def test_the_first_picture_that_is_dropped_brings_its_others(
    page: ModePage, wall: dict[str, str], pictures: Path
) -> None:
    page.wells["height"].add([wall["height"]])
    assert filled(page) == wall
    page.wells["height"].add([str(pictures / "coffee.png")])
    assert filled(page) == {**wall, "height": str(pictures / "coffee.png")}


def test_a_picture_stays_where_it_was_dropped(page: ModePage, wall: dict[str, str]) -> None:
    page.wells["roughness"].add([wall["height"]])
    assert filled(page) == {
        "albedo": wall["albedo"], "normal": wall["normal"], "roughness": wall["height"],
    }  # fmt: skip


def test_one_map_alone_is_told_and_nothing_starts(
    panel: Panel, page: ModePage, client: FakeClient, pictures: Path
) -> None:
    page.wells["normal"].add([str(pictures / "coffee.png")])
    panel.maker.start.click()
    assert client.jobs == {}
    assert "at least two maps" in panel.messages.text()


def test_maps_without_an_albedo_are_named_after_the_first(
    panel: Panel, page: ModePage, client: FakeClient, wall: dict[str, str]
) -> None:
    page.wells["height"].set_pictures((Style(wall["height"]),))
    page.wells["normal"].set_pictures((Style(wall["normal"]),))
    assert page.source() == wall["normal"]
    panel.maker.start.click()
    ((job, *_),) = client.jobs.values()
    assert job["maps"] == {"normal": wall["normal"], "height": wall["height"]}
    finish(client, client.queue[0], Path(wall["albedo"]))
    assert "wall_material_v001_normal.png" in panel.preview.caption.text()


def test_the_result_is_compared_map_by_map(
    panel: Panel, made: dict[str, str], wall: dict[str, str]
) -> None:
    chooser = panel.preview.map
    assert chooser.isVisible()
    assert [chooser.itemData(row) for row in range(chooser.count())] == list(KINDS)
    for kind in ("albedo", "height"):
        chooser.setCurrentIndex(chooser.findData(kind))
        chooser.activated.emit(chooser.currentIndex())
        assert panel.preview.caption.text() == (
            f"wall_{kind}.png  →  wall_material_v001_{kind}.png"
        )
    panel.textures.select("coffee_file")  # which has no maps
    assert not chooser.isVisible()
    panel.results.compare.click()
    assert chooser.isVisible()


def test_every_map_can_be_looked_at_before_anything_is_made(
    panel: Panel, page: ModePage, wall: dict[str, str]
) -> None:
    panel.textures.select("wall_albedo_file")
    chooser = panel.preview.map
    assert chooser.isVisible()
    chooser.setCurrentIndex(chooser.findData("normal"))
    chooser.activated.emit(chooser.currentIndex())
    assert panel.preview.caption.text() == "wall_normal.png"


def test_two_materials_are_compared_where_both_have_a_map(
    panel: Panel,
    page: ModePage,
    client: FakeClient,
    made: dict[str, str],
    wall: dict[str, str],
) -> None:
    page.wells["normal"].set_pictures(())
    panel.maker.start.click()
    finish(client, client.queue[0], Path(wall["albedo"]))
    panel.results.view.selectAll()
    panel.results.compare.click()
    chooser = panel.preview.map
    assert [chooser.itemData(row) for row in range(chooser.count())] == ["albedo", "height"]
    assert panel.preview.caption.text() == (
        "wall_material_v001_albedo.png  →  wall_material_v002_albedo.png"
    )


def test_each_map_takes_the_place_of_its_kind_in_one_step(
    panel: Panel, scene: FakeScene, made: dict[str, str]
) -> None:
    scene.network = {f"wall_{kind}_file": kind for kind in KINDS}
    panel.textures.select("wall_normal_file")
    panel.results.apply.click()
    assert scene.steps == [
        [(f"wall_{kind}_file", f"wall_material_v001_{kind}.png") for kind in KINDS]
    ]
    assert panel.messages.text() == ""
    assert panel.textures.texture().node == "wall_normal_file_new"
    panel.results.revert.click()
    assert sorted(node for node, _ in scene.steps[1]) == sorted(
        f"wall_{kind}_file_new" for kind in KINDS
    )
    assert panel.textures.texture().node == "wall_normal_file"


def test_each_map_has_the_color_space_of_what_it_was_learned_from(
    panel: Panel,
    page: ModePage,
    scene: FakeScene,
    client: FakeClient,
    wall: dict[str, str],
    wait: Any,
) -> None:
    spaces = {"wall_albedo_file": "ACEScg", "wall_normal_file": "Raw", "wall_height_file": "Raw"}
    scene.all = [
        dataclasses.replace(each, color_space=spaces.get(each.node, "sRGB")) for each in scene.all
    ]
    panel.textures.refresh()
    panel.textures.select("wall_albedo_file")
    panel.maker.start.click()
    made = finish(client, client.queue[0], Path(wall["albedo"]))
    wait(lambda: made["albedo"] in (each.get("path") for _, each in client.asked))
    panel.preview.map.setCurrentIndex(panel.preview.map.findData("height"))
    panel.preview.map.activated.emit(2)
    wait(lambda: made["height"] in (each.get("path") for _, each in client.asked))
    asked = {each["path"]: each for name, each in client.asked if name == "thumbnail"}
    assert asked[made["albedo"]]["color_space"] == "ACEScg"
    assert asked[made["height"]]["color_space"] == "Raw"
    scene.network = {"coffee_file": "albedo", "bricks_file": "height"}
    panel.textures.select("coffee_file")
    panel.results.apply.click()
    new = {each.node: each.color_space for each in scene.all if each.applied}
    assert new == {"coffee_file_new": "ACEScg", "bricks_file_new": "Raw"}


def test_what_the_material_has_no_texture_for_is_told(
    panel: Panel, scene: FakeScene, made: dict[str, str]
) -> None:
    scene.network = {"coffee_file": "albedo", "bricks_file": "roughness"}
    panel.textures.select("coffee_file")
    panel.results.apply.click()
    assert scene.steps == [[("coffee_file", "wall_material_v001_albedo.png")]]
    assert "no texture for: normal, height" in panel.messages.text()


def test_without_a_network_the_maps_replace_what_they_were_learned_from(
    panel: Panel, scene: FakeScene, made: dict[str, str]
) -> None:
    panel.textures.select("wall_height_file")
    panel.results.apply.click()
    ((*pairs,),) = scene.steps
    assert sorted(pairs) == sorted(
        (f"wall_{kind}_file", f"wall_material_v001_{kind}.png") for kind in KINDS
    )


def test_maps_are_not_put_on_a_texture_that_is_none(
    panel: Panel, scene: FakeScene, made: dict[str, str]
) -> None:
    panel.textures.select("bricks_file")
    before = list(scene.all)
    panel.results.apply.click()
    assert scene.all == before
    assert "no map of a material" in panel.messages.text()


def test_only_what_was_made_together_is_reverted_together(
    panel: Panel, scene: FakeScene, made: dict[str, str], pictures: Path
) -> None:
    scene.network = {f"wall_{kind}_file": kind for kind in KINDS}
    panel.textures.select("wall_albedo_file")
    panel.results.apply.click()
    shutil.copy(pictures / "coffee.png", pictures / "other_normal.png")
    normal = next(each for each in scene.all if each.node == "wall_normal_file_new")
    scene.apply(normal, pictures / "other_normal.png")  # on top, from elsewhere
    panel.textures.refresh()
    panel.textures.select("wall_albedo_file_new")
    panel.results.revert.click()
    assert sorted(node for node, _ in scene.steps[1]) == [
        "wall_albedo_file_new", "wall_height_file_new",
    ]  # fmt: skip


def test_run_again_writes_the_same_maps_anew(
    panel: Panel, client: FakeClient, made: dict[str, str]
) -> None:
    before = results(panel)[0].job
    panel.results.again.click()
    ((job, *_),) = client.jobs.values()
    assert {**job, "output": ""} == {**before, "output": ""}
    assert job["output"] == before["output"].replace("v001", "v002")


def test_the_next_session_knows_the_maps(
    panel: Panel, made: dict[str, str], scene: FakeScene, open_panel: Any
) -> None:
    state, (entry,) = panel.maker.state(), results(panel)
    panel.hide()
    later = open_panel(scene, FakeClient())
    assert results(later) == [entry]
    assert entry.maps == made
    assert later.maker.state() == state
    assert later.maker.page().mode.name == "material"


def test_results_of_earlier_versions_are_still_read(
    panel: Panel, made: dict[str, str], scene: FakeScene, open_panel: Any
) -> None:
    panel.hide()
    (data,) = json.loads(stored.history_file().read_text("utf-8"))
    del data["maps"]
    stored.write(stored.history_file(), [data])
    (entry,) = results(open_panel(scene, FakeClient()))
    assert entry.maps == {}
    assert entry.path == made["albedo"]


@pytest.mark.parametrize("maps", [["a.png"], {"albedo": 1}, None])
def test_a_damaged_list_of_maps_is_refused(
    panel: Panel, made: dict[str, str], scene: FakeScene, open_panel: Any, wait: Any, maps: Any
) -> None:
    panel.hide()
    (data,) = json.loads(stored.history_file().read_text("utf-8"))
    stored.write(stored.history_file(), [{**data, "maps": maps}])
    later = open_panel(scene, FakeClient())
    wait(lambda: "damaged" in later.messages.text())
    assert results(later) == []


def test_an_unfinished_material_goes_on_from_its_first_map_s_checkpoint(
    panel: Panel, page: ModePage, client: FakeClient, wall: dict[str, str]
) -> None:
    panel.textures.select("wall_albedo_file")
    panel.maker.start.click()
    (number,) = client.queue
    job = client.jobs[number][0]
    left = checkpoint_of(jobs.from_json(job).outputs[0])
    left.write_bytes(b"the climb")
    client.tell(number, event="cancelled")
    (entry,) = results(panel)
    assert entry.can_go_on
    panel.results.go_on.click()
    (again,) = client.resumed
    assert client.jobs[again][0] == job
    made = finish(client, again, Path(wall["albedo"]))
    (entry,) = results(panel)
    assert (entry.unfinished, entry.maps) == (False, made)


def test_a_material_says_that_it_is_learned_from_one_tile_of_a_set(
    client: FakeClient, open_panel: Any, pictures: Path
) -> None:
    numbers = (1001, 1002, 1012)
    sets = {
        kind: tuple((pictures / f"wall_{kind}.{tile}.png").as_posix() for tile in numbers)
        for kind in ("albedo", "normal")
    }
    for path in sum(sets.values(), ()):
        shutil.copy(pictures / "bricks.png", path)
    walls = [
        texture(
            Path(tiles[0]), f"wall_{kind}", pattern=tiles[0].replace("1001", "<UDIM>"),
            tiling=tile_sets.UDIM, tiles=tiles,
        )
        for kind, tiles in sets.items()
    ]  # fmt: skip
    scene = FakeScene([*walls, texture(pictures / "coffee.png")], pictures.parent)
    panel = open_panel(scene, client)
    panel.maker.show_mode(by_name("material"))
    panel.textures.select("wall_albedo")
    assert panel.one_tile.isVisible()
    assert "tile 1001 alone, of 3" in panel.one_tile.text()
    panel.maker.start.click()
    ((job, *_),) = client.jobs.values()
    assert job["maps"] == {kind: tiles[0] for kind, tiles in sets.items()}
    assert Path(job["output"]).name == "wall_material_v001_<map>"
    panel.maker.page().wells["normal"].set_pictures(())
    panel.maker.page().wells["albedo"].set_pictures((Style(sets["albedo"][2]),))
    assert "tile 1012 alone, of 3" in panel.one_tile.text()
    panel.maker.page().wells["albedo"].set_pictures((Style((pictures / "coffee.png").as_posix()),))
    assert not panel.one_tile.isVisible()
    panel.maker.show_mode(by_name("stylize"))
    assert not panel.one_tile.isVisible()
