"""Let one process at a time do something, and survive one that is killed meanwhile."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def exclusive(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a lock file; the system frees it when this process ends, however it ends.

    Args:
        path: The file; made where it is missing, and left behind.
        waiting: Called once if another process holds the lock.

    Raises:
        OSError: The file cannot be made, or its file system knows no locks.
    """
    with path.open("ab") as file:
        if not _try(file):
            waiting()
            while not _try(file):
                time.sleep(0.2)
        yield  # closing the file frees the lock


if sys.platform == "win32":
    import msvcrt

    def _try(file: BinaryIO) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _try(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
