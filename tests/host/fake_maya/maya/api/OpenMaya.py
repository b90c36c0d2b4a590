"""Callbacks of the stand-in. Numbers are Maya's own (MNodeMessage::AttributeMessage)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stand_in import scene


class MSelectionList:
    def __init__(self) -> None:
        self._names: list[str] = []

    def add(self, name: str) -> MSelectionList:
        self._names.append(scene.find(name))
        return self

    def getDependNode(self, index: int) -> str:
        return self._names[index]


class MMessage:
    @staticmethod
    def removeCallback(id: int) -> None:
        if id not in scene.callbacks:
            raise RuntimeError("(kInvalidParameter): Argument value is invalid")
        del scene.callbacks[id]


def _register(event: str, about: str, function: Callable[..., None]) -> int:
    number = next(scene.numbers)
    scene.callbacks[number] = (event, about, function)
    return number


class MDGMessage(MMessage):
    @staticmethod
    def addNodeAddedCallback(function: Callable[..., None], nodeType: str) -> int:
        return _register("added", nodeType, function)

    @staticmethod
    def addNodeRemovedCallback(function: Callable[..., None], nodeType: str) -> int:
        return _register("removed", nodeType, function)


class MNodeMessage(MMessage):
    kConnectionMade = 0x01
    kConnectionBroken = 0x02
    kAttributeEval = 0x04
    kAttributeSet = 0x08

    @staticmethod
    def addAttributeChangedCallback(node: Any, function: Callable[..., None]) -> int:
        return _register("changed", node, function)
