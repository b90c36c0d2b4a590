"""Resolves a bundle's jobs where it is exported, so that every worker does the same."""

from __future__ import annotations

import dataclasses
import os

from maya_stylize import jobs
from maya_stylize.engine import resolution
from maya_stylize.engine.backend import activate
from maya_stylize.engine.estimate import estimate
from maya_stylize.job_sources import with_color_config, with_sources
from maya_stylize.jobs import Job


def resolved(job: Job, model: str, threads: int | None) -> tuple[Job, int]:
    """Return a job with whole paths and with everything in it that decides the result's bytes.

    With it comes how many bytes it takes at its peak.

    Args:
        job: What is wanted.
        model: Fingerprint of the network.
        threads: Of one operation on the CPU; None for as many as there are processors here.

    Raises:
        StylizeError: The job cannot be run: a picture cannot be read, or there is too little
            memory, or no such device.
    """
    whole = jobs.from_json(with_sources(with_color_config(job).to_json(), os.path.abspath))
    if threads is not None:
        whole = dataclasses.replace(whole, resolution={"threads": threads})
    backend = activate(whole.backend, whole.device, threads)
    found = estimate(whole, backend.unit)
    octaves, room = list(found.plan.octaves), found.room
    made = resolution.resolve(whole, backend, model, octaves, room.history, room.tile, {})
    # Color spaces follow from the job, and from files and a config that are known by their hashes.
    del made.resolution["color_spaces"]
    return made, room.memory
