"""What a batch is to make: the job of each picture, and of each exemplar."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from maya_stylize import checks, ledger
from maya_stylize.errors import JobError
from maya_stylize.images.formats import SUFFIXES
from maya_stylize.job_sources import with_color_config
from maya_stylize.jobs import Job
from maya_stylize.recipes import MAIN, Recipe
from maya_stylize.tile_jobs import each_tile

READ = (*SUFFIXES, ".psd")


@dataclass(frozen=True)
class Item:
    """One result.

    Attributes:
        picture: What it is made of.
        exemplar: What it is to look like, where the recipe has several; else None.
        job: Makes it.
    """

    picture: str
    exemplar: str | None
    job: Job

    @property
    def name(self) -> str:
        """What the result's file is called."""
        return Path(self.job.output).name

    @property
    def described(self) -> str:
        """What it is made of, in words."""
        return self.picture if self.exemplar is None else f"{self.picture} like {self.exemplar}"


def pictures(places: Iterable[str], match: str | None, output: Path) -> list[str]:
    """Return the pictures that were named, and those in folders that were.

    A folder's pictures are those directly in it, but for a `.tx` that a renderer has made of one,
    and in the folder of the results for what a batch has written there.

    Args:
        places: Files, sets of tiles such as "wall.<UDIM>.png", and folders.
        match: What a picture's name must be like, such as "*_albedo.*"; None for any.
        output: Where the results go.

    Raises:
        JobError: There is none, or a folder cannot be read.
    """
    found: list[str] = []
    for place in places:
        checks.path("picture", place)
        found += _in_folder(Path(place), output) if os.path.isdir(place) else [place]  # noqa: PTH112
    if match is not None:
        found = [path for path in found if fnmatch(Path(path).name, match)]
    if not found:
        like = "" if match is None else f" whose name is like {match}"
        raise JobError(
            f"There is no picture{like} in {', '.join(places)}.",
            f"A batch takes {', '.join(suffix for suffix in READ)}.",
        )
    return list({os.path.abspath(path): path for path in found}.values())  # noqa: PTH100


def items(recipe: Recipe, found: Iterable[str], folder: Path) -> list[Item]:
    """Return what is to be made, in order.

    Args:
        recipe: What is made of each picture.
        found: The pictures.
        folder: Where the results go.

    Raises:
        JobError: A picture has no job, two results would be one file, or a result would be a
            picture of the batch.
    """
    made = []
    for picture in found:
        for exemplar in recipe.exemplars or (None,):
            whole = with_color_config(recipe.job_for(picture, folder, exemplar))
            for job in each_tile(whole).values():
                made.append(Item(getattr(job, MAIN[job.kind]), exemplar, job))
    _check_names(made)
    return made


def _in_folder(folder: Path, output: Path) -> list[str]:
    try:
        there = sorted(folder.iterdir())
    except OSError as error:
        raise JobError(
            f"{folder}: cannot be read ({error.strerror}).", "Check the folder's permissions."
        ) from error
    found = [
        path
        for path in there
        if path.suffix.lower() in READ and not path.name.startswith(".") and path.is_file()
    ]
    stems = {path.stem.lower() for path in found if path.suffix.lower() != ".tx"}
    results = _place(str(folder)) == _place(str(output))
    return [
        str(path)
        for path in found
        if not _is_copy(path, stems) and not (results and ledger.knows(path))
    ]


def _is_copy(path: Path, stems: Collection[str]) -> bool:
    """Return whether a file is a `.tx` that a renderer has made of a picture beside it.

    Arnold calls that of `wall.png` `wall.tx`, or `wall_sRGB_ACEScg.tx` by its color spaces, or
    either with the picture's own suffix before `.tx`.
    """
    if path.suffix.lower() != ".tx":
        return False
    name = path.stem.lower()
    if Path(name).suffix in READ:
        name = Path(name).stem
    parts = name.split("_")
    before = ("_".join(parts[:count]) for count in range(1, len(parts) - 1))
    return name in stems or any(stem in stems for stem in before)


def _check_names(made: list[Item]) -> None:
    first: dict[str, Item] = {}
    sources = {_place(path) for item in made for path in item.job.sources}
    for item in made:
        other = first.setdefault(_place(item.job.output), item)
        if other is not item:
            raise JobError(
                f"output: {item.described} and {other.described} would both become {item.name}.",
                'Write {stem}, and with several exemplars {exemplar}, in the recipe\'s "output", '
                "or run the batch once for each folder.",
            )
        if _place(item.job.output) in sources:
            raise JobError(
                f"output: {item.job.output} is a picture that the batch reads.",
                "Choose another folder or name; source pictures are never overwritten.",
            )


def _place(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))
