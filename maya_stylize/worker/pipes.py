"""The worker's own ends of the pipes to its client, out of reach of anything that prints."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from maya_stylize.worker import protocol

LARGEST_LOG = 4 << 20


class Pipes:
    """Takes descriptors 0 and 1 for itself and leaves harmless ones in their place.

    What is printed from then on, by Python or a native library, goes to the log; a child process
    reads nothing.

    Args:
        log: The file that takes descriptors 1 and 2.
    """

    def __init__(self, log: Path) -> None:
        self._lock = threading.Lock()
        self._log = log
        self._commands = os.dup(0)
        self._events = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        printed = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for kept, number in ((nothing, 0), (printed, 1), (printed, 2)):
            os.dup2(kept, number)
        os.close(nothing)
        os.close(printed)
        if sys.platform == "win32":
            import msvcrt

            msvcrt.setmode(self._commands, os.O_BINARY)
            msvcrt.setmode(self._events, os.O_BINARY)

    def send(self, event: protocol.Event, number: int | None = None) -> None:
        """Write an event; any thread may. Nobody hears it where the client has gone."""
        data = protocol.encode_event(event, number)
        with self._lock, suppress(BrokenPipeError):
            while data:
                data = data[os.write(self._events, data) :]

    def lines(self) -> Iterator[bytes]:
        """Give what the client writes, line by line, to its end."""
        with os.fdopen(self._commands, "rb") as commands:
            while line := commands.readline(protocol.LONGEST_LINE + 2):
                yield line

    def trim_log(self) -> None:
        """Move a log that has grown large aside, in place of the one that was aside before."""
        with suppress(OSError):  # where the disk is full, its first half is worth less than a job
            sys.stderr.flush()
        if os.fstat(2).st_size > LARGEST_LOG:
            with suppress(OSError):
                self._log.with_suffix(".older.log").write_bytes(self._log.read_bytes())
            os.ftruncate(2, 0)
