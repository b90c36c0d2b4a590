"""A texture node in another one's place, and back again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from maya import cmds

from maya_stylize.host.connections import attribute, connect, inputs, node_of, outputs
from maya_stylize.host.texture_nodes import KINDS, REPLACES

_PLACEMENT = "place2dTexture"
_SUFFIX = "_stylized"


@dataclass(frozen=True)
class Picture:
    """What a new texture shows.

    Attributes:
        path: As the node shall have it, with forward slashes.
        tiling: Maya's uvTilingMode.
        color_space: Of the replaced texture.
    """

    path: str
    tiling: int
    color_space: str


def replace_all(pictures: Iterable[tuple[str, Picture]]) -> list[str]:
    """Put a new texture in each old one's place, all or none; return the new nodes.

    Textures that share a placement share the new one too.
    """
    done: list[tuple[str, str]] = []
    twins: dict[str, str] = {}
    try:
        for old, picture in pictures:
            done.append((_replace(old, picture, twins), old))
    except BaseException:
        for new, old in reversed(done):
            take_back(new, old)
        raise
    return [new for new, _ in done]


def _replace(old: str, picture: Picture, twins: dict[str, str]) -> str:
    """Put a new texture in an old one's place; return the new node.

    All values and everything that leads into the old node and its placement are the new ones'
    too. What the old texture leads into is moved. The old nodes stay as they are.

    Args:
        old: The texture.
        picture: What the new one shows.
        twins: The new placement of each old one so far; those made here are added.
    """
    new: str = cmds.shadingNode(
        cmds.nodeType(old), asTexture=True, skipSelect=True, name=_named(old)
    )
    made = [new]
    try:
        cmds.copyAttr(old, new, values=True)
        for placement in _placements(old):
            if placement not in twins:
                twins[placement] = _twin(placement, made)
        for source, destination in inputs(old):
            if attribute(destination) != REPLACES:
                node = twins.get(node_of(source), node_of(source))
                connect(f"{node}.{attribute(source)}", f"{new}.{attribute(destination)}")
        _show(new, picture)
        cmds.addAttr(new, longName=REPLACES, attributeType="message")
        cmds.connectAttr(f"{old}.message", f"{new}.{REPLACES}")
        _move(old, new)
    except BaseException:
        _move(new, old)
        cmds.delete(made)
        raise
    return new


def take_back(new: str, old: str) -> None:
    """Give the old texture its place back, and delete the new one with its placement."""
    _move(new, old)
    placements = [
        placement
        for placement in _placements(new)
        if {node_of(destination) for _, destination in outputs(placement)} == {new}
    ]
    cmds.delete([new, *placements])


def _twin(placement: str, made: list[str]) -> str:
    twin: str = cmds.shadingNode(
        _PLACEMENT, asUtility=True, skipSelect=True, name=_named(placement)
    )
    made.append(twin)
    cmds.copyAttr(placement, twin, values=True)
    for source, destination in inputs(placement):
        connect(source, f"{twin}.{attribute(destination)}")
    return twin


def _show(new: str, picture: Picture) -> None:
    kind = KINDS[cmds.nodeType(new)]
    # Rules for files' color spaces would otherwise choose one as soon as the path is set.
    cmds.setAttr(f"{new}.ignoreColorSpaceFileRules", True)
    if cmds.objExists(f"{new}.{kind.sequence}"):  # not in every version of Arnold
        cmds.setAttr(f"{new}.{kind.sequence}", False)
    if kind is KINDS["file"]:
        cmds.setAttr(f"{new}.uvTilingMode", picture.tiling)
    cmds.setAttr(f"{new}.{kind.path}", picture.path, type="string")
    cmds.setAttr(f"{new}.colorSpace", picture.color_space, type="string")


def _move(old: str, new: str) -> None:
    for source, destination in outputs(old):
        plug = f"{new}.{attribute(source)}"
        if cmds.objExists(plug):  # an attribute that the artist added leads on from where it is
            connect(plug, destination)


def _placements(node: str) -> list[str]:
    sources = dict.fromkeys(node_of(source) for source, _ in inputs(node))
    return [source for source in sources if cmds.nodeType(source) == _PLACEMENT]


def _named(old: str) -> str:
    """Return a name like the old one's, in its namespace where that is the scene's own."""
    namespace, _, name = old.rpartition(":")
    name = re.sub(rf"{_SUFFIX}\d*$", "", name) + _SUFFIX
    if not namespace or cmds.referenceQuery(old, isNodeReferenced=True):
        return f":{name}"
    return f":{namespace}:{name}"
