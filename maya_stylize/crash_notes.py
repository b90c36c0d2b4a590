"""What this process is at, noted in a file so that it is known after a crash.

A native library that crashes leaves no time to say anything: what is in hand is noted before. The
file begins with one line of JSON; Python appends its own report of the crash.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

_file: int | None = None
_notes: dict[str, Any] = {}


def keep_in(file: int) -> None:
    """Keep this process's notes in an open, empty file; without one, nothing is noted.

    Args:
        file: Its descriptor.
    """
    global _file
    _file = file
    _write()


@contextmanager
def noted(**notes: Any) -> Iterator[None]:
    """Note something for as long as the block runs.

    Args:
        notes: Plain data under names of their own:

            - picture, model: path of the file that is being read;
            - checkpoint: path of what the job leaves when it is broken off;
            - failures: how they are told on stdout, as "json" lines or to a farm, "openjd".
    """
    before = dict(_notes)
    _notes.update(notes)
    _write()
    try:
        yield
    finally:
        _notes.clear()
        _notes.update(before)
        _write()


def parsed(content: bytes) -> tuple[dict[str, Any], str]:
    """Return the notes in such a file's content, and the report behind them."""
    line, _, report = content.partition(b"\n")
    try:
        notes = json.loads(line)
    except ValueError:
        return {}, content.decode("utf-8", "replace")
    return notes, report.decode("utf-8", "replace")


def _write() -> None:
    if _file is None:
        return
    with suppress(OSError):  # the disk may be full
        os.ftruncate(_file, 0)
        os.lseek(_file, 0, os.SEEK_SET)
        os.write(_file, json.dumps(_notes).encode("ascii") + b"\n")
