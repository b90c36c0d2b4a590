"""docs/scenes.md: every command and every script in it is run, and does what it is there for."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from maya import cmds

import maya_stylize
from maya_stylize import api

Department = Any
ROOT = Path(maya_stylize.__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "scenes.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.M | re.S)


COMMANDS = re.findall(r"^\$ (.*)$", TEXT, re.M)
SCRIPTS = blocks("python")
RECIPE, REPORT = blocks("json")


@pytest.fixture
def show(department: Department, mayapy: Path, monkeypatch: pytest.MonkeyPatch) -> Department:
    """The scenes that the page speaks of."""
    department.picture("rust.png")
    department.folder.joinpath("rusty.json").write_text(RECIPE)
    for node in ("brick_color", "brick_color1"):
        department.textured(node, department.folder / "brick.png", material=f"brick_{node[-1]}")
    department.picture("brick.png")
    department.textured("gone", department.folder / "gone.png")
    department.save("wall.ma")
    department.textured("slate_color", department.picture("slate.png"), material="slate")
    department.save("roof.mb")
    cmds.file((department.folder / "wall.ma").as_posix(), reference=True, namespace="set")
    department.save("shot.ma")
    monkeypatch.setenv("MAYA_LOCATION", str(mayapy.parents[1]))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return department


def run(show: Department, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in the show's folder."""
    command = [sys.executable, "-m", "maya_stylize", *arguments]
    return subprocess.run(command, cwd=show.folder, capture_output=True, text=True)


def script(show: Department, text: str) -> subprocess.CompletedProcess[str]:
    (show.folder / "script.py").write_text(text)
    return run(show, "mayapy", "script.py")


def test_every_block_is_one_of_those_that_are_run() -> None:
    assert len(COMMANDS) == 4
    assert len(SCRIPTS) == TEXT.count("```python") == 3
    assert TEXT.count("\n```") == 2 * (len(COMMANDS) + len(SCRIPTS) + 2)


def test_the_commands(show: Department) -> None:
    names = set(os.listdir(show.folder))  # noqa: PTH208
    whole, dry, chosen, by_name = (shlex.split(line)[1:] for line in COMMANDS)
    assert run(show, *dry).returncode == 1  # a picture is missing
    assert set(os.listdir(show.folder)) == names  # noqa: PTH208
    done = run(show, *whole)
    assert done.returncode == 1, done.stderr
    assert {"wall_stylized.ma", "roof_stylized.mb", "report.json"} <= set(
        os.listdir(show.folder)  # noqa: PTH208
    )
    assert run(show, *chosen).returncode == 0
    assert show.links(show.folder / "shot_bricks.ma") == {
        "set:brick_r": "brick_stylized.png",
        "set:brick_1": "brick_stylized.png",
        "set:gone_mtl": "gone.png",
    }
    run(show, *by_name)
    assert show.links(show.folder / "wall.ma")["brick_1"] == "brick_stylized.png"


def test_the_report_is_as_it_is_shown(show: Department) -> None:
    run(show, *shlex.split(COMMANDS[0])[1:])
    written = (show.folder / "report.json").read_text()
    told = json.loads(written.replace(str(show.folder), "/show"))
    shown = json.loads(REPORT)
    assert told["scenes"].pop()["saved"] == "/show/roof_stylized.mb"
    assert told == shown


def test_the_scripts(show: Department) -> None:
    batch, session, own = SCRIPTS
    done = script(show, batch)
    assert done.returncode == 0, done.stderr
    assert show.links(show.folder / "roof_rusty.mb") == {
        "slate": "textures/rusty/slate_stylized.png"
    }
    assert (show.folder / "report.json").is_file()
    done = script(show, session)
    assert done.returncode == 0, done.stderr
    assert (show.folder / "wall_v012.ma").is_file()
    assert (show.folder / "roof_v003.mb").is_file()
    done = script(show, own)
    assert done.returncode == 0, done.stderr
    assert show.links(show.folder / "shot_by_hand.ma")["set:brick_1"] == "brick_stylized.png"


def test_every_public_name_is_told() -> None:
    table = TEXT.partition("| name | what it is |")[2]
    for name in api.__all__:
        assert re.search(rf"\b{name}\b", table), name


def test_every_option_and_status_is_told() -> None:
    from maya_stylize import batch
    from maya_stylize.scenes import report

    for option in re.findall(r"--[a-z-]+", batch._parser().format_help()):
        assert option in TEXT or option == "--help", option
    statuses = [value for name, value in vars(report).items() if name.isupper()]
    for status in statuses:
        assert status == report.VERSION or f"`{status}`" in TEXT, status
