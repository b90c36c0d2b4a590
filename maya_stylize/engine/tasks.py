"""From a job to what is done for it: its pictures read, its problem, and what it writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from maya_stylize.engine import alpha, colors, material_maps, problems, schedule
from maya_stylize.engine.maps import Maps
from maya_stylize.engine.material import Material
from maya_stylize.engine.named_spaces import OUTPUT
from maya_stylize.engine.output import Output
from maya_stylize.engine.problems import Problem
from maya_stylize.errors import ImageError
from maya_stylize.events import Log
from maya_stylize.images import reader
from maya_stylize.images.held import Held
from maya_stylize.images.tone import Curve
from maya_stylize.jobs import Job, MaterialJob, StylizeJob, SynthesizeJob


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

    @property
    def count(self) -> int:
        """How many pictures are made at once."""
        return len(self.problem.kinds) if isinstance(self.problem, Material) else 1


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
        material, outputs = material_maps.together(job, pictures, seen, notes)
        return _task(job, material, outputs, pictures, notes)
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
