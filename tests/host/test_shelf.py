"""The shelf: one button, however often it is put there, and the artist's own shelf in front."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from maya import cmds
from window import window

from maya_stylize.host import dock, shelf

Room = Any
SHELF = Path(__file__).resolve().parents[2] / "shelf"
MEL = SHELF / "shelf_MayaStylize.mel"


def test_the_button_is_made_and_the_shelf_in_front_stays(room: Room) -> None:
    shelf.install()
    (name,) = window.shelves["MayaStylize"]
    assert window.buttons[name] == {
        "label": "Stylize",
        "annotation": shelf.ANNOTATION,
        "image": "maya_stylize.svg",
        "command": shelf.COMMAND,
    }
    assert window.in_front == "Rendering"


def test_an_older_button_is_edited_and_others_are_let_be(room: Room) -> None:
    window.shelves["MayaStylize"] = ["separator1", "own", "old"]
    window.buttons = {"own": {"label": "Mine"}, "old": {"label": "Stylize", "command": "old"}}
    shelf.install()
    shelf.install()
    assert window.shelves["MayaStylize"] == ["separator1", "own", "old"]
    assert window.buttons["own"] == {"label": "Mine"}
    assert window.buttons["old"]["command"] == shelf.COMMAND
    assert window.in_front == "Rendering"


def test_the_shelf_in_front_stays_though_making_the_button_fails(room: Room) -> None:
    room.fake.fail_at = "shelfButton"
    with pytest.raises(RuntimeError, match="as the test wanted"):
        shelf.install()
    assert window.in_front == "Rendering"


def test_the_shelf_file_makes_the_same_button() -> None:
    text = MEL.read_text("ascii")
    flags = dict(re.findall(r'-(\w+) "([^"]*)"', text))
    assert flags == {
        "label": shelf.LABEL,
        "annotation": shelf.ANNOTATION,
        "image": shelf.ICON,
        "style": "iconOnly",
        "sourceType": "python",
        "command": shelf.COMMAND,
    }
    # Maya calls the procedure that is named like the file.
    assert f"global proc {MEL.stem}()" in text
    assert text.count("{") == text.count("}") == 1


def test_the_button_opens_the_panel(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(dock, "show", lambda: opened.append("opened"))
    exec(shelf.COMMAND, {})
    assert opened == ["opened"]


def test_the_icon_is_one_that_qt_can_draw() -> None:
    root = ElementTree.parse(SHELF / "icons" / shelf.ICON).getroot()
    tags = {
        element.tag.rpartition("}")[2] for element in root.iter() if isinstance(element.tag, str)
    }
    assert tags <= {"svg", "title", "g", "path", "rect"}  # Qt leaves out clipping and filters
    assert root.get("viewBox") == "0 0 32 32"


def test_no_command_of_the_shelf_is_beyond_maya(room: Room) -> None:
    shelf.install()
    assert {"shelfTabLayout", "shelfLayout", "shelfButton"} <= set(room.fake.calls)
    assert cmds.shelfLayout("MayaStylize", exists=True)
