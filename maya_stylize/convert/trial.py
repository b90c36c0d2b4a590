"""Try a file in a process of its own first, where the HDF5 library might crash or search forever.

Texts of variable length lie in a heap of their own, in which the library searches forever when the
file is damaged. Nothing that we write has one; what Keras itself writes has.
"""

from __future__ import annotations

import faulthandler
import mmap
import signal
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import maya_stylize
from maya_stylize.errors import ModelError

# Reading the names of a sound file takes one; a large one may come from a slow disk.
SECONDS = 60.0
# How that process ends where reading raised what is no word on the file.
RAISED = 70
# Of addresses, the libraries' own included, and four times the file for its weights.
_MEMORY = 4 << 30
_HEAP = b"GCOL"
_HEAP_VERSION = 1
_HEAP_HEAD = struct.Struct("<4sB3xQ")  # the last is the heap's size
# What Windows ends a process with that crashed.
_CRASH_CODES = 0x80000000
# As in the worker, the folder that holds the package is not searched for anything else.
_CHILD = """
import os, sys
file, seconds, root, sys.path[:] = *sys.argv[1:4], sys.argv[3:]
import maya_stylize
sys.path.remove(root)
from maya_stylize.convert import trial
trial.confine(file, float(seconds))
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each would take addresses
from maya_stylize.convert import keras_h5
try:
    keras_h5.try_reading(file)
except Exception as error:
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    sys.exit(trial.RAISED)
"""
_tried: set[tuple[Path, int, int]] = set()


def check(path: Path) -> None:
    """Let another process read a file's names, once for each state of the file.

    Args:
        path: An HDF5 file.

    Raises:
        ModelError: That process crashed, did not end, or could not be had.
        OSError: The file cannot be read.
    """
    facts = path.stat()
    state = (path.absolute(), facts.st_mtime_ns, facts.st_size)
    if state in _tried or not _has_heap(path):
        return
    root = str(Path(maya_stylize.__file__).resolve().parents[1])
    child = [sys.executable, "-I", "-c", _CHILD, str(path.absolute()), str(SECONDS)]
    nothing = subprocess.DEVNULL
    try:
        done = subprocess.run(
            [*child, root, *sys.path],
            stdin=nothing,
            stdout=nothing,
            stderr=subprocess.PIPE,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise _damaged(path, f"reading it did not end within {SECONDS:g} seconds") from None
    code, said = done.returncode, _last_line(done.stderr)
    if code == RAISED:
        raise _damaged(path, f"reading it raised {said}")
    if code < 0 or code >= _CRASH_CODES:
        raise _damaged(path, f"the HDF5 library ended with {_ending(code)} on it")
    if code:
        raise ModelError(
            f"{path.name}: it could not be tried in a process of its own, which ended with code "
            f"{code}: {said}.",
            "This may not be the file's fault: check the installation with `maya_stylize doctor`.",
        )
    _tried.add(state)


def confine(name: str, seconds: float) -> None:
    """Let this process end by itself, whatever it is in, and have no more than its share of memory.

    The one that started it may be gone by then.

    Args:
        name: Path of the file that it is to read.
        seconds: How long it may take.
    """
    faulthandler.dump_traceback_later(seconds, exit=True)
    if sys.platform == "win32":
        return
    import resource

    most = _MEMORY + 4 * Path(name).stat().st_size
    with suppress(OSError, ValueError):  # macOS has the limit and refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def largest_heap(path: Path) -> int:
    """Return the size of the largest heap of texts in an HDF5 file, none of which is longer.

    Raises:
        OSError: The file cannot be read.
    """
    largest = 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        place = data.find(_HEAP)
        while 0 <= place <= len(data) - _HEAP_HEAD.size:
            _, version, size = _HEAP_HEAD.unpack_from(data, place)
            if version == _HEAP_VERSION:
                largest = max(largest, min(size, len(data) - place))
            place = data.find(_HEAP, place + 1)
    return largest


def _has_heap(path: Path) -> bool:
    if path.stat().st_size == 0:  # which cannot be mapped
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(_HEAP) >= 0


def _last_line(told: bytes) -> str:
    lines = told.decode("utf-8", "replace").split("\n")
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "nothing said")


def _ending(code: int) -> str:
    with suppress(ValueError):
        return f"signal {signal.Signals(-code).name}"
    return f"code {code}"


def _damaged(path: Path, what: str) -> ModelError:
    return ModelError(
        f"{path.name}: the HDF5 file is damaged: {what}, in a process of its own.",
        "Get the file again.",
    )
