"""Finding Mayas, the user's folder and the build that suits a machine; finding a Python."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest
from installer import bases, builds, interpreters
from installer.errors import SetupError
from installer.machine import Machine

from maya_stylize.mayas import Maya

MAYAPY = {
    "linux": "maya{}/bin/mayapy",
    "darwin": "maya{}/Maya.app/Contents/bin/mayapy",
    "win32": "Maya{}/bin/mayapy.exe",
}


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def machine(system: str, root: Path, **variables: str) -> Machine:
    return Machine(system, variables, root / "user", (root / "a", root / "b"), False, False)


@pytest.mark.parametrize("system", MAYAPY)
def test_mayas_are_found_as_each_platform_has_them(tmp_path: Path, system: str) -> None:
    expected = [
        Maya(year, touch(tmp_path / folder / MAYAPY[system].format(year)))
        for folder, year in (("a", "2024"), ("b", "2025"), ("a", "2027"))
    ]
    touch(tmp_path / "a" / MAYAPY[system].format("2022"))  # too old
    touch(tmp_path / "a" / MAYAPY[system].format("2029"))  # not known yet
    (tmp_path / "a" / "maya2026").mkdir()  # what an uninstallation has left
    assert machine(system, tmp_path).mayas() == expected


def test_a_maya_elsewhere_is_found_by_its_variable(tmp_path: Path) -> None:
    mayapy = touch(tmp_path / "tools" / "autodesk maya2026" / "bin" / "mayapy")
    here = machine("linux", tmp_path, MAYA_LOCATION=str(mayapy.parents[1]))
    assert here.mayas() == [Maya("2026", mayapy)]
    mac = touch(tmp_path / "maya2025" / "Maya.app" / "Contents" / "bin" / "mayapy")
    here = machine("darwin", tmp_path, MAYA_LOCATION=str(mac.parents[1]))
    assert here.mayas() == [Maya("2025", mac)]


@pytest.mark.parametrize(
    ("system", "folder"),
    [
        ("linux", "maya"),
        ("win32", "Documents/maya"),
        ("darwin", "Library/Preferences/Autodesk/maya"),
    ],
)
def test_mayas_folder_of_the_user(tmp_path: Path, system: str, folder: str) -> None:
    assert machine(system, tmp_path).maya_folder() == tmp_path / "user" / folder
    chosen = machine(system, tmp_path, MAYA_APP_DIR=str(tmp_path / "elsewhere"))
    assert chosen.maya_folder() == tmp_path / "elsewhere"


def test_this_machine_is_described() -> None:
    here = Machine.here()
    assert here.system == sys.platform
    assert here.home.is_dir()
    assert here.applications


@pytest.mark.parametrize(
    ("system", "nvidia", "apple", "build"),
    [
        ("win32", True, False, "torch-cuda"),
        ("win32", False, False, "tensorflow"),
        ("linux", True, False, "tensorflow-cuda"),
        ("linux", False, False, "tensorflow"),
        ("darwin", False, True, "torch"),
        ("darwin", False, False, "tensorflow"),
        ("darwin", True, False, "tensorflow"),
    ],
)
def test_the_build_suits_the_machine(
    tmp_path: Path, system: str, nvidia: bool, apple: bool, build: str
) -> None:
    here = dataclasses.replace(machine(system, tmp_path), nvidia=nvidia, apple_silicon=apple)
    assert builds.choose(here) == build


def test_cuda_for_windows_comes_from_pytorchs_own_index() -> None:
    build = builds.BUILDS["torch-cuda"]
    requirement, option, index = build.torch_arguments("win32", offline=False)
    assert requirement == f"torch=={builds.TORCH}+{builds.CUDA}"
    assert (option, index) == ("--extra-index-url", f"{builds.PYTORCH_INDEX}/{builds.CUDA}")
    assert build.torch_arguments("win32", offline=True) == [requirement]
    assert build.torch_arguments("darwin", offline=False) == [f"torch=={builds.TORCH}"]
    assert builds.BUILDS["torch"].torch_arguments("linux", offline=True) == [
        f"torch=={builds.TORCH}+cpu"
    ]


# Pythons


def stub(path: Path, prints: str, code: int = 0) -> Path:
    touch(path).write_text(f"#!/bin/sh\necho {prints}\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_this_python_is_asked_and_answers() -> None:
    expected = "{}.{}".format(*sys.version_info)
    assert interpreters.version_of([sys.executable]) == expected
    command = interpreters.find((expected,))
    assert command
    asked = subprocess.run([*command, "-V"], capture_output=True, text=True)
    assert asked.stdout.startswith(f"Python {expected}.")


def test_a_users_maya_folder_does_not_make_a_python_mayas_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Linux Maya's files lie in ``~/maya``, and a terminal begins in the home folder."""
    (tmp_path / "maya").mkdir()
    monkeypatch.chdir(tmp_path)
    assert interpreters.version_of([sys.executable])


@pytest.mark.parametrize(
    ("prints", "code"),
    [
        ("3.12 64 ordinary", 1),  # a stub, or no ensurepip
        ("3.12 32 ordinary", 0),
        ("3.12 64 maya", 0),
        ("2.7", 0),
        ("", 0),
        ("Install me from the store", 0),
    ],
)
def test_what_is_no_ordinary_python_is_passed_over(tmp_path: Path, prints: str, code: int) -> None:
    assert interpreters.version_of([str(stub(tmp_path / "python3.12", prints, code))]) is None


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process as if it were Maya, with nothing but our folders on the PATH."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "maya.bin"))
    monkeypatch.setenv("PATH", os.pathsep.join(str(tmp_path / name) for name in ("one", "two")))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "none")
    return tmp_path


def test_a_stub_before_the_python_does_not_hide_it(only: Path) -> None:
    stub(only / "one" / "python3.12", "3.12 64 ordinary", code=127)
    real = stub(only / "two" / "python3.12", "3.12 64 ordinary")
    stub(only / "two" / "python3.13", "3.13 64 ordinary")
    stub(only / "maya.bin", "3.11 64 ordinary")  # Maya itself is never started
    assert interpreters.find(("3.11", "3.12", "3.13")) == [str(real)]
    assert interpreters.find(("3.10",)) is None


def test_the_version_counts_and_not_the_name(only: Path) -> None:
    stub(only / "one" / "python3.12", "3.9 64 ordinary")
    plain = stub(only / "two" / "python3", "3.12 64 ordinary")
    assert interpreters.find(("3.12",)) == [str(plain)]


def test_pyenvs_versions_are_found_without_its_path(only: Path) -> None:
    for name in ("3.12.1", "3.12.9", "3.1.2"):
        stub(only / "pyenv" / "versions" / name / "bin" / "python3.12", "3.12 64 ordinary")
    found = interpreters.find(("3.12",))
    assert found == [str(only / "pyenv" / "versions" / "3.12.9" / "bin" / "python3.12")]


def test_mayas_own_python_is_the_last_resort(only: Path) -> None:
    mayas = [Maya("2024", only / "old"), Maya("2025", only / "new")]
    assert bases.choose(None, mayas) == bases.Base((str(only / "new"),), "")
    with pytest.raises(SetupError, match=r"No Python 3\.10 to 3\.13.*no Maya either"):
        bases.choose(None, [])
    real = stub(only / "one" / "python3.11", "3.11 64 ordinary")
    assert bases.choose(None, mayas) == bases.Base((str(real),), "3.11")
