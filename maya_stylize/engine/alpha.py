"""What a job makes of its pictures' alpha: what the network sees, and what the result has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from maya_stylize.engine.vgg19 import FloatArray
from maya_stylize.errors import JobError
from maya_stylize.events import Log
from maya_stylize.images.formats import SUFFIXES
from maya_stylize.images.islands import Cover, dilated
from maya_stylize.images.reader import Picture
from maya_stylize.jobs import Job, MaterialJob, RepairJob, StylizeJob, SynthesizeJob

# What to do about a picture that is transparent everywhere, by the kind of job.
_HINTS = {
    "stylize": "Export it with the alpha that is meant or without, or choose to ignore alpha: "
    '"alpha": "ignore" in the job, --alpha ignore.',
    "synthesize": "Export it with what is to be learned from opaque, or without alpha.",
    "repair": "Export it with the alpha that is meant, or without: what a repair learns from is "
    "what is opaque.",
    "material": "Export the map with the alpha that is meant or without, or choose to ignore "
    'alpha: "alpha": "ignore" in the job, --alpha ignore.',
}


def seen(job: Job, pictures: Mapping[str, Picture]) -> tuple[dict[str, FloatArray], list[Log]]:
    """Return the colors that the network is to see, and notes.

    Args:
        job: What is wanted.
        pictures: All that it reads, by path.

    Returns:
        Colors by path, (H, W, 3): with transparent pixels filled, unless alpha is ignored.

    Raises:
        ImageError: A picture is transparent everywhere.
    """
    colors, notes = {}, []
    ignored = _ignored(job)
    taken_over = isinstance(job, (StylizeJob, RepairJob)) and not ignored
    kept = job.pictures[0] if taken_over else None
    for path, picture in pictures.items():
        colors[path] = picture.pixels
        if picture.alpha is None or picture.alpha.min() >= 1:
            continue
        told = "its alpha is left out"
        masked = isinstance(job, SynthesizeJob) or (
            isinstance(job, (StylizeJob, MaterialJob)) and job.alpha == "mask"
        )
        made = isinstance(job, MaterialJob) and job.alpha == "keep"
        if not ignored:
            colors[path] = dilated(picture.pixels, picture.alpha, path, _HINTS[job.kind])
        if made:
            told = "its alpha is made anew with the maps"
        elif masked:
            told = "only what is opaque is learned from"
        elif colors[path] is not picture.pixels:
            told += ", and its transparent pixels are filled with the colors around them"
        if path != kept:
            expected = ignored or masked or made
            notes.append(Log(f"{path}: {told}.", "info" if expected else "warning"))
    return colors, notes


def cover_of(job: Job, picture: Picture) -> Cover:
    """Return what the result takes over of the transparency of the picture that it comes from.

    Args:
        job: What is wanted.
        picture: A stylization's content, what is repaired, or a synthesis' exemplar, of which
            nothing is taken over. What a repair adds is opaque.

    Raises:
        JobError: The output's format has no alpha.
    """
    if isinstance(job, SynthesizeJob) or _ignored(job) or picture.alpha is None:
        return Cover()
    if not has_alpha(job.output):
        if picture.alpha.min() < 1:
            raise not_held(job, job.output, job.pictures[0])
        return Cover()
    if isinstance(job, RepairJob):
        left, top, right, bottom = job.extend
        around = ((top, bottom), (left, right))
        return Cover(np.pad(picture.alpha, around, constant_values=1))
    return Cover(picture.alpha, picture.own)


def has_alpha(output: str) -> bool:
    """Return whether the format of a picture that is to be written can have alpha."""
    return SUFFIXES.get(Path(output).suffix.lower()) != "jpeg"


def not_held(job: Job, output: str, source: str) -> JobError:
    """Return the error for an alpha that is wanted in a format that has none."""
    can_ignore = isinstance(job, (StylizeJob, MaterialJob))
    return JobError(
        f"output: {output} cannot hold the alpha of {source}: JPEG has none.",
        "Write a PNG, TIFF or EXR" + (', or choose "ignore" for the alpha.' if can_ignore else "."),
    )


def _ignored(job: Job) -> bool:
    return isinstance(job, (StylizeJob, MaterialJob)) and job.alpha == "ignore"
