"""A task's side of its session's warm process: starts it, gives it orders, stops it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from maya_stylize.errors import WorkerError
from maya_stylize.files import unwritable

DONE, FAILED, CANCELLED = 0, 1, 130
# The last that is told: the code to end with.
END = "end"
START_SECONDS = 120.0
POLL_SECONDS = 0.05
_LAST_LINES = 5
# Of a log's end: a crash report names every thread's calls and every extension module.
_LOG_TAIL = 64 << 10
_STARTED = "the warm process is started"
_CRASH = re.compile(r"^Fatal Python error: (.+)$", re.MULTILINE)  # so says faulthandler


def connection_file(folder: Path) -> Path:
    """Return where a session's process says how it is reached."""
    return folder / "maya-stylize-warm.json"


def log_file(folder: Path) -> Path:
    """Return where a session's process logs to."""
    return folder / "maya-stylize-warm.log"


def start(folder: Path) -> None:
    """Start a session's process, if it does not run; return when it takes orders.

    Args:
        folder: The session's.

    Raises:
        WorkerError: It does not start.
    """
    if _reached(folder) is not None:
        return
    log = log_file(folder)
    command = [sys.executable, "-m", "maya_stylize", "farm", "serve", "--session", str(folder)]
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    # The scheduler waits for the end of what holds its pipes: the process gets none of them.
    try:
        file = log.open("ab")
    except OSError as error:
        raise unwritable(log, error, WorkerError) from error
    with file:
        with suppress(OSError):  # the disk may be full
            os.write(file.fileno(), f"{_STARTED}\n".encode("ascii"))
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, **apart
            )
        except OSError as error:
            raise WorkerError(
                f"{sys.executable} cannot be started ({error.strerror}).",
                "Check the installation on this worker.",
            ) from error
    until = monotonic() + START_SECONDS
    while not connection_file(folder).exists():
        code = process.poll()
        if code is not None or monotonic() > until:
            why = "does not answer" if code is None else f"ended with {code}"
            raise WorkerError(f"The warm process {why}: {_tail(log)}", f"Its log is {log}.")
        sleep(POLL_SECONDS)


def stop(folder: Path) -> None:
    """End a session's process and return when it has gone; where none runs, do nothing."""
    connection = _reached(folder)
    if connection is None:
        return
    with connection, suppress(OSError, EOFError):
        connection.send_bytes(json.dumps({"do": "stop"}).encode("ascii"))
        while True:
            connection.recv_bytes()


class Asked:
    """An order that is being done.

    Args:
        connection: To the process that does it.
        folder: The session's.
    """

    def __init__(self, connection: Connection, folder: Path) -> None:
        self._connection, self._folder = connection, folder
        self._cancelled = False

    def cancel(self) -> None:
        """Have it broken off with a checkpoint; may be called by a signal's handler."""
        if not self._cancelled:
            self._cancelled = True
            with suppress(OSError):
                self._connection.send_bytes(b"cancel")

    def told(self) -> Iterator[tuple[str, str]]:
        """Give what the process tells, the code to end with last.

        Raises:
            WorkerError: It has gone.
        """
        while True:
            try:
                kind, text = json.loads(self._connection.recv_bytes())
            except (OSError, EOFError) as error:
                raise _ended(log_file(self._folder)) from error
            yield kind, text
            if kind == END:
                return


@contextmanager
def asked(folder: Path, what: str, order: Mapping[str, str]) -> Iterator[Asked]:
    """Order something of a session's process, which is started where it does not run.

    Args:
        folder: The session's.
        what: "targets" or "tiles".
        order: The fields of an `Order`.

    Raises:
        WorkerError: The process does not start.
    """
    start(folder)
    connection = _reached(folder)
    if connection is None:
        raise WorkerError("The warm process cannot be reached.", f"Its log is {log_file(folder)}.")
    with connection:
        connection.send_bytes(json.dumps({"do": what, "order": order}).encode("ascii"))
        yield Asked(connection, folder)


def _reached(folder: Path) -> Connection | None:
    """Return a connection to the session's process; None where there is none."""
    file = connection_file(folder)
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return Client(told["address"], authkey=bytes.fromhex(told["key"]))
    except (FileNotFoundError, ConnectionError):
        with suppress(OSError):
            file.unlink(missing_ok=True)  # of a process that has gone without a word
    except (OSError, EOFError, ValueError, KeyError, TypeError, AuthenticationError) as error:
        raise WorkerError(f"{file}: the warm process cannot be reached ({error}).") from error
    return None


def _ended(log: Path) -> WorkerError:
    """Return what to tell of a process that has ended in the midst of its work."""
    crash = _CRASH.search(_told_last(log))
    if crash is not None:
        return WorkerError(
            f"The warm process crashed in a native library ({crash[1]}).",
            f"What it left is gone on from. The crash report is in {log}.",
        )
    return WorkerError(
        f"The warm process has ended in the midst of its work: {_tail(log)}",
        "It may have run out of memory; what it left is gone on from.",
    )


def _tail(log: Path) -> str:
    """Return the last lines of a log."""
    return " | ".join(_told_last(log).strip().splitlines()[-_LAST_LINES:])


def _told_last(log: Path) -> str:
    """Return the end of what a log has of the process that was started last."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, os.path.getsize(log) - _LOG_TAIL))  # noqa: PTH202
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return text.rpartition(f"{_STARTED}\n")[2]
