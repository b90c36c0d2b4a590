"""``farm``: many textures as a job bundle for a render farm, and what its tasks run."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maya_stylize.errors import JobError, ModelError, StylizeError, printable
from maya_stylize.farm import session
from maya_stylize.farm.template import RESULTS_FOLDER

if TYPE_CHECKING:  # they need the engine's packages, which a task's own process does without
    from maya_stylize.cli.batch.items import Item
    from maya_stylize.recipes import Recipe

# A task prints its progress once for each of so many percent.
STEP = 1.0


def add_parsers(commands: Any) -> None:
    """Add the command to the command line's parser."""
    farm = commands.add_parser(
        "farm",
        help="make the same of many pictures on a render farm",
        description="Make the same of many pictures on a render farm that takes Open Job "
        "Description. The other commands are what the job's tasks run.",
    )
    parts = farm.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_export(parts)
    for name, run in _INTERNAL.items():
        part = parts.add_parser(name)
        part.add_argument("--session", type=Path, required=True, metavar="FOLDER")
        if name in ("targets", "tiles", "finish"):
            for option in ("--jobs", "--results", "--path-mapping", "--textures"):
                part.add_argument(option, required=True)
        part.set_defaults(run=_telling(run))


def _add_export(parts: Any) -> None:
    export = parts.add_parser(
        "export",
        help="write a job bundle",
        description="Write a job bundle: every texture's job, decided to the last detail, and what "
        "a farm needs to know of it.",
        epilog="Example: maya-stylize farm export textures/ --recipe rusty.json -o rusty_bundle/",
    )
    export.add_argument(
        "places",
        metavar="FOLDER|FILE",
        nargs="*",
        help="the pictures: those directly in a folder, files, or sets of tiles: wall.<UDIM>.tif",
    )
    export.add_argument(
        "--scenes",
        metavar="LIST.json",
        type=Path,
        help="the textures of Maya scenes instead: what a scene batch has written with --dry-run "
        "--report LIST.json; the results go where it lists them",
    )
    export.add_argument(
        "--recipe", metavar="RECIPE.json", type=Path, required=True, help="what is made of each"
    )
    export.add_argument(
        "-o",
        "--output",
        metavar="BUNDLE",
        type=Path,
        required=True,
        help="the bundle's folder; a new or an empty one",
    )
    export.add_argument(
        "--results",
        metavar="FOLDER",
        type=Path,
        help="where the farm puts the results (default: results in the bundle)",
    )
    export.add_argument(
        "--exemplar",
        metavar="FILE",
        action="append",
        default=[],
        help="a picture to learn from, in place of the recipe's; given several times, one result "
        "is made for each",
    )
    export.add_argument(
        "--match", metavar="PATTERN", help='only pictures whose name is like this: "*_albedo.*"'
    )
    export.add_argument(
        "--chunk",
        metavar="N",
        type=_count,
        default=4,
        help="how many textures one task makes, unless the farm is told otherwise (default: 4)",
    )
    export.add_argument(
        "--threads",
        metavar="N",
        type=_count,
        help="processors of a worker that one texture keeps busy (default: as many as there are "
        "here); they are a part of what decides a result's bytes",
    )
    export.add_argument("--tx", action="store_true", help="write a .tx beside each result")
    export.set_defaults(run=_export)


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 1024:
        raise argparse.ArgumentTypeError(f"{text} is not from 1 to 1024")
    return count


def _export(arguments: argparse.Namespace) -> int:
    from maya_stylize import ledger, recipes
    from maya_stylize.convert import sources
    from maya_stylize.farm import bundle, resolving
    from maya_stylize.job_sources import FileHashes
    from maya_stylize.jobs import from_json

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
        content = {path: hashes(path) for path in job.sources}
        picture, exemplar = Path(item.picture).absolute(), item.exemplar
        textures.append(bundle.Texture(str(picture), exemplar, from_json(job.to_json()), content))
    about = bundle.About(len(textures), arguments.tx, recipe.to_json())
    bundle.write(arguments.output, textures, about, results, arguments.chunk)
    tasks = -(-len(textures) // arguments.chunk)
    print(f"{arguments.output}: {_counted(len(textures), 'texture')} in {_counted(tasks, 'task')}")
    return 0


def _found(arguments: argparse.Namespace, recipe: Recipe) -> tuple[list[Item], Path | None]:
    """Return what is to be made, and the results' folder; None for the one in the bundle."""
    from maya_stylize.cli import farm_scenes
    from maya_stylize.cli.batch.items import items, pictures

    if arguments.scenes is not None:
        if arguments.places or arguments.results or arguments.match:
            raise JobError(
                f"scenes: {arguments.scenes} says what is made and where it goes.",
                "Leave out the pictures, --match and --results.",
            )
        return farm_scenes.items(arguments.scenes, recipe)
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


def _telling(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Return a task's command whose failure the farm reads."""

    def told(arguments: argparse.Namespace) -> int:
        try:
            return run(arguments)
        except StylizeError as error:
            _tell("fail", str(error))
            return session.FAILED

    return told


def _start(arguments: argparse.Namespace) -> int:
    _tell("status", "starting")
    session.start(arguments.session)
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    from maya_stylize.farm.warm import Warm

    Warm(arguments.session).serve()
    return 0


def _stop(arguments: argparse.Namespace) -> int:
    session.stop(arguments.session)
    return 0


def _targets(arguments: argparse.Namespace) -> int:
    return _ask("targets", arguments)


def _tiles(arguments: argparse.Namespace) -> int:
    return _ask("tiles", arguments)


def _ask(what: str, arguments: argparse.Namespace) -> int:
    """Have the warm process do a task; pass on what it tells, and a wish to end to it."""
    order = {
        "jobs": arguments.jobs,
        "results": arguments.results,
        "mapping": arguments.path_mapping,
        "textures": arguments.textures,
    }
    percent = -STEP
    with session.asked(arguments.session, what, order) as asked:
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: asked.cancel())
        for kind, text in asked.told():
            if kind == session.END:
                return int(text)
            if kind == "progress":
                if float(text) < percent + STEP and text != "100":
                    continue
                percent = float(text)
            _tell(kind, text)
    raise AssertionError("the warm process always tells the end")


def _finish(arguments: argparse.Namespace) -> int:
    from maya_stylize.cli.farm_report import finish

    return finish(arguments, _tell)


def _tell(kind: str, text: str) -> None:
    """Print a line that Open Job Description knows, or one for the log."""
    line = printable(text)
    print(line if kind == "log" else f"openjd_{kind}: {line}", flush=True)


_INTERNAL = {
    "start": _start,
    "serve": _serve,
    "stop": _stop,
    "targets": _targets,
    "tiles": _tiles,
    "finish": _finish,
}
