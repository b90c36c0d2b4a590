"""The color spaces of a job's pictures and results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from maya_stylize.engine.material import COLORED
from maya_stylize.engine.named_spaces import OUTPUT, named
from maya_stylize.events import Log
from maya_stylize.images import color_config, data_maps, reader, space_names, writer
from maya_stylize.images.icc_spaces import are_alike
from maya_stylize.images.reader import Picture
from maya_stylize.images.spaces import FLOATS, RAW, Space, usual
from maya_stylize.jobs import Job, MaterialJob

# What is cut off beyond 0 to 1 is told from here on.
_ROUNDING = 1e-3


def read(job: Job) -> dict[str, Picture]:
    """Read a job's pictures, each in its color space: the job's, or what the file tells.

    A material's maps of data are raw whatever is said.

    Raises:
        ImageError: One cannot be read, or the config has no space of a name.
    """
    config = color_config.load(job.color_config)
    maps = job.maps if isinstance(job, MaterialJob) else {}
    data = [path for kind, path in maps.items() if kind not in COLORED]
    pictures = {}
    for path in job.pictures:
        name = job.space_of(path)
        if path in data:
            space: Space | None = RAW
        else:
            space = None if name is None else named(config, name, path)
        pictures[path] = reader.read(path, space)
    return pictures


def of_output(job: Job, output: str, source: str, picture: Picture) -> Space:
    """Return the color space that a result is written in.

    It is the source's, unless the job names another one; but where nobody named the source's, and
    the result is of another format, which may not tell its space, it is the format's usual one. An
    ICC profile that goes along tells it.

    Args:
        job: What is wanted.
        output: The picture to write.
        source: The picture that it is made from.
        picture: The same as it was read.

    Raises:
        ImageError: The config has no such space, or it cannot be written.
    """
    chosen = job.color_spaces.get(OUTPUT)
    kind = writer.kind_of(Path(output), picture.depth)
    if picture.space.is_data and (chosen is None or isinstance(job, MaterialJob)):
        return picture.space
    if chosen is not None:
        space = named(color_config.load(job.color_config), chosen, output)
        if space.name.lower() == picture.space.name.lower() or (
            picture.by_profile and are_alike(space, picture.space)
        ):
            space = picture.space
    elif job.space_of(source) is not None or kind == picture.format or _goes_along(picture, kind):
        space = picture.space
    else:
        space = usual(kind, picture.depth)
    if space.is_like(picture.space):
        space = picture.space
    space.check_writable()
    return space


def _goes_along(picture: Picture, kind: str) -> bool:
    """Return whether a file of another format tells the source's color space by its profile."""
    floats = writer.stored_as(kind, picture.depth).kind == "f"
    fits = floats == (picture.depth in FLOATS)
    return fits and picture.by_profile and picture.keep.has_profile_in(kind)


def notes(job: Job, pictures: Mapping[str, Picture], outputs: Mapping[str, Space]) -> list[Log]:
    """Return what is to be said of color spaces before a job begins.

    Args:
        job: What is wanted.
        pictures: What it reads, by path.
        outputs: The color spaces of what it writes, by path.
    """
    said = []
    for path, picture in pictures.items():
        if note := _told(path, picture, job.space_of(path)):
            said.append(note)
    lead = job.pictures[0]
    depth = pictures[lead].depth
    for output, space in outputs.items():
        kind = writer.kind_of(Path(output), depth)
        if kind != pictures[lead].format and not space.is_like(usual(kind, depth)):
            said.append(Log(f"{output}: is written in the color space {space.name}."))
    sources = tuple(job.maps.values()) if isinstance(job, MaterialJob) else (lead,)
    for source, (output, space) in zip(sources, outputs.items(), strict=True):
        if not (isinstance(job, MaterialJob) and space.is_data):
            said += _losses(output, space, source, pictures[source])
    if isinstance(job, MaterialJob):
        for kind, path in job.maps.items():
            name = job.color_spaces.get(kind, space_names.DATA)
            if kind not in COLORED and space_names.identifier(name) != space_names.DATA:
                said.append(Log(f"{path}: a map of {kind} is taken raw, not as {name}."))
    elif warned := data_maps.warning(lead, pictures[lead].space):
        said.append(Log(warned, "warning"))
    return said


def _told(path: str, picture: Picture, given: str | None) -> Log | None:
    """Return what is to be said of where a picture's color space is known from."""
    if picture.space.is_data:
        return None
    name, embedded = picture.space.name, picture.embedded
    if given is not None:
        if embedded is None or embedded.space is None or picture.keep.profile:
            return None
        return Log(
            f"{path}: its colors are taken as {given}, as the job says; its ICC profile says "
            f"{embedded.space.name}."
        )
    if embedded is not None and embedded.space is None:
        own = repr(embedded.profile.description) if embedded.profile.description else "(unnamed)"
        return Log(
            f"{path}: its ICC profile {own} cannot be used: {embedded.reason}; its colors are "
            f"taken as {name}. If they are others, name their color space: "
            "--color-space, or Color space in the panel.",
            "warning",
        )
    if picture.space.is_like(usual(picture.format, picture.depth)):
        return None
    who = "its ICC profile" if picture.by_profile else "the file"
    return Log(f"{path}: its colors are in {name}, as {who} says.")


def _losses(output: str, space: Space, source: str, picture: Picture) -> list[Log]:
    """Return what is to be said where a picture of floats is written in whole numbers."""
    stored = writer.stored_as(writer.kind_of(Path(output), picture.depth), picture.depth)
    if picture.depth not in FLOATS or stored.kind == "f":
        return []
    said, values = [], space.back(picture.pixels)
    if values.min() < -_ROUNDING or values.max() > 1 + _ROUNDING:
        said.append(
            f"{output}: its format holds values from 0 to 1; those beyond, which {source} has, are "
            "cut. Write an EXR to keep them."
        )
    if stored.itemsize == 1 and space.is_linear():
        said.append(
            f"{output}: in the linear color space {space.name} 8 bits show bands where it is dark. "
            "Write an EXR, or choose the color space sRGB for the result: output=sRGB."
        )
    return [Log(each, "warning") for each in said]
