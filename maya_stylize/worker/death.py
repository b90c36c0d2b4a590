"""Why a worker process ended, in words."""

from __future__ import annotations

import signal
from pathlib import Path

from maya_stylize.errors import WorkerError

_LOG_TAIL = 4_000
_NO_MEMORY = ("MemoryError", "bad_alloc", "RESOURCE_EXHAUSTED", "ResourceExhausted", "OutOfMemory")
CRASHES = {"SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP"}
# Windows's codes, as unsigned numbers.
_WINDOWS = {
    0xC0000005: "it read memory that is not its own",
    0xC000001D: "it met an instruction that this processor lacks",
    0xC0000374: "its memory was damaged",
    0xC0000409: "it stopped itself after an error in a native library",
    0xC0000135: "a library is missing",
    0xC000007B: "a library is made for another processor",
}
_WINDOWS_NO_MEMORY = 0xC0000017
SMALLER = "Choose a smaller size or close other programs, and run it again."


def explain(code: int | None, log: Path) -> WorkerError:
    """Return what to tell about a worker that ended by itself.

    Args:
        code: Its exit code, or minus the number of the signal that ended it; None where it never
            started.
        log: The file that took its stderr.
    """
    see = f"Details are in {log}."
    if code is None:
        return WorkerError("The engine could not be started.", f"Run the installer again. {see}")
    if _out_of_memory(code, log):
        return WorkerError("The engine ran out of memory and ended.", f"{SMALLER} {see}")
    name = signal_name(code)
    if name == "SIGKILL":
        return WorkerError(
            "The engine was ended from outside.",
            f"If nobody did that, memory was short. {SMALLER} {see}",
        )
    again = f"Run it again; if that repeats itself, please report it. {see}"
    if name in CRASHES or code & 0xFFFFFFFF in _WINDOWS:
        reason = _WINDOWS.get(code & 0xFFFFFFFF) or f"signal {name}"
        return WorkerError(f"The engine crashed ({reason}).", again)
    if name:
        return WorkerError(f"The engine was ended by signal {name}.", again)
    return WorkerError(f"The engine ended by itself with code {code}.", again)


def signal_name(code: int) -> str:
    """Return the name of the signal that ended a process; "" where none that is known did.

    Args:
        code: Its exit code, or minus the number of the signal.
    """
    try:
        return signal.Signals(-code).name if code < 0 else ""
    except ValueError:
        return ""


def _out_of_memory(code: int, log: Path) -> bool:
    if code & 0xFFFFFFFF == _WINDOWS_NO_MEMORY:
        return True
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _LOG_TAIL))
            tail = file.read().decode("utf-8", "replace")
    except OSError:
        return False
    return any(word in tail for word in _NO_MEMORY)
