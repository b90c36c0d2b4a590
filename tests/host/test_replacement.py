"""Applying and reverting: the graph before and after, as data."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from maya import cmds

from maya_stylize.errors import SceneError
from maya_stylize.host.output_paths import Destination, next_output

Room = Any


def test_the_new_texture_is_wired_like_the_old_one(room: Room, painted: str) -> None:
    before = room.fake.graph()
    result = room.picture("new.png")
    new = room.host.apply(room.find(painted), result)
    after = room.fake.graph()

    twin = {"brick": "brick_stylized", "brick_place": "brick_place_stylized"}
    moved = {"paint.color", "paint.transparencyR", "bump.bumpValue"}
    expected = dict(before["connections"])
    for into, out in before["connections"].items():
        node, _, attribute = into.partition(".")
        source, _, plug = out.partition(".")
        if node in twin:
            expected[f"{twin[node]}.{attribute}"] = f"{twin.get(source, source)}.{plug}"
        if into in moved:
            expected[into] = f"{twin[source]}.{plug}"
    expected["brick_stylized.mayaStylizeReplaces"] = "brick.message"
    expected["defaultTextureList1.textures[1]"] = "brick_stylized.message"
    expected["defaultRenderUtilityList1.utilities[2]"] = "brick_place_stylized.message"
    assert after["connections"] == expected

    changed = {
        "fileTextureName": result.as_posix(),
        "ignoreColorSpaceFileRules": True,
    }
    old_values = before["nodes"]["brick"]["values"]
    assert after["nodes"]["brick_stylized"]["values"] == {**old_values, **changed}
    place = before["nodes"]["brick_place"]["values"]
    assert after["nodes"]["brick_place_stylized"]["values"] == place
    assert {name: after["nodes"][name] for name in before["nodes"]} == before["nodes"]
    assert after["selection"] == before["selection"]
    assert (new.node, new.materials, new.applied) == ("brick_stylized", ("paint",), True)
    assert (room.folder / "brick.png").read_bytes() == b"a picture"


def test_one_undo_and_one_redo(room: Room, painted: str) -> None:
    before = room.fake.graph()
    room.host.apply(room.find(painted), room.picture("new.png"))
    after = room.fake.graph()
    cmds.undo()
    assert room.fake.graph() == before
    cmds.redo()
    assert room.fake.graph() == after


def test_revert_gives_the_graph_back_and_is_one_step(room: Room, painted: str) -> None:
    before = room.fake.graph()
    new = room.host.apply(room.find(painted), room.picture("new.png"))
    applied = room.fake.graph()
    room.fake.reload()
    old = room.host.revert(room.find(new.node))
    assert room.fake.graph() == before
    assert (old.node, old.applied, old.materials) == ("brick", False, ("paint",))
    cmds.undo()
    assert room.fake.graph() == applied


def test_the_list_shows_what_stands_in_the_place(room: Room, painted: str) -> None:
    first = room.host.apply(room.find(painted), room.picture("new.png"))
    second = room.host.apply(first, room.picture("newer.png"))
    assert [texture.node for texture in room.host.textures()] == [second.node]
    assert second.node != first.node
    back = room.host.revert(second)
    assert back == first
    assert room.host.revert(back) == room.find("brick")


def test_revert_knows_the_old_node_by_another_name(room: Room, painted: str) -> None:
    new = room.host.apply(room.find(painted), room.picture("new.png"))
    cmds.rename("brick", "old_brick")
    assert room.host.revert(room.find(new.node)).node == "old_brick"
    assert room.connections()["paint.color"] == "old_brick.outColor"


def test_what_the_artist_connected_since_goes_back_too(room: Room, painted: str) -> None:
    new = room.host.apply(room.find(painted), room.picture("new.png"))
    room.material("other")
    cmds.connectAttr(f"{new.node}.outColor", "other.color")
    room.texture("moss", room.picture("moss.png"))
    cmds.connectAttr("brick_place_stylized.outUV", "moss.uvCoord", force=True)
    room.host.revert(room.find(new.node))
    assert room.connections()["other.color"] == "brick.outColor"
    assert cmds.objExists("brick_place_stylized")  # moss uses it now
    assert not cmds.objExists(new.node)


def test_a_texture_that_is_none_of_ours_is_not_reverted(room: Room, painted: str) -> None:
    before = room.fake.graph()
    with pytest.raises(SceneError, match="stands in no other"):
        room.host.revert(room.find(painted))
    new = room.host.apply(room.find(painted), room.picture("new.png"))
    cmds.delete("brick")
    with pytest.raises(SceneError, match="was deleted"):
        room.host.revert(room.find(new.node))
    assert before != room.fake.graph()


@pytest.mark.parametrize(
    "command", ["copyAttr", "setAttr", "addAttr", "connectAttr", "isConnected"]
)
def test_a_refusal_halfway_leaves_the_graph_as_it_was(
    room: Room, painted: str, command: str
) -> None:
    texture, picture = room.find(painted), room.picture("new.png")
    before = room.fake.graph()
    room.fake.fail_at = command
    with pytest.raises(SceneError, match=f"{command} failed.*as it was before"):
        room.host.apply(texture, picture)
    assert room.fake.graph() == before
    assert room.fake.depth == 0


def test_the_viewport_s_material_follows(room: Room, painted: str) -> None:
    cmds.createNode("materialInfo", name="info")
    cmds.createNode("objectSet", name="keep")
    cmds.createNode("nodeGraphEditorInfo", name="tabs")
    cmds.connectAttr("brick.message", "info.texture[0]")
    cmds.connectAttr("brick.message", "keep.dnSetMembers[0]")
    cmds.connectAttr("brick.message", "tabs.tabGraphInfo[0]")
    room.host.apply(room.find(painted), room.picture("new.png"))
    assert room.connections()["info.texture[0]"] == "brick_stylized.message"
    assert room.connections()["keep.dnSetMembers[0]"] == "brick.message"
    assert room.connections()["tabs.tabGraphInfo[0]"] == "brick.message"


def test_shared_layered_displaced_and_converted(room: Room) -> None:
    room.texture("dirt", room.picture("dirt.png"))
    for name in ("a", "b"):
        room.material(name)
        cmds.connectAttr("dirt.outColor", f"{name}.color")
    cmds.shadingNode("layeredTexture", asTexture=True, name="layers")
    cmds.createNode("displacementShader", name="disp")
    cmds.createNode("unitConversion", name="unit")
    cmds.createNode("ramp", name="gain")
    cmds.connectAttr("gain.outColor", "dirt.colorGain")
    cmds.connectAttr("dirt.outColor", "layers.inputs[2].color")
    cmds.connectAttr("layers.outColor", "a.transparency")
    cmds.connectAttr("dirt.outAlpha", "unit.input")
    cmds.connectAttr("unit.output", "disp.displacement")
    cmds.connectAttr("disp.displacement", "aSG.displacementShader")
    before = room.connections()
    texture = room.find("dirt")
    assert sorted(texture.materials) == ["a", "b", "disp"]
    room.host.apply(texture, room.picture("new.png"))
    after = room.connections()
    users = {into for into, out in before.items() if out.startswith("dirt.")}
    assert users == {"a.color", "b.color", "layers.inputs[2].color", "unit.input"}
    for into in users:
        assert after[into] == before[into].replace("dirt.", "dirt_stylized.")
    assert after["dirt_stylized.colorGain"] == "gain.outColor"
    cmds.undo()
    assert room.connections() == before


def test_a_placement_that_two_textures_share_gets_a_twin_of_its_own(room: Room) -> None:
    room.texture("one", room.picture("one.png"))
    room.texture("two", room.picture("two.png"))
    cmds.connectAttr("one_place.outUV", "two.uvCoord", force=True)
    cmds.createNode("uvChooser", name="chooser")
    cmds.connectAttr("chooser.outUv", "one_place.uvCoord")
    room.host.apply(room.find("one"), room.picture("new.png"))
    assert room.connections()["two.uvCoord"] == "one_place.outUV"
    assert room.connections()["one_stylized.uvCoord"] == "one_place_stylized.outUV"
    assert room.connections()["one_place_stylized.uvCoord"] == "chooser.outUv"


def test_an_arnold_image_without_a_placement(room: Room) -> None:
    cmds.shadingNode("aiImage", asTexture=True, name="image")
    cmds.setAttr("image.filename", str(room.picture("a.exr")), type="string")
    cmds.setAttr("image.colorSpace", "ACEScg", type="string")
    cmds.setAttr("image.swrap", 2)
    cmds.shadingNode("standardSurface", asShader=True, name="skin")
    cmds.connectAttr("image.outColor", "skin.baseColor")
    before = room.fake.graph()
    new = room.host.apply(room.find("image"), room.picture("new.exr"))
    values = room.fake.node(new.node).values
    assert values["filename"] == (room.folder / "new.exr").as_posix()
    assert (values["colorSpace"], values["swrap"]) == ("ACEScg", 2)
    assert room.connections()["skin.baseColor"] == "image_stylized.outColor"
    assert new.node_type == "aiImage"
    room.host.revert(new)
    assert room.fake.graph() == before


@pytest.mark.parametrize("kind", ["file", "aiImage"])
def test_a_set_of_tiles(room: Room, kind: str) -> None:
    for tile in (1001, 1002):
        room.picture(f"a.{tile}.png")
        room.picture(f"new.{tile}.png")
    if kind == "file":
        room.texture("skin", room.folder / "a.1001.png", uvTilingMode=3)
    else:
        cmds.shadingNode("aiImage", asTexture=True, name="skin")
        cmds.setAttr("skin.filename", f"{room.folder}/a.<udim>.png", type="string")
    texture = room.find("skin")
    assert [Path(tile).name for tile in texture.tiles] == ["a.1001.png", "a.1002.png"]
    assert (texture.tiling, texture.missing) == (3, False)
    assert Path(texture.pattern).name.lower() == "a.<udim>.png"
    assert Path(texture.path).name == "a.1001.png"

    new = room.host.apply(texture, room.folder / "new.1002.png")
    assert [Path(tile).name for tile in new.tiles] == ["new.1001.png", "new.1002.png"]
    values = room.fake.node(new.node).values
    if kind == "file":
        assert (values["uvTilingMode"], values["colorSpace"]) == (3, "Utility - Raw")
        assert values["fileTextureName"].endswith("new.1002.png")
        assert room.fake.previews == [new.node]
    else:
        assert values["filename"] == f"{room.folder}/new.<udim>.png"
        assert room.fake.previews == []


def test_a_set_with_a_tile_too_few_is_refused(room: Room) -> None:
    for name in ("a.1001.png", "a.1002.png", "a.1011.png", "new.1002.png"):
        room.picture(name)
    room.texture("skin", room.folder / "a.1001.png", uvTilingMode=3)
    before = room.fake.graph()
    with pytest.raises(SceneError, match="tiles 1001, 1011 of skin"):
        room.host.apply(room.find("skin"), room.folder / "new.1002.png")
    assert room.fake.graph() == before


def test_tiles_that_are_made_one_by_one_can_be_applied_once_they_are_a_set(room: Room) -> None:
    for name in ("a.1001.png", "a.1002.png"):
        room.picture(name)
    room.texture("skin", room.folder / "a.1001.png", uvTilingMode=3)
    texture = room.find("skin")
    results = []
    for tile in texture.tiles:
        output = next_output(room.host, Destination(), Path(tile), "stylize")
        output.write_bytes(b"a result")
        results.append(output)
        if len(results) == 1:
            with pytest.raises(SceneError, match="no picture for the tiles 1002"):
                room.host.apply(texture, output)
    new = room.host.apply(texture, results[0])
    assert [Path(tile) for tile in new.tiles] == results
    assert new.tiling == 3


def test_one_picture_for_all_tiles_turns_tiling_off(room: Room) -> None:
    room.picture("a.1002.png")
    room.texture("skin", room.folder / "a.1001.png", uvTilingMode=3, useFrameExtension=True)
    assert Path(room.find("skin").path).name == "a.1002.png"
    new = room.host.apply(room.find("skin"), room.picture("new.png"))
    values = room.fake.node(new.node).values
    assert (values["uvTilingMode"], values["useFrameExtension"]) == (0, False)
    assert room.fake.previews == []


@pytest.mark.parametrize("kind", ["file", "aiImage"])
def test_a_still_in_a_sequence_s_place_is_shown_at_every_frame(room: Room, kind: str) -> None:
    first = room.picture("water.0001.png")
    if kind == "file":
        room.texture("water", first, useFrameExtension=True)
    else:
        cmds.shadingNode("aiImage", asTexture=True, name="water")
        cmds.setAttr("water.useFileSequence", True)
        cmds.setAttr("water.filename", str(first), type="string")
    before = room.fake.graph()
    texture = room.find("water")
    assert texture.frame == "0001"
    result = room.picture("water.0001_stylize_v001.png")
    new = room.host.apply(texture, result)
    assert (Path(new.path), new.frame) == (result, "")
    sequence = {"file": "useFrameExtension", "aiImage": "useFileSequence"}[kind]
    assert cmds.getAttr(f"{new.node}.{sequence}") is False
    assert room.host.revert(new).frame == "0001"
    assert room.fake.graph() == before


def test_tiles_by_arnolds_own_token(room: Room) -> None:
    for tile in ("u1_v1", "u2_v1"):
        room.picture(f"a_{tile}.png")
    cmds.shadingNode("aiImage", asTexture=True, name="skin")
    cmds.setAttr("skin.filename", f"{room.folder}/a<tile>.png", type="string")
    texture = room.find("skin")
    assert [Path(tile).name for tile in texture.tiles] == ["a_u1_v1.png", "a_u2_v1.png"]
    results = []
    for tile in texture.tiles:
        output = next_output(room.host, Destination("beside"), Path(tile), "stylize")
        output.write_bytes(b"a result")
        results.append(output)
    new = room.host.apply(texture, results[0])
    assert [Path(tile) for tile in new.tiles] == results
    written = room.fake.node(new.node).values["filename"]
    assert written == f"{room.folder}/a_stylize_v001<tile>.png"


def test_a_locked_plug_refuses_and_says_which(room: Room, painted: str) -> None:
    cmds.setAttr("paint.color", lock=True)
    texture = room.find(painted)
    assert texture.refusal.startswith("paint.color is locked")
    before = room.fake.graph()
    with pytest.raises(SceneError, match=r"paint\.color is locked"):
        room.host.apply(texture, room.picture("new.png"))
    assert room.fake.graph() == before


def test_locked_nodes_do_not_hinder_but_ours_must_be_deletable(room: Room, painted: str) -> None:
    cmds.lockNode("brick", lock=True)
    cmds.lockNode("paint", lock=True)
    new = room.host.apply(room.find(painted), room.picture("new.png"))
    assert room.connections()["paint.color"] == f"{new.node}.outColor"
    cmds.lockNode(new.node, lock=True)
    before = room.fake.graph()
    with pytest.raises(SceneError, match="is locked"):
        room.host.revert(new)
    assert room.fake.graph() == before


def test_referenced_textures_and_materials(room: Room) -> None:
    room.texture("set:brick", room.picture("brick.png"))
    room.material("set:paint")
    cmds.connectAttr("set:brick.outColor", "set:paint.color")
    room.fake.reference("/x/set.ma", "set:brick", "set:brick_place", "set:paint", "set:paintSG")
    before = room.connections()
    new = room.host.apply(room.find("set:brick"), room.picture("new.png"))
    assert new.node == "brick_stylized"  # a reference's namespace is not ours to add to
    assert room.connections()["set:paint.color"] == "brick_stylized.outColor"
    room.host.revert(new)
    assert room.connections() == before


def test_a_locked_reference_refuses_with_its_name(room: Room) -> None:
    room.texture("set:brick", room.picture("brick.png"))
    room.material("set:paint")
    cmds.connectAttr("set:brick.outColor", "set:paint.color")
    room.fake.reference("/x/set.ma", "set:brick", "set:paint", locked=True)
    assert room.find("set:brick").refusal == "set:paint.color is locked in the reference set.ma."


def test_names_that_clash_and_namespaces(room: Room) -> None:
    room.texture("asset:brick", room.picture("a.png"))
    room.texture("asset:brick_stylized", room.picture("b.png"))
    new = room.host.apply(room.find("asset:brick"), room.picture("new.png"))
    assert new.node == "asset:brick_stylized1"
    again = room.host.apply(new, room.picture("newer.png"))
    assert again.node.startswith("asset:brick_stylized")
    assert len({texture.node for texture in room.host.textures()}) == 2


def test_an_older_tx_is_not_shown_by_mistake(room: Room, painted: str) -> None:
    picture = room.picture("new.png")
    for name in ("new.tx", "new_sRGB_ACEScg.png.tx"):
        old = room.picture(name)
        os.utime(old, (1, 1))
        with pytest.raises(SceneError, match=f"{name} is older than new.png"):
            room.host.apply(room.find(painted), picture)
        old.unlink()
    os.utime(picture, (1, 1))
    room.picture("new.tx")  # made from this very picture
    room.picture("newer.tx")
    assert room.host.apply(room.find(painted), picture).applied


def test_a_texture_that_was_deleted_meanwhile(room: Room, painted: str) -> None:
    texture = room.find(painted)
    cmds.delete(painted)
    for call in (lambda: room.host.apply(texture, texture.path), lambda: room.host.revert(texture)):
        with pytest.raises(SceneError, match="brick is no longer in the scene"):
            call()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wires=st.sets(
        st.tuples(
            st.sampled_from(
                ["brick.outColor", "brick.outColorR", "brick.outAlpha", "brick.message"]
            ),
            st.sampled_from(["m0", "m1", "m2"]),
            st.sampled_from(["color", "transparencyR", "colorR"]),
        ),
        max_size=6,
    ),
    times=st.integers(1, 3),
)
def test_apply_then_undo_or_revert_is_nothing_at_all(
    room: Room, wires: set[tuple[str, str, str]], times: int
) -> None:
    room.fake.clear()
    room.texture("brick", room.picture("brick.png"))
    for name in ("m0", "m1", "m2"):
        room.material(name)
    for source, material, attribute in sorted(wires):
        cmds.connectAttr(source, f"{material}.{attribute}", force=True)
    before = room.fake.graph()
    texture = room.find("brick")
    for number in range(times):
        texture = room.host.apply(texture, room.picture(f"new{number}.png"))
    moved = {into: out for into, out in room.connections().items() if into[0] == "m"}
    for into, out in before["connections"].items():
        if into[0] == "m" and out.startswith("brick.") and out != "brick.message":
            assert moved[into] == out.replace("brick", texture.node)
    for _ in range(times):
        cmds.undo()
    assert room.fake.graph() == before
    for _ in range(times):
        cmds.redo()
    for _ in range(times):
        texture = room.host.revert(texture)
    assert room.fake.graph() == before


def test_an_old_texture_that_is_used_again_is_listed_again(room: Room, painted: str) -> None:
    new = room.host.apply(room.find(painted), room.picture("new.png"))
    room.material("other")
    cmds.connectAttr("brick.outColor", "other.color")
    assert {texture.node for texture in room.host.textures()} == {"brick", new.node}
    assert not room.find("brick").applied
