"""A job whose pictures are sets of tiles: one job for each tile, with the same style."""

from __future__ import annotations

from dataclasses import replace

from maya_stylize import tile_sets
from maya_stylize.errors import JobError
from maya_stylize.jobs import Job, Style, StylizeJob


def each_tile(job: Job) -> dict[str, Job]:
    """Return the jobs that a job stands for, by tile, such as "1001" or "u1_v1", in order.

    A style that is a set counts as one picture: its tiles share its weight, and every job is held
    against all of them. Tiles that are missing stay missing.

    Args:
        job: One whose paths may have a token in a tile's place, such as "wall.<UDIM>.png".

    Returns:
        The job itself under "" where the pictures that it changes are no set.

    Raises:
        JobError: A set has no tile, or the output's token does not go with it.
    """
    if not isinstance(job, StylizeJob):
        for path in job.sources:
            if tile_sets.tiling_of(path):
                named = {**vars(job), **getattr(job, "maps", {})}
                name = next(name for name, value in named.items() if value == path)
                first = next(iter(_files(name, path).values()))
                raise JobError(
                    f"{name}: {path} is a set of tiles; a texture is learned from one picture.",
                    f"Name one of them, such as {first}.",
                )
        _check_output(job.output, tile_sets.OFF)
        return {"": job}
    job = _with_tiles_as_styles(job)
    tiling = tile_sets.tiling_of(job.content)
    _check_output(job.output, tiling)
    if not tiling:
        return {"": job}
    starts = _files("start", job.start) if tile_sets.tiling_of(job.start) else {}
    return {
        tile: replace(
            job,
            content=path,
            output=tile_sets.file_of(job.output, tile),
            # A tile that has no start of its own is told so when its file is not found.
            start=starts.get(tile, job.start),
        )
        for tile, path in _files("content", job.content).items()
    }


def _with_tiles_as_styles(job: StylizeJob) -> StylizeJob:
    """Return a job with the tiles of its styles in their place, each in its set's color space."""
    styles: list[Style] = []
    spaces = {role: name for role, name in job.color_spaces.items() if "[" not in role}
    for index, style in enumerate(job.styles):
        for tile in _tiles(style):
            if space := job.color_spaces.get(f"styles[{index}]"):
                spaces[f"styles[{len(styles)}]"] = space
            styles.append(tile)
    return replace(job, styles=tuple(styles), color_spaces=spaces)


def _tiles(style: Style) -> list[Style]:
    """Return a style's tiles, which share its weight; the style itself where it is no set."""
    if not tile_sets.tiling_of(style.path):
        return [style]
    found = _files("styles", style.path).values()
    return [Style(path, style.weight / len(found)) for path in found]


def _files(name: str, pattern: str) -> dict[str, str]:
    found = tile_sets.files_of(pattern)
    if not found:
        raise JobError(
            f"{name}: there is no tile of {pattern}.",
            "Check the folder, and how the tiles' names are written.",
        )
    return found


def _check_output(output: str, tiling: int) -> None:
    """Refuse an output that would be one file for several tiles, or a file with a token's name."""
    own = tile_sets.tiling_of(output)
    if tiling and not own:
        raise JobError(
            f"output: {output} is one file, but the content is a set of tiles.",
            "Write a token where the tile's number goes, as in out.<UDIM>.png.",
        )
    if tiling != own:
        raise JobError(
            f"output: {output} has a token that the content has not.",
            "Use the content's own token, or none where the content is no set.",
        )
