"""What a person reads of an error."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from maya_stylize.errors import StylizeError, printable


def report(error: StylizeError) -> None:
    """Print what went wrong and what to do."""
    print(f"maya-stylize: {printable(error.message)}", file=sys.stderr)
    if error.hint:
        print(f"  {printable(error.hint)}", file=sys.stderr)


def tell_of_checkpoint(path: Path) -> None:
    """Print how to go on with a job that was broken off, if it left its checkpoint."""
    if os.path.exists(path):  # noqa: PTH110  # Path.exists raises where a name is too long
        print(f"To go on: maya-stylize run --resume {printable(str(path))}", file=sys.stderr)
