"""Files written whole or not at all, what is in them, and what lies beside them."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from maya_stylize import processes
from maya_stylize.errors import StylizeError

_TEMPORARY = re.compile(r"\.[0-9a-f]{16}-([0-9]{1,10})-([0-9a-f]{8})\.part")


def temporary_beside(path: Path) -> Path:
    """Return a fresh name beside a file, which tells who writes there; see `sweep`."""
    return path.with_name(f".{secrets.token_hex(8)}-{os.getpid()}-{processes.place()}.part")


def sweep(folder: Path) -> None:
    """Remove what is half written in a folder where the process that wrote it was killed.

    What a process of another machine writes is left alone.
    """
    with suppress(OSError):
        for path in folder.glob(".*.part"):
            written = _TEMPORARY.fullmatch(path.name)
            if (
                written is not None
                and written[2] == processes.place()
                and not processes.exists(int(written[1]))
            ):
                path.unlink(missing_ok=True)


@contextmanager
def replacing(path: Path, failure: type[StylizeError] = StylizeError) -> Iterator[Path]:
    """Give a temporary path beside a file, and move what was written there over it.

    The content is flushed to the disk before it is renamed. If anything goes wrong, Ctrl-C
    included, the temporary file is removed and the file is as it was. What a process that was
    killed left in the folder is removed before.

    Args:
        path: The file to make or to replace.
        failure: The kind of error to raise.

    Yields:
        The temporary path; the block must write a file there.

    Raises:
        StylizeError: The file cannot be written; the message has the system's reason.
    """
    sweep(path.parent)
    temporary = temporary_beside(path)
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise unwritable(path, error, failure) from error
    finally:
        # Where the folder is none, or is gone, this fails as the block did.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def unwritable(
    path: Path, error: OSError, failure: type[StylizeError] = StylizeError
) -> StylizeError:
    """Return the error for a file that the system does not let us write."""
    # Not its strerror: HDF5 puts a paragraph there.
    reason = os.strerror(error.errno) if error.errno else error
    return failure(
        f"{path} cannot be written: {reason}.",
        "Check the folder's permissions and free space, or choose another folder.",
    )


def checkpoint_of(output: str) -> Path:
    """Return where the checkpoint of a job with an output lies."""
    path = Path(output)
    return path.with_name(f"{path.name}.checkpoint")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
