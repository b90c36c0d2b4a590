"""What came of a batch: plain data for people, programs and the next tool in the pipeline."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maya_stylize import checks
from maya_stylize.errors import JobError, SceneError
from maya_stylize.files import replacing

VERSION = 1
MADE, THERE, TO_MAKE, SKIPPED, FAILED = ("made", "there", "to make", "skipped", "failed")
SAVED, UNCHANGED, NOTHING, LISTED, INTERRUPTED = (
    "saved",
    "unchanged",
    "nothing",
    "listed",
    "interrupted",
)


@dataclass(frozen=True)
class TextureReport:
    """What came of one picture of a scene.

    Attributes:
        nodes: The texture nodes that show it.
        picture: Its path; of a set of tiles, the pattern.
        status: "made" now; "there" already, of the same job; "to make", in a dry run; "skipped",
            because there is nothing to do to it; or "failed".
        output: The new picture's path or pattern; empty where there is none.
        message: Why it was skipped or failed, and what to do; else empty.
        jobs: In a dry run, the jobs that are left to run for it, as plain data.
    """

    nodes: tuple[str, ...]
    picture: str
    status: str
    output: str = ""
    message: str = ""
    jobs: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class SceneReport:
    """What came of one scene.

    Attributes:
        scene: Its path.
        status: "saved"; "unchanged", where it was saved by an earlier run and would be the same
            now; "nothing", where no texture was to be relinked; "listed", in a dry run;
            "interrupted"; or "failed".
        saved: Where the relinked scene lies; empty where there is none. In a dry run, where it
            would.
        message: Why it failed, and what to do; else empty.
        notes: What is worth knowing, such as references that were not loaded.
        textures: What came of its pictures.
    """

    scene: str
    status: str
    saved: str = ""
    message: str = ""
    notes: tuple[str, ...] = ()
    textures: tuple[TextureReport, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing failed, and nothing was broken off."""
        textures = all(texture.status != FAILED for texture in self.textures)
        return textures and self.status not in (FAILED, INTERRUPTED)


@dataclass(frozen=True)
class Report:
    """What came of all scenes.

    Attributes:
        scenes: In their order.
        unwritten: Why its file lacks some of them, and what to do; else empty.
    """

    scenes: tuple[SceneReport, ...] = ()
    unwritten: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing failed, nothing was broken off, and some texture was found."""
        found = any(scene.textures for scene in self.scenes)
        return found and not self.unwritten and all(scene.ok for scene in self.scenes)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data that JSON can hold."""
        scenes = [{"ok": scene.ok, **dataclasses.asdict(scene)} for scene in self.scenes]
        for texture in (texture for scene in scenes for texture in scene["textures"]):
            if not texture["jobs"]:
                del texture["jobs"]
        data = {"report": VERSION, "ok": self.ok, "scenes": scenes}
        plain: dict[str, Any] = json.loads(json.dumps(data))
        return plain

    def write(self, path: Path) -> None:
        """Write the report as JSON, as a whole or not at all.

        Raises:
            SceneError: It cannot be written.
        """
        with replacing(path, SceneError) as temporary:
            text = json.dumps(self.to_json(), indent=2) + "\n"
            temporary.write_text(text, encoding="utf-8")


def check(path: Path) -> None:
    """Refuse a file for the report that holds anything but an earlier report.

    Raises:
        JobError: Its name does not end in .json, or what is there is no report.
    """
    hint = "Name another file for the report, ending in .json."
    if path.suffix.lower() != ".json":
        raise JobError(f"{path} is no name for a report.", hint)
    if os.path.lexists(path) and not _is_report(path):
        raise JobError(f"{path} is there already, and is not an earlier report.", hint)


def _is_report(path: Path) -> bool:
    try:
        data = checks.json_file(path, largest=checks.LARGEST_LIST)
    except JobError:
        return False
    return isinstance(data, dict) and data.get("report") == VERSION
