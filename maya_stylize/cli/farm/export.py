"""``farm export``: a job bundle for a render farm out of pictures and a recipe."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from maya_stylize.cli import many
from maya_stylize.cli.batch.items import Item, items, pictures
from maya_stylize.cli.farm import scenes
from maya_stylize.convert import sources
from maya_stylize.errors import JobError, ModelError
from maya_stylize.farm import bundle, resolving
from maya_stylize.farm.template import RESULTS_FOLDER
from maya_stylize.job_sources import FileHashes
from maya_stylize.jobs import Job
from maya_stylize.ledger import Ledger, State
from maya_stylize.recipes import Recipe


def export(arguments: argparse.Namespace) -> int:
    """Write the bundle; return the exit code.

    Raises:
        StylizeError: It cannot be; nothing is written then.
    """
    bundle.check_empty(arguments.output)
    recipe = many.recipe_of(arguments)
    found, results = _found(arguments, recipe)
    model = sources.info()
    if model is None:
        raise ModelError("There is no model on this machine yet.", "Run: maya-stylize model fetch.")
    _check_results([item.job for item in found], arguments.tx, Ledger(model.provenance.fingerprint))
    hashes = FileHashes()
    textures, largest = [], 0
    for item in found:
        job, memory = resolving.resolved(item.job, model.provenance.fingerprint, arguments.threads)
        largest = max(largest, memory)
        content = {path: hashes(path) for path in bundle.files_of(job)}
        exemplar = None if item.exemplar is None else str(Path(item.exemplar).absolute())
        picture = str(Path(item.picture).absolute())
        textures.append(bundle.Texture(picture, exemplar, job, content))
    about = bundle.About(len(textures), arguments.tx, recipe.to_json())
    bundle.write(arguments.output, textures, about, results, arguments.chunk, largest)
    tasks = -(-len(textures) // arguments.chunk)
    print(f"{arguments.output}: {_counted(len(textures), 'texture')} in {_counted(tasks, 'task')}")
    return 0


def _found(arguments: argparse.Namespace, recipe: Recipe) -> tuple[list[Item], Path | None]:
    """Return what is to be made, and the results' folder; None for the one in the bundle."""
    if arguments.scenes is not None:
        if arguments.places or arguments.results or arguments.match:
            raise JobError(
                f"scenes: {arguments.scenes} says what is made and where it goes.",
                "Leave out the pictures, --match and --results.",
            )
        return scenes.items(arguments.scenes, recipe)
    if not arguments.places:
        raise JobError("There is nothing to export.", "Name pictures or folders, or --scenes.")
    folder = arguments.results or arguments.output / RESULTS_FOLDER
    places = pictures(arguments.places, arguments.match, folder)
    return items(recipe, places, folder), arguments.results


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _check_results(made: list[Job], tx: bool, ledger: Ledger) -> None:
    """Refuse results that would take the place of a file that no batch or farm has made."""
    beside: dict[str, str] = {}
    outputs = {job.output for job in made}
    for job in made:
        if ledger.look(job).state is State.FOREIGN:
            raise JobError(
                f"{job.output} is there, and no batch or farm has made it as it is.",
                "Move it away, or name another folder with --results.",
            )
        path = Path(job.output)
        texture = path.with_suffix(".tx")
        if not tx or texture == path:
            continue
        if (other := beside.setdefault(str(texture).lower(), job.output)) != job.output:
            raise JobError(
                f"output: {job.output} and {other} would both have {texture.name} beside them.",
                'Write {suffix} otherwise in the recipe\'s "output", such as "{stem}_new.png".',
            )
        there = os.path.lexists(texture) and not ledger.made_beside(job, texture)
        if str(texture) in outputs or there:
            raise JobError(
                f"{texture} is there and no farm has made it as it is, or is a result itself.",
                "Move it away, or leave --tx out.",
            )
