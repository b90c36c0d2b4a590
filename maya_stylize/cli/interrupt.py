"""Ctrl-C as a wish that is granted between two events."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from maya_stylize.events import Event, Result

CANCELLED = 130


def until_interrupted(stream: Generator[Event, None, None]) -> Iterator[Event]:
    """Pass a job's events on until Ctrl-C; then end the job cleanly.

    A native library interrupted in the middle may lose the interrupt or crash, so that the first
    Ctrl-C waits for the next event. A second one ends the process at once.

    Args:
        stream: A job's events.

    Yields:
        The events. A result that is there already is passed on all the same.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; the job has ended.
    """
    asked = False

    def ask(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            os._exit(CANCELLED)
        asked = True

    before = signal.signal(signal.SIGINT, ask)
    try:
        for event in stream:
            if asked and not isinstance(event, Result):
                raise KeyboardInterrupt
            yield event
    finally:
        stream.close()
        signal.signal(signal.SIGINT, before)


@dataclass
class Interrupts:
    """How often Ctrl-C was pressed."""

    count: int = 0


@contextmanager
def counted() -> Iterator[Interrupts]:
    """Count Ctrl-C instead of interrupting the block; it has to look."""
    interrupts = Interrupts()

    def count(_signal: int, _frame: FrameType | None) -> None:
        interrupts.count += 1

    before = signal.signal(signal.SIGINT, count)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)
