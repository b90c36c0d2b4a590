"""The commands that look at the scene and change it."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

from commands import command, undoable
from node_types import DAG_TYPES, MATERIALS, OUTPUTS, TYPES
from stand_in import scene


def _names(arguments: tuple[Any, ...]) -> list[str]:
    flat: list[str] = []
    for argument in arguments:
        flat += [argument] if isinstance(argument, str) else argument
    return flat


@command
def ls(
    *objects: Any,
    type: str = "",
    selection: bool = False,
    materials: bool = False,
    objectsOnly: bool = False,
    dagObjects: bool = False,
    shapes: bool = False,
    noIntermediate: bool = False,
    long: bool = False,
) -> list[str]:
    if type and type not in allNodeTypes():
        raise RuntimeError(f"Unknown object type: {type}")
    given = _names(objects)
    names = [scene.find(name.partition(".")[0]) for name in given]
    if selection:
        names = [name.partition(".")[0] for name in scene.state.selection]
    elif not given:
        names = list(scene.state.nodes)
    if dagObjects:
        names = [
            name
            for name in scene.state.nodes
            if scene.state.nodes[name].type in DAG_TYPES
            and any(f"{scene.path(name)}|".startswith(f"{scene.path(top)}|") for top in names)
        ]
    if shapes:
        names = [name for name in names if scene.state.nodes[name].type in ("mesh", "camera")]
    if noIntermediate:
        names = [
            name for name in names if not scene.state.nodes[name].values.get("intermediateObject")
        ]
    if materials:
        names = [name for name in names if scene.state.nodes[name].type in MATERIALS]
    if type:
        names = [name for name in names if scene.state.nodes[name].type == type]
    return [scene.path(name) if long else name for name in dict.fromkeys(names)]


@command
def listConnections(
    *objects: Any,
    source: bool = True,
    destination: bool = True,
    plugs: bool = False,
    connections: bool = False,
    type: str = "",
) -> list[str] | None:
    given = _names(objects) or list(scene.state.selection)
    if not given:
        raise RuntimeError("listConnections: nothing is given, and nothing is selected.")
    found: list[str] = []
    for name in given:
        whole = scene.plug(name) if "." in name else scene.find(name)
        for into, out in scene.state.connections.items():
            for own, other, wanted in ((into, out, source), (out, into, destination)):
                inside = own == whole or own.startswith((f"{whole}.", f"{whole}["))
                node = other.partition(".")[0]
                if wanted and inside and type in ("", scene.state.nodes[node].type):
                    found += [own] if connections else []
                    found.append(other if plugs else node)
    return found or None


@command
def listHistory(*objects: Any, pruneDagObjects: bool = False) -> list[str]:
    given = _names(objects)
    if not given:
        raise RuntimeError("listHistory: nothing is given.")
    found = dict.fromkeys(node for name in given for node in scene.upstream(scene.find(name)))
    return [
        node
        for node in found
        if not (pruneDagObjects and scene.state.nodes[node].type in DAG_TYPES)
    ]


@command
def getAttr(plug: str, lock: bool = False, multiIndices: bool = False) -> Any:
    if lock:
        return scene.is_locked(plug)
    value = scene.get(plug)
    if multiIndices:
        return sorted(value) or None
    return value


@undoable
def setAttr(plug: str, *values: Any, type: str = "", lock: bool | None = None) -> None:
    if lock is not None:
        name, _, attribute = scene.plug(plug).partition(".")
        locked = scene.state.nodes[name].locked_plugs
        locked.add(attribute) if lock else locked.discard(attribute)
        return
    (value,) = values
    if isinstance(value, str) != (type == "string"):
        raise RuntimeError(f"setAttr: '{plug}' was given a value of another type.")
    scene.set(plug, value)


@undoable
def addAttr(node: str, longName: str, attributeType: str) -> None:
    if scene.node(node).locked:
        raise RuntimeError(f"'{node}' is locked; attributes cannot be added to it.")
    scene.node(node).added[longName] = attributeType


@undoable
def connectAttr(source: str, destination: str, force: bool = False) -> None:
    scene.connect(source, destination, force)


@command
def isConnected(source: str, destination: str) -> bool:
    return scene.state.connections.get(scene.plug(destination)) == scene.plug(source)


@undoable
def shadingNode(
    kind: str,
    name: str = "",
    asTexture: bool = False,
    asUtility: bool = False,
    asShader: bool = False,
    isColorManaged: bool = False,
    skipSelect: bool = False,
) -> str:
    made = scene.create(kind, name)
    if asTexture or asUtility:
        slot = (
            "defaultTextureList1.textures" if asTexture else "defaultRenderUtilityList1.utilities"
        )
        used = sum(into.startswith(slot) for into in scene.state.connections)
        scene.connect(f"{made}.message", f"{slot}[{used}]", force=True)
    if isColorManaged:
        for own, theirs in (
            ("colorManagementEnabled", "cmEnabled"),
            ("workingSpace", "workingSpaceName"),
        ):
            scene.connect(f"defaultColorMgtGlobals.{theirs}", f"{made}.{own}", force=False)
    if not skipSelect:
        scene.state.selection = [made]
    return made


@undoable
def createNode(kind: str, name: str = "", parent: str = "", skipSelect: bool = False) -> str:
    made = scene.create(kind, name, parent)
    if not skipSelect:
        scene.state.selection = [made]
    return made


@undoable
def copyAttr(source: str, target: str, values: bool = False) -> None:
    """Copy the values that both have; what is connected in the target stays."""
    if not values:
        raise RuntimeError("copyAttr: neither values nor connections are to be copied.")
    old, new = scene.node(source), scene.node(target)
    outputs = OUTPUTS.get(old.type, ())
    for attribute, value in old.values.items():
        plug = f"{scene.find(target)}.{attribute}"
        known = attribute in TYPES[new.type] or attribute in new.values or "[" in attribute
        if known and attribute not in outputs and plug not in scene.state.connections:
            new.values[attribute] = copy.deepcopy(value)


@undoable
def delete(*objects: Any) -> None:
    for name in _names(objects):
        scene.delete(scene.find(name))


@undoable
def select(*objects: Any, clear: bool = False) -> None:
    scene.state.selection = [] if clear else list(_names(objects))


@undoable
def rename(old: str, new: str) -> str:
    state = scene.state
    if scene.node(old).reference or scene.node(old).locked:
        raise RuntimeError(f"'{old}' cannot be renamed.")
    state.nodes = {new if name == old else name: node for name, node in state.nodes.items()}

    def renamed(plug: str) -> str:
        name, _, attribute = plug.partition(".")
        return f"{new if name == old else name}.{attribute}"

    state.connections = {renamed(a): renamed(b) for a, b in state.connections.items()}
    scene.trigger("NameChanged")
    return new


@command
def nodeType(node: str) -> str:
    return scene.node(node).type


@command
def objExists(name: str) -> bool:
    try:
        return bool(scene.plug(name) if "." in name else scene.find(name))
    except ValueError:
        return False


@command
def allNodeTypes() -> list[str]:
    return scene.types()


@command
def lockNode(node: str, lock: bool = False, query: bool = False) -> list[bool] | None:
    if query:
        return [scene.node(node).locked]
    scene.node(node).locked = lock
    return None


@command
def referenceQuery(
    node: str,
    isNodeReferenced: bool = False,
    isLoaded: bool = False,
    referenceNode: bool = False,
    filename: bool = False,
    shortName: bool = False,
) -> Any:
    if isLoaded:
        return scene.state.references[node]
    if referenceNode:
        return f"{Path(node).stem}RN"
    file = scene.node(node).reference
    if isNodeReferenced:
        return bool(file)
    if not file:
        raise RuntimeError(f"'{node}' is not from a referenced file.")
    return file.rpartition("/")[2] if filename and shortName else file


@undoable
def polySphere(name: str = "") -> list[str]:
    transform = scene.create("transform", name)
    scene.create("mesh", f"{transform}Shape", transform)
    return [transform, "polySphere1"]


@undoable
def sets(
    *members: str,
    query: bool = False,
    edit: bool = False,
    forceElement: str = "",
    name: str = "",
    renderable: bool = False,
    noSurfaceShader: bool = False,
    empty: bool = False,
) -> Any:
    if query:
        (asked,) = map(scene.find, members)
        if scene.state.nodes[asked].type not in ("objectSet", "shadingEngine"):
            raise RuntimeError(f"'{asked}' is no set.")
        wires = scene.state.connections.items()
        plugs = [out for into, out in wires if re.match(rf"{asked}\.d\w+SetMembers", into)]
        return [plug.partition(".")[0] for plug in plugs] or None
    made = forceElement if edit else ""
    if not edit:
        made = scene.create("shadingEngine" if renderable else "objectSet", name)
    for member in members:
        is_dag = scene.node(member).type in DAG_TYPES
        slot = f"{made}.{'dag' if is_dag else 'dn'}SetMembers"
        used = sum(into.startswith(f"{slot}[") for into in scene.state.connections)
        if is_dag and scene.node(made).type == "shadingEngine":
            member = f"{member}Shape"
        plug = f"{member}.{'instObjGroups[0]' if is_dag else 'message'}"
        scene.connect(plug, f"{slot}[{used}]", force=False)
    return made


@undoable
def scriptNode(name: str, scriptType: int, sourceType: str, beforeScript: str) -> str:
    if sourceType not in ("python", "mel"):
        raise RuntimeError("scriptNode: the source type is mel or python.")
    made = scene.create("script", name)
    if scriptType == 1:  # run when the scene is opened
        scene.node(made).values["before"] = beforeScript
    return made
