"""The launcher: which mayapy it takes, what that sees of this Python, and what comes back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import maya_stylize
from maya_stylize import launcher, settings
from maya_stylize.errors import JobError, StylizeError
from maya_stylize.worker import launch

Department = Any
HANGING_SECONDS = 600
PACKAGE = Path(maya_stylize.__file__).resolve().parent
SAY = """
import json, os, sys
import maya_stylize.jobs
print(json.dumps({"argv": sys.argv, "path": sys.path, "variables": dict(os.environ),
                  "package": maya_stylize.__file__, "name": __name__}))
sys.exit(int(os.environ.get("CODE", 0)))
"""


@pytest.fixture
def location(mayapy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAYA_LOCATION", str(mayapy.parents[1]))
    return mayapy.parents[1]


def start(*arguments: Any, new_session: bool = False, **variables: str) -> subprocess.Popen[str]:
    """Start the launcher by its path, from a folder that has no package."""
    return subprocess.Popen(
        [sys.executable, str(PACKAGE / "launcher.py"), *map(str, arguments)],
        cwd=os.environ["MAYA_LOCATION"],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=new_session,
    )


def run(*arguments: Any, **variables: str) -> tuple[int, str, str]:
    process = start(*arguments, **variables)
    out, err = process.communicate(timeout=HANGING_SECONDS)
    return process.returncode, out, err


def said(*arguments: Any, **variables: str) -> dict[str, Any]:
    code, out, err = run(*arguments, **variables)
    assert code == 0, err
    data: dict[str, Any] = json.loads(out)
    return data


def test_a_script_finds_the_package_and_its_own_folder_and_nothing_of_this_python(
    department: Department, location: Path
) -> None:
    script = department.folder / "tools" / "say.py"
    script.parent.mkdir()
    script.write_text(SAY)
    own = str(Path(sys.prefix) / "lib" / "site-packages")
    data = said(
        script, "--flag", "-m",
        PYTHONPATH=os.pathsep.join([own, "/studio/tools"]),
        PYTHONHOME=sys.base_prefix, VIRTUAL_ENV=sys.prefix, QT_PLUGIN_PATH="/somewhere",
    )  # fmt: skip
    assert data["argv"] == [str(script), "--flag", "-m"]
    assert data["name"] == "__main__"
    assert data["path"][0] == str(script.parent)
    assert "/studio/tools" in data["path"]
    assert not {own, str(PACKAGE), str(PACKAGE.parent)} & set(data["path"])
    assert Path(data["package"]) == PACKAGE / "__init__.py"
    assert not {"PYTHONHOME", "VIRTUAL_ENV", "QT_PLUGIN_PATH"} & set(data["variables"])


def test_the_batch_is_run_by_its_name(department: Department, location: Path) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    code, out, err = run("-m", "maya_stylize.batch", scene, "--recipe", department.recipe)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "1 scene; pictures: 1 made"
    assert department.links(department.folder / "wall_stylized.ma") == {
        "brick_mtl": "brick_stylized.png"
    }


def test_its_exit_code_comes_back(department: Department, location: Path) -> None:
    script = department.folder / "say.py"
    script.write_text(SAY)
    assert run(script, CODE="7")[0] == 7
    code, _, err = run("-m", "maya_stylize.batch", "--recipe")
    assert code == 2
    assert "usage: mayapy -m maya_stylize.batch" in err


def test_the_command_line_has_it(department: Department, location: Path) -> None:
    script = department.folder / "say.py"
    script.write_text(SAY)
    command = [sys.executable, "-m", "maya_stylize", "mayapy", "--maya", "2025", str(script), "-x"]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert json.loads(done.stdout)["argv"] == [str(script), "-x"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_are_mayapy_s_to_answer(
    department: Department, location: Path, number: signal.Signals
) -> None:
    """Ctrl-C goes to all of a terminal's programs, SIGTERM to the launcher alone."""
    department.picture("slow.png", "slow")
    scene = department.scene("wall.ma", slow="slow.png")
    batch = ("-m", "maya_stylize.batch", scene, "--recipe", department.recipe)
    process = start(*batch, new_session=True)
    assert process.stdout is not None
    for line in process.stdout:
        if "octave" in line:
            break
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    _, err = process.communicate(timeout=HANGING_SECONDS)
    assert process.returncode == 130, err
    assert (department.folder / "slow_stylized.png.checkpoint").is_file()


def test_which_maya_is_taken(
    department: Department, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def touch(folder: str) -> Path:
        path = tmp_path / folder / "bin" / "mayapy"
        path.parent.mkdir(parents=True)
        path.touch()
        return path

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(launcher.mayas, "applications", lambda: [tmp_path / "apps"])
    monkeypatch.delenv("MAYA_LOCATION", raising=False)
    with pytest.raises(StylizeError, match="There is no Maya here"):
        launcher._mayapy(None)
    newest, older = touch("apps/maya2026"), touch("apps/maya2024")
    assert launcher._mayapy(None) == newest
    assert launcher._mayapy("2024") == older
    with pytest.raises(StylizeError, match=r"no Maya 2027 here. Found: 2024, 2026\."):
        launcher._mayapy("2027")
    elsewhere = touch("maya")
    monkeypatch.setenv("MAYA_LOCATION", str(elsewhere.parents[1]))
    assert launcher._mayapy(None) == elsewhere
    assert launcher._mayapy("2024") == older
    monkeypatch.setenv("MAYA_LOCATION", str(tmp_path / "none"))
    with pytest.raises(StylizeError, match="is not there"):
        launcher._mayapy(None)


def test_the_engine_of_this_python_is_mayapy_s_where_no_other_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path))
    for here in (True, False):
        monkeypatch.setattr(launch, "engine_is_here", lambda here=here: here)
        named = launcher.environment({}).get(launch.PYTHON_VARIABLE)
        assert named == (sys.executable if here else None)
    monkeypatch.setattr(launch, "engine_is_here", lambda: True)
    given = {launch.PYTHON_VARIABLE: "/other/python"}
    assert launcher.environment(given) == given
    settings.remember({launch.PYTHON_SETTING: "/installed/python"})
    assert launcher.environment({}) == {}


def test_the_engine_s_folder_of_packages_is_not_mayapy_s() -> None:
    """An engine on Maya's Python has one, and another Maya may run another version of it."""
    path = os.pathsep.join(["/engine/packages", "/studio", "/engine/packages/deep"])
    given = {launch.PYTHON_VARIABLE: "/p", launch.PACKAGES_VARIABLE: "/engine/packages"}
    kept = launcher.environment({**given, "PYTHONPATH": path})
    assert kept == {**given, "PYTHONPATH": "/studio"}


@pytest.mark.parametrize("arguments", [[], ["--maya", "2025"], ["-m"], ["--flag", "x.py"]])
def test_without_something_to_run_it_says_how(arguments: list[str]) -> None:
    with pytest.raises(JobError, match="no module and no script"):
        launcher.run(arguments)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("#!/bin/sh\nkill -SEGV $$\n", "mayapy crashed (signal 11)"),
        ("#!/no/such/shell\n", "mayapy cannot be started: No such file"),
    ],
)
def test_a_mayapy_that_cannot_run_is_told(
    location: Path, mayapy: Path, program: str, message: str
) -> None:
    mayapy.write_text(program)
    code, _, err = run("x.py")
    assert code == 1
    assert message in err
    assert "Traceback" not in err
