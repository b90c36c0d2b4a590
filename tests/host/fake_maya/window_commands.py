"""The commands that make up Maya's window: docks, shelves and dialogs."""

from __future__ import annotations

from typing import Any

from commands import command
from window import window


@command
def workspaceControl(name: str, query: bool = False, edit: bool = False, **flags: Any) -> Any:
    if query:
        (asked,) = flags
        if asked == "exists":
            return name in window.controls
        return window.controls[name][asked]
    if edit:
        if name not in window.controls:
            raise RuntimeError(f"Object {name!r} not found.")
        window.controls[name]["raised"] += flags.get("restore", False)
        return None
    if name in window.controls:
        raise RuntimeError(f"Object's name {name!r} is not unique.")
    if not isinstance(flags["uiScript"], str):
        raise TypeError("The layout preferences keep text only.")
    window.controls[name] = {**flags, "raised": 0}
    window.run_script(name)
    return name


@command
def shelfTabLayout(
    name: str, query: bool = False, edit: bool = False, selectTab: Any = None
) -> str | None:
    assert name == window.SHELVES
    if query:
        return window.in_front
    window.in_front = selectTab
    return None


@command
def shelfLayout(
    name: str, query: bool = False, exists: bool = False, childArray: bool = False
) -> Any:
    if exists:
        return name in window.shelves
    return list(window.shelves[name]) or None  # Maya's answer to "none" is None


@command
def objectTypeUI(name: str) -> str:
    return "separator" if "separator" in name else "shelfButton"


@command
def shelfButton(
    name: str = "",
    query: bool = False,
    edit: bool = False,
    parent: str = "",
    label: Any = None,
    annotation: str = "",
    image: str = "",
    sourceType: str = "",
    command: str = "",
) -> Any:
    if query:
        return window.buttons[name]["label"]
    if sourceType not in ("python", "mel"):
        raise RuntimeError("shelfButton: the source type is mel or python.")
    given = {"annotation": annotation, "image": image, "command": command}
    if edit:
        window.buttons[name].update(given)
        return name
    name = f"{parent}|button{len(window.buttons)}"
    window.shelves[parent].append(name)
    window.buttons[name] = {"label": label, **given}
    window.in_front = parent  # as Maya does with what is new
    return name
