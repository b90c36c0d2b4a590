"""What a farm's tasks run: each tells the farm how it goes by Open Job Description's lines."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from maya_stylize import checks, crash_notes
from maya_stylize.errors import StylizeError, printable
from maya_stylize.farm import session

# A task prints its progress once for each of so many percent.
STEP = 1.0


def add_parsers(parts: Any) -> None:
    """Add the tasks' commands to the parser of ``farm``; they are for its template alone."""
    for name, run in _COMMANDS.items():
        part = parts.add_parser(name)
        part.add_argument("--session", type=Path, required=True, metavar="FOLDER")
        if name in ("targets", "tiles", "finish"):
            for option in ("--jobs", "--results", "--path-mapping", "--textures"):
                part.add_argument(option, required=True)
        part.set_defaults(run=_telling(run))


def _telling(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Return a task's command whose failure the farm reads."""

    def told(arguments: argparse.Namespace) -> int:
        try:
            with crash_notes.noted(failures="openjd"):
                return run(arguments)
        except StylizeError as error:
            _tell("fail", str(error))
            return session.FAILED
        except Exception as error:  # the command line tells how to report it
            _tell("fail", f"An error that should not happen: {checks.shown(error)}.")
            raise

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
    from maya_stylize.cli.farm.finish import finish

    return finish(arguments, _tell)


def _tell(kind: str, text: str) -> None:
    """Print a line that Open Job Description knows, or one for the log."""
    line = printable(text)
    print(line if kind == "log" else f"openjd_{kind}: {line}", flush=True)


_COMMANDS = {
    "start": _start,
    "serve": _serve,
    "stop": _stop,
    "targets": _targets,
    "tiles": _tiles,
    "finish": _finish,
}
