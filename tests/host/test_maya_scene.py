"""What the scene says of itself and of its textures."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from maya import cmds

from maya_stylize.errors import SceneError

Room = Any


def test_what_the_list_says(room: Room, painted: str) -> None:
    (texture,) = room.host.textures()
    assert texture.node == "brick"
    assert texture.node_type == "file"
    assert Path(texture.path) == room.folder / "brick.png"
    assert texture.color_space == "Utility - Raw"
    assert texture.materials == ("paint",)
    assert (texture.tiling, texture.missing, texture.refusal, texture.applied) == (0, False, "", 0)
    assert texture.tiles == (texture.path,)


def test_without_arnold_its_nodes_are_not_asked_for(room: Room, painted: str) -> None:
    room.fake.plug_ins.clear()
    assert [texture.node for texture in room.host.textures()] == ["brick"]
    room.host.watch(lambda: None)()


def test_explicit_tiles(room: Room) -> None:
    room.texture("skin", room.picture("a.png"), uvTilingMode=4)
    second = str(room.picture("b.png"))
    cmds.setAttr("skin.explicitUvTiles[3].explicitUvTileName", second, type="string")
    assert [Path(tile).name for tile in room.find("skin").tiles] == ["a.png", "b.png"]


def test_missing_pictures_are_listed_as_missing(room: Room) -> None:
    room.texture("gone", room.folder / "gone.png")
    room.texture("none", "")
    assert [texture.missing for texture in room.host.textures()] == [True, True]
    assert room.find("none").path == ""
    with pytest.raises(SceneError, match="is not there"):
        room.host.apply(room.find("gone"), room.folder / "never made.png")


def test_relative_paths_variables_and_moved_projects(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = room.picture("sourceimages/a.png")
    monkeypatch.setenv("SHOW", str(room.folder))
    for index, written in enumerate(
        ("sourceimages/a.png", "a.png", "$SHOW/sourceimages/a.png", "/gone//sourceimages/a.png")
    ):
        room.texture(f"t{index}", written)
    for texture in room.host.textures():
        assert (Path(texture.path), texture.missing) == (picture, False), texture


def test_only_the_selected_objects(room: Room, painted: str) -> None:
    room.texture("moss", room.picture("moss.png"))
    room.material("green", shape="hill")
    cmds.connectAttr("moss.outColor", "green.color")
    room.texture("unused", room.picture("unused.png"))
    room.texture("dents", room.picture("dents.png"))
    cmds.createNode("displacementShader", name="disp")
    cmds.connectAttr("dents.outAlpha", "disp.displacement")
    cmds.connectAttr("disp.displacement", "greenSG.displacementShader")
    cases = {
        (): [],
        ("wall",): ["brick"],
        ("wallShape",): ["brick"],
        ("wallShape.f[0:3]",): ["brick"],
        ("wall", "hill"): ["brick", "moss", "dents"],
        ("green",): ["moss"],
        ("greenSG",): ["moss", "dents"],
        ("disp",): ["dents"],
        ("unused",): ["unused"],
    }
    for selection, expected in cases.items():
        cmds.select(*selection, clear=not selection)
        got = [texture.node for texture in room.host.textures(selected_only=True)]
        assert got == expected, selection


def test_nothing_runs_off_the_main_thread(room: Room, painted: str) -> None:
    """The stand-in watches the thread, so that every other test here does too."""
    errors: list[BaseException] = []

    def listing() -> None:
        try:
            room.host.textures()
        except RuntimeError as error:
            errors.append(error)

    thread = threading.Thread(target=listing)
    thread.start()
    thread.join()
    assert "another thread" in str(errors[0])


def test_the_scene_s_folders(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    assert room.host.project() == room.folder
    assert room.host.source_images() == room.folder / "sourceimages"
    assert room.host.saved_as() is None
    room.fake.source_images = str(room.folder / "elsewhere")
    room.fake.scene_name = "/x/shot.ma"
    assert room.host.source_images() == room.folder / "elsewhere"
    assert room.host.saved_as() == Path("/x/shot.ma")
    room.fake.project = ""
    assert room.host.project() is room.host.source_images() is None


def test_the_color_configuration_is_expanded(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    assert room.host.color_config() is None
    config = room.picture("resources/OCIO-configs/config.ocio")
    monkeypatch.setenv("MAYA_LOCATION", str(room.folder))
    monkeypatch.setenv("STUDIO", str(room.folder))
    for named in (
        "<MAYA_RESOURCES>/OCIO-configs/config.ocio",
        "$STUDIO/resources/OCIO-configs/config.ocio",
    ):
        room.fake.color_prefs["configFilePath"] = named
        assert room.host.color_config() == config.as_posix()
    room.fake.color_prefs["configFilePath"] = "ocio://default"
    assert room.host.color_config() == "ocio://default"
    room.fake.color_prefs["cmEnabled"] = False
    assert room.host.color_config() is None


@pytest.mark.parametrize("written", ["water.0007.png", "water.<f>.png", "water.0001.png"])
def test_of_a_sequence_the_frame_in_use_is_shown(room: Room, written: str) -> None:
    for frame in ("0007", "0008", "0009"):
        room.picture(f"water.{frame}.png")
    room.texture("water", room.folder / written, useFrameExtension=True, frameExtension=8)
    texture = room.find("water")
    assert texture.tiles == (texture.path,) == (texture.pattern,)
    assert (Path(texture.path).name, texture.missing) == ("water.0008.png", False)
    assert texture.frame == "0008"
    cmds.setAttr("water.frameOffset", 1)
    assert room.find("water").frame == "0009"
    cmds.setAttr("water.frameExtension", 99)
    assert room.find("water").frame == "0007"
    cmds.setAttr("water.useFrameExtension", False)
    assert room.find("water").frame == ""


@pytest.mark.parametrize("written", ["water.0007.png", "water.####.png", "water.<f>.png"])
def test_of_arnolds_sequence_the_scene_s_frame_is_shown(room: Room, written: str) -> None:
    for frame in ("0007", "0008"):
        room.picture(f"sourceimages/water.{frame}.png")
    cmds.shadingNode("aiImage", asTexture=True, name="water")
    cmds.setAttr("water.useFileSequence", True)
    cmds.setAttr("water.filename", written, type="string")
    room.fake.time = 8.0
    texture = room.find("water")
    assert (Path(texture.path).name, texture.frame) == ("water.0008.png", "0008")
    assert not texture.missing


def test_a_sequence_without_pictures_is_missing(room: Room) -> None:
    room.texture("water", room.folder / "water.0007.png", useFrameExtension=True)
    texture = room.find("water")
    assert (Path(texture.path).name, texture.missing) == ("water.0007.png", True)
    assert texture.frame == ""


def test_a_sequence_of_tiles_shows_one_frame_of_each(room: Room) -> None:
    for tile in (1001, 1002):
        for frame in (7, 8):
            room.picture(f"sea.{tile}.{frame}.png")
    path = room.folder / "sea.1001.7.png"
    room.texture("sea", path, uvTilingMode=3, useFrameExtension=True, frameExtension=8)
    texture = room.find("sea")
    assert [Path(tile).name for tile in texture.tiles] == ["sea.1001.8.png", "sea.1002.8.png"]
    assert (Path(texture.path).name, texture.frame) == ("sea.1001.8.png", "8")


def test_the_program_is_named_for_reports(room: Room) -> None:
    told = room.host.program()
    assert told.startswith("Maya 2025 (20250300) with its window, Arnold 5.4.0, Python 3.")
