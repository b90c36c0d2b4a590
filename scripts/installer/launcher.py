"""The command ``maya-stylize`` of an installation: a script that runs the engine's Python.

It finds the module from its own place, so that a studio's folder can be copied with it.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path, PurePath

from maya_stylize.files import replacing
from maya_stylize.worker.launch import PACKAGES_VARIABLE

MAIN = "scripts/maya_stylize/__main__.py"  # by its path, for -m looks in the current folder first
_SHELL = """\
#!/bin/sh
self=$(readlink -f "$0" 2>/dev/null) || self=$0
module=$(cd "${{self%/*}}/.." && pwd -P) || exit 1
unset PYTHONHOME
{variables}export PYTHONPATH="$module/scripts{packages}${{PYTHONPATH:+:$PYTHONPATH}}"
exec {python} "$module/{main}" "$@"
"""
_BATCH = """\
@echo off
{code_page}setlocal
set "PYTHONHOME="
{variables}if defined PYTHONPATH set "PYTHONPATH=;%PYTHONPATH%"
set "PYTHONPATH=%~dp0..\\scripts{packages}%PYTHONPATH%"
"{python}" "%~dp0..\\{main}" %*
"""


def name(system: str) -> str:
    """Return the launcher's file name on a system."""
    return "maya-stylize.cmd" if system == "win32" else "maya-stylize"


def text(
    system: str, module: PurePath, python: PurePath, variables: Mapping[str, PurePath], local: str
) -> str:
    """Return what the launcher says.

    Args:
        system: Python's name of the platform.
        module: The module's folder, which has ``bin`` with the launcher in it.
        python: The engine's interpreter.
        variables: Paths for variables that the user may have set otherwise. The packages that
            ``MAYA_STYLIZE_PACKAGES`` names are within the interpreter's reach.
        local: Windows' ``LOCALAPPDATA``, which cmd.exe knows in any alphabet; empty for none.
    """
    has_packages = PACKAGES_VARIABLE in variables
    if system != "win32":
        lines = [
            f'[ -n "${variable}" ] || {variable}={_in_shell(path, module)}\nexport {variable}\n'
            for variable, path in variables.items()
        ]
        return _SHELL.format(
            variables="".join(lines),
            packages=f":${PACKAGES_VARIABLE}" * has_packages,
            python=_in_shell(python, module),
            main=MAIN,
        )
    lines = [
        f'if not defined {variable} set "{variable}={_in_batch(path, module, local)}"\n'
        for variable, path in variables.items()
    ]
    parts = {
        "variables": "".join(lines),
        "packages": f";%{PACKAGES_VARIABLE}%" * has_packages,
        "python": _in_batch(python, module, local),
        "main": MAIN.replace("/", "\\"),
    }
    # cmd.exe reads the lines behind this one as UTF-8.
    code_page = "" if "".join(parts.values()).isascii() else "chcp 65001 >nul\n"
    return _BATCH.format(code_page=code_page, **parts).replace("\n", "\r\n")


def write(path: Path, content: str) -> None:
    """Write the launcher as a whole, where it is not there already.

    Raises:
        StylizeError: It cannot be written.
    """
    # As the system has them: a path's name need not be in any encoding.
    data = content.encode("utf-8", "surrogateescape")
    if path.is_file() and path.read_bytes() == data and path.stat().st_mode & 0o111:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_bytes(data)
        temporary.chmod(0o755)


def _in_shell(path: PurePath, module: PurePath) -> str:
    if path.is_relative_to(module):
        return f'"$module"/{shlex.quote(path.relative_to(module).as_posix())}'
    return shlex.quote(str(path))


def _in_batch(path: PurePath, module: PurePath, local: str) -> str:
    if path.is_relative_to(module):
        return f"%~dp0..\\{path.relative_to(module)}"
    if local and path.is_relative_to(local):
        return f"%LOCALAPPDATA%\\{path.relative_to(local)}"
    return str(path).replace("%", "%%")
