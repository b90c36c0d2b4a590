"""What a person reads of an error."""

from __future__ import annotations

import sys

from maya_stylize.errors import StylizeError, printable


def report(error: StylizeError) -> None:
    """Print what went wrong and what to do."""
    print(f"maya-stylize: {printable(error.message)}", file=sys.stderr)
    if error.hint:
        print(f"  {printable(error.hint)}", file=sys.stderr)
