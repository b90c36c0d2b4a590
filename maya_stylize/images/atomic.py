"""Replace a file in one step, or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maya_stylize.errors import ImageError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`, and move what was written there over `path`.

    The file is flushed to the disk before it is renamed. If anything goes wrong, Ctrl-C included,
    the temporary file is removed and `path` is as it was.

    Args:
        path: The file to make or to replace.

    Yields:
        The temporary path; the block must write a file there.

    Raises:
        ImageError: The file cannot be written; the message has the system's reason.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def unwritable(path: Path, error: OSError) -> ImageError:
    """Return the error for a file that the system does not let us write."""
    return ImageError(
        f"{path} cannot be written: {error.strerror}.",
        "Check the folder's permissions and free space, or choose another folder.",
    )
