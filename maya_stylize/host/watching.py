"""Telling when the scene's textures may have changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from maya import cmds
from maya.api import OpenMaya

from maya_stylize.host.texture_nodes import KINDS

EVENTS = (
    "SceneOpened",
    "NewSceneOpened",
    "SceneImported",
    "Undo",
    "Redo",
    "NameChanged",
    "SelectionChanged",
    "workspaceChanged",
)
# A path that is set, a connection that is made or broken: what the list shows.
_CHANGES = (
    OpenMaya.MNodeMessage.kAttributeSet
    | OpenMaya.MNodeMessage.kConnectionMade
    | OpenMaya.MNodeMessage.kConnectionBroken
)


class Watch:
    """Calls back once after a burst of changes, when Maya is idle.

    Args:
        changed: What to call, on the main thread.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._waiting = False
        self._ended = False
        self._jobs = [
            cmds.scriptJob(event=(event, self._notice), protected=True) for event in EVENTS
        ]
        self._callbacks = []
        for kind in KINDS:
            if kind in cmds.allNodeTypes():
                self._callbacks += [
                    OpenMaya.MDGMessage.addNodeAddedCallback(self._added, kind),
                    OpenMaya.MDGMessage.addNodeRemovedCallback(self._notice, kind),
                ]
                for node in cmds.ls(type=kind):
                    self._watch(OpenMaya.MSelectionList().add(node).getDependNode(0))

    def end(self) -> None:
        """Call back no more."""
        self._ended = True
        for callback in self._callbacks:
            # Maya has removed the callbacks of nodes that went away with their scene.
            with suppress(RuntimeError):
                OpenMaya.MMessage.removeCallback(callback)
        for job in self._jobs:
            if cmds.scriptJob(exists=job):
                cmds.scriptJob(kill=job, force=True)
        self._callbacks, self._jobs = [], []

    def _watch(self, node: Any) -> None:
        self._callbacks.append(
            OpenMaya.MNodeMessage.addAttributeChangedCallback(node, self._attribute_changed)
        )

    def _added(self, node: Any, *_: Any) -> None:
        self._watch(node)
        self._notice()

    def _attribute_changed(self, change: int, *_: Any) -> None:
        if change & _CHANGES:
            self._notice()

    def _notice(self, *_: Any) -> None:
        # The scene may be half read now, and a thousand more changes on their way.
        if not self._waiting:
            self._waiting = True
            cmds.evalDeferred(self._tell, lowestPriority=True)

    def _tell(self) -> None:
        self._waiting = False
        if not self._ended:
            self._changed()
