"""What a batch has to do: what is done already, what cannot be made, what the rest takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from maya_stylize.cli.batch.items import Item
from maya_stylize.engine.backend import unit_for
from maya_stylize.engine.estimate import Estimate, estimate
from maya_stylize.errors import ImageError, JobError, StylizeError
from maya_stylize.events import Failure
from maya_stylize.images import origin
from maya_stylize.ledger import Ledger, State

# What becomes of an item.
WAITING, MADE, KEPT, FAILED, CANCELLED = "waiting", "made", "kept", "failed", "cancelled"


@dataclass
class Outcome:
    """An item and what becomes of it.

    Attributes:
        item: The item.
        state: One of the above; "kept" is what was made by an earlier run.
        key: Names its job by content.
        estimate: What it will take; None where it is not to be made.
        seconds: What it took.
        loss: The objective's last value.
        failure: Why it was not made.
        notes: What the engine had to say.
        replaces: Whether it takes the place of a file that is there.
        noted: Whether the ledger knows it; a killed run may have had no time to note what it made.
    """

    item: Item
    state: str = WAITING
    key: str = ""
    estimate: Estimate | None = None
    seconds: float | None = None
    loss: float | None = None
    failure: Failure | None = None
    notes: list[str] = field(default_factory=list)
    replaces: bool = False
    noted: bool = True

    def fail(self, failure: Failure) -> None:
        """Note why it was not made."""
        self.state, self.failure = FAILED, failure


def survey(items: Iterable[Item], ledger: Ledger, overwrite: Collection[str]) -> list[Outcome]:
    """Look at every item, without starting anything.

    Args:
        items: What is to be made.
        ledger: Knows what was made.
        overwrite: Names of results that may take the place of files that the ledger does not know.

    Raises:
        JobError: There is no item of such a name.
    """
    items = list(items)
    names = {item.name for item in items}
    for name in overwrite:
        if name not in names:
            raise JobError(
                f"overwrite: no result of this batch is called {name}.",
                "Write a result's file name as --dry-run shows it.",
            )
    return [_look(item, ledger, item.name in overwrite) for item in items]


def _look(item: Item, ledger: Ledger, may_overwrite: bool) -> Outcome:
    outcome = Outcome(item)
    try:
        entry = ledger.look(item.job)
        outcome.key = entry.key
        if entry.state is State.DONE:
            outcome.state = KEPT
            outcome.seconds, outcome.loss = entry.number("seconds"), entry.number("loss")
        elif entry.state is State.FOREIGN and origin.is_left(item.job, entry.key, ledger):
            outcome.state, outcome.noted = KEPT, False
        elif entry.state is State.FOREIGN and not may_overwrite:
            raise ImageError(
                f"{item.job.output} is there, and no batch made it as it is.",
                f"Move it away, or replace it with --overwrite {item.name}.",
            )
        else:
            outcome.replaces = entry.state in (State.OUTDATED, State.FOREIGN)
            outcome.estimate = estimate(item.job, unit_for(item.job.backend, item.job.device))
    except StylizeError as error:
        outcome.fail(Failure(error.kind, error.message, error.hint))
    return outcome
