"""The list is told of changes, once per burst, when Maya is idle, until it wants no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from maya import cmds

Room = Any
Change = Callable[[Room], object]

CHANGES: dict[str, Change] = {
    "a texture is made": lambda room: room.texture("moss", "moss.png"),
    "a texture is deleted": lambda room: cmds.delete("brick"),
    "its path is set": lambda room: cmds.setAttr("brick.fileTextureName", "b", type="string"),
    "it is connected": lambda room: cmds.connectAttr("brick.outColor", "paint.color"),
    "it is disconnected": lambda room: room.fake.disconnect("brick.uvCoord"),
    "an image is made": lambda room: cmds.shadingNode("aiImage", asTexture=True, skipSelect=True),
    "it is renamed": lambda room: cmds.rename("brick", "stone"),
    "a scene is opened": lambda room: room.fake.trigger("SceneOpened"),
    "a scene is new": lambda room: room.fake.trigger("NewSceneOpened"),
    "the selection changes": lambda room: room.fake.trigger("SelectionChanged"),
    "the project changes": lambda room: room.fake.trigger("workspaceChanged"),
    "a step is undone": lambda room: cmds.undo(),
}


@pytest.fixture
def told(room: Room) -> list[str]:
    room.texture("brick", room.picture("brick.png"))
    room.material("paint")
    return []


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_told_once(room: Room, told: list[str], change: str) -> None:
    end = room.host.watch(lambda: told.append(change))
    CHANGES[change](room)
    assert told == []  # the scene may be half changed as yet
    room.fake.idle()
    room.fake.idle()
    assert told == [change]
    end()


def test_a_burst_is_told_once_and_the_next_again(room: Room, told: list[str]) -> None:
    end = room.host.watch(lambda: told.append("changed"))
    for number in range(20):
        room.texture(f"t{number}", "a.png")
    room.fake.idle()
    assert told == ["changed"]
    cmds.setAttr("t7.fileTextureName", "b.png", type="string")  # made while it was watching
    room.fake.idle()
    assert told == ["changed", "changed"]
    end()


def test_what_does_not_show_in_the_list_is_not_told(room: Room, told: list[str]) -> None:
    end = room.host.watch(lambda: told.append("changed"))
    cmds.setAttr("paint.colorR", 1.0)
    room.fake.changed("brick.invert", 0x4)  # evaluated
    cmds.createNode("transform", name="x", skipSelect=True)
    room.fake.idle()
    assert told == []
    end()


def test_after_the_end_nothing_is_told_and_nothing_is_left(room: Room, told: list[str]) -> None:
    end = room.host.watch(lambda: told.append("changed"))
    room.texture("moss", "moss.png")
    end()
    room.fake.idle()
    room.texture("more", "more.png")
    room.fake.idle()
    assert told == []
    assert not room.fake.jobs
    assert not room.fake.callbacks


def test_it_ends_after_the_scene_it_began_in(room: Room, told: list[str]) -> None:
    end = room.host.watch(lambda: told.append("changed"))
    cmds.file(newFile=True, force=True)
    room.texture("moss", "moss.png")
    room.fake.idle()
    assert told == ["changed"]
    end()
    assert not room.fake.callbacks
