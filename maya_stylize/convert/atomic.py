"""Write a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from maya_stylize.errors import ModelError


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a temporary path beside `target` that replaces it once the block ends well.

    Args:
        target: Where the file is to be; what lies there stays until the new file is whole.

    Yields:
        The temporary path, where the block must write a file. It is removed when the block fails
        or is interrupted.

    Raises:
        ModelError: The folder does not exist or cannot be written, or the disk is full.
    """
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        raise ModelError(
            f"Cannot write {target}: {error.strerror or error}.",
            "Choose an output in an existing folder with room that you may write to.",
        ) from error
    finally:
        # A parent that is a file fails here as it did above, where it was reported.
        with contextlib.suppress(NotADirectoryError):
            temporary.unlink(missing_ok=True)
