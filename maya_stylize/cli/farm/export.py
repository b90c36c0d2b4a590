"""``farm export``: a job bundle for a render farm out of pictures and a recipe."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from maya_stylize import ledger, recipes
from maya_stylize.cli.batch.items import Item, items, pictures
from maya_stylize.cli.farm import scenes
from maya_stylize.convert import sources
from maya_stylize.errors import JobError, ModelError
from maya_stylize.farm import bundle, resolving
from maya_stylize.farm.template import RESULTS_FOLDER
from maya_stylize.job_sources import FileHashes
from maya_stylize.recipes import Recipe


def export(arguments: argparse.Namespace) -> int:
    """Write the bundle; return the exit code.

    Raises:
        StylizeError: It cannot be; nothing is written then.
    """
    bundle.check_empty(arguments.output)
    recipe = recipes.load(arguments.recipe)
    if arguments.exemplar:
        recipe = recipe.with_exemplars(arguments.exemplar)
    found, results = _found(arguments, recipe)
    _check_results([item.job.output for item in found], arguments.tx, ledger.knows)
    model = sources.info()
    if model is None:
        raise ModelError("There is no model on this machine yet.", "Run: maya-stylize model fetch.")
    hashes = FileHashes()
    textures = []
    for item in found:
        job = resolving.resolved(item.job, model.provenance.fingerprint, arguments.threads)
        content = {path: hashes(path) for path in bundle.files_of(job)}
        exemplar = None if item.exemplar is None else str(Path(item.exemplar).absolute())
        picture = str(Path(item.picture).absolute())
        textures.append(bundle.Texture(picture, exemplar, job, content))
    about = bundle.About(len(textures), arguments.tx, recipe.to_json())
    bundle.write(arguments.output, textures, about, results, arguments.chunk)
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
    places = pictures(arguments.places, arguments.match)
    return items(recipe, places, folder), arguments.results


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _check_results(outputs: list[str], tx: bool, knows: Callable[[Path], bool]) -> None:
    """Refuse results that would take the place of a file that no batch or farm has made."""
    beside: dict[str, str] = {}
    for output in outputs:
        path = Path(output)
        if path.exists() and not knows(path):
            raise JobError(
                f"{output} is there, and no batch or farm has made it.",
                "Move it away, or name another folder with --results.",
            )
        texture = path.with_suffix(".tx")
        if not tx or texture == path:
            continue
        if (other := beside.setdefault(str(texture).lower(), output)) != output:
            raise JobError(
                f"output: {output} and {other} would both have {texture.name} beside them.",
                'Write {suffix} otherwise in the recipe\'s "output", such as "{stem}_new.png".',
            )
        if str(texture) in outputs or (texture.exists() and not knows(path)):
            raise JobError(
                f"{texture} is there, or is a result itself.",
                "Move it away, or leave --tx out.",
            )
