"""The self-test against the stand-in: it passes there, it leaves nothing out, and it can fail."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from maya import cmds
from window import window

from maya_stylize import selftest
from maya_stylize.host.selftest_checks import CHECKS

Room = Any
PACKAGE = Path(selftest.__file__).resolve().parent
QT = bool(find_spec("PySide2") or find_spec("PySide6"))
# Asked of Maya's window only, so not in a Maya without one.
OF_THE_WINDOW = {"ogs", "workspaceControl", "objectTypeUI", "flushIdleQueue"}
OF_THE_WINDOW |= {"shelfTabLayout", "shelfLayout", "shelfButton"}


@pytest.fixture
def ready(room: Room) -> Room:
    room.fake.batch = not QT
    room.fake.color_prefs["configFilePath"] = str(room.picture("config.ocio"))
    return room


def test_everything_passes(ready: Room, capsys: pytest.CaptureFixture[str]) -> None:
    if QT:
        from maya_stylize.ui.qt import application

        application()
    assert selftest.main() == 0
    lines = capsys.readouterr().out.splitlines()
    skipped = ["a scene's own project" if QT else "dock and shelf"]
    assert lines[1].startswith("Maya 2025 (20250300)")
    for name in CHECKS:
        assert any(
            line.startswith(("ok ", "skip ")[name in skipped]) and name in line for line in lines
        )
    assert lines[-1] == f"{len(CHECKS) - len(skipped)} ok, 0 failed, {len(skipped)} skipped"
    assert not window.buttons or window.in_front == "Rendering"


def test_every_command_of_the_host_is_tried(ready: Room) -> None:
    used = set()
    for path in (PACKAGE / "host").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "cmds":
                used.add(node.attr)
    assert {"copyAttr", "listHistory"} <= used
    ready.fake.plug_ins.clear()
    assert selftest.main() == 0
    assert used - set(ready.fake.calls) <= (set() if QT else OF_THE_WINDOW)


def test_arnold_is_loaded_where_it_is_and_missed_where_it_is_not(
    ready: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    ready.fake.plug_ins.clear()
    ready.fake.installed_plug_ins.clear()
    assert selftest.main() == 0
    out = capsys.readouterr().out
    assert "without Arnold" in out
    assert "skip  Arnold's image: Arnold's plug-in mtoa is not there" in out


@pytest.mark.parametrize("command", ["copyAttr", "undo", "scriptJob", "lockNode", "file"])
def test_a_call_that_fails_is_found_and_the_rest_goes_on(
    ready: Room,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    real = getattr(cmds, command)
    failures = []

    def fail_once(*arguments: Any, **flags: Any) -> Any:
        if not failures and not flags.get("query"):
            failures.append(command)
            raise RuntimeError(f"{command}: Invalid flag")
        return real(*arguments, **flags)

    monkeypatch.setattr(cmds, command, fail_once)
    assert selftest.main() == 1
    out = capsys.readouterr().out
    assert f"RuntimeError: {command}: Invalid flag" in out
    assert " 1 failed" in out


def test_an_unsaved_scene_is_not_touched(ready: Room, capsys: pytest.CaptureFixture[str]) -> None:
    ready.fake.modified = True
    ready.texture("brick", "brick.png")
    before = ready.fake.graph()
    assert selftest.main() == 1
    assert "changes that are not saved" in capsys.readouterr().out
    assert ready.fake.graph() == before


@pytest.mark.parametrize("by", ["-m maya_stylize.selftest", str(PACKAGE / "selftest.py")])
def test_it_runs_by_name_and_by_path(tmp_path: Path, by: str) -> None:
    """In a process of its own, where the stand-in says that it has a window."""
    python = [str(Path(__file__).parent / "fake_maya")]
    if by.startswith("-m"):
        python.append(str(PACKAGE.parent))
    code = (
        "import runpy, sys; sys.path[:0] = {python}; import stand_in; from pathlib import Path;"
        "stand_in.scene.batch = True; stand_in.scene.project = {project!r};"
        "stand_in.scene.color_prefs['configFilePath'] = __import__('node_types').__file__;"
        "sys.path.insert(0, {folder!r}); runpy.{run}, run_name='__main__')"
    ).format(
        python=python,
        project=str(tmp_path),
        folder=str(PACKAGE),
        run="run_module('maya_stylize.selftest'" if by.startswith("-m") else f"run_path({by!r}",
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == f"{len(CHECKS) - 1} ok, 0 failed, 1 skipped"
