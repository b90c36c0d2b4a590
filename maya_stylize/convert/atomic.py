"""Write a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from maya_stylize.errors import ModelError


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a temporary path beside `target` that replaces it once the block ends well.

    Args:
        target: Where the file is to be; what lies there stays until the new file is whole.

    Yields:
        The temporary path, an empty file. It is removed when the block fails or is interrupted.

    Raises:
        ModelError: The folder does not exist or cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(".part", f".{target.name}.", target.parent)
    except OSError as error:
        raise ModelError(
            f"Cannot write {target}: {error.strerror}.",
            "Choose an output in an existing folder that you may write to.",
        ) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        raise ModelError(
            f"Cannot write {target}: {error.strerror or error}.",
            "Check that there is room on the disk and that the output is not a folder.",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    """Return the process's umask, which mkstemp ignores and only setting it reveals."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
