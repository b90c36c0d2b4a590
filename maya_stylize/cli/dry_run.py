"""``--dry-run``: what a job would take, after one short measurement of this machine."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console

from maya_stylize.engine import resolution, schedule
from maya_stylize.engine.backend import activate, free_memory
from maya_stylize.engine.plan import plan, room
from maya_stylize.images.probe import probe
from maya_stylize.jobs import Job

# Side of the picture that is evaluated to learn how fast the machine is.
SAMPLE = 256
# In tiles, features are computed twice, and around the tiles as well.
TILED = 1.9


def show(job: Job, model_file: Path, as_json: bool) -> int:
    """Print size, memory and time of a job; return the exit code.

    Raises:
        StylizeError: The job cannot be run.
    """

    def size_of(path: str) -> tuple[int, int]:
        facts = probe(path)
        return facts.width, facts.height

    found = plan(job, size_of)
    backend = activate(job.backend, job.device, resolution.read_threads(job))
    place = room((found.width, found.height), free_memory(backend.device))
    with Console(stderr=True).status("Measuring this machine"):
        rate = _seconds_per_pixel(job, model_file, schedule.worth_tracing(found.octaves))
    work = sum(octave.cost for octave in found.octaves) * (TILED if place.tile else 1)
    facts = {
        "width": found.width,
        "height": found.height,
        "octaves": [[item.width, item.height, item.evaluations] for item in found.octaves],
        "device": backend.device_name,
        "tile": place.tile,
        "history": place.history,
        "memory": place.memory,
        "free": free_memory(backend.device),
        "seconds": round(work * rate, 1),
    }
    if as_json:
        print(json.dumps(facts))
        return 0
    sizes = ", ".join(f"{item.width}x{item.height}" for item in found.octaves)
    minutes, seconds = divmod(round(work * rate), 60)
    print(f"size     {found.width}x{found.height}, by way of {sizes}")
    print(f"device   {backend.device_name}")
    print(f"memory   {place.memory / 2**30:.1f} GiB, {_ways(place.tile, place.history)}")
    print(f"time     about {minutes}:{seconds:02} minutes; less where the loss stops falling early")
    return 0


def _ways(tile: int, history: int) -> str:
    whole = f"in tiles of {tile} pixels" if tile else "as a whole picture"
    return f"{whole}, with a history of {history} steps"


def _seconds_per_pixel(job: Job, model_file: Path, fast: bool) -> float:
    """Return the time of one evaluation for each pixel, measured on a small picture."""
    from keras import ops

    from maya_stylize.convert import keras_h5
    from maya_stylize.engine.beats import finish
    from maya_stylize.engine.encoder import Encoder, Evaluation
    from maya_stylize.engine.objective import Targets
    from maya_stylize.engine.texture import style
    from maya_stylize.engine.vgg19 import to_network
    from maya_stylize.jobs import SynthesizeJob

    backend = activate(job.backend, job.device, resolution.read_threads(job))
    layers = job.layers if isinstance(job, SynthesizeJob) else job.style_layers
    pixels = np.random.default_rng(0).uniform(0, 1, (SAMPLE, SAMPLE, 3)).astype(np.float32)
    with backend.scope():
        taps = [layer for layer, weight in layers.items() if weight]
        network = keras_h5.read(model_file)
        evaluation = Evaluation(Encoder(network, taps, job.pooling, backend, fast=fast))
        targets = Targets.of([finish(style(evaluation, pixels, layers))])
        picture = ops.convert_to_tensor(to_network(pixels[::-1], backend.data_format))
        times = []
        for _ in range(4):  # the first one compiles
            began = perf_counter()
            finish(evaluation.value_and_gradient(picture, targets))
            times.append(perf_counter() - began)
    return float(np.median(times[1:])) / SAMPLE**2
