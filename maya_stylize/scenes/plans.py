"""What is made of a scene's picture, and what the new one is called: never on top of anything."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from maya_stylize.errors import ImageError, JobError
from maya_stylize.jobs import Job
from maya_stylize.ledger import Entry, Ledger, State
from maya_stylize.recipes import Recipe
from maya_stylize.tile_jobs import each_tile

_KEY_LETTERS = 8


@dataclass(frozen=True)
class Plan:
    """What is made of one picture, or of one set of tiles.

    Attributes:
        output: The new picture's path; of a set, the pattern.
        jobs: The jobs by tile; the only one under "" where the picture is no set.
        keys: Each job's key in the ledger, by tile.
        left: The tiles that are to be made.
        copies: What is to be copied to a tile's output instead, by tile: the same job has made it
            under another name.
    """

    output: str
    jobs: Mapping[str, Job]
    keys: Mapping[str, str]
    left: tuple[str, ...]
    copies: Mapping[str, Path]


class Planner:
    """Plans one result after another, each with a name of its own.

    A result has the recipe's name where nothing else has it. Where another picture of the same
    name, another recipe or somebody else was there before, some letters of its job's key follow:
    one job always gets one name, and two never get the same.

    Args:
        recipe: What is to be made.
        ledger: Knows what is there already.
        folder: Where results go; None for beside each picture.

    Raises:
        JobError: The recipe makes several results of one picture.
    """

    def __init__(self, recipe: Recipe, ledger: Ledger, folder: Path | None) -> None:
        if len(recipe.exemplars) > 1:
            raise JobError(
                "exemplars: a texture of a scene can have one result only, and the recipe has "
                f"{len(recipe.exemplars)} exemplars.",
                "Keep one of them, or run the batch once for each, into scenes of their own.",
            )
        self._recipe, self._ledger, self._folder = recipe, ledger, folder
        self._taken: dict[str, str] = {}

    def plan(self, picture: str, told: Callable[[Job], Job] = lambda job: job) -> Plan:
        """Return what is made of a picture.

        Args:
            picture: A path, or a set's pattern.
            told: Returns a job with what the scene says of its pictures.

        Raises:
            JobError: The recipe cannot be used on it.
            ImageError: A picture cannot be read, or every name that the result could have belongs
                to somebody else.
        """
        plain = self._look(self._recipe, picture, told)
        keys = "".join(entry.key for _, entry in plain.values())
        letters = hashlib.sha256(keys.encode("ascii")).hexdigest()[:_KEY_LETTERS]
        keyed = self._look(_renamed(self._recipe, letters), picture, told)
        chosen = keyed
        if not _all(keyed, State.DONE) and self._is_free(plain):
            chosen = plain
        elif not _all(keyed, State.DONE, State.MISSING):
            job, _ = next(each for each in keyed.values() if each[1].state is State.FOREIGN)
            raise ImageError(
                f"{job.output} is there, and is not as it was made.",
                "Move it elsewhere, then run this again.",
            )
        self._taken.update({job.output.casefold(): entry.key for job, entry in chosen.values()})
        missing = {
            tile: (job, entry)
            for tile, (job, entry) in chosen.items()
            if entry.state is not State.DONE
        }
        copies = self._copies(missing) if chosen is keyed and "" not in keyed else {}
        return Plan(
            self._job(
                self._recipe if chosen is plain else _renamed(self._recipe, letters), picture
            ).output,
            {tile: job for tile, (job, _) in chosen.items()},
            {tile: entry.key for tile, (_, entry) in chosen.items()},
            tuple(tile for tile in missing if tile not in copies),
            copies,
        )

    def _copies(self, missing: Mapping[str, tuple[Job, Entry]]) -> dict[str, Path]:
        """Return what is to be copied for tiles of a set: most are as in the set before."""
        made = self._ledger.made({entry.key: job for job, entry in missing.values()})
        return {
            tile: made[entry.key]
            for tile, (_, entry) in missing.items()
            # A picture with its job in a file beside it is not whole without that file.
            if entry.key in made and not Path(f"{made[entry.key]}.json").exists()
        }

    def _job(self, recipe: Recipe, picture: str) -> Job:
        folder = self._folder or Path(picture).parent
        return recipe.job_for(picture, folder, next(iter(recipe.exemplars), None))

    def _look(
        self, recipe: Recipe, picture: str, told: Callable[[Job], Job]
    ) -> dict[str, tuple[Job, Entry]]:
        jobs = each_tile(told(self._job(recipe, picture)))
        return {tile: (job, self._ledger.look(job)) for tile, job in jobs.items()}

    def _is_free(self, plan: Mapping[str, tuple[Job, Entry]]) -> bool:
        free = _all(plan, State.DONE, State.MISSING)
        return free and all(
            self._taken.get(job.output.casefold(), entry.key) == entry.key
            for job, entry in plan.values()
        )


def _all(plan: Mapping[str, tuple[Job, Entry]], *states: State) -> bool:
    return all(entry.state in states for _, entry in plan.values())


def _renamed(recipe: Recipe, letters: str) -> Recipe:
    """Return the recipe with some letters at the end of its results' names."""
    stem, dot, suffix = recipe.output.rpartition(".")
    if recipe.output.endswith("{suffix}"):
        stem, dot, suffix = recipe.output.removesuffix("{suffix}"), "", "{suffix}"
    return replace(recipe, output=f"{stem}_{letters}{dot}{suffix}")
