"""The maps of a material, found by what its shading network is wired like; applied together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from maya import cmds

from maya_stylize.errors import SceneError

Room = Any


def surface(room: Room, kind: str, wires: dict[str, str], name: str = "skin") -> None:
    """Make a material whose attributes are wired to the outputs of file nodes."""
    cmds.shadingNode(kind, asShader=True, name=name)
    cmds.createNode("shadingEngine", name=f"{name}SG")
    cmds.connectAttr(f"{name}.outColor", f"{name}SG.surfaceShader")
    for attribute, source in wires.items():
        node = source.partition(".")[0]
        if not cmds.objExists(node):
            room.texture(node, room.picture(f"{node}.png"))
        cmds.connectAttr(source, f"{name}.{attribute}")


def maps_of(room: Room, node: str) -> dict[str, str]:
    maps = room.host.material_maps(room.find(node))
    return {kind: texture.node for kind, texture in maps.items()}


@pytest.fixture
def skin(room: Room) -> Room:
    """A standard surface with five maps, none of which is named after what it is."""
    wires = {
        "baseColor": "c.outColor",
        "specularRoughness": "r.outAlpha",
        "metalness": "m.outAlpha",
    }
    surface(room, "standardSurface", wires)
    room.texture("n", room.picture("n.png"))
    cmds.shadingNode("bump2d", asUtility=True, name="facing")
    cmds.setAttr("facing.bumpInterp", 1)
    cmds.connectAttr("n.outAlpha", "facing.bumpValue")
    cmds.connectAttr("facing.outNormal", "skin.normalCamera")
    room.texture("h", room.picture("h.exr"))
    cmds.createNode("displacementShader", name="disp")
    cmds.connectAttr("h.outAlpha", "disp.displacement")
    cmds.connectAttr("disp.displacement", "skinSG.displacementShader")
    return room


WIRED = {"albedo": "c", "normal": "n", "roughness": "r", "metalness": "m", "height": "h"}


@pytest.mark.parametrize("node", WIRED.values())
def test_any_map_leads_to_all_of_its_material(skin: Room, node: str) -> None:
    assert maps_of(skin, node) == WIRED


def test_a_bump_is_a_height_and_arnold_s_normal_map_is_none(room: Room) -> None:
    surface(room, "aiStandardSurface", {"baseColor": "a.outColor"})
    room.texture("b", room.picture("b.png"))
    cmds.shadingNode("bump2d", asUtility=True, name="bump")
    cmds.connectAttr("b.outAlpha", "bump.bumpValue")
    cmds.connectAttr("bump.outNormal", "skin.normalCamera")
    assert maps_of(room, "a") == {"albedo": "a", "height": "b"}
    cmds.shadingNode("aiNormalMap", asUtility=True, name="facing")
    room.texture("n", room.picture("n.png"))
    cmds.connectAttr("n.outColor", "facing.input")
    cmds.connectAttr("facing.outValue", "skin.normalCamera", force=True)
    assert maps_of(room, "a") == {"albedo": "a", "normal": "n"}


def test_lambert_and_usd_have_names_of_their_own(room: Room) -> None:
    room.fake.plug_ins.add("mayaUsdPlugin")
    surface(room, "lambert", {"color": "plain.outColor"}, "matte")
    usd = {
        "diffuseColor": "d.outColor",
        "roughness": "r.outAlpha",
        "metallic": "m.outAlpha",
        "normal": "n.outColor",
        "occlusion": "o.outAlpha",
        "displacement": "h.outAlpha",
    }
    surface(room, "usdPreviewSurface", usd, "preview")
    assert maps_of(room, "plain") == {"albedo": "plain"}
    kinds = ("albedo", "normal", "roughness", "metalness", "height", "occlusion")
    assert maps_of(room, "o") == dict(zip(kinds, "dnrmho", strict=True))


def test_names_tell_between_what_leads_into_one_attribute(room: Room) -> None:
    surface(room, "aiStandardSurface", {})
    cmds.shadingNode("aiMultiply", asUtility=True, name="times")
    for place, node in (("input1", "wall_ao"), ("input2", "wall_color")):
        room.texture(node, room.picture(f"{node}.png"))
        cmds.connectAttr(f"{node}.outColor", f"times.{place}")
    cmds.connectAttr("times.outColor", "skin.baseColor")
    assert maps_of(room, "wall_color") == {"albedo": "wall_color", "occlusion": "wall_ao"}


def test_a_picture_packed_with_several_maps_is_none_of_them(room: Room) -> None:
    wires = {
        "baseColor": "c.outColor",
        "specularRoughness": "orm.outColorG",
        "metalness": "orm.outColorB",
    }
    surface(room, "standardSurface", wires)
    assert maps_of(room, "c") == {"albedo": "c"}
    assert maps_of(room, "orm") == {}


@pytest.mark.parametrize("name", ["occlusionRoughnessMetallic", "metallicRoughness"])
def test_a_packed_picture_s_name_does_not_bring_it_back(room: Room, name: str) -> None:
    """As glTF calls them: the name ends with one of the kinds."""
    wires = {
        "baseColor": "c.outColor",
        "specularRoughness": f"{name}.outColorG",
        "metalness": f"{name}.outColorB",
    }
    surface(room, "standardSurface", wires)
    assert maps_of(room, "c") == {"albedo": "c"}
    assert maps_of(room, name) == {}


def test_an_albedo_s_alpha_may_be_used_elsewhere(room: Room) -> None:
    wires = {"baseColor": "c.outColor", "specularRoughness": "c.outAlpha"}
    surface(room, "standardSurface", wires)
    assert maps_of(room, "c") == {"albedo": "c"}


def test_a_texture_on_no_material_has_no_maps(skin: Room) -> None:
    skin.texture("alone", skin.picture("alone.png"))
    assert maps_of(skin, "alone") == {}
    texture = skin.find("alone")
    cmds.delete("alone")
    with pytest.raises(SceneError, match="no longer in the scene"):
        skin.host.material_maps(texture)


def new_maps(room: Room) -> list[tuple[Any, Path]]:
    maps = room.host.material_maps(room.find("c"))
    return [(texture, room.picture(f"new_{kind}.png")) for kind, texture in maps.items()]


def test_all_maps_are_applied_and_undone_in_one_step(skin: Room) -> None:
    before, steps = skin.connections(), len(skin.fake.undo_queue)
    applied = skin.host.apply_together(new_maps(skin))
    assert len(skin.fake.undo_queue) == steps + 1
    assert [Path(texture.path).name for texture in applied] == [f"new_{kind}.png" for kind in WIRED]
    after = skin.connections()
    users = {into: out for into, out in before.items() if out[:2] in {f"{n}." for n in "cnrmh"}}
    assert len(users) == 5
    for into, out in users.items():
        assert after[into] == f"{out[0]}_stylized{out[1:]}"
    assert maps_of(skin, "c_stylized") == {kind: f"{n}_stylized" for kind, n in WIRED.items()}
    cmds.undo()
    assert skin.connections() == before


def test_all_maps_are_reverted_in_one_step(skin: Room) -> None:
    before = skin.connections()
    applied = skin.host.apply_together(new_maps(skin))
    steps = len(skin.fake.undo_queue)
    old = skin.host.revert_together(applied)
    assert len(skin.fake.undo_queue) == steps + 1
    assert [texture.node for texture in old] == list(WIRED.values())
    assert skin.connections() == before


@pytest.mark.parametrize("hindered", ["skin.metalness", "disp.displacement"])
def test_one_map_that_cannot_be_replaced_keeps_all_as_they_were(skin: Room, hindered: str) -> None:
    pictures = new_maps(skin)
    cmds.setAttr(hindered, lock=True)
    before = skin.fake.graph()
    with pytest.raises(SceneError, match=f"{hindered} is locked"):
        skin.host.apply_together(pictures)
    assert skin.fake.graph() == before


def test_a_refusal_at_the_last_map_takes_the_first_ones_back(
    skin: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = new_maps(skin)
    before = skin.fake.graph()
    real, made = cmds.copyAttr, []

    def refuse_late(*arguments: Any, **flags: Any) -> Any:
        made.append(arguments)
        if len(made) == 9:  # of ten: five textures and their placements
            raise RuntimeError("copyAttr: not now")
        return real(*arguments, **flags)

    monkeypatch.setattr(cmds, "copyAttr", refuse_late)
    with pytest.raises(SceneError, match="not now"):
        skin.host.apply_together(pictures)
    assert skin.fake.graph() == before


def test_maps_that_share_a_placement_share_the_new_one(skin: Room) -> None:
    for source, plug in (("outUV", "uvCoord"), ("repeatUV", "repeatUV")):
        cmds.connectAttr(f"c_place.{source}", f"r.{plug}", force=True)
    before = skin.connections()
    applied = skin.host.apply_together(new_maps(skin))
    after = skin.connections()
    assert after["c_stylized.uvCoord"] == after["r_stylized.uvCoord"] == "c_place_stylized.outUV"
    skin.host.revert_together(applied)
    assert skin.connections() == before
    assert not cmds.objExists("c_place_stylized")
