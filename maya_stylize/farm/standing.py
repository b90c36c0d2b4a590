"""How a result stands: made already, begun by a task that was killed, or somebody else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from maya_stylize.errors import StylizeError
from maya_stylize.images import origin
from maya_stylize.jobs import Job
from maya_stylize.ledger import Entry, Ledger, State


def entry_of(job: Job) -> Entry:
    """Return how a resolved job's output stands, as a batch on one machine would know it.

    Raises:
        ImageError: A picture of the job, or its output, cannot be read.
    """
    return ledger_of(job).look(_as_in_a_batch(job))


def ledger_of(job: Job) -> Ledger:
    """Return the ledger that knows a resolved job's output."""
    return Ledger(str(job.resolution.get("model")))


def _as_in_a_batch(job: Job) -> Job:
    """Return a job without what was decided at its export, which a batch decides as it runs it."""
    return replace(job, resolution={})


def begin(job: Job, entry: Entry) -> None:
    """Note that a job's output is being made, until `end`.

    Raises:
        StylizeError: It is there, and is not ours to replace; or the note cannot be written.
    """
    ledger, plain = ledger_of(job), _as_in_a_batch(job)
    # A task that was killed just before it could record its result has left its mark, and the
    # result says whose it is. An artist may have put another picture there since.
    if entry.state is State.FOREIGN and not origin.is_left(plain, entry.key, ledger):
        raise StylizeError(
            f"{job.output} is there, and no batch or farm made it as it is.",
            "Move it away, or export with another folder for the results.",
        )
    ledger.begin(plain, entry.key)


def end(job: Job) -> None:
    """Note that a job's output is not being made any more, however that ended."""
    ledger_of(job).end(job)


def record(job: Job, entry: Entry, facts: Mapping[str, Any]) -> None:
    """Note that a job's output is made.

    Raises:
        ImageError: It cannot be noted.
    """
    ledger_of(job).record(_as_in_a_batch(job), entry.key, facts)
