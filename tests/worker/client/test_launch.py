"""How a worker is found and what it inherits; and its end in words."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from maya_stylize import settings
from maya_stylize.errors import StylizeError, WorkerError
from maya_stylize.logs import KEPT
from maya_stylize.worker import death, launch


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path / "家"))
    monkeypatch.setenv(launch.PYTHON_VARIABLE, sys.executable)
    monkeypatch.delenv(launch.PACKAGES_VARIABLE, raising=False)


def test_what_is_mayas_own_stays_with_maya(monkeypatch):
    for name in ("PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "QT_PLUGIN_PATH", "QT_API"):
        monkeypatch.setenv(name, "maya's")
    monkeypatch.setenv("OCIO", "/config.ocio")
    before = dict(os.environ)
    environment = launch.find().environment
    assert "maya's" not in environment.values()
    assert environment["OCIO"] == "/config.ocio"
    assert environment["PATH"] == os.environ["PATH"]
    assert dict(os.environ) == before


def test_the_variable_goes_before_the_setting(monkeypatch, tmp_path):
    other = tmp_path / "python"
    other.touch()
    settings.remember({launch.PYTHON_SETTING: str(other)})
    assert launch.find().command[0] == sys.executable
    monkeypatch.delenv(launch.PYTHON_VARIABLE)
    assert launch.find().command[0] == str(other)


@pytest.mark.parametrize("place", ["variable", "setting"])
def test_an_interpreter_that_is_not_there_is_named(monkeypatch, tmp_path, place):
    gone = str(tmp_path / "gone")
    if place == "variable":
        monkeypatch.setenv(launch.PYTHON_VARIABLE, gone)
    else:
        monkeypatch.delenv(launch.PYTHON_VARIABLE)
        settings.remember({launch.PYTHON_SETTING: gone})
    with pytest.raises(WorkerError) as caught:
        launch.find()
    assert gone in caught.value.message
    assert "installer" in caught.value.hint


@pytest.mark.parametrize("value", [7, [], {"a": 1}, True])
def test_a_setting_that_is_no_path_is_refused(monkeypatch, value):
    monkeypatch.delenv(launch.PYTHON_VARIABLE)
    settings.remember({launch.PYTHON_SETTING: value})
    with pytest.raises(WorkerError):
        launch.find()


def test_a_python_without_the_engine_is_not_tried(monkeypatch):
    monkeypatch.delenv(launch.PYTHON_VARIABLE)
    with pytest.raises(WorkerError, match="engine is not installed"):
        launch.find()


def test_mayas_own_program_is_never_started_as_a_worker(monkeypatch):
    monkeypatch.delenv(launch.PYTHON_VARIABLE)
    monkeypatch.setattr(launch, "ENGINE_PACKAGES", ("json",))
    assert launch.find().command[0] == sys.executable
    monkeypatch.setattr(sys, "executable", "/opt/maya/bin/maya.bin")
    with pytest.raises(WorkerError, match="engine is not installed"):
        launch.find()


def test_packages_beside_an_interpreter(monkeypatch):
    settings.remember({launch.PACKAGES_SETTING: "/from/setting"})
    assert launch.find().environment[launch.PACKAGES_VARIABLE] == "/from/setting"
    monkeypatch.setenv(launch.PACKAGES_VARIABLE, "/from/variable")
    assert launch.find().environment[launch.PACKAGES_VARIABLE] == "/from/variable"


def test_each_start_has_a_log_of_its_own_and_the_newest_are_kept():
    logs = [launch.find().log for _ in range(KEPT + 4)]
    assert len(set(logs)) == len(logs)
    assert sorted(logs[0].parent.iterdir()) == logs[-KEPT:]


def test_a_log_that_cannot_be_written_is_told(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(StylizeError):
        launch.find()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "worker.log"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (None, "could not be started"),
        (-signal.SIGKILL, "ended from outside"),
        (-signal.SIGSEGV, "crashed (signal SIGSEGV)"),
        (-signal.SIGABRT, "crashed (signal SIGABRT)"),
        (-signal.SIGTERM, "ended by signal SIGTERM"),
        (-63, "ended by itself with code -63"),
        (0, "ended by itself with code 0"),
        (1, "ended by itself with code 1"),
        (0xC0000005, "crashed (it read memory that is not its own)"),
        (0xC0000005 - (1 << 32), "crashed (it read memory that is not its own)"),
        (0xC0000017 - (1 << 32), "ran out of memory"),
    ],
)
def test_an_end_in_words(log, code, said):
    error = death.explain(code, log)
    assert said in error.message
    assert str(log) in error.hint


@pytest.mark.parametrize("code", [-signal.SIGABRT, 1])
def test_the_logs_last_words_tell_of_memory(log, code):
    log.write_bytes(b"\xff terminate called after throwing 'std::bad_alloc'\n")
    assert "ran out of memory" in death.explain(code, log).message
    log.write_bytes(b"bad_alloc once\n" + b"and then it went well\n" * 1000)
    assert "memory" not in death.explain(code, log).message
