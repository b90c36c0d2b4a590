"""``batch``: the same job for many pictures, in several processes, and what became of each."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from maya_stylize.cli import many
from maya_stylize.cli.batch.items import items, pictures
from maya_stylize.cli.batch.survey import FAILED, KEPT, WAITING, Outcome, survey
from maya_stylize.cli.failures import report as report_error
from maya_stylize.convert import sources
from maya_stylize.errors import JobError, ModelError, StylizeError, printable
from maya_stylize.files import unwritable
from maya_stylize.ledger import Ledger

DONE, SOME_FAILED = 0, 1
MOST_WORKERS = 256


def add_parsers(commands: Any) -> None:
    """Add the command to the command line's parser."""
    batch = commands.add_parser(
        "batch",
        help="make the same of many pictures",
        description="Make the same of many pictures. Run again, it makes only what is left: "
        "pictures, settings and results are known by their content.",
        epilog="Example: maya-stylize batch textures/ --recipe rusty.json -o rusty/ "
        "--report rusty.html",
    )
    many.add_options(batch, "+")
    batch.add_argument(
        "-o",
        "--output",
        metavar="FOLDER",
        type=Path,
        required=True,
        help="where the results go; it is made if it is not there",
    )
    batch.add_argument(
        "--workers",
        metavar="N",
        type=many.whole_number(MOST_WORKERS),
        help="processes at once at most, fewer where memory is short (default: one for every two "
        "processors, or one on a GPU)",
    )
    batch.add_argument(
        "--dry-run",
        action="store_true",
        help="say what would be made, what is done already, memory and time, and do nothing",
    )
    batch.add_argument(
        "--report",
        metavar="OUT.html",
        type=Path,
        help="write a page that shows every picture beside what was made of it",
    )
    batch.add_argument(
        "--overwrite",
        metavar="NAME",
        action="append",
        default=[],
        help="a result that may take the place of a file of its name that no batch has made; may "
        "be given several times",
    )
    batch.set_defaults(run=_batch)


def _batch(arguments: argparse.Namespace) -> int:
    recipe = many.recipe_of(arguments)
    places = pictures(arguments.places, arguments.match, arguments.output)
    found = items(recipe, places, arguments.output)
    _check_folder(arguments.output)
    model = sources.info()
    if model is None:
        raise ModelError("There is no model on this machine yet.", "Run: maya-stylize model fetch.")
    ledger = Ledger(model.provenance.fingerprint)
    with Console(stderr=True).status("Looking at the pictures"):
        outcomes = survey(found, ledger, arguments.overwrite)
    if arguments.dry_run:
        return _tell(outcomes)
    if arguments.report is not None:
        _check_report(arguments.report, outcomes)
    try:
        arguments.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(arguments.output, error, JobError) from error
    from maya_stylize.cli.batch.running import Run  # needed for nothing of the above

    came_to_end = Run(outcomes, ledger, arguments.workers)()
    for outcome in outcomes:
        if outcome.state in ("made", KEPT):
            print(outcome.item.job.output)
    print(f"maya-stylize: {_summary(outcomes)}.", file=sys.stderr)
    if arguments.report is not None:
        from maya_stylize.cli.batch.report import write

        write(arguments.report, outcomes, recipe)
    if not came_to_end:
        print("To go on, run the same command again.", file=sys.stderr)
        raise KeyboardInterrupt
    return SOME_FAILED if any(outcome.state == FAILED for outcome in outcomes) else DONE


def _check_folder(folder: Path) -> None:
    if os.path.lexists(folder) and not folder.is_dir():
        raise JobError(f"{folder} is a file, not a folder.", "Name a folder for the results.")


def _check_report(path: Path, outcomes: list[Outcome]) -> None:
    """Refuse a report that cannot be written, before anything is made."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise JobError(f"report: {path} does not end in .html.", "Name a page to write.")
    if not path.absolute().parent.is_dir():
        raise JobError(
            f"report: there is no folder {path.absolute().parent}.", "Make it, or choose another."
        )


def _tell(outcomes: list[Outcome]) -> int:
    """Print what would be made; return the exit code."""
    for outcome in outcomes:
        found = outcome.estimate
        plan = ""
        if found is not None:
            took = "" if found.seconds is None else f", about {_duration(found.seconds)}"
            size = f"{found.plan.width}x{found.plan.height}"
            plan = f"  {size}, {found.room.memory / 2**30:.1f} GiB{took}"
        state = {WAITING: "to make", KEPT: "done"}.get(outcome.state, outcome.state)
        if outcome.state == WAITING and outcome.replaces:
            state = "replace"
        print(f"{state:<8} {printable(outcome.item.name)}{plan}")
        if outcome.failure is not None:
            report_error(StylizeError(outcome.failure.message, outcome.failure.hint))
    waiting = [each.estimate for each in outcomes if each.estimate is not None]
    print(_summary(outcomes))
    replaced = sum(outcome.replaces for outcome in outcomes if outcome.state == WAITING)
    if replaced:
        print(f"replaced {replaced} of the results that are there; for others name another folder")
    if waiting:
        seconds = [each.seconds for each in waiting if each.seconds is not None]
        time = "not known before a job has run on this machine"
        if len(seconds) == len(waiting):
            time = f"about {_duration(sum(seconds))} for one worker; less where losses stop falling"
        print(
            f"memory   {max(each.room.memory for each in waiting) / 2**30:.1f} GiB for the largest"
        )
        print(f"time     {time}")
    return SOME_FAILED if any(outcome.state == FAILED for outcome in outcomes) else DONE


def _duration(seconds: float) -> timedelta:
    return timedelta(seconds=round(seconds))


def _summary(outcomes: list[Outcome]) -> str:
    counts = Counter(outcome.state for outcome in outcomes)
    words = {
        WAITING: "to make",
        "made": "made",
        KEPT: "done before",
        "cancelled": "cancelled",
        FAILED: "failed",
    }
    return ", ".join(f"{counts[state]} {word}" for state, word in words.items() if counts[state])
