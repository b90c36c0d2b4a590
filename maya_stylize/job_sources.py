"""The files that a job names: other paths in their place, or what they hold."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from maya_stylize import settings
from maya_stylize.color_tables import tables_of
from maya_stylize.errors import ImageError
from maya_stylize.files import sha256
from maya_stylize.jobs import Job

# A file's time, size and number.
State = tuple[int, int, int]

_SINGLE = ("exemplar", "content", "picture", "mask")
_NO_PICTURES = ("content", "noise")
# How OpenColorIO's own configs are named, which are no files.
_OWN_CONFIG = "ocio://"
_CONFIG = ".ocio"


def with_sources(data: Mapping[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """Return a job with every path that it reads changed.

    Args:
        data: A job as its `to_json` gives it; some fields may be left out.
        change: Gives what stands in a path's place.
    """
    changed: dict[str, Any] = copy.deepcopy(dict(data))
    for name in _SINGLE:
        if changed.get(name) is not None:
            changed[name] = change(changed[name])
    if changed.get("start", "content") not in _NO_PICTURES:
        changed["start"] = change(changed["start"])
    if not (changed.get("color_config") or _OWN_CONFIG).startswith(_OWN_CONFIG):
        changed["color_config"] = change(changed["color_config"])
    maps = changed.get("maps", {})
    maps.update({kind: change(path) for kind, path in maps.items()})
    for style in changed.get("styles", ()):
        style["path"] = change(style["path"])
    for region in changed.get("regions", ()):
        for name in ("target", "source"):
            if region[name] is not None:
                region[name] = change(region[name])
    return changed


def with_color_config(job: Job) -> Job:
    """Return a job with the color config of the environment where it has none of its own.

    A job that ran, or was resolved, is left as it is: it is known which config it had.
    """
    if job.color_config is not None or "color_config" in job.resolution:
        return job
    return dataclasses.replace(job, color_config=settings.color_config())


def file_hash(path: str) -> str:
    """Return "sha256:" and the hash of a file's content; of a color config with its tables'.

    Raises:
        ImageError: The file cannot be read.
    """
    return _with_tables(path, _own_hash)


def _own_hash(path: str) -> str:
    try:
        return "sha256:" + sha256(Path(path))
    except OSError as error:
        raise ImageError(
            f"{path}: cannot be read ({error.strerror}).", "Check the path."
        ) from error


def read_with(path: str) -> list[str]:
    """Return the files that are read with one: of a color config the tables that it names."""
    return tables_of(path) if path.lower().endswith(_CONFIG) else []


def _with_tables(path: str, hash_of: Callable[[str], str]) -> str:
    """Return a file's hash, or that of a color config and of the tables that it names."""
    own = hash_of(path)
    tables = read_with(path)
    if not tables:
        return own
    parts = "\n".join([own, *map(hash_of, tables)])
    return "sha256:" + hashlib.sha256(parts.encode("ascii")).hexdigest()


def state_of(path: str) -> State | None:
    """Return what changes with a file's content: its times, size and number; None for no file."""
    try:
        facts = Path(path).stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


class Contents:
    """What a job's files held when it read them, whatever becomes of them while it runs.

    Make it before they are read, and call `settle` after that.

    Args:
        job: The job.
    """

    def __init__(self, job: Job) -> None:
        self._states: dict[str, State | None] = {}
        self._hashes: dict[str, str] = {}
        with_sources(job.to_json(), self._note)

    def settle(self) -> None:
        """Hash the files.

        Raises:
            ImageError: One cannot be read, or was written to since.
        """
        self._hashes = {path: file_hash(path) for path in self._states}
        for path, before in self._states.items():
            if state_of(path) != before:
                raise ImageError(
                    f"{path} was changed while it was read.", "Run the job again once it is saved."
                )

    def __call__(self, path: str) -> str:
        """Return "sha256:" and the hash of a file."""
        return self._hashes[path]

    def _note(self, path: str) -> str:
        self._states[path] = state_of(path)
        return path


class FileHashes:
    """Hashes of files, each file read once while its size and time stay as they are."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[State, str]] = {}

    def __call__(self, path: str) -> str:
        """Return a file's hash, as `file_hash` does.

        Raises:
            ImageError: The file cannot be read.
        """
        return _with_tables(path, self._own)

    def _own(self, path: str) -> str:
        state = state_of(path)
        if state is None:
            return _own_hash(path)  # which says why
        known = self._known.get(path)
        if known is None or known[0] != state:
            known = self._known[path] = (state, _own_hash(path))
        return known[1]
