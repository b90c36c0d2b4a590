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
from maya_stylize.jobs import Job, RepairJob, StylizeJob, SynthesizeJob

# What to do about a picture that is transparent everywhere, by the kind of job.
_HINTS = {
    "stylize": "Export it with the alpha that is meant or without, or choose to ignore alpha: "
    '"alpha": "ignore" in the job, --alpha ignore.',
    "synthesize": "Export it with what is to be learned from opaque, or without alpha.",
    "repair": "Export it with the alpha that is meant, or without: what a repair learns from is "
    "what is opaque.",
    "material": "Export the map without alpha: a material's maps have none in the result.",
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
    ignored = isinstance(job, StylizeJob) and job.alpha == "ignore"
    taken_over = isinstance(job, (StylizeJob, RepairJob)) and not ignored
    kept = job.pictures[0] if taken_over else None
    for path, picture in pictures.items():
        colors[path] = picture.pixels
        if picture.alpha is None or picture.alpha.min() >= 1:
            continue
        told = "its alpha is left out"
        masked = isinstance(job, SynthesizeJob) or (
            isinstance(job, StylizeJob) and job.alpha == "mask"
        )
        if not ignored:
            colors[path] = dilated(picture.pixels, picture.alpha, path, _HINTS[job.kind])
        if masked:
            told = "only what is opaque is learned from"
        elif colors[path] is not picture.pixels:
            told += ", and its transparent pixels are filled with the colors around them"
        if path != kept:
            notes.append(Log(f"{path}: {told}.", "info" if ignored or masked else "warning"))
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
    ignored = isinstance(job, StylizeJob) and job.alpha == "ignore"
    if isinstance(job, SynthesizeJob) or ignored or picture.alpha is None:
        return Cover()
    if isinstance(job, RepairJob) and SUFFIXES.get(Path(job.output).suffix.lower()) != "jpeg":
        left, top, right, bottom = job.extend
        around = ((top, bottom), (left, right))
        return Cover(np.pad(picture.alpha, around, constant_values=1))
    if SUFFIXES.get(Path(job.output).suffix.lower()) != "jpeg":
        return Cover(picture.alpha, picture.own)
    if picture.alpha.min() >= 1:
        return Cover()
    raise JobError(
        f"output: {job.output} cannot hold the alpha of {job.pictures[0]}: JPEG has none.",
        "Write a PNG, TIFF or EXR"
        + (', or choose "ignore" for the alpha.' if isinstance(job, StylizeJob) else "."),
    )
