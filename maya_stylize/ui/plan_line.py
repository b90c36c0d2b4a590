"""The line above the start button: how large the result gets, how long it takes, what memory."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from maya_stylize.errors import JobError, StylizeError, WorkerError
from maya_stylize.jobs import Job
from maya_stylize.ui import look
from maya_stylize.ui.calls import Answer, Client
from maya_stylize.ui.qt import Qt, QtCore, QtWidgets
from maya_stylize.ui.slots import slot

# Milliseconds without a change before the worker is asked.
STILL = 300
TOOLTIP = (
    "What this job would take on {device}: the size of the result, the time, and the engine's "
    "memory at its peak. The time is taken from how long earlier jobs took here, and is less where "
    "the picture is done early; it is not known before the first job. A picture that does not fit "
    "into the free memory is worked on in tiles: it looks the same but takes longer."
)


class PlanLine(QtWidgets.QLabel):
    """Asks the worker for the plan of what is set, and shows it or why the job cannot be run.

    While no worker is ready it is empty, and while jobs run: what memory they leave free is not
    what this one will find.

    Args:
        client: Of the worker.
        job: Gives the job that is set; its output is of no account.
    """

    def __init__(self, client: Client, job: Callable[[], Job], parent: Any = None) -> None:
        super().__init__(parent)
        self._client, self._job = client, job
        self._last = 0  # a later question voids the answers to those before
        self._was_ready = False
        self.setAccessibleName("What the job takes")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setMinimumHeight(look.em(self))  # so that nothing jumps when it is filled
        self._timer = QtCore.QTimer(self, singleShot=True, interval=STILL)
        self._timer.timeout.connect(self._ask)
        self._show("")

    @slot
    def refresh(self) -> None:
        """Ask once nothing has changed for a moment."""
        self._timer.start()

    @slot
    def follow(self) -> None:
        """Ask when the worker becomes ready, and be empty when it no longer is."""
        ready = self._ready()
        if ready != self._was_ready:
            self._was_ready = ready
            if ready:
                self.refresh()
            else:
                self._clear()

    def _ready(self) -> bool:
        """Whether a worker computes nothing and knows its device."""
        return self._client.device is not None and not self._client.queue

    @slot
    def _ask(self) -> None:
        self._last += 1
        if not self._ready():
            return
        try:
            job = self._job()
        except JobError:  # a well is empty, or a size is half typed
            self._clear()
            return
        answered = functools.partial(self._answered, self._last)
        self._client.request("plan", {"job": job.to_json()}, answered)

    @slot
    def _answered(self, number: int, answer: Answer) -> None:
        if number != self._last or not self._ready():
            return
        if isinstance(answer, StylizeError):
            # Of a worker that is gone the panel tells elsewhere.
            gone = answer.kind == WorkerError.kind
            self._show("" if gone else f"Cannot be made: {answer}", "refusal")
        elif answer is not None:
            self._show(sentence(answer))

    def _clear(self) -> None:
        self._last += 1
        self._show("")

    def _show(self, text: str, role: str = "faint") -> None:
        device = self._client.device
        self.setToolTip(TOOLTIP.format(device=device.name if device else "this machine"))
        self.setText(text)
        if self.property("role") != role:
            self.setProperty("role", role)
            look.repolish(self)


def sentence(plan: Mapping[str, Any]) -> str:
    """Return a plan in one line, such as "1024 x 1024, about 4 min, 2.1 GB, in tiles of 512"."""
    parts = [f"{plan['width']} x {plan['height']}"]
    if plan["seconds"] is not None:
        parts.append(f"about {rounded(plan['seconds'])}")
    parts.append(f"{plan['memory'] / 2**30:.1f} GB")
    if plan["tile"]:
        parts.append(f"in tiles of {plan['tile']}")
    return ", ".join(parts)


def rounded(seconds: float) -> str:
    """Return a time as exactly as an estimate deserves: "40 s", "4 min", "2 h 10 min"."""
    if seconds < 55:
        return f"{max(5, 5 * round(seconds / 5))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(10 * round(minutes / 10), 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
