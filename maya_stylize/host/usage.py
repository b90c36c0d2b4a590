"""Which materials use which textures, and which textures the selection shows."""

from __future__ import annotations

from collections.abc import Iterable

from maya import cmds

_SHADERS = (
    "surfaceShader",
    "displacementShader",
    "volumeShader",
    "aiSurfaceShader",
    "aiVolumeShader",
)


def materials_of(textures: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the materials that use each texture, directly or through other nodes."""
    users: dict[str, list[str]] = {texture: [] for texture in textures}
    engines = cmds.ls(type="shadingEngine")
    materials = dict.fromkeys([*cmds.ls(materials=True), *_shaders(engines)])
    for material in materials:
        for node in _upstream([material]):
            if node in users:
                users[node].append(material)
    return {texture: tuple(names) for texture, names in users.items()}


def selected() -> set[str]:
    """Return every node that shades the selected objects, or leads into a selected node."""
    chosen = cmds.ls(selection=True, objectsOnly=True, long=True)
    if not chosen:
        return set()
    shapes = cmds.ls(chosen, dagObjects=True, shapes=True, noIntermediate=True, long=True)
    in_the_scene = set(cmds.ls(chosen, dagObjects=True, long=True))
    nodes = [node for node in chosen if node not in in_the_scene]
    # Without nodes these commands would speak of the selection.
    engines = cmds.listConnections(shapes, type="shadingEngine") or [] if shapes else []
    engines += cmds.ls(nodes, type="shadingEngine") if nodes else []
    return set(_upstream([*_shaders(engines), *(node for node in nodes if node not in engines)]))


def _shaders(engines: list[str]) -> list[str]:
    plugs = [f"{engine}.{shader}" for engine in dict.fromkeys(engines) for shader in _SHADERS]
    there = [plug for plug in plugs if cmds.objExists(plug)]  # Arnold's come with its plug-in
    return (cmds.listConnections(there, source=True, destination=False) or []) if there else []


def _upstream(nodes: list[str]) -> list[str]:
    # listHistory refuses an empty list; a projection would lead on into cameras.
    return (cmds.listHistory(nodes, pruneDagObjects=True) or []) if nodes else []
