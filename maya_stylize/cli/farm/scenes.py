"""The textures of Maya scenes for a farm: what a scene batch's dry run has listed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from maya_stylize.cli.batch.items import Item
from maya_stylize.errors import JobError
from maya_stylize.jobs import MaterialJob
from maya_stylize.recipes import MAIN, Recipe
from maya_stylize.tile_jobs import each_tile

VERSION = 1
TO_MAKE = "to make"
_LIST = "Write it with: maya-stylize mayapy -m maya_stylize.batch SCENE --dry-run --report LIST."


def items(path: Path, recipe: Recipe) -> tuple[list[Item], Path]:
    """Return what a scene batch would make, and the folder that it goes into.

    Args:
        path: The report of a dry run.
        recipe: The batch's.

    Raises:
        JobError: It cannot be read, lists nothing to make, or results in several folders.
    """
    wanted = _listed(path)
    folders = {Path(output).parent for output in wanted}
    if len(folders) != 1:
        raise JobError(
            f"{path}: its results go into {len(folders)} folders.",
            "Name one folder for all of them when you list the scenes: --output FOLDER."
            if folders
            else "There is nothing left to make in these scenes.",
        )
    (folder,) = folders
    exemplar = next(iter(recipe.exemplars), None)
    found = []
    for output, picture in wanted.items():
        job = recipe.job_for(picture, folder, exemplar)
        assert not isinstance(job, MaterialJob)  # no recipe is of one
        for tile in each_tile(replace(job, output=output)).values():
            found.append(Item(getattr(tile, MAIN[tile.kind]), exemplar, tile))
    return found, folder


def _listed(path: Path) -> dict[str, str]:
    """Return each picture that is left to make by its result, both with whole paths."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise JobError(f"{path}: cannot be read ({error.strerror}).", "Check the path.") from error
    except (ValueError, RecursionError) as error:
        raise JobError(f"{path}: is not JSON ({error}).", _LIST) from error
    try:
        if data["report"] != VERSION:
            raise ValueError
        textures = [texture for scene in data["scenes"] for texture in scene["textures"]]
        return {_whole(each["output"]): _whole(each["picture"]) for each in textures if _left(each)}
    except (KeyError, TypeError, ValueError) as error:
        raise JobError(f"{path}: is not the report of a scene batch.", _LIST) from error


def _left(texture: Any) -> bool:
    return bool(texture["status"] == TO_MAKE)


def _whole(path: str) -> str:
    return str(Path(path).absolute())
