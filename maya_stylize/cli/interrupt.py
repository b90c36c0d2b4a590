"""Ctrl-C as a wish that is granted between two events."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from types import FrameType

from maya_stylize.events import Event, Result

CANCELLED = 130
# What the parent of a guarded command sends it for a Ctrl-C; nobody else does, and a process that
# does not listen to it is not disturbed.
PASSED_ON = 0 if sys.platform == "win32" else signal.SIGURG

_answer: Callable[[], None] | None = None
# How often each signal came, and which of the two was the first to come for the nth time.
_counts = {signal.SIGINT: count(), PASSED_ON: count()}
_first: dict[int, int] = {}


def take_from_parent() -> None:
    """Take an interrupt that the parent passes on, once where it came to this process as well.

    The terminal's Ctrl-C does; who kills one process by its number tells the parent alone.
    """
    global _answer
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        _answer = _raise
        signal.signal(signal.SIGINT, _take)
    signal.signal(PASSED_ON, _take)


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

    def ask() -> None:
        nonlocal asked
        if asked:
            os._exit(CANCELLED)
        asked = True

    with _answered(ask):
        try:
            for event in stream:
                if asked and not isinstance(event, Result):
                    raise KeyboardInterrupt
                yield event
        finally:
            stream.close()


@dataclass
class Interrupts:
    """How often Ctrl-C was pressed."""

    count: int = 0


@contextmanager
def counted() -> Iterator[Interrupts]:
    """Count Ctrl-C instead of interrupting the block; it has to look."""
    interrupts = Interrupts()

    def note() -> None:
        interrupts.count += 1

    with _answered(note):
        yield interrupts


@contextmanager
def suspending(suspend: Callable[[], None], resume: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-Z suspend more than this process: what is in a group of its own.

    Not on Windows, and not where whoever started this has Ctrl-Z ignored.

    Args:
        suspend: Called before this process stops.
        resume: Called when it goes on.
    """
    if sys.platform == "win32" or signal.getsignal(signal.SIGTSTP) is not signal.SIG_DFL:
        yield
        return

    def stop(number: int, _frame: FrameType | None) -> None:
        suspend()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)  # returns when this process goes on
        signal.signal(number, stop)
        resume()

    signal.signal(signal.SIGTSTP, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)


@contextmanager
def _answered(answer: Callable[[], None]) -> Iterator[None]:
    """Let interrupts be answered so in the block."""
    global _answer
    before, _answer = _answer, answer
    handler = signal.signal(signal.SIGINT, _take)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        _answer = before


def _take(number: int, _frame: FrameType | None) -> None:
    # One call each, for the other signal may come in between.
    nth = next(_counts[number])
    if _first.setdefault(nth, number) == number and _answer is not None:
        _answer()


def _raise() -> None:
    raise KeyboardInterrupt
