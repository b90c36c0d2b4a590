"""The scene that each of the self-test's checks begins with, and what they are made of."""

from __future__ import annotations

import shutil
from pathlib import Path

from maya import cmds

from maya_stylize.host.maya_scene import MayaScene
from maya_stylize.host.scene import Texture

# The nodes of the scene that every check begins with.
TEXTURE, PLACEMENT, MATERIAL, ENGINE = "brick", "brick_place", "paint", "paintSG"


class NotHereError(Exception):
    """A check that cannot be done here; the message says why."""


class Bench:
    """A scene with one texture on one object, new for every check.

    Args:
        folder: An empty folder for pictures and scenes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.host = MayaScene()
        self._exemplar = Path(__file__).resolve().parents[1] / "exemplars" / "bricks.png"

    def picture(self, name: str) -> Path:
        """Make a picture that Maya can read."""
        return Path(shutil.copyfile(self._exemplar, self.folder / name))

    def build(self) -> None:
        """Make the scene."""
        if cmds.about(batch=True):
            cmds.undoInfo(state=True)  # mayapy begins without
        cmds.file(newFile=True, force=True)
        self.file_node(TEXTURE, self.picture("brick.png"))
        cmds.shadingNode("lambert", asShader=True, name=MATERIAL)
        cmds.sets(name=ENGINE, renderable=True, noSurfaceShader=True, empty=True)
        cmds.connectAttr(f"{MATERIAL}.outColor", f"{ENGINE}.surfaceShader")
        cmds.connectAttr(f"{TEXTURE}.outColor", f"{MATERIAL}.color")
        (wall, _) = cmds.polySphere(name="wall")
        cmds.sets(wall, edit=True, forceElement=ENGINE)

    def file_node(self, name: str, picture: Path) -> None:
        """Make a file node with a placement."""
        cmds.shadingNode("file", asTexture=True, isColorManaged=True, name=name)
        cmds.shadingNode("place2dTexture", asUtility=True, name=f"{name}_place")
        cmds.connectAttr(f"{name}_place.outUV", f"{name}.uvCoord")
        cmds.connectAttr(f"{name}_place.repeatUV", f"{name}.repeatUV")
        cmds.setAttr(f"{name}_place.repeatU", 3.0)
        cmds.setAttr(f"{name}.invert", True)
        cmds.setAttr(f"{name}.fileTextureName", picture.as_posix(), type="string")

    def find(self, node: str) -> Texture:
        """Return a texture by its node's name."""
        (found,) = (texture for texture in self.host.textures() if texture.node == node)
        return found

    def wires(self) -> dict[str, str]:
        """Return what leads into the texture's user and into the textures there are, by plug."""
        wires: dict[str, str] = {}
        for node in [MATERIAL, *cmds.ls(type="file"), *cmds.ls(type="place2dTexture")]:
            flat = cmds.listConnections(
                node, source=True, destination=False, plugs=True, connections=True
            )
            wires.update(zip((flat or [])[::2], (flat or [])[1::2], strict=True))
        return wires


def expect(what: str, got: object, wanted: object) -> None:
    """Fail where two things differ.

    Raises:
        AssertionError: They do.
    """
    if got != wanted:
        raise AssertionError(f"{what} should be {wanted!r}, but is {got!r}")
