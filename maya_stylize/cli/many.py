"""What the commands for many pictures have in common: which pictures, and what is made of each."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from maya_stylize import recipes
from maya_stylize.recipes import Recipe


def add_options(parser: argparse.ArgumentParser, pictures: str) -> None:
    """Add the pictures, the recipe, and what is chosen of both.

    Args:
        parser: A command's.
        pictures: How many there are to be: "+", or "*" where something else can be named instead.
    """
    parser.add_argument(
        "places",
        metavar="FOLDER|FILE",
        nargs=pictures,
        help="the pictures: those directly in a folder, files, or sets of tiles: wall.<UDIM>.tif",
    )
    parser.add_argument(
        "--recipe", metavar="RECIPE.json", type=Path, required=True, help="what is made of each"
    )
    parser.add_argument(
        "--exemplar",
        metavar="FILE",
        action="append",
        default=[],
        help="a picture to learn from, in place of the recipe's; given several times, one result "
        "is made for each",
    )
    parser.add_argument(
        "--match", metavar="PATTERN", help='only pictures whose name is like this: "*_albedo.*"'
    )


def recipe_of(arguments: argparse.Namespace) -> Recipe:
    """Return the recipe, with the exemplars that are named in place of its own.

    Raises:
        JobError: It is none, or takes no exemplars.
    """
    recipe = recipes.load(arguments.recipe)
    return recipe.with_exemplars(arguments.exemplar) if arguments.exemplar else recipe


def whole_number(most: int) -> Callable[[str], int]:
    """Return what reads a number from 1 on.

    Args:
        most: The largest that makes sense.
    """

    def read(text: str) -> int:
        plain = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
        if not plain or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text[:20]!r} is no number from 1 to {most}")
        return int(text)

    return read
