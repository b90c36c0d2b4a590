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
    return shading(cmds.ls(selection=True, objectsOnly=True, long=True))


def in_sets(name: str) -> set[str] | None:
    """Return every node that shades the members of a set, or leads into one.

    Args:
        name: The set's, with its namespace or without; the sets of several references may share
            it.

    Returns:
        None where there is no such set.
    """
    waiting = [each for each in cmds.ls(type="objectSet") if name in (each, _bare(each))]
    if not waiting:
        return None
    seen: dict[str, None] = {}
    while waiting:  # sets may hold sets
        members = cmds.sets(waiting.pop(), query=True) or []
        new = [member for member in members if member not in seen]
        seen.update(dict.fromkeys(new))
        waiting += cmds.ls(new, type="objectSet") if new else []
    return shading(cmds.ls(list(seen), objectsOnly=True, long=True) if seen else [])


def shading(chosen: list[str]) -> set[str]:
    """Return every node that shades one of some objects, or leads into one of some nodes.

    Args:
        chosen: Objects by their whole paths, and other nodes by their names.
    """
    if not chosen:
        return set()
    shapes = cmds.ls(chosen, dagObjects=True, shapes=True, noIntermediate=True, long=True)
    in_the_scene = set(cmds.ls(chosen, dagObjects=True, long=True))
    nodes = [node for node in chosen if node not in in_the_scene]
    # Without nodes these commands would speak of the selection.
    engines = cmds.listConnections(shapes, type="shadingEngine") or [] if shapes else []
    engines += cmds.ls(nodes, type="shadingEngine") if nodes else []
    return set(_upstream([*_shaders(engines), *(node for node in nodes if node not in engines)]))


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def _shaders(engines: list[str]) -> list[str]:
    plugs = [f"{engine}.{shader}" for engine in dict.fromkeys(engines) for shader in _SHADERS]
    there = [plug for plug in plugs if cmds.objExists(plug)]  # Arnold's come with its plug-in
    return (cmds.listConnections(there, source=True, destination=False) or []) if there else []


def _upstream(nodes: list[str]) -> list[str]:
    # listHistory refuses an empty list; a projection would lead on into cameras.
    return (cmds.listHistory(nodes, pruneDagObjects=True) or []) if nodes else []
