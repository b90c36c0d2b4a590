"""How a result stands: made already, begun by a task that was killed, or somebody else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from maya_stylize.errors import StylizeError
from maya_stylize.files import unwritable
from maya_stylize.jobs import Job
from maya_stylize.ledger import FOLDER, Entry, Ledger, State


def entry_of(job: Job) -> Entry:
    """Return how a resolved job's output stands, as a batch on one machine would know it.

    Raises:
        ImageError: A picture of the job, or its output, cannot be read.
    """
    return _ledger(job).look(_as_in_a_batch(job))


def _ledger(job: Job) -> Ledger:
    return Ledger(str(job.resolution.get("model")))


def _as_in_a_batch(job: Job) -> Job:
    """Return a job without what was decided at its export, which a batch decides as it runs it."""
    return replace(job, resolution={})


def begin(job: Job, entry: Entry) -> None:
    """Note that a job's output is being made.

    Raises:
        StylizeError: It is there, and is not ours to replace; or the note cannot be written.
    """
    mark = _mark(job)
    # A task that was killed just before it could record its result has left its mark.
    if entry.state is State.FOREIGN and _read_mark(mark) != entry.key:
        raise StylizeError(
            f"{job.output} is there, and no batch or farm made it as it is.",
            "Move it away, or export with another folder for the results.",
        )
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(entry.key, encoding="ascii")
    except OSError as error:
        raise unwritable(mark, error) from error


def record(job: Job, entry: Entry, facts: Mapping[str, Any]) -> None:
    """Note that a job's output is made.

    Raises:
        ImageError: It cannot be noted.
    """
    _ledger(job).record(_as_in_a_batch(job), entry.key, facts)
    _mark(job).unlink(missing_ok=True)


def _mark(job: Job) -> Path:
    """Return the file that says which job has begun to make an output."""
    output = Path(job.output)
    return output.with_name(FOLDER) / f"{output.name}.begun"


def _read_mark(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
