"""Stop this process's work on files at any point, as a power cut would.

Python reports every file that is opened for writing, renamed or deleted, every folder that is made
and every process that is started to its audit hooks; ours refuses from the chosen one on, clearing
up included.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CHANGES = {
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "shutil.rmtree",
    "subprocess.Popen",
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Interrupted(BaseException):
    """Nothing of this process happens any more."""


class _Watch:
    watching = False
    root = ""
    seen = 0
    last = 0


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _Watch.watching:
        return
    if event == "open":
        path, mode, flags = arguments
        changes = any(letter in mode for letter in "wax+") if mode else bool(flags & WRITING)
        if not (changes and str(path).startswith(_Watch.root)):
            return
    elif event not in CHANGES:
        return
    _Watch.seen += 1
    if _Watch.seen > _Watch.last:
        raise Interrupted(event)


sys.addaudithook(_hook)


@contextmanager
def allowing(changes: int, root: str) -> Iterator[None]:
    """Let a number of changes below `root` happen, and refuse all further ones."""
    _Watch.root, _Watch.seen, _Watch.last = root, 0, changes
    _Watch.watching = True
    try:
        yield
    finally:
        _Watch.watching = False


def changes_seen() -> int:
    """Return how many changes the last block made."""
    return _Watch.seen
