"""The small commands: what is answered while a job runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from maya_stylize import checks, events
from maya_stylize.convert import sources
from maya_stylize.engine.backend import free_memory, in_use
from maya_stylize.engine.plan import plan, room
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
    return {"path": str(thumbnail(_path(arguments, "path"), size))}


def answer_plan(arguments: Answer, _: Report) -> Answer:
    """Return the size of a job's result, its octaves, and how it fits into memory."""

    def size_of(path: str) -> tuple[int, int]:
        facts = probe(path)
        return facts.width, facts.height

    job = from_json(arguments.get("job"))
    found = plan(job, size_of)
    octaves = [[item.width, item.height, item.evaluations] for item in found.octaves]
    device = "cpu:0" if job.device == "cpu" else in_use()
    place = room((found.width, found.height), free_memory(device))
    size = {"width": found.width, "height": found.height, "octaves": octaves}
    return {**size, **dataclasses.asdict(place)}


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
