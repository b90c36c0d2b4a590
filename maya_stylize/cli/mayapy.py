"""``maya-stylize mayapy``: a module or a script in Maya's own Python."""

from __future__ import annotations

from typing import Any

from maya_stylize import launcher


def add_parsers(commands: Any) -> None:
    """Add the command to the command line's parser."""
    parser = commands.add_parser(
        "mayapy",
        help="run a module or a script, such as -m maya_stylize.batch, in Maya's own Python",
        add_help=False,
        prefix_chars="\0",  # an option belongs to what is run, not to this parser
    )
    parser.add_argument("arguments", nargs="*")
    parser.set_defaults(run=lambda parsed: launcher.run(parsed.arguments))
