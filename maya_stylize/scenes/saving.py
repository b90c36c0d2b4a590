"""Under which name a scene is saved, and what must not be overwritten by it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maya_stylize.errors import JobError, SceneError
from maya_stylize.files import replacing, sha256, unwritable
from maya_stylize.ledger import FOLDER

DEFAULT_PATTERN = "{stem}_stylized{suffix}"
FIELDS = ("stem", "suffix")
SUFFIXES = (".ma", ".mb")
_FIELD = re.compile(r"\{(\w*)\}")
_RECORD = 1


@dataclass(frozen=True)
class Target:
    """The file that a scene is saved as.

    Attributes:
        path: Where.
        named: Whether the user named this very file, so that it may be overwritten.
    """

    path: Path
    named: bool


def targets(scenes: Iterable[Path], pattern: str) -> dict[Path, Target]:
    """Return where each scene is to be saved.

    Args:
        scenes: The scenes.
        pattern: A file's name or path with "{stem}" and "{suffix}" of the scene's own name;
            relative to the scene's folder. Without a field it names one file, for one scene.

    Raises:
        JobError: The pattern is none, two scenes would become one file, or a scene itself would
            be overwritten that is not named.
    """
    hint = f"Write it like {DEFAULT_PATTERN}."
    for field in _FIELD.findall(pattern):
        if field not in FIELDS:
            raise JobError(f"--save-as {pattern}: there is no {{{field}}}.", hint)
    named = not _FIELD.search(pattern)
    chosen: dict[Path, Target] = {}
    takers: dict[str, Path] = {}
    for scene in scenes:
        parts = {"stem": scene.stem, "suffix": scene.suffix}
        name = _FIELD.sub(lambda field, parts=parts: parts[field[1]], pattern)  # type: ignore[misc]
        path = Path(os.path.normpath(scene.parent / name))
        if scene.suffix.lower() in SUFFIXES and path.suffix.lower() not in SUFFIXES:
            raise JobError(f"--save-as {pattern}: {path.name} is no name for a scene.", hint)
        if _same(path, scene) and not named:
            raise JobError(
                f"--save-as {pattern} is the scene {scene} itself.",
                f"{hint} To overwrite the scene, name it: --save-as {scene}.",
            )
        other = takers.setdefault(os.path.normcase(path), scene)
        if other != scene:
            raise JobError(f"{other} and {scene} would both be saved as {path}.", hint)
        chosen[scene] = Target(path, named)
    return chosen


class Record:
    """Remembers beside a saved scene what it was made of.

    Args:
        scene: The scene that is opened.
        target: Where it is saved.
    """

    def __init__(self, scene: Path, target: Target) -> None:
        self._target = target
        self._source = _hash(scene)
        self._path = target.path.parent / FOLDER / f"{target.path.name}.json"
        self._known = self._read()
        self._there = _hash(target.path)
        known = (self._known.get("saved"), self._known.get("before"))
        self._ours = self._there is not None and self._there in known

    def check(self) -> None:
        """Refuse a target that is somebody else's.

        Raises:
            SceneError: It is there, and this batch did not make it as it is.
        """
        path = self._target.path
        if path.exists() and not self._ours and not self._target.named:
            raise SceneError(
                f"{path} is there already, and not as a batch has saved it.",
                "Move it elsewhere, choose another --save-as, or name it there to overwrite it.",
            )

    def is_same(self, links: Mapping[str, str]) -> bool:
        """Return whether the target is there as it would be saved now.

        Args:
            links: The new pictures by the nodes that they are put in the place of.
        """
        return self._ours and all(
            self._known.get(name) == value
            for name, value in {**self._now(links), "saved": self._there}.items()
        )

    def write(self, links: Mapping[str, str], written: Path) -> None:
        """Remember what the target is made of, just before it takes its place.

        Until then, and where that fails, an earlier run's scene there is still known.

        Args:
            links: The new pictures by the nodes that they are put in the place of.
            written: The scene, on its way to the target.

        Raises:
            SceneError: It cannot be written.
        """
        try:
            self._path.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise unwritable(self._path.parent, error, SceneError) from error
        before = self._there if self._ours else None
        content = {**self._now(links), "saved": _hash(written), "before": before}
        with replacing(self._path, SceneError) as temporary:
            temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    def _now(self, links: Mapping[str, str]) -> dict[str, Any]:
        return {"record": _RECORD, "source": self._source, "links": dict(links)}

    def _read(self) -> dict[str, Any]:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}  # without it, what is there counts as somebody else's
        is_record = isinstance(data, dict) and data.get("record") == _RECORD and "saved" in data
        return data if is_record else {}


def _hash(path: Path) -> str | None:
    try:
        return sha256(path)
    except OSError:
        return None


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return path == other
