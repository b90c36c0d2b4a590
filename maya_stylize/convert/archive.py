"""Know and open zip archives that may be damaged."""

from __future__ import annotations

import contextlib
import errno
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from maya_stylize.errors import ModelError


def is_zip(path: Path) -> bool:
    """Whether the file ends as a zip archive does, damaged or not.

    Raises:
        OSError: The file cannot be read.
    """
    try:
        return zipfile.is_zipfile(path)
    except zipfile.BadZipFile:  # of several disks, say
        return True


@contextlib.contextmanager
def open_zip(path: Path, hint: str = "Get the file again.") -> Iterator[zipfile.ZipFile]:
    """Open a zip archive; damage that is found in the block is told as such too.

    Raises:
        ModelError: The archive is damaged or cut short, or a member that is read is.
    """
    damaged = ModelError(f"{path.name}: the zip archive is damaged or cut short.", hint)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise damaged from error
    try:
        with archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, UnicodeDecodeError) as error:
        raise damaged from error
    except OSError as error:
        # A place before the file's beginning, or bytes that do not unpack; not a full disk, say.
        if error.errno in (None, errno.EINVAL):
            raise damaged from error
        raise
