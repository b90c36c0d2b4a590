"""What a job will go through, from the sizes of its pictures alone; no backend is started."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from maya_stylize.engine import schedule
from maya_stylize.jobs import Job, SynthesizeJob

Size = tuple[int, int]


@dataclass(frozen=True)
class Plan:
    """A job before it runs.

    Attributes:
        width: Of the result, in pixels.
        height: Of the result, in pixels.
        octaves: What it goes through, coarsest first.
    """

    width: int
    height: int
    octaves: tuple[schedule.Octave, ...]


def plan(job: Job, size_of: Callable[[str], Size]) -> Plan:
    """Return what `run` will do for a job without a resolution.

    Args:
        job: What is wanted.
        size_of: Gives width and height of a picture file.

    Raises:
        EngineError: The result or an example is too small to have statistics.
    """
    if isinstance(job, SynthesizeJob):
        exemplar = size_of(job.exemplar)
        size, example = job.size or exemplar, min(exemplar)
    else:
        size = with_longer_side(size_of(job.content), job.size)
        longer = job.style_scale * max(size)
        example = min(min(with_longer_side(size_of(style.path), longer)) for style in job.styles)
    return Plan(*size, tuple(schedule.octaves(job, size, example)))


def with_longer_side(size: Size, longer: float | None) -> Size:
    """Return a size scaled so that its longer side is the one wanted; None leaves it."""
    factor = (longer or max(size)) / max(size)
    width, height = size
    return max(1, round(width * factor)), max(1, round(height * factor))
