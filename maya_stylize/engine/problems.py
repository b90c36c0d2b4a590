"""From a job to its problem: its pictures and masks read, and what its result is to be like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Union

import numpy as np

from maya_stylize.engine import schedule
from maya_stylize.engine.canvas import Canvas
from maya_stylize.engine.guidance import Regions
from maya_stylize.engine.maps import Maps
from maya_stylize.engine.material import COLORED, NORMAL, Material
from maya_stylize.engine.repair import Repair
from maya_stylize.engine.texture import Synthesis
from maya_stylize.engine.transfer import Transfer
from maya_stylize.engine.vgg19 import FloatArray
from maya_stylize.errors import ImageError
from maya_stylize.events import Log
from maya_stylize.images import held, masks, reader
from maya_stylize.images.raw import Range
from maya_stylize.images.resize import resize
from maya_stylize.images.tone import Curve
from maya_stylize.jobs import Job, MaterialJob, RepairJob, StylizeJob, SynthesizeJob

Problem = Union[Synthesis, Transfer, Repair, Material]


@dataclass(frozen=True, eq=False)
class Output:
    """One picture that a job writes.

    Attributes:
        path: Where to.
        like: The picture whose depth it has, and what else is taken over.
        restore: Takes the result back to that one's range.
        kept: Pixels of the source that it has unchanged; None for none.
        alpha: (H, W), 0 to 1; None for none.
    """

    path: str
    like: reader.Picture
    restore: Callable[[FloatArray], FloatArray]
    kept: held.Held | None = None
    alpha: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class Task:
    """A job with everything read.

    Attributes:
        problem: In which every picture is brought into the range that the network knows.
        outputs: What is written: a picture for each three channels of the result.
        notes: What is to be said before it begins.
    """

    problem: Problem
    outputs: tuple[Output, ...]
    notes: list[Log]

    @property
    def maps(self) -> Maps | None:
        """Of a material; None for one picture."""
        return self.problem.maps if isinstance(self.problem, Material) else None


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
    if isinstance(job, MaterialJob):
        return _material(job, pictures, notes)
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
    like = job.pictures[0]
    output = Output(job.output, pictures[like], curves[like].restore)
    if isinstance(job, SynthesizeJob):
        return Task(_synthesis(job, pixels[like]), (output,), notes)
    if isinstance(job, StylizeJob):
        return Task(_transfer(job, pixels), (output,), notes)
    repair = _repair(job, pixels)
    note = Log(f"The band along each seam is {repair.canvas.band} pixels wide.")
    notes += [note] * (repair.canvas.band > 0)
    kept = held.Held.of(job.picture, ~repair.canvas.back(repair.canvas.free), job.extend)
    output = replace(output, kept=kept, alpha=_extended(pictures[like].alpha, job))
    return Task(repair, (output,), notes)


def _material(job: MaterialJob, pictures: dict[str, reader.Picture], notes: list[Log]) -> Task:
    first = pictures[job.pictures[0]].pixels
    size = first.shape[1], first.shape[0]
    exemplars, outputs = [], []
    for (kind, path), output in zip(job.maps.items(), job.outputs, strict=True):
        picture = pictures[path]
        curve = Curve.of(picture.pixels)
        into, back = curve.compress, curve.restore
        if kind not in COLORED:
            numbers = Range.of(picture, signed=kind == NORMAL)
            into, back = numbers.numbers, numbers.pixels
        pixels = into(picture.pixels)
        if kind not in (*COLORED, NORMAL):
            pixels = np.repeat(pixels.mean(-1, keepdims=True), 3, -1)
        rows, columns = pixels.shape[:2]
        if (columns, rows) != size:
            if columns * size[1] != rows * size[0]:
                raise ImageError(
                    f"{path}: the {kind} has {columns}x{rows} pixels, and "
                    f"{job.pictures[0]} has {size[0]}x{size[1]}.",
                    "The maps of a material show the same surface: use maps of one size.",
                )
            notes.append(Log(f"{path}: resampled from {columns}x{rows} to {size[0]}x{size[1]}."))
        exemplars.append(resize(pixels, *size))
        outputs.append(Output(output, picture, back))
    return Task(Material(np.concatenate(exemplars, -1), job=job), tuple(outputs), notes)


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
