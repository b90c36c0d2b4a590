"""``farm``: many textures as a job bundle for a render farm, and what its tasks run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from maya_stylize.cli import many
from maya_stylize.cli.farm import tasks

# Textures of a task, and processors of a worker.
_MOST = 1024


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
    tasks.add_parsers(parts)


def _add_export(parts: Any) -> None:
    export = parts.add_parser(
        "export",
        help="write a job bundle",
        description="Write a job bundle: every texture's job, decided to the last detail, and what "
        "a farm needs to know of it.",
        epilog="Example: maya-stylize farm export textures/ --recipe rusty.json -o rusty_bundle/",
    )
    many.add_options(export, "*")
    export.add_argument(
        "--scenes",
        metavar="LIST.json",
        type=Path,
        help="the textures of Maya scenes instead: what a scene batch has written with --dry-run "
        "--report LIST.json; the results go where it lists them",
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
        "--chunk",
        metavar="N",
        type=many.whole_number(_MOST),
        default=4,
        help="how many textures one task makes, unless the farm is told otherwise (default: 4)",
    )
    export.add_argument(
        "--threads",
        metavar="N",
        type=many.whole_number(_MOST),
        help="processors of a worker that one texture keeps busy (default: as many as there are "
        "here); they are a part of what decides a result's bytes",
    )
    export.add_argument("--tx", action="store_true", help="write a .tx beside each result")
    export.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> int:
    from maya_stylize.cli.farm.export import export  # a task's process does without its imports

    return export(arguments)
