"""The textures of a material by what they mean to it, as its shading network says."""

from __future__ import annotations

from collections.abc import Callable

from maya import cmds

from maya_stylize import map_names
from maya_stylize.host.connections import attribute, inputs, node_of
from maya_stylize.host.texture_nodes import KINDS, original

_SURFACES = ("aiSurfaceShader", "surfaceShader")
_DISPLACEMENT = "displacementShader"
# What the attributes of Maya's, Arnold's, OpenPBR's and USD's surface shaders mean.
_ATTRIBUTES = {
    "baseColor": map_names.ALBEDO,
    "color": map_names.ALBEDO,
    "diffuseColor": map_names.ALBEDO,
    "normalCamera": map_names.NORMAL,
    "normal": map_names.NORMAL,
    "geometryNormal": map_names.NORMAL,
    "specularRoughness": map_names.ROUGHNESS,
    "roughness": map_names.ROUGHNESS,
    "metalness": map_names.METALNESS,
    "baseMetalness": map_names.METALNESS,
    "metallic": map_names.METALNESS,
    "displacement": map_names.HEIGHT,
    "occlusion": map_names.OCCLUSION,
}
_CHILDREN = "RGBXYZ"
_ARNOLD_BUMP = "aiBump2d"


def of(texture: str, picture_of: Callable[[str], str]) -> dict[str, str]:
    """Return the maps of the first material that has a texture as one, as nodes by kind.

    Where several textures lead into one attribute, the one counts whose picture is named after
    the attribute's kind, else the nearest. A texture that no attribute names is an occlusion, or
    what else is missing, where its picture is named so: shaders have no place for that. One
    that several attributes share, as channels of it, is none of their maps.

    Args:
        texture: The node.
        picture_of: Gives the picture of a texture node.
    """
    for engine in cmds.ls(type="shadingEngine"):
        sources = _sources(engine)
        if texture in _textures([node for _, node in sources]):
            maps = _maps(sources, picture_of)
            if texture in maps.values():
                return maps
    return {}


def _maps(
    sources: list[tuple[str | None, str]], picture_of: Callable[[str], str]
) -> dict[str, str]:
    """Return the maps of a material, of what leads into it, as nodes by kind."""
    named: dict[str, str | None] = {}  # what the textures' pictures are called after
    leading: dict[str, list[str]] = {}  # the textures that lead into an attribute of a kind
    others: list[str] = []
    for kind, source in sources:
        textures = _textures([source])
        for node in textures:
            if node not in named:
                named[node] = map_names.kind_of(picture_of(node))
        if kind is None:
            others += textures
        else:
            leading.setdefault(kind, []).extend(textures)
    maps: dict[str, str] = {}
    for kind in filter(leading.get, map_names.KINDS):
        fitting = [node for node in leading[kind] if named[node] == kind]
        maps[kind] = (fitting or leading[kind])[0]
    chosen, maps = maps, _without_packed(maps)
    packed = set(chosen.values()) - set(maps.values())
    for node in (*others, *(node for nodes in leading.values() for node in nodes)):
        own = named[node]
        if own is not None and own not in maps and node not in (*maps.values(), *packed):
            maps[own] = node
    return maps


def _without_packed(maps: dict[str, str]) -> dict[str, str]:
    """Leave out what several kinds share; an albedo's alpha may be used for something else."""
    nodes = list(maps.values())
    return {
        kind: node
        for kind, node in maps.items()
        if kind == map_names.ALBEDO or nodes.count(node) == 1
    }


def _sources(engine: str) -> list[tuple[str | None, str]]:
    """Return what leads into a material: the kind of map, and the node that comes before it."""
    found: list[tuple[str | None, str]] = []
    into = {attribute(plug): node_of(source) for source, plug in inputs(engine)}
    for place in _SURFACES:
        if place in into:
            found += [_told(plug, source) for source, plug in inputs(into[place])]
    if _DISPLACEMENT in into:
        found.append((map_names.HEIGHT, into[_DISPLACEMENT]))
    return found


def _told(plug: str, source: str) -> tuple[str | None, str]:
    """Return the kind of map that a connection into a shader says, and the node it comes from."""
    name, node = attribute(plug), node_of(source)
    kind = _ATTRIBUTES.get(name) or _ATTRIBUTES.get(name.rstrip(_CHILDREN))
    if kind == map_names.NORMAL and _is_bump(node):
        kind = map_names.HEIGHT
    return kind, node


def _is_bump(node: str) -> bool:
    """Return whether a node takes heights, not normals."""
    kind = cmds.nodeType(node)
    return kind == _ARNOLD_BUMP or (kind == "bump2d" and not cmds.getAttr(f"{node}.bumpInterp"))


def _textures(nodes: list[str]) -> list[str]:
    """Return the textures that lead into nodes, or are among them, the nearest first."""
    # Without nodes this command would speak of the selection.
    history = (cmds.listHistory(nodes, pruneDagObjects=True) or []) if nodes else []
    textures = [each for each in history if cmds.nodeType(each) in KINDS]
    replaced = {original(each) for each in textures}
    return [each for each in textures if each not in replaced]
