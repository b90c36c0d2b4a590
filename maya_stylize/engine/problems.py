"""From a job to its problem: its pictures and masks read, and what its result is to be like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from maya_stylize.engine import alpha, schedule
from maya_stylize.engine.canvas import Canvas
from maya_stylize.engine.guidance import Regions
from maya_stylize.engine.repair import Repair
from maya_stylize.engine.texture import Synthesis
from maya_stylize.engine.transfer import Transfer
from maya_stylize.engine.vgg19 import FloatArray
from maya_stylize.errors import ImageError
from maya_stylize.events import Log
from maya_stylize.images import held, masks, reader
from maya_stylize.images.islands import Cover
from maya_stylize.images.tone import Curve
from maya_stylize.jobs import Job, RepairJob, StylizeJob, SynthesizeJob

Problem = Union[Synthesis, Transfer, Repair]
OPAQUE = Cover()


@dataclass(frozen=True, eq=False)
class Task:
    """A job with everything read.

    Attributes:
        problem: In which every picture is tone-compressed as it needs.
        like: The picture whose depth the result has.
        curve: Takes the result back to that one's range.
        notes: What is to be said before it begins.
        kept: Pixels of the source that the result has unchanged; None for none.
        cover: What it takes over of the source's transparency.
    """

    problem: Problem
    like: reader.Picture
    curve: Curve
    notes: list[Log]
    kept: held.Held | None = None
    cover: Cover = OPAQUE


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
    colors, notes = alpha.seen(job, pictures)
    curves = {path: Curve.of(found) for path, found in colors.items()}
    notes += [
        Log(
            f"{path}: values from {found.min():.3g} to {found.max():.3g} on the sRGB curve; the "
            "network sees those beyond 0 to 1 compressed."
        )
        for path, found in colors.items()
        if curves[path].changes
    ]
    pixels = {path: curves[path].compress(found) for path, found in colors.items()}
    if isinstance(job, SynthesizeJob):
        like = job.exemplar
        problem: Problem = _synthesis(job, pixels[like], pictures[like].alpha)
    elif isinstance(job, RepairJob):
        like = job.picture
        repair = _repair(job, pixels)
        note = Log(f"The band along each seam is {repair.canvas.band} pixels wide.")
        notes += [note] * (repair.canvas.band > 0)
        kept = held.Held.of(job.picture, ~repair.canvas.made, job.extend)
        cover = alpha.cover_of(job, pictures[like])
        return Task(repair, pictures[like], curves[like], notes, kept, cover)
    else:
        like = job.content
        problem = _transfer(job, pixels, pictures)
    cover = alpha.cover_of(job, pictures[like]).at(*problem.size)
    return Task(problem, pictures[like], curves[like], notes, cover=cover)


def _synthesis(job: SynthesizeJob, exemplar: FloatArray, alpha: FloatArray | None) -> Synthesis:
    plain = Synthesis(job, exemplar)
    if not job.regions and (alpha is None or alpha.min() >= 1):
        return plain
    regions = _regions(job, plain.size, [exemplar], [1.0], (None, [alpha]))
    return Synthesis(job, exemplar, regions)


def _transfer(
    job: StylizeJob, pixels: dict[str, FloatArray], pictures: dict[str, reader.Picture]
) -> Transfer:
    styles = tuple(pixels[style.path] for style in job.styles)
    start = job.content if job.start == "content" else job.start
    first = None if job.start == "noise" else pixels[start]
    plain = Transfer(job, pixels[job.content], styles, first)
    opaque = None
    if job.alpha == "mask":
        cover = alpha.cover_of(job, pictures[job.content]).at(*plain.size)
        opaque = cover.alpha, [pictures[style.path].alpha for style in job.styles]
    if not job.regions and opaque is None:
        return plain
    shares = [style.weight for style in job.styles]
    regions = _regions(job, plain.size, list(styles), shares, opaque)
    return Transfer(job, pixels[job.content], styles, first, regions)


def _repair(job: RepairJob, pixels: dict[str, FloatArray]) -> Repair:
    picture = pixels[job.picture]
    size = picture.shape[1], picture.shape[0]
    mask = None if job.mask is None else masks.read(job.mask, size, "the picture has")
    exemplar = None if job.exemplar is None else pixels[job.exemplar]
    return Repair(job, Canvas.of(job, picture, mask), exemplar)


def _regions(
    job: SynthesizeJob | StylizeJob,
    size: tuple[int, int],
    examples: list[FloatArray],
    shares: list[float],
    opaque: tuple[FloatArray | None, list[FloatArray | None]] | None,
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
    return Regions.of(pairs, (size[1], size[0]), sizes, shares, opaque)
