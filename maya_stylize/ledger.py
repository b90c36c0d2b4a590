"""What has been made already, by content: of which job, and that it is still as it was written."""

from __future__ import annotations

import enum
import hashlib
import json
import math
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maya_stylize import __version__, checks
from maya_stylize.errors import ImageError, JobError
from maya_stylize.files import replacing, unwritable
from maya_stylize.job_sources import FileHashes, with_sources
from maya_stylize.jobs import Job

VERSION = 1
# Beside the results.
FOLDER = ".maya-stylize"


class State(enum.Enum):
    """How a job's output stands.

    MISSING: It is not there.
    DONE: It is there as this very job made it.
    OUTDATED: It is there as another job made it, or this one of other pictures.
    FOREIGN: It is there, and was made or changed by somebody else.
    """

    MISSING = "missing"
    DONE = "done"
    OUTDATED = "outdated"
    FOREIGN = "foreign"


@dataclass(frozen=True)
class Entry:
    """What the ledger knows of a job.

    Attributes:
        state: How its output stands.
        key: Names the job by content: what is made anew when any of it changes.
        facts: What was recorded with the output, where that is as it was written.
    """

    state: State
    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def number(self, fact: str) -> float | None:
        """Return a number among the facts; None where there is none that can be shown."""
        value = self.facts.get(fact)
        try:
            found = float(value) if isinstance(value, (int, float)) else math.nan
        except OverflowError:  # a whole number of hundreds of digits
            return None
        return found if math.isfinite(found) else None


class Ledger:
    """Remembers beside each output what made it.

    A job is known by its settings, the content of every picture that it reads, the model and the
    version of this package; what its pictures are called does not matter.

    Args:
        model: Fingerprint of the network.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self._hashes = FileHashes()

    def look(self, job: Job) -> Entry:
        """Return how a job's output stands.

        Raises:
            ImageError: A picture of the job, or its output, cannot be read.
        """
        key = self._key(job)
        there = [path for path in job.outputs if os.path.lexists(path)]
        if not there:
            return Entry(State.MISSING, key)
        known = _read(_path(job))
        if not all(known["outputs"].get(Path(path).name) == self._hashes(path) for path in there):
            return Entry(State.FOREIGN, key)
        if len(there) < len(job.outputs):
            return Entry(State.MISSING, key)
        state = State.DONE if known["key"] == key else State.OUTDATED
        return Entry(state, key, known["facts"])

    def is_done(self, job: Job) -> bool:
        """Return whether a job's output is there as this very job made it.

        Raises:
            ImageError: A picture of the job, or its output, cannot be read.
        """
        return self.look(job).state is State.DONE

    def made(self, jobs: Mapping[str, Job]) -> dict[str, Path]:
        """Return pictures beside jobs' outputs that such jobs made under other names, by key.

        Only those count that are as they were written, in the format of the job's own output.

        Args:
            jobs: Of one output each, by their keys.

        Raises:
            ImageError: A picture cannot be read.
        """
        found: dict[str, Path] = {}
        for folder in {Path(job.output).parent for job in jobs.values()}:
            for path in sorted((folder / FOLDER).glob("*.json")):
                entry, picture = _read(path), folder / path.stem
                if (
                    entry["key"] in jobs
                    and list(entry["outputs"]) == [picture.name]
                    and picture.suffix == Path(jobs[entry["key"]].output).suffix
                    and picture.is_file()
                    and self._hashes(str(picture)) == entry["outputs"][picture.name]
                ):
                    found[entry["key"]] = picture
        return found

    def record(self, job: Job, key: str, facts: Mapping[str, Any] | None = None) -> None:
        """Remember that a job's output is as it made it.

        Args:
            job: The job, whose output is written.
            key: As `look` told it before the job was run: pictures may have changed since.
            facts: What is worth knowing of the run, plain data.

        Raises:
            ImageError: The output cannot be read, or the entry cannot be written.
        """
        entry = {
            "ledger": VERSION,
            "key": key,
            "outputs": {Path(path).name: self._hashes(path) for path in job.outputs},
            "facts": dict(facts or {}),
        }
        self._write(job, {**entry, "beside": _read(_path(job))["beside"]})

    def made_beside(self, job: Job, path: Path) -> bool:
        """Return whether a file beside a job's output is as `record_beside` knows it.

        Raises:
            ImageError: The file cannot be read.
        """
        return bool(_read(_path(job))["beside"].get(path.name) == self._hashes(str(path)))

    def record_beside(self, job: Job, path: Path) -> None:
        """Remember a file that was made of a job's output, which is recorded already.

        Raises:
            ImageError: The file cannot be read, or the entry cannot be written.
        """
        entry = _read(_path(job))
        entry["beside"] = {**entry["beside"], path.name: self._hashes(str(path))}
        self._write(job, entry)

    def begin(self, job: Job, key: str) -> None:
        """Note that a job's output is being made, until `end`.

        Args:
            job: The job.
            key: As `look` told it.

        Raises:
            ImageError: The note cannot be written.
        """
        self._put(_mark(job), key)

    def was_killed(self, job: Job, key: str) -> bool:
        """Return whether a process that began to make a job's output could not record it."""
        try:
            begun = _mark(job).read_text(encoding="ascii") == key
        except (OSError, ValueError):
            return False
        return begun and _read(_path(job))["key"] != key

    def end(self, job: Job) -> None:
        """Note that a job's output is not being made any more, however that ended."""
        with suppress(OSError):
            _mark(job).unlink()

    def _write(self, job: Job, entry: Mapping[str, Any]) -> None:
        self._put(_path(job), json.dumps(entry, indent=2) + "\n")

    def _put(self, path: Path, text: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(path.parent, error, ImageError) from error
        with replacing(path, ImageError) as temporary:
            temporary.write_text(text, encoding="utf-8")

    def _key(self, job: Job) -> str:
        data = with_sources(job.to_json(), self._hashes)
        del data["output"]
        named = {"job": data, "model": self.model, "package": __version__}
        return hashlib.sha256(json.dumps(named, sort_keys=True).encode("ascii")).hexdigest()


def knows(picture: Path) -> bool:
    """Return whether a picture is one that was made here, as it is now or changed."""
    return _entry(picture).is_file()


def _path(job: Job) -> Path:
    return _entry(Path(job.outputs[0]))


def _mark(job: Job) -> Path:
    output = Path(job.outputs[0])
    return output.with_name(FOLDER) / f"{output.name}.begun"


def _entry(output: Path) -> Path:
    return output.with_name(FOLDER) / f"{output.name}.json"


def _read(path: Path) -> dict[str, Any]:
    """Return a job's entry; one that knows nothing where none can be read."""
    nothing: dict[str, Any] = {"key": None, "outputs": {}, "facts": {}, "beside": {}}
    try:
        entry = checks.json_file(path)
    except JobError:
        return nothing
    if not isinstance(entry, dict) or entry.get("ledger") != VERSION:
        return nothing
    entry.setdefault("beside", {})
    sound = all(isinstance(entry.get(name), dict) for name in ("outputs", "facts", "beside"))
    return entry if sound and isinstance(entry.get("key"), str) else nothing
