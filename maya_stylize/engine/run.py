"""One job, straight through: pictures in, events out, the result written at the end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from maya_stylize.engine import resolution, schedule, speed, tasks
from maya_stylize.engine.checkpoint import EVERY_SECONDS, Checkpoint, Keeper
from maya_stylize.engine.climb import Climb
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.output import Conversion, Output
from maya_stylize.engine.plan import is_sliced
from maya_stylize.engine.prepare import prepare
from maya_stylize.engine.problems import Problem
from maya_stylize.engine.seamless import wrap_of
from maya_stylize.engine.vgg19 import FloatArray
from maya_stylize.errors import ImageError, JobError
from maya_stylize.events import Event, Log, Preview, Progress, Result
from maya_stylize.images import color_config, seam, writer
from maya_stylize.images.resize import resize
from maya_stylize.job_sources import Contents
from maya_stylize.jobs import Job, MaterialJob, RepairJob


def run(
    job: Job,
    model_file: Path,
    previews: Path | None = None,
    resume: Checkpoint | None = None,
    every: float = EVERY_SECONDS,
    statistics: Path | None = None,
) -> Iterator[Event]:
    """Run a job and say how it goes.

    Closing the iterator between two events cancels the job: beside where its output would be it
    leaves a checkpoint, and nothing half-written.

    Args:
        job: What is wanted. One with a resolution is run as it was resolved.
        model_file: The converted network.
        previews: A folder for a picture of every octave's result; None for no previews.
        resume: Where an earlier run of the job was broken off.
        every: Seconds between two checkpoints.
        statistics: A folder with what `learn` has kept there; None to compute all anew.

    Yields:
        Logs and progress, previews if they are wanted, and the result last.

    Raises:
        StylizeError: The job cannot be run; the message says why and what to do.
    """
    began = monotonic()
    _check_output(job)
    contents = Contents(job)
    task = tasks.read(job)
    contents.settle()
    problem = task.problem
    yield from task.notes
    ready = prepare(job, task, model_file)
    backend, octaves, resolved = ready.backend, ready.octaves, ready.resolved
    view, why = _view(job, task.outputs[0])
    if why:
        yield Log(f"Previews are shown without the config's view. {why}", "warning")
    last = octaves[-1]
    if (last.width, last.height) != problem.size:
        yield Log(_resampled(last, *problem.size))
    if resume is not None:
        resume.check(resolved)
    changed = resolution.differences(job.resolution, resolved.resolution)
    if changed:
        yield Log("The result may differ from the earlier run: " + "; ".join(changed), "warning")
    with backend.scope():
        encoder, is_new = ready.encoder()
        known = None if statistics is None else ready.known(statistics)
        evaluation = Evaluation(encoder, ready.tile, known)
        kept = None if resume is None else resume.kept
        climb = Climb(problem, evaluation, octaves, ready.history, job.seed, kept)
        keeper = Keeper(resolved, climb.keep, every, contents)
        with keeper.keeping():
            for octave in climb.octaves():
                for event in climb.climb(octave):
                    yield event
                    keeper.now_and_then()
                if previews is not None:
                    path = previews / f"{octave.width}x{octave.height}_{octave.loss}.png"
                    made = _finished(problem, climb.pixels)
                    lead = task.outputs[0]
                    writer.write(path, view(made[..., :3]), alpha=lead.alpha_in(made))
                    yield Preview(str(path))
            yield Progress("writing", 1.0, climb.loss, 0.0)
            if evaluation.tile != ready.tile:
                resolved = resolution.resolve(
                    job,
                    backend,
                    ready.identity,
                    octaves,
                    ready.history,
                    evaluation.tile,
                    task.spaces,
                )
            pixels = _finished(problem, climb.pixels)
            carried = resolution.for_metadata(resolved, contents)
            written = [
                _write(output, index, pixels, carried) for index, output in enumerate(task.outputs)
            ]
    if isinstance(job, RepairJob) and not written[0].exact:
        yield Log(f"{written[0].path}: what is kept is the source's but for rounding.", "warning")
    whole = monotonic() - began if is_new and evaluation.tile == ready.tile else None
    if not is_sliced(job):  # what is kept is of Gram matrices
        speed.remember(backend.unit, ready.fast, climb.stints, whole, task.count)
    for axis, (name, wraps) in enumerate(zip(("down", "across"), wrap_of(job), strict=True)):
        if wraps:
            score = seam.score(pixels, axis)
            yield Log(f"The seam {name}: {score:.1f} of the picture's own variation.")
    yield Result(
        path=str(written[0].path),
        sidecar=None if written[0].sidecar is None else str(written[0].sidecar),
        job=resolved.to_json(),
        loss=climb.loss,
        layer_errors=climb.layer_errors,
        maps=dict(zip(job.maps, job.outputs, strict=True)) if isinstance(job, MaterialJob) else {},
    )


def learn(job: Job, model_file: Path, statistics: Path) -> Iterator[Event]:
    """Keep what a job learns from its examples for other jobs with the same.

    Args:
        job: A synthesis, a transfer or a material; a repair's examples are its own.
        model_file: The converted network.
        statistics: The folder.

    Yields:
        Progress.

    Raises:
        StylizeError: The job cannot be run, or the folder not written to.
    """
    task = tasks.read(job)
    ready = prepare(job, task, model_file)
    with ready.backend.scope():
        encoder, _ = ready.encoder()
        evaluation = Evaluation(encoder, ready.tile, ready.known(statistics, grows=True))
        nothing = np.zeros((1, 1, 3), np.float32)  # what is made does not count
        for index, octave in enumerate(ready.octaves):
            with ready.backend.telling_of_memory(octave.name):
                for _ in task.problem.targets(octave, evaluation, nothing):
                    yield Progress(octave.name, index / len(ready.octaves))


def _write(output: Output, index: int, made: FloatArray, job: dict[str, Any]) -> writer.Written:
    return writer.write(
        output.path,
        output.restore(made[..., 3 * index : 3 * index + 3]),
        alpha=output.alpha_in(made),
        under=output.cover.under,
        depth=output.like.depth,
        space=output.space,
        job=job,
        keep=output.keep,
        held=output.held,
    )


def _view(job: Job, output: Output) -> tuple[Conversion, str]:
    """Return what makes previews of what is made, and what is to be said of it, if anything.

    Where the job names a color config, what is linear is seen by its default view.
    """
    if job.color_config is None or not output.space.is_linear():
        return (lambda pixels: pixels), ""
    try:
        view = color_config.load(job.color_config).view()
    except ImageError as error:
        return (lambda pixels: pixels), error.message
    return (lambda pixels: view(output.restore(pixels))), ""


def _finished(problem: Problem, pixels: FloatArray) -> FloatArray:
    """Return an octave's result as it is written, at the result's size."""
    return problem.finish(resize(pixels, *problem.size, problem.wrap))


def _resampled(octave: schedule.Octave, width: int, height: int) -> str:
    """Return in words that a result is not made at the size that is wanted."""
    return (
        "A side that wraps is a multiple of the deepest layer's stride: the picture is made at "
        f"{octave.width}x{octave.height} and resampled to {width}x{height}."
    )


def _check_output(job: Job) -> None:
    """Refuse an output that cannot be written, or that is one of the job's own pictures."""
    for path in job.outputs:
        writer.check_writable(path)
    for output, source in product(map(Path, job.outputs), map(Path, job.sources)):
        if output.exists() and source.exists() and output.samefile(source):
            raise JobError(
                f"output: {output} is a picture that the job reads.",
                "Choose another name; source pictures are never overwritten.",
            )
