"""One job, straight through: pictures in, events out, the result written at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Union

import numpy as np
from keras import ops

from maya_stylize.convert import keras_h5
from maya_stylize.convert.fingerprint import fingerprint
from maya_stylize.engine import resolution, schedule, vgg19
from maya_stylize.engine.backend import Backend, activate
from maya_stylize.engine.objective import Objective
from maya_stylize.engine.optimize import LBFGS
from maya_stylize.engine.texture import Synthesis
from maya_stylize.engine.transfer import Transfer
from maya_stylize.errors import ImageError, JobError
from maya_stylize.events import Event, Log, Preview, Progress, Result
from maya_stylize.images import reader, writer
from maya_stylize.images.resize import resize
from maya_stylize.jobs import Job, SynthesizeJob

Problem = Union[Synthesis, Transfer]


def run(job: Job, model_file: Path, previews: Path | None = None) -> Iterator[Event]:
    """Run a job and say how it goes.

    Closing the iterator between two events cancels the job; nothing half-written is left.

    Args:
        job: What is wanted. One with a resolution is run as it was resolved.
        model_file: The converted network.
        previews: A folder for a picture of every octave's result; None for no previews.

    Yields:
        Logs and progress, previews if they are wanted, and the result last.

    Raises:
        StylizeError: The job cannot be run; the message says why and what to do.
    """
    _check_output(job)
    problem, like, notes = _read(job)
    yield from notes
    planned = schedule.octaves(job.kind, job.quality, problem.size, problem.smallest_example)
    octaves = resolution.read_octaves(job, planned)
    history = resolution.read_history(job)
    network = keras_h5.read(model_file)
    backend = activate(job.backend, job.device, resolution.read_threads(job))
    resolved = resolution.resolve(job, backend, fingerprint(network), octaves, history)
    changed = resolution.differences(job.resolution, resolved.resolution)
    if changed:
        yield Log("The result may differ from the earlier run: " + "; ".join(changed), "warning")
    with backend.scope():
        model = vgg19.build(network, problem.taps, job.pooling, backend.data_format)
        climb = _Climb(problem, octaves, backend, history)
        random = np.random.default_rng(job.seed)
        pixels = problem.begin(octaves[0], random)
        for octave in octaves:
            objective = problem.objective(octave, model, backend.data_format)
            optimizer = climb.start(octave, objective, pixels)
            yield from climb.steps(octave, optimizer)
            picture = ops.convert_to_numpy(optimizer.state.x)
            pixels = vgg19.from_network(picture, backend.data_format)
            if previews is not None:
                path = previews / f"{octave.width}x{octave.height}.png"
                writer.write(path, resize(pixels, *problem.size))
                yield Preview(str(path))
        errors = objective.layer_errors(optimizer.state.x)
    written = writer.write(
        job.output,
        problem.finish(pixels),
        depth=like.depth,
        job=resolution.for_metadata(resolved),
    )
    yield Result(
        path=str(written.path),
        sidecar=None if written.sidecar is None else str(written.sidecar),
        job=resolved.to_json(),
        loss=optimizer.state.value,
        layer_errors=errors,
    )


def _check_output(job: Job) -> None:
    """Refuse an output that cannot be written, or that is one of the job's own pictures."""
    writer.check_writable(job.output)
    output = Path(job.output)
    for source in map(Path, job.sources):
        if output.exists() and source.exists() and output.samefile(source):
            raise JobError(
                f"output: {output} is a picture that the job reads.",
                "Choose another name; source pictures are never overwritten.",
            )


def _read(job: Job) -> tuple[Problem, reader.Picture, list[Log]]:
    """Read a job's pictures: the problem, the picture whose depth the result has, and notes."""
    pictures = {path: reader.read(path) for path in job.sources}
    for path, picture in pictures.items():
        height, width = picture.pixels.shape[:2]
        if min(height, width) < schedule.SMALLEST_EXAMPLE:
            raise ImageError(
                f"{path}: {width}x{height} pixels are too few to have a texture.",
                f"Use a picture of at least {schedule.SMALLEST_EXAMPLE} pixels a side.",
            )
    notes = [
        Log(f"{path}: its alpha is left out.", "warning")
        for path, picture in pictures.items()
        if picture.alpha is not None and picture.alpha.min() < 1
    ]
    pixels = {path: picture.pixels for path, picture in pictures.items()}
    if isinstance(job, SynthesizeJob):
        return Synthesis(job, pixels[job.exemplar]), pictures[job.exemplar], notes
    start = job.content if job.start == "content" else job.start
    transfer = Transfer(
        job,
        pixels[job.content],
        tuple(pixels[style.path] for style in job.styles),
        None if job.start == "noise" else pixels[start],
    )
    return transfer, pictures[job.content], notes


class _Climb:
    """Takes one problem through its octaves and keeps the time."""

    def __init__(
        self, problem: Problem, octaves: list[schedule.Octave], backend: Backend, history: int
    ) -> None:
        self._problem = problem
        self._octaves = octaves
        self._backend = backend
        self._history = history
        self._rate: float | None = None  # seconds per unit of cost, in the latest octave

    def start(
        self, octave: schedule.Octave, objective: Objective, pixels: vgg19.FloatArray
    ) -> LBFGS:
        """Return the optimizer of an octave, at the picture so far."""
        data_format = self._backend.data_format
        pixels = resize(pixels, octave.width, octave.height)
        return LBFGS(
            self._backend.value_and_gradient(objective),
            ops.convert_to_tensor(vgg19.to_network(pixels, data_format)),
            *self._problem.bounds(octave, data_format),
            self._history,
        )

    def steps(self, octave: schedule.Octave, optimizer: LBFGS) -> Iterator[Progress]:
        """Step until the octave's evaluations are spent or no longer pay; say so each time."""
        patience = schedule.Patience()
        state = optimizer.state
        began, first = monotonic(), state.evaluations
        yield self._progress(octave, state.evaluations, state.value)
        while state.evaluations < octave.evaluations and optimizer.step():
            spent = state.evaluations - first
            self._rate = (monotonic() - began) / (spent * octave.width * octave.height)
            yield self._progress(octave, state.evaluations, state.value)
            if patience.spent(state.value):
                break

    def _progress(self, octave: schedule.Octave, evaluations: int, loss: float) -> Progress:
        here = self._octaves.index(octave)
        share = min(1.0, evaluations / octave.evaluations)
        done = sum(item.cost for item in self._octaves[:here]) + share * octave.cost
        total = sum(item.cost for item in self._octaves)
        left = None if self._rate is None else (total - done) * self._rate
        return Progress(octave.name, done / total, loss, left)
