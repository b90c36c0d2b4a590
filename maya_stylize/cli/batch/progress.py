"""The one display of a batch: all of it, and what each worker is at."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from maya_stylize.cli.batch.survey import CANCELLED, MADE, WAITING, Outcome
from maya_stylize.errors import printable

# So much has to be done before the time that is left can be told.
LEAST_SHARE = 0.02


class Display:
    """Bars on stderr where that is a terminal, and a line there for each item that ends.

    Args:
        outcomes: Of all items.
    """

    def __init__(self, outcomes: list[Outcome]) -> None:
        self._outcomes = outcomes
        self._fractions = {
            number: 0.0 for number, outcome in enumerate(outcomes) if outcome.state == WAITING
        }
        self._work = {number: _work(outcomes[number]) for number in self._fractions}
        self._began = monotonic()
        self._console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[details]}"),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._all = self._bars.add_task("batch", total=1.0, details="")
        self._workers: dict[int, TaskID] = {}

    def __enter__(self) -> Display:
        self._bars.start()
        self._update()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def progress(self, number: int, worker: int, event: Mapping[str, Any]) -> None:
        """Show how far an item has come."""
        self._fractions[number] = event["fraction"]
        if worker not in self._workers:
            self._workers[worker] = self._bars.add_task("", total=1.0, details="")
        self._bars.update(
            self._workers[worker],
            description=escape(printable(self._outcomes[number].item.name)),
            completed=event["fraction"],
            details=escape(printable(event["stage"])),
            visible=True,
        )
        self._update()

    def ended(self, number: int, worker: int) -> None:
        """Show what became of an item."""
        self._fractions[number] = 1.0
        if worker in self._workers:
            self._bars.update(self._workers[worker], visible=False)
        self._update()
        if self._outcomes[number].state != CANCELLED:  # of which there may be very many at once
            self.tell(self._outcomes[number])

    def tell(self, outcome: Outcome) -> None:
        """Print a line of what became of an item."""
        took = (
            "" if outcome.state != MADE or outcome.seconds is None else f", {outcome.seconds:.0f} s"
        )
        lines = [f"{outcome.state:<9} {outcome.item.name}{took}"]
        if outcome.failure is not None:
            lines += [f"  {outcome.failure.message}", f"  {outcome.failure.hint}"]
        self.note(*lines)

    def note(self, *lines: str) -> None:
        """Print lines above the bars."""
        for line in lines:
            if line.strip():
                self._console.print(printable(line), markup=False, highlight=False, soft_wrap=True)

    def _update(self) -> None:
        whole = sum(self._work.values())
        done = sum(self._work[number] * share for number, share in self._fractions.items())
        share = done / whole if whole else 1.0
        ended = sum(self._outcomes[number].state != WAITING for number in self._fractions)
        details = f"{ended} of {len(self._fractions)}"
        if LEAST_SHARE <= share < 1:
            left = round((monotonic() - self._began) * (1 - share) / share)
            details += f", {left // 3600}:{left // 60 % 60:02}:{left % 60:02} left"
        self._bars.update(self._all, completed=share, details=details)


def _work(outcome: Outcome) -> float:
    """Return how much there is to do for an item: pixels times evaluations."""
    if outcome.estimate is None:
        return 0.0
    octaves = outcome.estimate.plan.octaves
    return float(sum(each.width * each.height * each.evaluations for each in octaves))
