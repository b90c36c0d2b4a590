"""``maya-stylize panel``: the panel without Maya, where the engine itself need not be."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from maya_stylize.errors import StylizeError


def add_parsers(commands: Any) -> None:
    """Add the command to the command line's parser."""
    parser = commands.add_parser("panel", help="show the panel without Maya")
    parser.add_argument("pictures", nargs="*", type=Path, metavar="PICTURE", help="list these")
    parser.add_argument(
        "--look", choices=("dark", "light"), default="dark", help="its colors (default: dark)"
    )
    parser.set_defaults(run=_panel)


def _panel(parsed: argparse.Namespace) -> int:
    if not (find_spec("PySide6") or find_spec("PySide2")):
        raise StylizeError(
            "The panel needs Qt for Python, which is not here.",
            "Install PySide6-Essentials, or open the panel inside Maya.",
        )
    from maya_stylize.ui.window import show  # only here, for Qt is not everywhere

    return show(parsed.pictures, parsed.look)
