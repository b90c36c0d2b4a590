"""What every fuzzer and the replay hold a reader to.

A target's `feed` takes hostile bytes. It may raise our own errors and nothing else, start nothing,
connect to nothing, write nothing outside the folder that it is given, and take no more than its
share of memory. What it may not do shows as another exception than ours; a crash, or a hang, as the
end of the process, which is why everything here runs in one of its own.
"""

from __future__ import annotations

import importlib
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, cast

from maya_stylize.errors import StylizeError

HERE = Path(__file__).resolve().parent
TARGETS = sorted(path.stem for path in (HERE / "targets").glob("[!_]*.py"))
FINDS = HERE / "finds"
# Of addresses, the libraries' own included; a bomb asks for hundreds of times as much.
MEMORY = 3 << 30
# For a file of a few KB, on a machine that is busy with something else.
SECONDS = 30
_LONGEST_MESSAGE = 3000
_FORBIDDEN = (
    *("os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.startfile"),
    *("subprocess.Popen", "pty.spawn", "pickle.find_class", "ctypes.dlopen", "code.__new__"),
    *("socket.connect", "socket.bind", "urllib.Request"),
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.link", "os.symlink"),
)


class Target(Protocol):
    """A module of `targets`."""

    def seeds(self) -> Mapping[str, bytes]:
        """Return what the fuzzer begins with, by name."""

    def feed(self, data: bytes, folder: Path) -> None:
        """Read hostile bytes; `folder` is empty, and is emptied afterwards."""


class Misdeed(BaseException):
    """What no reader does; of no kind that a reader could catch."""


def target(name: str) -> Target:
    return cast(Target, importlib.import_module(f"targets.{name}"))


def inputs(name: str) -> dict[str, bytes]:
    """Return a target's seeds and all that was found with it, by name."""
    finds = {path.name: path.read_bytes() for path in sorted((FINDS / name).glob("*"))}
    return {**target(name).seeds(), **finds}


def attempt(*calls: Callable[[], Any]) -> None:
    """Make calls that may each raise an error of ours; raise the last where all do."""
    taken, refused = False, None
    for call in calls:
        try:
            call()
            taken = True
        except StylizeError as error:
            check_words(error)
            refused = error
    if refused and not taken:
        raise refused


def check_words(error: StylizeError) -> None:
    """Check that a message can be shown as it is."""
    for text in (error.message, error.hint):
        if len(text) > _LONGEST_MESSAGE:
            raise Misdeed(f"a message of {len(text)} characters: {text[:200]}")
    if not error.message:
        raise Misdeed("an error without a message")


class Judge:
    """Feeds a target and says whether it refused; anything else than that is raised.

    Args:
        name: The target's.
    """

    def __init__(self, name: str) -> None:
        self._target = target(name)
        base = Path("/dev/shm")
        self._folder = Path(tempfile.mkdtemp(dir=base if base.is_dir() else None)).resolve()
        os.chdir(self._folder)  # what is written by a plain name is found here
        self._feeding = False
        sys.addaudithook(self._watch)

    def refuses(self, data: bytes) -> bool:
        """Return whether the target refuses bytes.

        Raises:
            BaseException: It does something else than to take or to refuse them.
        """
        self._feeding = True
        try:
            self._target.feed(data, self._folder)
            return False
        except StylizeError as error:
            check_words(error)
            return True
        finally:
            self._feeding = False
            for path in self._folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._feeding:
            return
        if event == "os.mkdir" and self._folder in Path(arguments[0]).absolute().parents:
            return
        if event in _FORBIDDEN:
            raise Misdeed(f"{event} {arguments}")
        if event == "open":
            path, mode, flags = arguments
            writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if writes and self._folder not in Path(os.fsdecode(path)).absolute().parents:
                raise Misdeed(f"opens {path!r} to write, mode {mode}")

    def close(self) -> None:
        """Remove the folder."""
        with suppress(OSError):
            self._folder.rmdir()


def limit_memory() -> None:
    """Let this process have no more than its share of memory."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
