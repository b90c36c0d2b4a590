"""Texture nodes: what they show, and which node stands in which one's place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maya import cmds

from maya_stylize import tile_sets
from maya_stylize.host import sequences
from maya_stylize.host.connections import node_of, outputs
from maya_stylize.host.node_paths import resolve
from maya_stylize.host.scene import Texture

# A message attribute on a texture of ours, connected from the texture that it replaces: it
# outlives renaming, saving and loading.
REPLACES = "mayaStylizeReplaces"


@dataclass(frozen=True)
class Kind:
    """The names that one type of texture node has for the same things.

    Attributes:
        path: The attribute with the picture's path.
        sequence: The attribute that makes one picture per frame of it.
    """

    path: str
    sequence: str


KINDS = {
    "file": Kind("fileTextureName", "useFrameExtension"),
    "aiImage": Kind("filename", "useFileSequence"),
}


def all_nodes() -> list[str]:
    """Return the scene's texture nodes, but for those that one of ours has left without use."""
    known = set(cmds.allNodeTypes())  # aiImage is Arnold's, and ls refuses unknown types
    nodes = [node for kind in KINDS if kind in known for node in cmds.ls(type=kind)]
    replaced = {original(node) for node in nodes}
    return [node for node in nodes if node not in replaced or outputs(node)]


def original(node: str) -> str | None:
    """Return the texture that a texture of ours replaces; None for any other."""
    plug = f"{node}.{REPLACES}"
    if not cmds.objExists(plug):
        return None
    return next(iter(cmds.listConnections(plug, source=True, destination=False) or []), None)


def read(
    node: str, materials: tuple[str, ...], project: Path | None, images: Path | None
) -> Texture:
    """Return what a texture node shows."""
    node_type = cmds.nodeType(node)
    written = _get(node, KINDS[node_type].path) or ""
    tiling, pattern = _tiling(node, node_type, written)
    path, frame = resolve(written, project, images), ""
    if _is_sequence(node, node_type):
        pattern = resolve(pattern if tiling else sequences.pattern_of(pattern), project, images)
        pattern, frame = sequences.at_frame(pattern, _frame(node, node_type))
        path = pattern if frame and not tiling else path
    else:
        pattern = resolve(pattern, project, images)
    if tiling == tile_sets.EXPLICIT:
        found = [path, *(resolve(name, project, images) for name in _explicit_tiles(node))]
    else:
        found = list(tile_sets.files_of(pattern).values())
    there = [name for name in found or [path] if name and Path(name).is_file()]
    if there and (frame or not Path(path).is_file()):
        path = there[0]
    return Texture(
        node=node,
        node_type=node_type,
        path=path,
        pattern=pattern if tiling in (tile_sets.ZBRUSH, tile_sets.MUDBOX, tile_sets.UDIM) else path,
        tiling=tiling,
        tiles=tuple(there) or (path,),
        color_space=_get(node, "colorSpace") or "",
        materials=materials,
        missing=not there,
        refusal=refusal(node),
        applied=original(node) is not None,
        frame=frame,
    )


def refusal(node: str) -> str:
    """Return why a texture cannot be replaced; empty where it can.

    That a node is referenced, or locked, does not hinder: its connections can be changed, which
    Maya keeps with the reference. A locked plug hinders.
    """
    for _, plug in outputs(node):
        if cmds.getAttr(plug, lock=True):
            user = node_of(plug)
            if cmds.referenceQuery(user, isNodeReferenced=True):
                file = cmds.referenceQuery(user, filename=True, shortName=True)
                return f"{plug} is locked in the reference {file}."
            return f"{plug} is locked; unlock it to put another texture there."
    return ""


def _tiling(node: str, node_type: str, written: str) -> tuple[int, str]:
    if node_type != "file":
        return tile_sets.tiling_of(written), written
    pattern = _get(node, "computedFileTextureNamePattern") or written
    return int(_get(node, "uvTilingMode")), pattern


def _is_sequence(node: str, node_type: str) -> bool:
    attribute = KINDS[node_type].sequence
    return cmds.objExists(f"{node}.{attribute}") and bool(_get(node, attribute))


def _frame(node: str, node_type: str) -> int:
    if node_type == "file":  # it may lag behind the timeline, or stand still
        return int(_get(node, "frameExtension")) + int(_get(node, "frameOffset"))
    return round(float(cmds.currentTime(query=True)))


def _explicit_tiles(node: str) -> list[str]:
    plug = f"{node}.explicitUvTiles"
    indices = cmds.getAttr(plug, multiIndices=True) or []
    names = [_get(node, f"explicitUvTiles[{index}].explicitUvTileName") for index in indices]
    return [name for name in names if name]


def _get(node: str, attribute: str) -> Any:
    return cmds.getAttr(f"{node}.{attribute}")
