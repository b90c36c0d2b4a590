"""The small commands: what is answered while a job runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from maya_stylize import checks, events
from maya_stylize.convert import sources
from maya_stylize.engine.backend import unit_for
from maya_stylize.engine.estimate import estimate
from maya_stylize.images.probe import probe
from maya_stylize.jobs import from_json
from maya_stylize.worker.thumbnails import thumbnail

Report = Callable[[events.Progress], None]
Answer = Mapping[str, Any]


def answer_probe(arguments: Answer, _: Report) -> Answer:
    """Return what a picture's header says."""
    return dataclasses.asdict(probe(_path(arguments, "path")))


def answer_thumbnail(arguments: Answer, _: Report) -> Answer:
    """Return where a small picture of a picture is."""
    size = checks.whole(16, 2048)("size", arguments.get("size"))
    space, config = (
        checks.optional(checks.path)(name, arguments.get(name))
        for name in ("color_space", "color_config")
    )
    return {"path": str(thumbnail(_path(arguments, "path"), size, space, config))}


def answer_plan(arguments: Answer, _: Report) -> Answer:
    """Return the size of a job's result, its octaves, how it fits into memory, and its time."""
    job = from_json(arguments.get("job"))
    return estimate(job, unit_for(job.backend, job.device)).to_json()


def answer_model(arguments: Answer, report: Report) -> Answer | None:
    """Return the model's facts, after fetching it if that is wanted; None if there is none."""
    action = checks.choice("state", "fetch")("action", arguments.get("action"))
    if action == "fetch":

        def tell(done: int, total: int | None, text: str) -> None:
            report(events.Progress(text, done / total if total else 0.0))

        if arguments.get("source") is not None:
            sources.install(_path(arguments, "source"), tell)
        else:
            sources.ensure(None, tell)
    model = sources.info()
    return None if model is None else model.to_json()


ANSWERS: Mapping[str, Callable[[Answer, Report], Answer | None]] = {
    "probe": answer_probe,
    "thumbnail": answer_thumbnail,
    "plan": answer_plan,
    "model": answer_model,
}


def _path(arguments: Answer, name: str) -> Path:
    return Path(checks.path(name, arguments.get(name)))
