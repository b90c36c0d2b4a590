"""``--dry-run``: what a job would take; a machine that no job ran on is measured first."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console

from maya_stylize.engine import resolution, speed
from maya_stylize.engine.backend import Backend, activate, free_memory
from maya_stylize.engine.estimate import estimate, seconds_of
from maya_stylize.jobs import Job

# Sides of the pictures that are evaluated to learn how fast the machine is, and how often each is
# after the evaluation that compiles.
SAMPLES = (64, 256)
EVALUATIONS = 3


def show(job: Job, model_file: Path, as_json: bool) -> int:
    """Print size, memory and time of a job; return the exit code.

    Raises:
        StylizeError: The job cannot be run.
    """
    began = perf_counter()
    backend = activate(job.backend, job.device, resolution.read_threads(job))
    loading = perf_counter() - began  # the job's own process has to do that too
    found = estimate(job, backend.unit)
    seconds = found.seconds
    if seconds is None:
        with Console(stderr=True).status("Measuring this machine"):
            seen = _measure(job, model_file, backend, found.fast)
        seconds = seconds_of(found.plan, found.room, seen)
    seconds += loading
    facts = {
        **found.to_json(),
        "seconds": round(seconds, 1),
        "device": backend.device_name,
        "free": free_memory(backend.device),
    }
    if as_json:
        print(json.dumps(facts))
        return 0
    each = (f"{item.width}x{item.height}" for item in found.plan.octaves)
    sizes = ", ".join(dict.fromkeys(each))  # the last one has several stages
    time = timedelta(seconds=round(seconds))
    room = found.room
    print(f"size     {found.plan.width}x{found.plan.height}, by way of {sizes}")
    print(f"device   {backend.device_name}")
    print(f"memory   {room.memory / 2**30:.1f} GiB, {_ways(room.tile, room.history)}")
    print(f"time     about {time}; less where the loss stops falling early")
    return 0


def _ways(tile: int, history: int) -> str:
    whole = f"in tiles of {tile} pixels" if tile else "as a whole picture"
    return f"{whole}, with a history of {history} steps"


def _measure(job: Job, model_file: Path, backend: Backend, fast: bool) -> speed.Speed:
    """Let a few evaluations of small pictures tell how fast the machine is, and keep that."""
    began = perf_counter()
    from keras import ops

    from maya_stylize.convert import keras_h5
    from maya_stylize.engine.beats import finish
    from maya_stylize.engine.encoder import Encoder
    from maya_stylize.engine.evaluation import Evaluation
    from maya_stylize.engine.objective import Targets
    from maya_stylize.engine.texture import style
    from maya_stylize.engine.vgg19 import to_network
    from maya_stylize.jobs import StylizeJob

    layers = job.style_layers if isinstance(job, StylizeJob) else job.layers
    random = np.random.default_rng(0)
    stints = []
    with backend.scope():
        taps = [layer for layer, weight in layers.items() if weight]
        network = keras_h5.read(model_file)
        evaluation = Evaluation(Encoder(network, taps, job.pooling, backend, fast=fast))
        for side in SAMPLES:
            pixels = random.uniform(0, 1, (side, side, 3)).astype(np.float32)
            targets = Targets.of([finish(style(evaluation, pixels, layers))])
            picture = ops.convert_to_tensor(to_network(pixels[::-1], backend.data_format))
            finish(evaluation.value_and_gradient(picture, targets))  # compiles
            first = perf_counter()
            for _ in range(EVALUATIONS):
                finish(evaluation.value_and_gradient(picture, targets))
            stints.append(speed.Stint((side, side), 0, EVALUATIONS, perf_counter() - first))
    return speed.remember(backend.unit, fast, stints, perf_counter() - began)
