"""One job in the worker: from a command's arguments to events, its errors among them."""

from __future__ import annotations

import importlib
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from maya_stylize import checks, events
from maya_stylize.convert import sources
from maya_stylize.engine import backend, checkpoint, resolution
from maya_stylize.errors import EngineError, JobError, ModelError, StylizeError
from maya_stylize.files import unwritable
from maya_stylize.jobs import BACKENDS, from_json
from maya_stylize.worker import protocol

_backend = checks.choice(*BACKENDS)


class Runner:
    """Runs jobs in one process, which keeps the backend that it once started."""

    def __init__(self) -> None:
        self._used = False

    def run(self, arguments: Mapping[str, Any]) -> Generator[protocol.Event, None, None]:
        """Run a job; every event as it comes.

        Args:
            arguments: Of the command run.

        Raises:
            StylizeError: The job cannot be run.
        """
        job = from_json(arguments.get("job"))
        previews = _folder(arguments.get("previews"))
        left = None
        if checks.flag("resume", arguments.get("resume", False)):
            left = checkpoint.left_by(job)
            job = left.job
        model = sources.locate()
        if model is None:
            raise ModelError("There is no model on this machine yet.", "Fetch it first.")
        yield events.Progress(f"starting {job.backend}", 0.0)
        try:
            active = backend.activate(job.backend, job.device, resolution.read_threads(job))
        except EngineError as error:
            if not self._used:
                raise
            yield protocol.NeedsFreshWorker(error.kind, error.message, error.hint)
            return
        yield self._device(active)
        from maya_stylize.engine.run import run  # needs its backend chosen first

        yield from run(job, model, previews, left)

    def warm(self, arguments: Mapping[str, Any]) -> protocol.Device:
        """Start a backend before a job needs it; return what jobs will run on.

        Args:
            arguments: Of the command warm.

        Raises:
            StylizeError: It cannot be started.
        """
        name = _backend("backend", arguments.get("backend"))
        device = self._device(backend.activate(name))
        importlib.import_module("maya_stylize.engine.run")  # and with it Keras, on this backend
        return device

    def _device(self, active: backend.Backend) -> protocol.Device:
        self._used = True
        total = backend.memory(active.device).total
        return protocol.Device(active.name, active.device, active.device_name, total)


def explain(error: Exception, log: Path) -> events.Failure:
    """Return an error as an event; one that should not happen as a bug."""
    if isinstance(error, StylizeError):
        return events.Failure(error.kind, error.message, error.hint)
    if backend.is_out_of_memory(error):
        return events.Failure(
            EngineError.kind,
            "The device has too little memory for this job.",
            "Choose a smaller size, or the CPU as the device.",
        )
    return events.Failure(
        "bug",
        f"An error that should not happen: {type(error).__name__}: {checks.shown(error)}.",
        f"Please report it with the details in {log}.",
    )


def _folder(previews: Any) -> Path | None:
    if previews is None:
        return None
    folder = Path(checks.path("previews", previews))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error, JobError) from error
    return folder
