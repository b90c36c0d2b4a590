"""Try a file in a process of its own first, where the HDF5 library might crash or search forever.

Texts of variable length lie in a heap of their own, in which the library searches forever when the
file is damaged. Nothing that we write has one; what Keras itself writes has.
"""

from __future__ import annotations

import mmap
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import maya_stylize
from maya_stylize.errors import ModelError

# Reading the names of a sound file takes one; a large one may come from a slow disk.
SECONDS = 60.0
_HEAP = b"GCOL"
# As in the worker, the folder that holds the package is not searched for anything else.
_CHILD = """
import sys
file, root, sys.path[:] = sys.argv[1], sys.argv[2], sys.argv[2:]
import maya_stylize
sys.path.remove(root)
from maya_stylize.convert import keras_h5
keras_h5.try_reading(file)
"""
_tried: set[tuple[Path, int, int]] = set()


def check(path: Path) -> None:
    """Let another process read a file's names, once for each state of the file.

    Args:
        path: An HDF5 file.

    Raises:
        ModelError: That process crashed, or did not end.
        OSError: The file cannot be read.
    """
    facts = path.stat()
    state = (path.absolute(), facts.st_mtime_ns, facts.st_size)
    if state in _tried or not _has_heap(path):
        return
    root = str(Path(maya_stylize.__file__).resolve().parents[1])
    command = [sys.executable, "-I", "-c", _CHILD, str(path.absolute()), root, *sys.path]
    nothing = subprocess.DEVNULL
    try:
        code = subprocess.run(
            command, stdin=nothing, stdout=nothing, stderr=nothing, timeout=SECONDS
        ).returncode
    except subprocess.TimeoutExpired:
        raise _damaged(path, f"reading it did not end within {SECONDS:g} seconds") from None
    if code:
        raise _damaged(path, f"the HDF5 library ended with {_ending(code)} on it")
    _tried.add(state)


def _has_heap(path: Path) -> bool:
    if path.stat().st_size == 0:  # which cannot be mapped
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(_HEAP) >= 0


def _ending(code: int) -> str:
    with suppress(ValueError):
        return f"signal {signal.Signals(-code).name}"
    return f"code {code}"


def _damaged(path: Path, what: str) -> ModelError:
    return ModelError(
        f"{path.name}: the HDF5 file is damaged: {what}, in a process of its own.",
        "Get the file again.",
    )
