"""Runs jobs for the command line: one, or one after the other for the tiles of a set."""

from __future__ import annotations

import sys
from collections.abc import Generator
from pathlib import Path

from maya_stylize import crash_notes, events
from maya_stylize.cli import dry_run
from maya_stylize.cli.display import Bar, JsonLines
from maya_stylize.cli.failures import report, tell_of_checkpoint
from maya_stylize.cli.interrupt import until_interrupted
from maya_stylize.convert import sources
from maya_stylize.engine import checkpoint
from maya_stylize.engine.backend import choose
from maya_stylize.errors import ModelError, StylizeError
from maya_stylize.files import checkpoint_of
from maya_stylize.jobs import Job
from maya_stylize.tile_jobs import each_tile

FAILED = 1


def plan(job: Job, model: Path | None, as_json: bool) -> int:
    """Print what a job would take, of a set its first tile; return the exit code.

    Raises:
        StylizeError: It cannot be run.
    """
    tiles = each_tile(job)
    if len(tiles) > 1 and not as_json:
        print(f"tiles    {len(tiles)}; each takes:")
    return dry_run.show(next(iter(tiles.values())), _model(model), as_json)


def run(job: Job, model: Path | None, as_json: bool, resume: Path | None) -> int:
    """Run a job and show how it goes; return the exit code.

    Of a set of tiles, one that cannot be made is told by its number, and the others are made.

    Args:
        job: What is wanted.
        model: The model file; None for the one that was fetched.
        as_json: Whether to print JSON lines.
        resume: The checkpoint to go on from.

    Raises:
        StylizeError: It cannot be run, and is not one of a set's tiles.
    """
    tiles = each_tile(job)
    failed = []
    for number, (tile, each) in enumerate(tiles.items(), 1):
        stream = _events(each, model, resume)
        if tile:
            stream = _of_tile(stream, f"tile {tile}", f"{number} of {len(tiles)}")
        try:
            _show(each, stream, as_json)
        except StylizeError as error:
            if not tile or isinstance(error, ModelError):
                raise
            report(error)
            failed.append(tile)
    if failed:
        done = f"{len(tiles) - len(failed)} of {len(tiles)} tiles are made"
        print(f"maya-stylize: {done}; not {', '.join(failed)}.", file=sys.stderr)
    return FAILED if failed else 0


def _show(job: Job, stream: Generator[events.Event, None, None], as_json: bool) -> None:
    display = JsonLines() if as_json else Bar()
    left = checkpoint_of(job.outputs[0])
    try:
        with crash_notes.noted(checkpoint=str(left), failures="json" if as_json else "text"):
            display.show(until_interrupted(stream))
    finally:
        tell_of_checkpoint(left)


def _of_tile(
    stream: Generator[events.Event, None, None], name: str, which: str
) -> Generator[events.Event, None, None]:
    """Say before a tile's events which it is, and in its failure."""
    yield events.Log(f"{name}, {which}")
    try:
        yield from stream
    except StylizeError as error:
        raise type(error)(f"{name}: {error.message}", error.hint) from error


def _events(
    job: Job, model: Path | None, resume: Path | None
) -> Generator[events.Event, None, None]:
    file = _model(model)
    # The engine is heavy to import and needs its backend chosen first.
    choose(job.backend)
    from maya_stylize.engine.run import run

    yield from run(job, file, resume=None if resume is None else checkpoint.read(resume))


def _model(given: Path | None) -> Path:
    model = sources.ensure(given) if given else sources.locate()
    if model is None:
        raise ModelError("There is no model on this machine yet.", "Run: maya-stylize model fetch.")
    return model
