"""What is told of a command that crashed in a native library, or was killed."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from maya_stylize import __version__, crash_notes, events, logs
from maya_stylize.cli.failures import report, tell_of_checkpoint
from maya_stylize.errors import EngineError, StylizeError, printable
from maya_stylize.files import unwritable
from maya_stylize.worker import death

_KILLED = "SIGKILL"


def is_one(code: int) -> bool:
    """Return whether a process crashed, or was killed.

    Args:
        code: Its exit code, or minus the number of the signal that ended it.
    """
    return death.signal_name(code) in {*death.CRASHES, _KILLED}


def tell(code: int, content: bytes, arguments: Sequence[str]) -> None:
    """Tell what happened where the command's other failures are told; keep the crash report.

    Args:
        code: Minus the number of the signal.
        content: Of the file of notes.
        arguments: The command's.
    """
    notes, crash = crash_notes.parsed(content)
    signal, command, unkept = death.signal_name(code), printable(arguments[0]), ""
    if signal == _KILLED:
        message = f"{command} was ended from outside (signal {signal})."
        error = EngineError(message, f"If nobody did that, memory was short. {death.SMALLER}")
    else:
        details = _details(signal, notes, crash, arguments)
        try:
            kept = _keep(details)
        except StylizeError:
            kept, unkept = "below", details
        error = _crashed(command, signal, notes, kept)
    if sys.stderr and sys.stderr.isatty():  # there may be half a bar, and no cursor
        print("\r\x1b[2K\x1b[?25h", end="", file=sys.stderr)
    _tell(error, notes.get("failures"))
    if unkept:
        print(unkept, file=sys.stderr)
    if "checkpoint" in notes:
        tell_of_checkpoint(Path(notes["checkpoint"]))


def _crashed(command: str, signal: str, notes: Mapping[str, Any], kept: str) -> EngineError:
    where = f"The crash report is {kept}."
    if "model" in notes:
        message = f"A native library crashed on the model {notes['model']} (signal {signal})."
        return EngineError(message, f"Get the file again. {where}")
    if "picture" in notes:
        message = f"A native library crashed on the picture {notes['picture']} (signal {signal})."
        mend = "Open it in a picture editor, save it again, and run the command again."
        return EngineError(message, f"{mend} {where}")
    return EngineError(
        f"{command} crashed in a native library (signal {signal}).",
        f"Run it again; if that repeats itself, please report it. {where}",
    )


def _tell(error: EngineError, way: str | None) -> None:
    if way == "openjd":
        _print(f"openjd_fail: {printable(str(error))}")
        return
    if way == "json":
        _print(json.dumps(events.to_json(events.Failure(error.kind, error.message, error.hint))))
    report(error)


def _print(line: str) -> None:
    """Print a line to stdout for programs, whether one listens or not."""
    with suppress(OSError):
        os.write(1, f"{line}\n".encode("utf-8", "backslashreplace"))


def _details(signal: str, notes: Mapping[str, Any], crash: str, arguments: Sequence[str]) -> str:
    """Return what only a developer wants to read."""
    return "\n".join(
        (
            f"maya-stylize {__version__}, Python {platform.python_version()}, "
            f"{platform.platform()}, {signal}",
            printable(shlex.join(arguments)),
            json.dumps(notes),
            "",
            crash,
        )
    )


def _keep(details: str) -> str:
    """Write a crash report and say where."""
    path = logs.fresh("crash")
    try:
        path.write_text(details, encoding="utf-8")
    except OSError as error:
        raise unwritable(path, error) from error
    return f"in {path}"
