"""What is decided before a job starts, so that the same resolved job gives the same bytes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from maya_stylize import checks
from maya_stylize.engine.backend import Backend, versions
from maya_stylize.engine.schedule import LOSSES, Octave
from maya_stylize.engine.seamless import fits
from maya_stylize.errors import JobError
from maya_stylize.images import color_config
from maya_stylize.job_sources import file_hash, with_sources
from maya_stylize.jobs import Job

LARGEST_NUMBER = 10**6


def resolve(
    job: Job,
    backend: Backend,
    model: str,
    octaves: list[Octave],
    history: int,
    tile: int,
    spaces: dict[str, str],
) -> Job:
    """Return the job with everything in it that decides the result's bytes.

    Args:
        job: As the user wrote it, or as an earlier run resolved it.
        backend: What it runs on.
        model: Fingerprint of the network.
        octaves: What it goes through.
        history: The optimizer's.
        tile: Side of the tiles; 0 for whole pictures.
        spaces: Names of the pictures' color spaces, and of the results'.
    """
    resolution = {
        "backend": backend.name,
        "device": backend.device,
        "device_name": backend.device_name,
        "data_format": backend.data_format,
        "threads": backend.threads,
        "history": history,
        "tile": tile,
        "octaves": [dataclasses.astuple(item) for item in octaves],
        "model": model,
        "color_config": color_config.content_of(job.color_config),
        "color_spaces": spaces,
        "versions": versions(backend.name),
    }
    return dataclasses.replace(job, resolution=resolution)


def read_threads(job: Job) -> int | None:
    """Return how many threads an earlier run of the job used; None if there was none.

    Raises:
        JobError: The job's resolution says something else than a number of threads.
    """
    threads = job.resolution.get("threads")
    return None if threads is None else _whole("resolution.threads", threads, 1024)


def read_history(job: Job) -> int | None:
    """Return the optimizer's history, as an earlier run had it; None if there was none.

    Raises:
        JobError: The job's resolution says something else than a length.
    """
    if "history" not in job.resolution:
        return None
    return _whole("resolution.history", job.resolution["history"], 1000)


def read_tile(job: Job) -> int | None:
    """Return the side of an earlier run's tiles, 0 for whole pictures; None if there was none.

    Raises:
        JobError: The job's resolution says something else than a length.
    """
    if "tile" not in job.resolution:
        return None
    return _whole("resolution.tile", job.resolution["tile"], LARGEST_NUMBER, lowest=0)


def read_octaves(job: Job, planned: list[Octave]) -> list[Octave]:
    """Return the octaves that an earlier run went through, or those that the schedule proposes.

    Args:
        job: The job.
        planned: What the schedule proposes.

    Raises:
        JobError: The job's resolution holds no octaves, or those of another size of the result.
    """
    if "octaves" not in job.resolution:
        return planned
    name = "resolution.octaves"
    entries, wanted = (
        job.resolution["octaves"],
        "lists of width, height, shrink, evaluations and loss",
    )
    fields = len(dataclasses.fields(Octave))
    if not isinstance(entries, list) or not entries:
        raise _refuse(name, wanted, entries)
    for index, entry in enumerate(entries):
        if not isinstance(entry, list) or len(entry) != fields:
            raise _refuse(f"{name}[{index}]", wanted, entry)
    found = []
    for index, (*numbers, loss) in enumerate(entries):
        if loss not in LOSSES:
            raise _refuse(f"{name}[{index}]", wanted, entries[index])
        width, height, shrink, evaluations = (
            _whole(f"{name}[{index}]", number, LARGEST_NUMBER) for number in numbers
        )
        if not fits(job, (width, height)):
            wanted = "of a width and height that can wrap"
            raise _refuse(f"{name}[{index}]", wanted, entries[index])
        found.append(Octave(width, height, shrink, evaluations, loss))
    last, size = found[-1], planned[-1]
    if (last.width, last.height) != (size.width, size.height):
        raise JobError(
            f"{name}: they end at {last.width}x{last.height}, but the result has "
            f"{size.width}x{size.height} pixels.",
            _REMOVE,
        )
    return found


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return in words where a job's earlier resolution and this one differ."""
    return [
        f"{name}: {checks.shown(before[name])} then, {checks.shown(now[name])} now"
        for name in sorted(before.keys() & now.keys())
        if before[name] != now[name]
    ]


def for_metadata(job: Job, contents: Callable[[str], str] = file_hash) -> dict[str, Any]:
    """Return the job as a picture carries it: pictures by their content, the output left out.

    Args:
        job: The job.
        contents: Gives a file's hash; of what the job read, where files may have changed since.
    """
    data = with_sources(job.to_json(), contents)
    del data["output"]
    return data


def _whole(name: str, value: Any, highest: int, lowest: int = 1) -> int:
    if type(value) is not int or not lowest <= value <= highest:
        raise _refuse(name, f"a whole number from {lowest} to {highest}", value)
    return value


def _refuse(name: str, wanted: str, got: object) -> JobError:
    return JobError(checks.refuse(name, wanted, got).message, _REMOVE)


_REMOVE = 'Remove "resolution" from the job to let it be decided anew.'
