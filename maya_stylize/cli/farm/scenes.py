"""The textures of Maya scenes for a farm: what a scene batch's dry run has listed."""

from __future__ import annotations

from pathlib import Path

from maya_stylize import checks
from maya_stylize.cli.batch.items import Item
from maya_stylize.errors import JobError
from maya_stylize.jobs import Job, from_json
from maya_stylize.recipes import Recipe

VERSION = 1
_LIST = "Write it with: maya-stylize mayapy -m maya_stylize.batch SCENE --dry-run --report LIST."


def items(path: Path, recipe: Recipe) -> tuple[list[Item], Path]:
    """Return what a scene batch would make, and the folder that it goes into.

    Args:
        path: The report of a dry run.
        recipe: The batch's, for the page of results.

    Raises:
        JobError: It cannot be read, lists nothing to make, or results in several folders.
    """
    found = {job.output: job for job in _listed(path)}
    folders = {Path(output).absolute().parent for output in found}
    if len(folders) != 1:
        raise JobError(
            f"{path}: its results go into {len(folders)} folders.",
            "Name one folder for all of them when you list the scenes: --output FOLDER."
            if folders
            else "There is nothing left to make in these scenes.",
        )
    exemplar = next(iter(recipe.exemplars), None)
    made = [Item(job.pictures[0], exemplar, job) for job in found.values()]
    return made, folders.pop()


def _listed(path: Path) -> list[Job]:
    """Return the jobs that are left to run."""
    data = checks.json_file(path, _LIST, checks.LARGEST_LIST)
    try:
        if data["report"] != VERSION:
            raise ValueError
        textures = [texture for scene in data["scenes"] for texture in scene["textures"]]
        return [from_json(job) for texture in textures for job in texture.get("jobs", ())]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise JobError(f"{path}: is not the report of a scene batch.", _LIST) from error
    except JobError as error:
        raise JobError(f"{path}: {error.message}", error.hint) from error
