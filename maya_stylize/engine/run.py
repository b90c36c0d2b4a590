"""One job, straight through: pictures in, events out, the result written at the end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from pathlib import Path
from time import monotonic
from typing import Any

from maya_stylize.convert import keras_h5
from maya_stylize.convert.fingerprint import fingerprint
from maya_stylize.convert.network import Network
from maya_stylize.engine import resolution, schedule, speed, tasks
from maya_stylize.engine.backend import Backend, activate, free_memory
from maya_stylize.engine.checkpoint import EVERY_SECONDS, Checkpoint, Keeper
from maya_stylize.engine.climb import Climb
from maya_stylize.engine.encoder import Encoder
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.maps import Maps
from maya_stylize.engine.plan import Plan, is_sliced, maps_of, regions_of, settle
from maya_stylize.engine.problems import Problem
from maya_stylize.engine.seamless import wrap_of
from maya_stylize.engine.tasks import Output
from maya_stylize.engine.vgg19 import FloatArray, Wrap
from maya_stylize.errors import JobError
from maya_stylize.events import Event, Log, Preview, Progress, Result
from maya_stylize.images import seam, writer
from maya_stylize.images.resize import resize
from maya_stylize.jobs import Job, MaterialJob, RepairJob


def run(
    job: Job,
    model_file: Path,
    previews: Path | None = None,
    resume: Checkpoint | None = None,
    every: float = EVERY_SECONDS,
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

    Yields:
        Logs and progress, previews if they are wanted, and the result last.

    Raises:
        StylizeError: The job cannot be run; the message says why and what to do.
    """
    began = monotonic()
    _check_output(job)
    task = tasks.read(job)
    problem = task.problem
    yield from task.notes
    planned = schedule.octaves(job, problem.size, problem.smallest_example)
    octaves = resolution.read_octaves(job, planned)
    last = octaves[-1]
    if (last.width, last.height) != problem.size:
        yield Log(_resampled(last, *problem.size))
    changed_at = model_file.stat().st_mtime_ns if model_file.is_file() else 0
    _, identity = _network(model_file, changed_at)
    backend = activate(job.backend, job.device, resolution.read_threads(job))
    fast = backend.unit.has_faster and schedule.worth_tracing(octaves)
    size, example = problem.size, problem.largest_example
    plan = Plan(*size, tuple(octaves), example, regions_of(job), maps_of(job), is_sliced(job))
    room = settle(job, plan, free_memory(backend.device), fast)
    history, tile = room.history, room.tile
    spaces = task.spaces
    resolved = resolution.resolve(job, backend, identity, octaves, history, tile, spaces)
    if resume is not None:
        resume.check(resolved)
    changed = resolution.differences(job.resolution, resolved.resolution)
    if changed:
        yield Log("The result may differ from the earlier run: " + "; ".join(changed), "warning")
    with backend.scope():
        made = _encoder.cache_info().misses
        encoder = _encoder(
            model_file,
            changed_at,
            tuple(problem.taps),
            job.pooling,
            backend,
            problem.wrap,
            fast,
            task.maps,
        )
        is_new = _encoder.cache_info().misses > made
        evaluation = Evaluation(encoder, tile)
        kept = None if resume is None else resume.kept
        climb = Climb(problem, evaluation, octaves, history, job.seed, kept)
        keeper = Keeper(resolved, climb.keep, every)
        with keeper.keeping():
            for octave in climb.octaves():
                for event in climb.climb(octave):
                    yield event
                    keeper.now_and_then()
                if previews is not None:
                    path = previews / f"{octave.width}x{octave.height}_{octave.loss}.png"
                    shown = _finished(problem, climb.pixels)[..., :3]
                    writer.write(path, shown, alpha=task.outputs[0].cover.alpha)
                    yield Preview(str(path))
            yield Progress("writing", 1.0, climb.loss, 0.0)
            if evaluation.tile != tile:
                resolved = resolution.resolve(
                    job, backend, identity, octaves, history, evaluation.tile, spaces
                )
            pixels = _finished(problem, climb.pixels)
            carried = resolution.for_metadata(resolved)
            written = [
                _write(output, pixels[..., 3 * index : 3 * index + 3], carried)
                for index, output in enumerate(task.outputs)
            ]
    if isinstance(job, RepairJob) and not written[0].exact:
        yield Log(f"{written[0].path}: what is kept is the source's but for rounding.", "warning")
    whole = monotonic() - began if is_new and evaluation.tile == tile else None
    if not plan.sliced:  # what is kept is of Gram matrices
        speed.remember(backend.unit, fast, climb.stints, whole)
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


def _write(output: Output, pixels: FloatArray, job: dict[str, Any]) -> writer.Written:
    return writer.write(
        output.path,
        output.restore(pixels),
        alpha=output.cover.alpha,
        under=output.cover.under,
        depth=output.like.depth,
        space=output.space,
        job=job,
        keep=output.keep,
        held=output.held,
    )


def _finished(problem: Problem, pixels: FloatArray) -> FloatArray:
    """Return an octave's result as it is written, at the result's size."""
    return problem.finish(resize(pixels, *problem.size, problem.wrap))


def _resampled(octave: schedule.Octave, width: int, height: int) -> str:
    """Return in words that a result is not made at the size that is wanted."""
    return (
        "A side that wraps is a multiple of the deepest layer's stride: the picture is made at "
        f"{octave.width}x{octave.height} and resampled to {width}x{height}."
    )


@lru_cache(maxsize=1)
def _network(model_file: Path, _changed_at: int) -> tuple[Network, str]:
    """Return a model file's network and its fingerprint, kept for the process's next job."""
    network = keras_h5.read(model_file)
    return network, fingerprint(network)


@lru_cache(maxsize=2)
def _encoder(
    model_file: Path,
    changed_at: int,
    taps: tuple[str, ...],
    pooling: str,
    backend: Backend,
    wrap: Wrap,
    fast: bool,
    maps: Maps | None,
) -> Encoder:
    """Return an encoder, kept with what it has compiled for the process's next job."""
    return Encoder(_network(model_file, changed_at)[0], taps, pooling, backend, wrap, fast, maps)


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
