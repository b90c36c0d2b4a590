"""The stand-in itself: its flags are Maya's, and it refuses what Maya refuses."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import make_flags
import pytest
from commands import FLAGS
from maya import cmds

Room = Any


def test_the_flag_table_is_what_the_stubs_say() -> None:
    try:
        make_flags.distribution(make_flags.STUBS)
    except ModuleNotFoundError:
        pytest.skip(f"{make_flags.STUBS} is not in this environment")
    assert make_flags.TABLE.read_text("utf-8") == make_flags.table()


def test_every_command_is_one_of_maya_s() -> None:
    own = {name for name, value in vars(cmds).items() if hasattr(value, "__wrapped__")}
    assert own == set(FLAGS)
    assert len(own) > 20


@pytest.mark.parametrize(
    ("command", "arguments", "flags"),
    [
        ("ls", (), {"kind": "file"}),
        ("ls", (), {"typ": "file"}),
        ("undoInfo", (), {"open": True}),
        ("shadingNode", ("file",), {"asTextures": True}),
        ("scriptJob", (), {"events": ("Undo", print)}),
        ("ogs", (), {"generateUVTilePreview": "file1"}),
        ("listHistory", (["x"],), {"sl": True}),
    ],
)
def test_a_flag_that_maya_lacks_is_a_type_error(
    room: Room, command: str, arguments: tuple[Any, ...], flags: dict[str, Any]
) -> None:
    with pytest.raises(TypeError, match="Invalid flag"):
        getattr(cmds, command)(*arguments, **flags)


def test_a_command_that_maya_lacks_is_none_here() -> None:
    with pytest.raises(AttributeError):
        cmds.listTextures()


def test_what_maya_refuses(room: Room) -> None:
    room.texture("a", "a.png")
    cmds.lockNode("a", lock=True)
    cmds.setAttr("a.invert", lock=True)
    room.fake.reference("x.ma", "a_place")
    refused = [
        lambda: cmds.listHistory([]),
        lambda: cmds.listConnections([]),
        lambda: cmds.ls(type="aiImages"),
        lambda: cmds.delete("a"),
        lambda: cmds.delete("a_place"),
        lambda: cmds.rename("a", "b"),
        lambda: cmds.setAttr("a.invert", True),
        lambda: cmds.setAttr("a.outColor", 1.0),
        lambda: cmds.setAttr("a.fileTextureName", "x.png"),
        lambda: cmds.connectAttr("a_place.outUV", "a.uvCoord"),
        lambda: cmds.connectAttr("a_place.rotateUV", "a.rotateUV", force=True),
        lambda: cmds.addAttr("a", longName="x", attributeType="message"),
    ]
    cmds.select(clear=True)
    before = room.fake.graph()
    for call in refused:
        with pytest.raises(RuntimeError):
            call()
    assert room.fake.graph() == before
    with pytest.raises(ValueError, match="No object matches"):
        cmds.getAttr("a.noSuchAttribute")


def test_undo_goes_back_command_by_command_outside_a_chunk(room: Room) -> None:
    cmds.createNode("lambert", name="a", skipSelect=True)
    cmds.undoInfo(openChunk=True, chunkName="two")
    cmds.createNode("lambert", name="b", skipSelect=True)
    cmds.createNode("lambert", name="c", skipSelect=True)
    cmds.undoInfo(closeChunk=True)
    cmds.undo()
    assert not cmds.objExists("b")
    assert not cmds.objExists("c")
    cmds.undo()
    assert not cmds.objExists("a")
    cmds.redo()
    cmds.redo()
    assert cmds.objExists("c")
    with pytest.raises(RuntimeError, match="no more"):
        cmds.redo()


def test_it_is_the_stand_in_that_is_tested() -> None:
    spec = find_spec("maya")
    assert spec is not None
    assert "fake_maya" in str(spec.origin)
