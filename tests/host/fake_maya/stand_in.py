"""The stand-in's scene: a node graph as plain data, with undo, references, locks and callbacks.

It keeps Maya's manners that have cost others dearly: an undo queue that every command feeds,
locks and references that refuse, color spaces that rules choose, and callbacks while it changes.
"""

from __future__ import annotations

import ast
import copy
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from node_types import COMPOUNDS, DAG_TYPES, OUTPUTS, PLUG_IN_TYPES, TYPES

_INDEX = re.compile(r"\[\d+\]")
_ELEMENT = re.compile(r"(\w+)\[(\d+)\]")
_NUMBER = re.compile(r"(?<=[._])1\d{3}(?=(\.<f>)?\.[^.]+$)")
_FRAME_OF_TILE = re.compile(r"[._]1\d{3}\.\d+\.[^.]+$")
# How a scene's file begins, by the type that Maya is told; a plain text of data follows.
_HEADS = {"mayaAscii": b"//Maya ASCII 2025 scene\n", "mayaBinary": b"FOR8 2025\n"}
_SUFFIXES = {".ma": "mayaAscii", ".mb": "mayaBinary"}


@dataclass
class Node:
    type: str
    values: dict[str, Any]
    added: dict[str, str] = field(default_factory=dict)
    locked_plugs: set[str] = field(default_factory=set)
    locked: bool = False
    reference: str = ""
    parent: str = ""


@dataclass
class State:
    """What undo brings back: connections by destination, and whether references are loaded."""

    nodes: dict[str, Node] = field(default_factory=dict)
    connections: dict[str, str] = field(default_factory=dict)
    selection: list[str] = field(default_factory=list)
    references: dict[str, bool] = field(default_factory=dict)


class Scene:
    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Make everything as it is when Maya has just been started."""
        self.undo_on = True
        self.depth = 0
        self.modified = False
        self.plug_ins = {"mtoa"}
        self.installed_plug_ins = {"mtoa"}
        self.batch = False
        self.time = 1.0
        self.project = "/projects/default/"
        self.source_images = "sourceimages"
        self.color_prefs: dict[str, Any] = {"cmEnabled": True, "configFilePath": ""}
        self.previews: list[str] = []
        self.idle_queue: list[Callable[[], None]] = []
        self.jobs: dict[int, tuple[str, Callable[[], None]]] = {}
        self.callbacks: dict[int, tuple[str, str, Callable[..., None]]] = {}
        self.numbers = iter(range(1, 100_000))
        self.fail_at: str = ""
        self.companions: list[str] = []  # endings of what plug-ins write beside a scene
        self.calls: list[str] = []
        self.new()
        self.chunk = ("", copy.deepcopy(self.state))

    def new(self) -> None:
        """Make an empty scene; callbacks and the project stay."""
        self.state = State()
        self.undo_queue: list[tuple[str, State]] = []
        self.redo_queue: list[tuple[str, State]] = []
        self.scene_name = ""
        self.callbacks = {  # those of nodes go with the nodes
            number: call for number, call in self.callbacks.items() if call[0] != "changed"
        }
        for name, kind in (
            ("defaultTextureList1", "defaultTextureList"),
            ("defaultRenderUtilityList1", "defaultRenderUtilityList"),
            ("defaultColorMgtGlobals", "colorManagementGlobals"),
        ):
            self.state.nodes[name] = Node(kind, copy.deepcopy(TYPES[kind]))

    # What tests ask of it.

    def graph(self) -> dict[str, Any]:
        """Return all of the graph as plain data."""
        return {
            "nodes": {name: vars(node) for name, node in copy.deepcopy(self.state.nodes).items()},
            "connections": dict(self.state.connections),
            "selection": list(self.state.selection),
        }

    def save(self, kind: str = "mayaAscii") -> None:
        """Write the scene's file, bit by bit as Maya does, with what its plug-ins put beside it."""
        path = Path(self.scene_name)
        if _SUFFIXES.get(path.suffix) != kind:
            raise RuntimeError(f"{path.name} is no name for a file of the type {kind}.")
        text = repr(asdict(self.state)).encode()
        try:
            path.write_bytes(_HEADS[kind] + text[: len(text) // 2])
            if self.fail_at == "half of a save":
                raise OSError("No space left on device")
            path.write_bytes(_HEADS[kind] + text)
            for suffix in self.companions:
                path.with_name(path.stem + suffix).write_text("a companion")
        except OSError as error:
            raise RuntimeError(f"Could not save the file: {path}") from error
        self.modified = False

    def open(self, path: str, ignore_version: bool = False, run_scripts: bool = True) -> None:
        """Open a saved scene: what Python and undo knew of the last one is gone."""
        state = _read(path, ignore_version)
        lost = {name for name in state.references if not Path(name).is_file()}
        gone = {name for name, node in state.nodes.items() if node.reference in lost}
        state.nodes = {name: node for name, node in state.nodes.items() if name not in gone}
        state.connections = {
            into: out
            for into, out in state.connections.items()
            if not gone & {into.partition(".")[0], out.partition(".")[0]}
        }
        self.new()
        self.state, self.scene_name, self.modified = state, path, False
        if run_scripts:
            for node in [node for node in state.nodes.values() if node.type == "script"]:
                exec(node.values["before"], {})
        self.trigger("SceneOpened")
        if lost:  # and yet the rest is there
            raise RuntimeError(f"Reference file not found: {', '.join(sorted(lost))}")

    def reload(self) -> None:
        self.scene_name = self.scene_name or f"{self.project}shot.ma"
        self.save()
        self.open(self.scene_name)

    def add_reference(self, path: str, namespace: str) -> None:
        """Bring a saved scene's nodes in, and what is connected between them."""

        def inside(name: str) -> str:
            return name if name.startswith("default") else f"{namespace}:{name}"

        saved = _read(path, ignore_version=False)
        self.state.references[path] = True
        for name, node in saved.nodes.items():
            if not name.startswith("default"):
                node.reference, node.parent = path, node.parent and inside(node.parent)
                self.state.nodes[inside(name)] = node
        for into, out in saved.connections.items():
            self.state.connections[inside(into)] = inside(out)

    def unload_reference(self, path: str) -> None:
        self.state.references[path] = False
        for name in [name for name, node in self.state.nodes.items() if node.reference == path]:
            del self.state.nodes[name]

    def idle(self) -> None:
        """Run what waits for Maya to be idle."""
        waiting, self.idle_queue = self.idle_queue, []
        for call in waiting:
            call()

    def trigger(self, event: str) -> None:
        for name, call in list(self.jobs.values()):
            if name == event:
                call()

    def reference(self, file: str, *nodes: str, locked: bool = False) -> None:
        """Make nodes a reference's, in its namespace and as locked as it is."""
        for name in nodes:
            self.state.nodes[name].reference = file
            if locked:
                self.state.nodes[name].locked_plugs.add("*")
                self.state.nodes[name].locked = True

    # What the commands are made of.

    @contextmanager
    def undoable(self, command: str) -> Iterator[None]:
        if self.depth or not self.undo_on:
            yield
            return
        before = copy.deepcopy(self.state)
        try:
            yield
        finally:
            self._remember(command, before)

    def open_chunk(self, name: str) -> None:
        if not self.depth and self.undo_on:
            self.chunk = (name, copy.deepcopy(self.state))
        self.depth += 1

    def close_chunk(self) -> None:
        if not self.depth:
            raise RuntimeError("There is no open undo chunk.")
        self.depth -= 1
        if not self.depth:
            self._remember(*self.chunk)

    def _remember(self, name: str, before: State) -> None:
        if self.undo_on and before != self.state:
            self.undo_queue.append((name, before))
            self.redo_queue.clear()

    def step(self, source: list[Any], target: list[Any], nothing: str, event: str) -> None:
        if not source:
            raise RuntimeError(nothing)
        name, state = source.pop()
        target.append((name, self.state))
        self.state = state
        self.trigger(event)

    def find(self, name: str) -> str:
        short = name.rpartition("|")[2].lstrip(":")
        if short not in self.state.nodes:
            raise ValueError(f"No object matches name: {name}")
        return short

    def node(self, name: str) -> Node:
        return self.state.nodes[self.find(name)]

    def path(self, name: str) -> str:
        node = self.state.nodes[name]
        if node.type not in DAG_TYPES:
            return name
        return (self.path(node.parent) if node.parent else "") + "|" + name

    def types(self) -> list[str]:
        return [kind for kind in TYPES if PLUG_IN_TYPES.get(kind, "") in {"", *self.plug_ins}]

    def create(self, kind: str, name: str, parent: str = "") -> str:
        if kind not in self.types():
            raise RuntimeError(f"Unknown object type: {kind}")
        wanted = (name or kind + "1").lstrip(":")
        unique, number = wanted, 1
        while unique in self.state.nodes:
            unique, number = f"{wanted.rstrip('0123456789')}{number}", number + 1
        self.modified = True
        self.state.nodes[unique] = Node(kind, copy.deepcopy(TYPES[kind]), parent=parent)
        self._call("added", kind, unique)
        return unique

    def delete(self, name: str) -> None:
        node = self.node(name)
        if node.reference or node.locked:
            why = "is locked" if node.locked else "is from a referenced file"
            raise RuntimeError(f"'{name}' {why}, and cannot be deleted.")
        for destination, source in list(self.state.connections.items()):
            if name in (destination.split(".")[0], source.split(".")[0]):
                self.disconnect(destination)
        del self.state.nodes[name]
        self.state.selection = [node for node in self.state.selection if node != name]
        self._call("removed", node.type, name)

    def plug(self, plug: str) -> str:
        """Return a plug's full name; it must exist."""
        name, _, attribute = plug.partition(".")
        name = self.find(name)
        node = self.state.nodes[name]
        known = {*TYPES[node.type], *OUTPUTS.get(node.type, ()), *node.added, "message"}
        compounds = {a for a, parts in COMPOUNDS.items() if set(parts) & known or a in known}
        parts = {part for a in compounds for part in COMPOUNDS[a]}
        computed = {"computedFileTextureNamePattern"} if node.type == "file" else set()
        first = _INDEX.sub("", attribute).split(".")[0]
        if not attribute or first not in known | compounds | parts | computed:
            raise ValueError(f"No object matches name: {plug}")
        return f"{name}.{attribute}"

    def get(self, plug: str) -> Any:
        name, _, attribute = self.plug(plug).partition(".")
        values = self.state.nodes[name].values
        if attribute == "computedFileTextureNamePattern":
            path, tiling = values["fileTextureName"], values["uvTilingMode"]
            if values["useFrameExtension"] and (not tiling or _FRAME_OF_TILE.search(path)):
                path = re.sub(r"\d+(?=\.[^.]+$)", "<f>", path)
            return _NUMBER.sub("<UDIM>", path) if tiling == 3 else path
        return values.get(attribute)

    def set(self, plug: str, value: Any) -> None:
        name, _, attribute = self.plug(plug).partition(".")
        self.refuse_locked(plug)
        if plug in self.state.connections:
            raise RuntimeError(f"setAttr: The attribute '{plug}' is connected.")
        node = self.state.nodes[name]
        if attribute in OUTPUTS.get(node.type, ()):
            raise RuntimeError(f"setAttr: The attribute '{plug}' cannot be set.")
        self.modified = True
        node.values[attribute] = value
        for element in _ELEMENT.finditer(attribute):
            node.values.setdefault(element[1], {})[int(element[2])] = None
        path = attribute in ("fileTextureName", "filename")
        if path and not node.values["ignoreColorSpaceFileRules"]:
            node.values["colorSpace"] = "by the rules"
        self.changed(plug, 0x8)

    def refuse_locked(self, plug: str) -> None:
        if self.is_locked(plug):
            raise RuntimeError(f"The attribute '{plug}' is locked and cannot be modified.")

    def is_locked(self, plug: str) -> bool:
        name, _, attribute = self.plug(plug).partition(".")
        locked = self.state.nodes[name].locked_plugs
        return attribute in locked or "*" in locked

    def connect(self, source: str, destination: str, force: bool) -> None:
        source, destination = self.plug(source), self.plug(destination)
        if self.state.connections.get(destination) == source:
            raise RuntimeError(f"'{source}' is already connected to '{destination}'.")
        name, _, attribute = destination.partition(".")
        if attribute in OUTPUTS.get(self.state.nodes[name].type, ()):
            raise RuntimeError(f"'{destination}' cannot be a destination.")
        self.refuse_locked(destination)
        if destination in self.state.connections:
            if not force:
                raise RuntimeError(f"'{destination}' already has an incoming connection.")
            self.disconnect(destination)
        self.modified = True
        self.state.connections[destination] = source
        self.changed(source, 0x1)
        self.changed(destination, 0x1)

    def disconnect(self, destination: str) -> None:
        source = self.state.connections.pop(destination)
        self.changed(source, 0x2)
        self.changed(destination, 0x2)

    def changed(self, plug: str, change: int) -> None:
        self._call("changed", plug.partition(".")[0], change, plug)

    def _call(self, event: str, about: str, *arguments: Any) -> None:
        for kind, subject, call in list(self.callbacks.values()):
            if (kind, subject) == (event, about):
                call(*arguments, None)

    def upstream(self, name: str) -> list[str]:
        """Return a node and all that leads into it; a message carries no picture."""
        seen: dict[str, None] = {}
        waiting = [name]
        while waiting:
            node = waiting.pop(0)
            if node in seen:
                continue
            seen[node] = None
            for destination, source in self.state.connections.items():
                if destination.startswith(node + ".") and not source.endswith(".message"):
                    waiting.append(source.partition(".")[0])
        return list(seen)

    @staticmethod
    def check_thread() -> None:
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("Maya was called from another thread.")


def _read(path: str, ignore_version: bool) -> State:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise RuntimeError(f"File not found: {path}") from error
    head, _, text = content.partition(b"\n")
    kind = next((kind for kind, start in _HEADS.items() if start == head + b"\n"), None)
    if kind is None and head.startswith((b"//Maya ASCII", b"FOR8")) and not ignore_version:
        raise RuntimeError(f"{path} was made by another version of Maya.")
    try:
        data = ast.literal_eval(text.decode())
    except (SyntaxError, ValueError) as error:
        raise RuntimeError(f"Error reading file. {path}") from error
    return State(**{**data, "nodes": {name: Node(**node) for name, node in data["nodes"].items()}})


scene = Scene()
