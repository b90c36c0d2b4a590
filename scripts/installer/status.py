"""One line on stderr that shows what a long command is doing, and that it is alive."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from types import TracebackType

MEGABYTE = 1_000_000


class Status:
    """A line that is rewritten on a terminal, and repeated every 15 seconds in a log.

    Args:
        title: What is being done, such as "making .venv".
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._detail = ""
        self._amount = ""
        self._terminal = sys.stderr.isatty()
        self._start = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def show(self, detail: str) -> None:
        """Say which part is in hand now."""
        self._detail, self._amount = detail, ""

    def amount(self, done: int, total: int) -> None:
        """Say how many bytes of that part are done."""
        self._amount = f" {done / MEGABYTE:.0f} of {total / MEGABYTE:.0f} MB"

    def __enter__(self) -> Status:
        self._write(self._title)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._write(f"{self._title}: {'done' if error is None else 'stopped'} {self._clock()}")
        if self._terminal:
            sys.stderr.write("\n")

    def _run(self) -> None:
        while not self._stop.wait(0.25 if self._terminal else 15):
            self._write(f"{self._title} {self._clock()} {self._detail}{self._amount}")

    def _clock(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._start), 60)
        return f"{minutes}:{seconds:02}"

    def _write(self, text: str) -> None:
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write("\r" + text[:width].ljust(width))
        else:
            sys.stderr.write(text.rstrip() + "\n")
        sys.stderr.flush()
