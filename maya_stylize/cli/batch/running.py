"""Runs what a batch has left to do, and remembers what it has made."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any

from maya_stylize.cli.batch.progress import Display
from maya_stylize.cli.batch.survey import CANCELLED, FAILED, MADE, Outcome
from maya_stylize.cli.interrupt import counted, suspending
from maya_stylize.engine.backend import available_threads, free_memory
from maya_stylize.engine.plan import SHARE
from maya_stylize.errors import StylizeError
from maya_stylize.events import Failure
from maya_stylize.ledger import Ledger
from maya_stylize.worker.pool import Pool

POLL_SECONDS = 0.2
# Processors for each worker: one keeps several busy at times, and none at others.
PROCESSORS = 2


class Run:
    """One run of a batch.

    Args:
        outcomes: As surveyed; those that wait are made.
        ledger: Remembers them.
        workers: How many at most; None for as many as the device is good for. A GPU has one.
    """

    def __init__(self, outcomes: list[Outcome], ledger: Ledger, workers: int | None) -> None:
        self._outcomes, self._ledger = outcomes, ledger
        self._given = workers
        self._began: dict[int, float] = {}
        self._numbers: list[int] = []  # of the outcomes, by the pool's numbers
        # Until a worker tells what it runs on, there is one: a GPU has no room for a second.
        self._pool = Pool(self._told, 1, int(free_memory("cpu:0") * SHARE))
        self._display = Display(outcomes)

    def __call__(self) -> bool:
        """Make what waits; return whether all of it was let come to an end."""
        asked = 0
        together = suspending(self._pool.suspend, self._pool.resume)
        with self._display, counted() as interrupts, together:
            try:
                for number, outcome in enumerate(self._outcomes):
                    self._begin(number, outcome)
                while self._pool.busy:
                    if interrupts.count > asked:
                        asked = interrupts.count
                        self._pool.cancel()
                    self._pool.step(POLL_SECONDS)
            finally:
                self._pool.shutdown()
                for number in self._numbers:
                    self._ledger.end(self._outcomes[number].item.job)
        return not asked

    def _begin(self, number: int, outcome: Outcome) -> None:
        """Put an item into the queue if it waits; note what a killed run has made."""
        job = outcome.item.job
        try:
            if not outcome.noted:
                self._ledger.record(job, outcome.key)
                self._ledger.end(job)
            if outcome.estimate is not None:
                self._ledger.begin(job, outcome.key)
                self._pool.add(job.to_json(), job.outputs[0], outcome.estimate.room.memory)
                self._numbers.append(number)
        except StylizeError as error:
            outcome.fail(Failure(error.kind, error.message, error.hint))
        if outcome.state == FAILED:
            self._display.tell(outcome)

    def _told(self, job: int, worker: int, event: Mapping[str, Any]) -> None:
        number, kind = self._numbers[job], event["event"]
        outcome = self._outcomes[number]
        if kind == "progress":
            self._began.setdefault(number, monotonic())
            self._display.progress(number, worker, event)
        elif kind == "device":
            if event["device"].startswith("cpu"):
                good = max(1, available_threads() // PROCESSORS)
                self._pool.workers = self._given or good
        elif kind == "log":
            outcome.notes.append(event["message"])
            if event["level"] == "warning":
                self._display.note(f"{outcome.item.name}: {event['message']}")
        elif kind in ("result", "failure", "cancelled"):
            self._end(number, outcome, event)
            self._ledger.end(outcome.item.job)
            self._display.ended(number, worker)

    def _end(self, number: int, outcome: Outcome, event: Mapping[str, Any]) -> None:
        if event["event"] == "cancelled":
            outcome.state = CANCELLED
            return
        if event["event"] == "failure":
            outcome.fail(Failure(event["kind"], event["message"], event["hint"]))
            return
        outcome.state, outcome.loss = MADE, event["loss"]
        outcome.seconds = round(monotonic() - self._began.get(number, monotonic()), 1)
        facts = {"seconds": outcome.seconds, "loss": outcome.loss}
        try:
            self._ledger.record(outcome.item.job, outcome.key, facts)
        except StylizeError as error:
            outcome.fail(Failure(error.kind, error.message, error.hint))
