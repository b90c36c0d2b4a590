"""The panel's jobs: those that wait, the one that runs, and what it says."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maya_stylize import settings
from maya_stylize.files import unwritable
from maya_stylize.jobs import Job
from maya_stylize.ui.calls import Client
from maya_stylize.ui.qt import QtCore, Signal
from maya_stylize.worker.protocol import JOB_ENDS


@dataclass
class Run:
    """One job on its way.

    Attributes:
        job: As plain data.
        path: The picture that it is to write; of a material the first map's.
        mode: The panel's mode that made it.
        source: The picture that the result is compared with.
        node: The texture that was selected, "" if none was.
        previews: A folder for its previews, removed at its end.
        number: The client's.
        stage: Where it is, in words; empty while it waits.
        fraction: Progress, 0 to 1.
        seconds_left: Estimated time to the end, where one can be given.
        device: What it runs on, once that is known.
        cancelling: Whether it was told to end.
        warnings: What it said that the artist should know of the result.
        resume: Whether it goes on from the checkpoint of an earlier run.
    """

    job: dict[str, Any]
    path: str
    mode: str
    source: str
    node: str
    previews: Path
    number: int = 0
    stage: str = ""
    fraction: float = 0.0
    seconds_left: float | None = None
    device: str = ""
    cancelling: bool = False
    warnings: list[str] = field(default_factory=list)
    resume: bool = False

    @property
    def title(self) -> str:
        """The result's file name."""
        return Path(self.path).name


class Runs(QtCore.QObject):
    """Starts jobs and hands on what they say.

    Signals:
        changed: The queue or the running job's progress differs.
        began: A run is put in the queue.
        previewed: A run, and the path of a picture of its work so far.
        ended: A run, and its last event: a result, a failure or cancelled.
    """

    changed = Signal()
    began = Signal(object)
    previewed = Signal(object, str)
    ended = Signal(object, object)

    def __init__(self, client: Client, parent: Any = None) -> None:
        super().__init__(parent)
        self._client = client
        self._runs: dict[int, Run] = {}

    def start(self, job: Job, mode: str, source: str, node: str, resume: bool = False) -> Run:
        """Put a job at the queue's end.

        Args:
            job: What is wanted.
            mode: The panel's mode that made it.
            source: The picture that the result is compared with.
            node: The texture it is for, "" if none.
            resume: Whether to go on from the job's checkpoint.

        Raises:
            StylizeError: The folder for previews cannot be made.
        """
        folder = settings.user_folder() / "previews"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            previews = Path(tempfile.mkdtemp(dir=folder))
        except OSError as error:
            raise unwritable(folder, error) from error
        run = Run(job.to_json(), job.outputs[0], mode, source, node, previews, resume=resume)
        self.began.emit(run)
        told = functools.partial(self._told, run)
        run.number = self._client.run(run.job, previews, told, resume)
        if previews.exists():  # it did not end at once
            self._runs[run.number] = run
        self.changed.emit()
        return run

    def cancel(self, run: Run) -> None:
        """Take a run out of the queue or cancel it; a second time it is ended at once."""
        run.cancelling = True
        self.changed.emit()
        self._client.cancel(run.number)

    def running(self) -> Run | None:
        """Return the run that is being worked on."""
        queue = [number for number in self._client.queue if number in self._runs]
        return self._runs[queue[0]] if queue else None

    def waiting(self) -> list[Run]:
        """Return the runs that wait, in order."""
        queue = [number for number in self._client.queue if number in self._runs]
        return [self._runs[number] for number in queue[1:]]

    def outputs(self) -> list[Path]:
        """Return the pictures that runs are going to write."""
        return [Path(run.job["output"]) for run in self._runs.values()]

    def _told(self, run: Run, event: Mapping[str, Any]) -> None:
        name = event["event"]
        if name == "progress":
            run.stage, run.fraction = event["stage"], event["fraction"]
            run.seconds_left = event["seconds_left"]
        elif name == "device":
            run.device = event["name"]
        elif name == "log" and event["level"] == "warning":
            run.warnings.append(event["message"])
        elif name == "preview":
            self.previewed.emit(run, event["path"])
        elif name in JOB_ENDS:
            self._runs.pop(run.number, None)
            shutil.rmtree(run.previews, ignore_errors=True)
            self.ended.emit(run, event)
        self.changed.emit()


def duration(seconds: float) -> str:
    """Return a time for people, such as "2:05"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
