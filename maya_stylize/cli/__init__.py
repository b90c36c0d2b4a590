"""The command line: one module per group of commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from maya_stylize import __version__
from maya_stylize.cli import convert, info, jobs, model
from maya_stylize.errors import JobError, StylizeError

FAILED = 1
WRONG_USAGE = 2
CANCELLED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when it is done, 1 when it failed, 2 when it was used wrongly, 130 when it was cancelled.
    """
    parsed = _parser().parse_args(arguments)
    try:
        code: int = parsed.run(parsed)
    except StylizeError as error:
        print(f"maya-stylize: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"  {error.hint}", file=sys.stderr)
        return WRONG_USAGE if isinstance(error, JobError) else FAILED
    except KeyboardInterrupt:
        print("maya-stylize: cancelled.", file=sys.stderr)
        return CANCELLED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="maya-stylize",
        description="Texture synthesis and style transfer with the normalised VGG-19.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for group in (jobs, convert, model, info):
        group.add_parsers(commands)
    return parser
