"""What is decided before a job starts, so that the same resolved job gives the same bytes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from maya_stylize.engine.backend import Backend, versions
from maya_stylize.engine.schedule import Octave
from maya_stylize.errors import ImageError, JobError
from maya_stylize.files import sha256
from maya_stylize.jobs import Job

HISTORY = 20


def file_hash(path: str) -> str:
    """Return "sha256:" and the hash of a file's content.

    Raises:
        ImageError: The file cannot be read.
    """
    try:
        return "sha256:" + sha256(Path(path))
    except OSError as error:
        raise ImageError(
            f"{path}: cannot be read ({error.strerror}).", "Check the path."
        ) from error


def resolve(job: Job, backend: Backend, model: str, octaves: list[Octave]) -> Job:
    """Return the job with everything in it that decides the result's bytes.

    Args:
        job: As the user wrote it, or as an earlier run resolved it.
        backend: What it runs on.
        model: Fingerprint of the network.
        octaves: What the schedule proposes; a job resolved before keeps its own.
    """
    resolution = {
        "backend": backend.name,
        "device": backend.device,
        "data_format": backend.data_format,
        "threads": backend.threads,
        "history": job.resolution.get("history", HISTORY),
        "octaves": job.resolution.get("octaves", [dataclasses.astuple(item) for item in octaves]),
        "model": model,
        "versions": versions(backend.name),
    }
    return dataclasses.replace(job, resolution=resolution)


def read_threads(job: Job) -> int | None:
    """Return how many threads an earlier run of the job used, if it says."""
    threads = job.resolution.get("threads")
    if threads is not None and (type(threads) is not int or not 1 <= threads <= 1024):
        raise JobError(f"resolution.threads: must be a whole number, got {threads!r}.", _REMOVE)
    return threads


def read_octaves(job: Job) -> list[Octave]:
    """Return the octaves that a resolved job holds.

    Raises:
        JobError: They are not what an earlier run writes.
    """
    octaves = job.resolution["octaves"]
    try:
        found = [Octave(*(int(number) for number in entry)) for entry in octaves]
    except (TypeError, ValueError) as error:
        raise JobError(f"resolution.octaves: {error}.", _REMOVE) from error
    if not found or any(min(dataclasses.astuple(octave)) < 1 for octave in found):
        raise JobError("resolution.octaves: must all be numbers of at least 1.", _REMOVE)
    return found


def read_history(job: Job) -> int:
    """Return the optimizer's history that a resolved job holds.

    Raises:
        JobError: It is not what an earlier run writes.
    """
    history = job.resolution["history"]
    if type(history) is not int or not 1 <= history <= 1000:
        raise JobError(f"resolution.history: must be a whole number, got {history!r}.", _REMOVE)
    return history


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return in words where a job's earlier resolution and this one differ."""
    return [
        f"{name}: {before[name]} then, {now[name]} now"
        for name in sorted(before.keys() & now.keys())
        if before[name] != now[name]
    ]


def for_metadata(job: Job) -> dict[str, Any]:
    """Return the job as a picture carries it: pictures by their content, the output left out."""
    data = job.to_json()
    del data["output"]
    for name in ("exemplar", "content"):
        if name in data:
            data[name] = file_hash(data[name])
    for style in data.get("styles", ()):
        style["path"] = file_hash(style["path"])
    if data.get("start", "content") not in ("content", "noise"):
        data["start"] = file_hash(data["start"])
    return data


_REMOVE = 'Remove "resolution" from the job to let it be decided anew.'
