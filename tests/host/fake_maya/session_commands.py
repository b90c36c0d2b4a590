"""The commands about Maya itself: undo, files, plug-ins, preferences, news."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from commands import command
from node_types import EVENTS
from stand_in import scene


@command
def undoInfo(
    openChunk: bool = False, closeChunk: bool = False, chunkName: str = "", state: Any = None
) -> None:
    if openChunk:
        scene.open_chunk(chunkName)
    if closeChunk:
        scene.close_chunk()
    if state is not None:
        scene.undo_on = bool(state)


@command
def undo() -> None:
    scene.step(scene.undo_queue, scene.redo_queue, "There are no more commands to undo.", "Undo")


@command
def redo() -> None:
    scene.step(scene.redo_queue, scene.undo_queue, "There are no more commands to redo.", "Redo")


@command
def currentTime(query: bool = False) -> float:
    return scene.time


@command
def workspace(
    path: str = "",
    query: bool = False,
    rootDirectory: bool = False,
    fileRuleEntry: str = "",
    openWorkspace: bool = False,
) -> str | None:
    if openWorkspace:
        if not Path(path, "workspace.mel").is_file():
            raise RuntimeError(f"Cannot find the workspace: {path}")
        scene.project = path.rstrip("/") + "/"
        return None
    if fileRuleEntry:
        return scene.source_images if fileRuleEntry == "sourceImages" else ""
    return scene.project


@command
def file(
    path: str = "",
    query: bool = False,
    sceneName: bool = False,
    modified: bool | None = None,
    newFile: bool = False,
    open: bool = False,
    force: bool = False,
    prompt: bool = True,
    ignoreVersion: bool = False,
    executeScriptNodes: bool = True,
    loadReferenceDepth: str = "asPrefs",
    rename: str = "",
    save: bool = False,
    type: str = "",
    reference: bool = False,
    namespace: str = "",
    unloadReference: str = "",
) -> Any:
    if query:
        if reference:
            return list(scene.state.references)
        return scene.modified if modified else scene.scene_name
    if loadReferenceDepth not in ("asPrefs", "all", "none", "topOnly"):
        raise RuntimeError(f"Invalid loadReferenceDepth: {loadReferenceDepth}")
    if (newFile or open) and scene.modified and not force:
        raise RuntimeError("Unsaved changes.")
    if modified is not None:
        scene.modified = modified
    elif newFile:
        scene.new()
        scene.modified = False
    elif rename:
        scene.scene_name, scene.modified = rename, True
    elif save:
        scene.save(type)
    elif open:
        if prompt and not scene.batch and not force:
            raise RuntimeError("A dialog waits for an answer.")
        scene.open(path, ignoreVersion, executeScriptNodes)
    elif reference:
        scene.add_reference(path, namespace)
    elif unloadReference:
        (file,) = (f for f in scene.state.references if f"{Path(f).stem}RN" == unloadReference)
        scene.unload_reference(file)
    return None


@command
def flushIdleQueue() -> None:
    scene.idle()


@command
def pluginInfo(
    name: str = "", query: bool = False, listPlugins: bool = False, version: bool = False
) -> Any:
    return sorted(scene.plug_ins) or None if listPlugins else "5.4.0"


@command
def loadPlugin(name: str, quiet: bool = False) -> None:
    if name not in scene.installed_plug_ins:
        raise RuntimeError(f"Plug-in, {name!r}, was not found on MAYA_PLUG_IN_PATH.")
    scene.plug_ins.add(name)


@command
def colorManagementPrefs(
    query: bool = False, cmEnabled: bool = False, configFilePath: bool = False
) -> Any:
    return scene.color_prefs["cmEnabled" if cmEnabled else "configFilePath"]


@command
def about(batch: bool = False, version: bool = False, apiVersion: bool = False) -> Any:
    if batch:
        return scene.batch
    return "2025" if version else 20250300


@command
def ogs(regenerateUVTilePreview: str = "") -> None:
    if scene.node(regenerateUVTilePreview).type != "file":
        raise RuntimeError("ogs: that is not a file texture.")
    scene.previews.append(regenerateUVTilePreview)


@command
def scriptJob(
    event: tuple[str, Callable[[], None]] | None = None,
    protected: bool = False,
    exists: int = 0,
    kill: int = 0,
    force: bool = False,
    listEvents: bool = False,
) -> Any:
    if listEvents:
        return EVENTS
    if event:
        number = next(scene.numbers)
        scene.jobs[number] = event
        return number
    if exists:
        return exists in scene.jobs
    if not force:
        raise RuntimeError("scriptJob: the job is protected.")
    del scene.jobs[kill]
    return None


@command
def evalDeferred(call: Callable[[], None], lowestPriority: bool = False) -> None:
    scene.idle_queue.append(call)
