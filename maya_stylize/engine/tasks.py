"""From a job to what is done for it: its pictures read, its problem, and what it writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from maya_stylize.engine import alpha, colors, problems, schedule
from maya_stylize.engine.maps import Maps
from maya_stylize.engine.material import COLORED, NORMAL, Material
from maya_stylize.engine.named_spaces import OUTPUT
from maya_stylize.engine.problems import Problem
from maya_stylize.engine.vgg19 import FloatArray
from maya_stylize.errors import ImageError
from maya_stylize.events import Log
from maya_stylize.images import reader, writer
from maya_stylize.images.held import Held
from maya_stylize.images.islands import Cover
from maya_stylize.images.keep import Keep
from maya_stylize.images.raw import Range
from maya_stylize.images.resize import resize
from maya_stylize.images.spaces import Space
from maya_stylize.images.tone import Curve
from maya_stylize.jobs import Job, MaterialJob, StylizeJob, SynthesizeJob

OPAQUE = Cover()
# What a number is exact to. More than 16 bits are not read from whole numbers.
_BITS = {"uint8": 8, "uint16": 16, "uint32": 16, "half": 11, "float": 24, "double": 24}
_BITS_OF = {"uint8": 8, "uint16": 16, "float16": 11, "float32": 24}
# Of a map's pixels, and of their numbers.
_ALIKE = 0.05
Conversion = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, eq=False)
class Output:
    """One picture that a job writes.

    Attributes:
        path: Where to.
        like: The picture whose depth it has, and what else is taken over.
        space: The color space that it is written in.
        restore: Takes the result back to that one's range.
        cover: What it takes over of that one's transparency.
        held: Pixels that it has unchanged from that one; None for none.
    """

    path: str
    like: reader.Picture
    space: Space
    restore: Conversion
    cover: Cover = OPAQUE
    held: Held | None = None

    @property
    def keep(self) -> Keep:
        """What is taken over of the header: what tells of colors only where they are alike."""
        keep = self.like.keep
        return keep if self.space is self.like.space else replace(keep, primaries=None)


@dataclass(frozen=True, eq=False)
class Task:
    """A job with everything read.

    Attributes:
        problem: In which every picture is brought into the range that the network knows.
        outputs: What is written: a picture for each three channels of the result.
        notes: What is to be said before it begins.
        spaces: Names of the color spaces, by what is in them.
    """

    problem: Problem
    outputs: tuple[Output, ...]
    notes: list[Log]
    spaces: dict[str, str]

    @property
    def maps(self) -> Maps | None:
        """Of a material; None for one picture."""
        return self.problem.maps if isinstance(self.problem, Material) else None


def read(job: Job) -> Task:
    """Read a job's pictures and masks.

    Raises:
        StylizeError: One cannot be read or used.
    """
    pictures = colors.read(job)
    for path, picture in pictures.items():
        height, width = picture.pixels.shape[:2]
        if min(height, width) < schedule.SMALLEST_SIDE:
            raise ImageError(
                f"{path}: {width}x{height} pixels are too few to have a texture.",
                f"Use a picture of at least {schedule.SMALLEST_SIDE} pixels a side.",
            )
    seen, notes = alpha.seen(job, pictures)
    if isinstance(job, MaterialJob):
        return _material(job, pictures, seen, notes)
    curves = {path: Curve.of(found) for path, found in seen.items()}
    notes += [
        Log(
            f"{path}: values from {found.min():.3g} to {found.max():.3g} on the sRGB curve; the "
            "network sees those beyond 0 to 1 compressed."
        )
        for path, found in seen.items()
        if curves[path].changes
    ]
    pixels = {path: curves[path].compress(found) for path, found in seen.items()}
    like = job.pictures[0]
    space = colors.of_output(job, job.output, like, pictures[like])
    cover, restore, held = alpha.cover_of(job, pictures[like]), curves[like].restore, None
    problem: Problem
    if isinstance(job, SynthesizeJob):
        problem = problems.synthesis(job, pixels[like], pictures[like].alpha)
    elif isinstance(job, StylizeJob):
        problem = problems.transfer(job, pixels, pictures)
        cover = cover.at(*problem.size)
    else:
        problem = problems.repair(job, pixels)
        if band := problem.canvas.band:
            notes.append(Log(f"The band along each seam is {band} pixels wide."))
        if space is pictures[like].space:
            held = Held.of(job.picture, ~problem.canvas.made, job.extend)
    if space is not pictures[like].space:
        cover = replace(cover, under=None)
    output = Output(job.output, pictures[like], space, restore, cover, held)
    return _task(job, problem, (output,), pictures, notes)


def _material(
    job: MaterialJob,
    pictures: Mapping[str, reader.Picture],
    seen: Mapping[str, FloatArray],
    notes: list[Log],
) -> Task:
    _refuse_shared(job)
    height, width = pictures[job.pictures[0]].pixels.shape[:2]
    exemplars, outputs = [], []
    for (kind, path), output in zip(job.maps.items(), job.outputs, strict=True):
        picture = pictures[path]
        pixels, back = _of_map(kind, seen[path], picture.depth)
        if kind not in (*COLORED, NORMAL) and _is_colored(seen[path], picture.depth):
            told = (
                f"{path}: its red, green and blue differ, as where several maps are packed into "
                f"one; the {kind} is made of their mean. Split it into single maps."
            )
            notes.append(Log(told, "warning"))
        rows, columns = pixels.shape[:2]
        if columns * height != rows * width:
            raise ImageError(
                f"{path}: the {kind} has {columns}x{rows} pixels, and {job.pictures[0]} has "
                f"{width}x{height}.",
                "The maps of a material show the same surface: use maps of one size.",
            )
        if columns != width:
            notes.append(Log(f"{path}: resampled from {columns}x{rows} to {width}x{height}."))
        exemplars.append(resize(pixels, width, height))
        space = colors.of_output(job, output, path, picture)
        if lost := _lost(kind, output, seen[path], picture.depth):
            hint = "Without a suffix the output has each map's own format."
            notes.append(Log(f"{output}: {lost} {hint}", "warning"))
        outputs.append(Output(output, picture, space, back))
    problem = Material(np.concatenate(exemplars, -1), job=job)
    return _task(job, problem, tuple(outputs), pictures, notes)


def _refuse_shared(job: MaterialJob) -> None:
    kinds: dict[Path, str] = {}
    for kind, path in job.maps.items():
        first = kinds.setdefault(Path(path).resolve(), kind)
        if first != kind:
            raise ImageError(
                f"{path} is given as the {first} and as the {kind}.",
                "Where it packs several maps into its channels, split it into single maps first.",
            )


def _lost(kind: str, output: str, pixels: FloatArray, depth: str) -> str:
    """Return in words what of a data map's numbers its output's format cannot hold, if anything."""
    if kind in COLORED:  # of which its color space tells
        return ""
    stored = writer.stored_as(writer.kind_of(Path(output), depth), depth)
    low, high = float(pixels.min()), float(pixels.max())
    if stored.kind == "u" and (low < 0 or high > 1):
        return (
            f"the {kind} has numbers from {low:.4g} to {high:.4g}, and this format holds 0 to 1; "
            "those beyond are cut off."
        )
    if _BITS[depth] > (bits := _BITS_OF[stored.name]):
        return f"the {kind} has {_BITS[depth]} bits a number, and this format holds {bits}."
    return ""


def _is_colored(pixels: FloatArray, depth: str) -> bool:
    """Return whether channels that ought to be alike differ by more than a JPEG's rounding."""
    least = 3 / 255 if depth == "uint8" else 0.0
    most = max(least, _ALIKE * float(np.percentile(np.abs(pixels), 99)))
    return bool(np.mean(np.ptp(pixels, axis=-1) > most) > _ALIKE)


def _of_map(kind: str, seen: FloatArray, depth: str) -> tuple[FloatArray, Conversion]:
    """Return a material's map as the network is to see it, and what takes it back.

    What lies beyond the range where nearly all of its numbers are is compressed as highlights are.

    Args:
        kind: What it holds.
        seen: (H, W, 3), as it was read.
        depth: The file's own.
    """
    if kind == NORMAL:
        normals = Range.of_normals(seen, depth)
        return normals.clipped(seen), normals.pixels
    if kind in COLORED:
        curve = Curve.of(seen)
        return curve.compress(seen), curve.restore
    gray = np.repeat(seen.mean(-1, keepdims=True), 3, -1)
    data = Range.of(gray, depth)
    beyond = Curve.of(data.numbers(gray))

    def back(pixels: FloatArray) -> FloatArray:
        return data.pixels(beyond.restore(pixels))

    return beyond.compress(data.numbers(gray)), back


def _task(
    job: Job,
    problem: Problem,
    outputs: tuple[Output, ...],
    pictures: Mapping[str, reader.Picture],
    notes: list[Log],
) -> Task:
    written = {output.path: output.space for output in outputs}
    spaces = {role: pictures[path].space.name for role, path in job.roles.items()}
    spaces[OUTPUT] = outputs[0].space.name
    return Task(problem, outputs, [*colors.notes(job, pictures, written), *notes], spaces)
