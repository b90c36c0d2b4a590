"""The color spaces that a job names, looked up in its config; nothing is read of its pictures."""

from __future__ import annotations

from maya_stylize.errors import ImageError
from maya_stylize.images import color_config
from maya_stylize.images.color_config import ColorConfig
from maya_stylize.images.spaces import Space
from maya_stylize.jobs import Job, MaterialJob

OUTPUT = "output"


def check(job: Job) -> None:
    """Find out before anything is read or computed whether the config has what a job names.

    Of a material's maps only the albedo has a color space; the others are raw whatever is said.

    Raises:
        ImageError: The config cannot be read or has no space of a name, or the result cannot be
            written in its own.
    """
    config = color_config.load(job.color_config)
    pictures = job.pictures
    if isinstance(job, MaterialJob):
        pictures = tuple(path for kind, path in job.maps.items() if kind == "albedo")
    for path in pictures:
        if name := job.space_of(path):
            named(config, name, path)
    if output := job.color_spaces.get(OUTPUT):
        named(config, output, job.output).check_writable()


def named(config: ColorConfig, name: str, path: str) -> Space:
    """Return the color space of a name.

    Args:
        config: That has it.
        name: As the job says it.
        path: The picture that it is of, for the message.

    Raises:
        ImageError: The config has no such space.
    """
    try:
        return config.space(name)
    except ImageError as error:
        raise ImageError(f"{path}: {error.message}", error.hint) from error
