"""The stand-in of Maya for tests of what speaks to Maya, in a scene that is new for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from maya import cmds
from node_types import PLACEMENT_PAIRS
from stand_in import Scene, scene
from window import window

from maya_stylize.host.maya_scene import MayaScene
from maya_stylize.host.scene import Texture


class Room:
    """A scene with what artists have in one, and the host that looks at it."""

    def __init__(self, folder: Path) -> None:
        self.fake: Scene = scene
        self.folder = folder
        self.host = MayaScene()

    def picture(self, name: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a picture")
        return path

    def texture(self, name: str, path: Any, **values: Any) -> str:
        """Make a file node with a placement, as Maya's own menu does."""
        node: str = cmds.shadingNode("file", asTexture=True, isColorManaged=True, name=name)
        placement = cmds.shadingNode("place2dTexture", asUtility=True, name=f"{name}_place")
        for source, destination in PLACEMENT_PAIRS.items():
            cmds.connectAttr(f"{placement}.{source}", f"{node}.{destination}")
        for attribute, value in values.items():
            cmds.setAttr(f"{node}.{attribute}", value)
        cmds.setAttr(f"{node}.fileTextureName", str(path), type="string")
        cmds.setAttr(f"{node}.colorSpace", "Utility - Raw", type="string")
        return node

    def material(self, name: str = "paint", shape: str = "") -> str:
        """Make a material with its shading engine, assigned to a shape."""
        cmds.shadingNode("lambert", asShader=True, name=name)
        cmds.createNode("shadingEngine", name=f"{name}SG")
        cmds.connectAttr(f"{name}.outColor", f"{name}SG.surfaceShader")
        if shape:
            cmds.createNode("transform", name=shape)
            cmds.createNode("mesh", name=f"{shape}Shape", parent=shape)
            cmds.connectAttr(f"{shape}Shape.instObjGroups[0]", f"{name}SG.dagSetMembers[0]")
        return name

    def find(self, node: str) -> Texture:
        (texture,) = (texture for texture in self.host.textures() if texture.node == node)
        return texture

    def connections(self) -> dict[str, str]:
        """The graph's wires, less what follows from a node's being there at all."""
        return {
            into: out
            for into, out in scene.state.connections.items()
            if not into.startswith("default")
        }


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    scene.clear()
    window.clear()
    scene.project = f"{tmp_path}/"
    cmds.select(clear=True)
    yield Room(tmp_path)
    scene.clear()


@pytest.fixture
def painted(room: Room) -> str:
    """A texture on a material's color, its alpha on the transparency, and a bump."""
    node: str = room.texture("brick", room.picture("brick.png"), invert=True, colorGainR=0.5)
    room.material("paint", shape="wall")
    cmds.shadingNode("bump2d", asUtility=True, name="bump")
    cmds.connectAttr("brick.outColor", "paint.color")
    cmds.connectAttr("brick.outTransparencyR", "paint.transparencyR")
    cmds.connectAttr("brick.outAlpha", "bump.bumpValue")
    cmds.setAttr("brick_place.repeatU", 4.0)
    cmds.setAttr("brick_place.mirrorV", True)
    cmds.select("wall")
    return node
