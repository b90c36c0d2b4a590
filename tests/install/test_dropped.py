"""The window that opens when install.py is dropped onto Maya, with a Maya that is none."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import json
import os
import runpy
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from stand_ins import write_python

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 600_000  # milliseconds
QtCore = importlib.import_module(
    "PySide2.QtCore" if sys.version_info < (3, 11) else "PySide6.QtCore"
)
QtWidgets = importlib.import_module(QtCore.__name__.replace("QtCore", "QtWidgets"))

# Stands for install.py: says how it was called, then does as it is told.
SCRIPT = """
import json, os, sys, time
print(json.dumps([sys.argv[1:], sorted(os.environ)]), flush=True)
print("making the engine\u2019s environment 模型", flush=True)
time.sleep(WAIT)
sys.exit(CODE)
"""


class Commands:
    """The commands of Maya that the window needs, and no others."""

    def __init__(self) -> None:
        self.loaded: list[str] = []

    def about(self, *, version: bool) -> str:
        assert version
        return "2025"

    def loadModule(self, *, scan: bool = False, allModules: bool = False) -> None:
        self.loaded.append("scan" if scan else "all" if allModules else "none")


@pytest.fixture
def maya(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    commands = Commands()
    module: Any = types.ModuleType("maya")
    module.cmds = commands
    monkeypatch.setitem(sys.modules, "maya", module)
    write_python(tmp_path / "Maya 2025" / "bin" / "mayapy")
    monkeypatch.setenv("MAYA_LOCATION", str(tmp_path / "Maya 2025"))
    monkeypatch.setenv("PYTHONHOME", "")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "of Maya"))
    return commands


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Maya Stylize as it is when the module has just been loaded, for the first time."""
    made: list[str] = []
    stand_in: Any = types.ModuleType("maya_stylize.host.shelf")
    stand_in.install = lambda: made.append("a button")
    monkeypatch.delitem(sys.modules, "maya_stylize")
    monkeypatch.setitem(sys.modules, stand_in.__name__, stand_in)
    return made


@pytest.fixture
def drop(tmp_path: Path, maya: Commands) -> Iterator[Callable[..., Any]]:
    """Drop a stand-in of install.py; give its window."""
    application = QtWidgets.QApplication.instance() or QtWidgets.QApplication([])
    path = ROOT / "scripts" / "installer" / "dropped.py"
    spec = importlib.util.spec_from_file_location("dropped_under_test", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    windows = []

    def drop(code: int = 0, wait: float = 0) -> Any:
        script = tmp_path / "スクリプト install.py"
        text = SCRIPT.replace("WAIT", str(wait)).replace("CODE", str(code))
        script.write_text(text, encoding="utf-8")
        windows.append(module.install(script))
        return windows[-1]

    yield drop
    for window in windows:
        window.process.kill()
        window.process.waitForFinished(PATIENCE)
        window.deleteLater()
    application.processEvents()


def until(signal: Any, enough: Callable[[], bool]) -> None:
    """Let Qt work until something holds that changes when a signal is given."""
    loop = QtCore.QEventLoop()
    signal.connect(lambda *_: loop.quit() if enough() else None)
    timer = QtCore.QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(loop.quit)
    timer.start(PATIENCE)
    if not enough():
        (loop.exec if hasattr(loop, "exec") else loop.exec_)()
    assert enough()


def finished(window: Any) -> None:
    until(window.process.finished, lambda: window.button.text() == "Close")


def test_maya_is_free_while_its_own_python_installs(
    drop: Callable[..., Any], maya: Commands, shelf: list[str]
) -> None:
    window = drop()
    assert window.isVisible()
    assert window.button.text() == "Cancel"
    assert (window.bar.minimum(), window.bar.maximum()) == (0, 0)
    assert maya.loaded == []
    finished(window)
    first, second = window.details.toPlainText().split("\n")[:2]
    arguments, variables = json.loads(first)
    assert arguments == ["install", "--maya", "2025"]
    assert not {"PYTHONHOME", "PYTHONPATH", "QT_QPA_PLATFORM"} & set(variables)
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert second == "making the engine\u2019s environment 模型"
    assert maya.loaded == ["scan", "all"]
    assert shelf == ["a button"]
    assert "its button is on the shelf" in window.text.text()


def test_a_newer_version_waits_for_the_next_start(drop: Callable[..., Any], maya: Commands) -> None:
    assert "maya_stylize" in sys.modules
    window = drop()
    finished(window)
    assert maya.loaded == []
    assert "Restart Maya to change to this version" in window.text.text()


def test_a_maya_that_does_not_find_it_yet_says_so(
    drop: Callable[..., Any], shelf: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    window = drop()
    finished(window)
    assert shelf == []
    assert "Restart Maya: its button" in window.text.text()


def test_a_failure_shows_the_last_words(drop: Callable[..., Any], maya: Commands) -> None:
    window = drop(code=1)
    finished(window)
    assert maya.loaded == []
    assert window.text.text().startswith("Not installed. The last lines below say why")
    window.button.click()
    assert not window.isVisible()


def test_without_mayas_python_the_reason_is_shown(drop: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "Maya 2025" / "bin" / "mayapy").unlink()
    window = drop()
    until(window.process.errorOccurred, lambda: window.button.text() == "Close")
    assert "Maya's Python cannot be started" in window.text.text()


def test_cancel_stops_it_and_dropping_again_raises_the_same_window(
    drop: Callable[..., Any], maya: Commands
) -> None:
    window = drop(wait=600)
    assert drop(wait=600) is window
    until(window.process.readyReadStandardOutput, lambda: "模型" in window.details.toPlainText())
    window.button.click()
    finished(window)
    assert window.process.exitStatus() == QtCore.QProcess.CrashExit
    assert window.isVisible()
    assert "drop the file again to go on" in window.text.text()


def test_maya_finds_the_door(maya: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Maya does it: the script is run, and its function called with what was dropped."""
    names = runpy.run_path(str(ROOT / "scripts" / "install.py"))
    dropped: list[Path] = []
    before = set(sys.modules)
    path = list(sys.path)

    class Loader(importlib.machinery.SourceFileLoader):
        def exec_module(self, module: Any) -> None:
            super().exec_module(module)
            module.install = dropped.append

    def spec(name: str, location: Path) -> Any:
        return importlib.machinery.ModuleSpec(name, Loader(name, str(location)))

    monkeypatch.setattr(importlib.util, "spec_from_file_location", spec)
    names["onMayaDroppedPythonFile"]("the window dropped on")
    assert dropped == [ROOT / "scripts" / "install.py"]
    assert sys.path == path
    assert "installer" not in set(sys.modules) - before
