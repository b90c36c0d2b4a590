"""What the command beside an installed module says, on systems that are not this one."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from installer import launcher

MODULE = PureWindowsPath(r"C:\Users\山田\Documents\maya\modules\maya-stylize")
LOCAL = r"C:\Users\山田\AppData\Local"


def windows(python: str, local: str = LOCAL, **variables: str) -> list[str]:
    """The lines of the launcher for Windows."""
    paths = {name: PureWindowsPath(path) for name, path in variables.items()}
    text = launcher.text("win32", MODULE, PureWindowsPath(python), paths, local)
    assert text.count("\n") == text.count("\r\n")
    return text.split("\r\n")[:-1]


def test_windows_finds_everything_from_its_own_words() -> None:
    """cmd.exe reads a script in the console's code page, and these words in any."""
    python = LOCAL + r"\maya-stylize\engine\0a1b2c3d\Scripts\python.exe"
    assert windows(python) == [
        "@echo off",
        "setlocal",
        'set "PYTHONHOME="',
        'if defined PYTHONPATH set "PYTHONPATH=;%PYTHONPATH%"',
        r'set "PYTHONPATH=%~dp0..\scripts%PYTHONPATH%"',
        r'"%LOCALAPPDATA%\maya-stylize\engine\0a1b2c3d\Scripts\python.exe" '
        r'"%~dp0..\scripts\maya_stylize\__main__.py" %*',
    ]
    studio = windows(str(MODULE / "engine" / "python.exe"), "", MAYA_STYLIZE_MODEL=str(MODULE))
    assert r'if not defined MAYA_STYLIZE_MODEL set "MAYA_STYLIZE_MODEL=%~dp0..\."' in studio
    assert studio[-1].startswith(r'"%~dp0..\engine\python.exe" ')


def test_other_paths_are_named_in_utf_8_for_windows() -> None:
    lines = windows(r"D:\道具 100%\python.exe", MAYA_STYLIZE_PACKAGES=r"D:\packages")
    assert lines[1] == "chcp 65001 >nul"
    assert r'if not defined MAYA_STYLIZE_PACKAGES set "MAYA_STYLIZE_PACKAGES=D:\packages"' in lines
    assert r'set "PYTHONPATH=%~dp0..\scripts;%MAYA_STYLIZE_PACKAGES%%PYTHONPATH%"' in lines
    assert lines[-1].startswith(r'"D:\道具 100%%\python.exe" ')


@pytest.mark.parametrize(
    ("system", "name"),
    [("win32", "maya-stylize.cmd"), ("linux", "maya-stylize"), ("darwin", "maya-stylize")],
)
def test_its_name(system: str, name: str) -> None:
    assert launcher.name(system) == name


def test_a_shell_takes_paths_as_they_are() -> None:
    module, python = PurePosixPath("/m"), PurePosixPath("/it's a $PATH/`python`")
    text = launcher.text("darwin", module, python, {}, "")
    assert """\nexec '/it'"'"'s a $PATH/`python`' "$module/scripts/""" in text
