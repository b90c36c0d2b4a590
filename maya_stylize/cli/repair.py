"""``repair``: a part of a picture made anew, extended, or made to wrap."""

from __future__ import annotations

import argparse
import re
from typing import Any

from maya_stylize import checks
from maya_stylize.cli import jobs
from maya_stylize.jobs import SEAMLESS, Job, RepairJob


def add_parsers(commands: Any) -> None:
    """Add the command to the command line's parser."""
    repair = commands.add_parser(
        "repair",
        help="make a part of a picture anew, extend it, or let it repeat without a seam",
        description="Make a part of a picture anew out of its own texture, and keep every other "
        "pixel bit for bit.",
        epilog="Examples: maya-stylize repair wall.png --mask stain.png -o clean_wall.png; "
        "maya-stylize repair wall.png --seamless both -o wall_tile.png; "
        "maya-stylize repair wall.png --extend 0,0,512,0 -o wide_wall.png",
    )
    repair.add_argument("picture", metavar="PICTURE", help="the picture to repair")
    repair.add_argument(
        "--mask", metavar="MASK", help="a picture that is white where it is to be made anew"
    )
    repair.add_argument(
        "--extend",
        metavar="N|L,T,R,B",
        help="pixels to add on each side, or on the left, at the top, on the right, at the bottom",
    )
    repair.add_argument(
        "--seamless",
        choices=SEAMLESS,
        default="no",
        help="make a band along the edges anew so that the picture repeats without a seam: both "
        "ways, across (left to right) or down (top to bottom) (default: no)",
    )
    repair.add_argument(
        "--band",
        type=int,
        metavar="N",
        help="width of that band in pixels, half on each side of the seam; found from the "
        "picture's structures if not given",
    )
    repair.add_argument(
        "--exemplar",
        metavar="PICTURE",
        help="another picture to learn from; what is kept of the picture itself if not given",
    )
    jobs.add_common(repair)
    repair.set_defaults(run=jobs.run, job_of=_repair)


def _repair(arguments: argparse.Namespace) -> Job:
    return RepairJob(
        picture=arguments.picture,
        mask=arguments.mask,
        extend=(0, 0, 0, 0) if arguments.extend is None else _margins(arguments.extend),
        seamless=arguments.seamless,
        band=arguments.band,
        exemplar=arguments.exemplar,
        **jobs.common(arguments),
    )


def _margins(text: str) -> tuple[int, int, int, int]:
    numbers = re.fullmatch(r"(\d{1,6})(?:,(\d{1,6}),(\d{1,6}),(\d{1,6}))?", text.replace(" ", ""))
    if numbers is None:
        raise checks.refuse("extend", "one number, or four such as 0,0,256,0", text)
    left, top, right, bottom = (int(number or numbers[1]) for number in numbers.groups())
    return left, top, right, bottom
