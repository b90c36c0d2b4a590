"""From a job to its problem: its pictures and masks read, and what its result is to be like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

import numpy as np

from maya_stylize.engine import schedule
from maya_stylize.engine.canvas import Canvas
from maya_stylize.engine.guidance import Regions
from maya_stylize.engine.repair import Repair
from maya_stylize.engine.texture import Synthesis
from maya_stylize.engine.transfer import Transfer
from maya_stylize.engine.vgg19 import FloatArray
from maya_stylize.errors import ImageError
from maya_stylize.events import Log
from maya_stylize.images import held, masks, reader
from maya_stylize.images.tone import Curve
from maya_stylize.jobs import Job, RepairJob, StylizeJob, SynthesizeJob

Problem = Union[Synthesis, Transfer, Repair]


@dataclass(frozen=True, eq=False)
class Task:
    """A job with everything read.

    Attributes:
        problem: In which every picture is tone-compressed as it needs.
        like: The picture whose depth the result has.
        curve: Takes the result back to that one's range.
        notes: What is to be said before it begins.
        kept: Pixels of the source that the result has unchanged; None for none.
        alpha: Of the result, (H, W), 0 to 1; None for none.
    """

    problem: Problem
    like: reader.Picture
    curve: Curve
    notes: list[Log]
    kept: held.Held | None = None
    alpha: FloatArray | None = None


def read(job: Job) -> Task:
    """Read a job's pictures and masks.

    Raises:
        StylizeError: One cannot be read or used.
    """
    pictures = {path: reader.read(path) for path in job.pictures}
    for path, picture in pictures.items():
        height, width = picture.pixels.shape[:2]
        if min(height, width) < schedule.SMALLEST_SIDE:
            raise ImageError(
                f"{path}: {width}x{height} pixels are too few to have a texture.",
                f"Use a picture of at least {schedule.SMALLEST_SIDE} pixels a side.",
            )
    notes = [
        Log(f"{path}: its alpha is left out.", "warning")
        for path, picture in pictures.items()
        if picture.alpha is not None and picture.alpha.min() < 1
    ]
    curves = {path: Curve.of(picture.pixels) for path, picture in pictures.items()}
    notes += [
        Log(
            f"{path}: values from {picture.pixels.min():.3g} to {picture.pixels.max():.3g} on the "
            "sRGB curve; the network sees those beyond 0 to 1 compressed."
        )
        for path, picture in pictures.items()
        if curves[path].changes
    ]
    pixels = {path: curves[path].compress(picture.pixels) for path, picture in pictures.items()}
    if isinstance(job, SynthesizeJob):
        like = job.exemplar
        problem: Problem = _synthesis(job, pixels[like])
    elif isinstance(job, RepairJob):
        like = job.picture
        repair = _repair(job, pixels)
        note = Log(f"The band along each seam is {repair.canvas.band} pixels wide.")
        notes += [note] * (repair.canvas.band > 0)
        kept = held.Held.of(job.picture, ~repair.canvas.made, job.extend)
        alpha = _extended(pictures[like].alpha, job)
        return Task(repair, pictures[like], curves[like], notes, kept, alpha)
    else:
        like = job.content
        problem = _transfer(job, pixels)
    return Task(problem, pictures[like], curves[like], notes)


def _synthesis(job: SynthesizeJob, exemplar: FloatArray) -> Synthesis:
    plain = Synthesis(job, exemplar)
    if not job.regions:
        return plain
    return Synthesis(job, exemplar, _regions(job, plain.size, [exemplar], [1.0]))


def _transfer(job: StylizeJob, pixels: dict[str, FloatArray]) -> Transfer:
    styles = tuple(pixels[style.path] for style in job.styles)
    start = job.content if job.start == "content" else job.start
    first = None if job.start == "noise" else pixels[start]
    plain = Transfer(job, pixels[job.content], styles, first)
    if not job.regions:
        return plain
    shares = [style.weight for style in job.styles]
    regions = _regions(job, plain.size, list(styles), shares)
    return Transfer(job, pixels[job.content], styles, first, regions)


def _repair(job: RepairJob, pixels: dict[str, FloatArray]) -> Repair:
    picture = pixels[job.picture]
    size = picture.shape[1], picture.shape[0]
    mask = None if job.mask is None else masks.read(job.mask, size, "the picture has")
    exemplar = None if job.exemplar is None else pixels[job.exemplar]
    return Repair(job, Canvas.of(job, picture, mask), exemplar)


def _extended(alpha: FloatArray | None, job: RepairJob) -> FloatArray | None:
    """Return a picture's alpha, opaque where it is extended."""
    left, top, right, bottom = job.extend
    around = ((top, bottom), (left, right))
    return None if alpha is None else np.pad(alpha, around, constant_values=1)


def _regions(
    job: SynthesizeJob | StylizeJob,
    size: tuple[int, int],
    examples: list[FloatArray],
    shares: list[float],
) -> Regions:
    pairs = []
    for region in job.regions:
        rows, columns = examples[region.style].shape[:2]
        target = masks.read(region.target, size, "the result has")
        source = None
        if region.source is not None:
            source = masks.read(region.source, (columns, rows), "the example has")
        pairs.append((target, source, region.style))
    sizes = [(int(each.shape[0]), int(each.shape[1])) for each in examples]
    return Regions.of(pairs, (size[1], size[0]), sizes, shares)
