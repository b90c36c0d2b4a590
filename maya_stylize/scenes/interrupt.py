"""Ctrl-C, and a scheduler's wish to end, granted where nothing is half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether to end; looked at by whoever can end cleanly."""

    def __init__(self) -> None:
        self._asked = False

    def ask(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Ask to end; asked a second time, break off whatever runs.

        Raises:
            KeyboardInterrupt: It was asked before.
        """
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def check(self) -> None:
        """End here if that was asked.

        Raises:
            KeyboardInterrupt: It was.
        """
        if self._asked:
            raise KeyboardInterrupt


@contextmanager
def listening() -> Iterator[Stop]:
    """Take signals for the block; off the main thread there are none to take."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, stop.ask) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            # None stands for one that was not set from Python, as Maya's own.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
