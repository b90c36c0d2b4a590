"""``material``: the maps of a material made anew together."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from maya_stylize import checks
from maya_stylize.cli import jobs
from maya_stylize.errors import JobError, printable
from maya_stylize.images.formats import SUFFIXES
from maya_stylize.jobs import ALPHA, MAP, MAPS, SEAMLESS, Job, MaterialJob
from maya_stylize.map_names import beside, kind_of


def add_parsers(commands: Any) -> None:
    """Add the command to the command line's parser."""
    material = commands.add_parser(
        "material",
        help="make the maps of a material anew together",
        description="Make the maps of a material anew together, so that a crack in one is a crack "
        "in all of them.",
        epilog=f"Examples: maya-stylize material wall_albedo.png -o new_wall_{MAP} finds the "
        "other maps by their names and writes each in its own format; maya-stylize material a.png "
        f"height=b.exr -o new_{MAP}.exr writes all as EXR",
    )
    material.add_argument(
        "maps",
        metavar="[KIND=]MAP",
        nargs="+",
        help=f"the maps; each is one of {', '.join(MAPS)}, by the end of its name where no kind "
        "is given; of a single one, those beside it are taken that are named alike",
    )
    material.add_argument(
        "--size",
        metavar="WxH",
        help="width and height of the result, as 512 or 768x512; that of the maps if not given",
    )
    material.add_argument(
        "--no-histogram",
        action="store_true",
        help="leave the result's histograms as they come instead of matching the maps'",
    )
    material.add_argument(
        "--seamless",
        choices=SEAMLESS,
        default="no",
        help="where the result repeats without a seam, as for synthesize (default: no)",
    )
    material.add_argument(
        "--alpha",
        choices=ALPHA,
        default="keep",
        help="keep: a map's alpha, such as that of leaves, is made anew with the maps and becomes "
        "the new map's; mask: only what is opaque is learned from, and the results are opaque; "
        "ignore: colors are taken as they stand, and the results are opaque (default: keep)",
    )
    jobs.add_common(material)
    material.set_defaults(run=jobs.run, job_of=_material)


def _material(arguments: argparse.Namespace) -> Job:
    return MaterialJob(
        maps=_found(arguments.maps),
        size=None if arguments.size is None else jobs.width_and_height(arguments.size),
        match_histogram=not arguments.no_histogram,
        seamless=arguments.seamless,
        alpha=arguments.alpha,
        **jobs.common(arguments),
    )


def _found(words: list[str]) -> dict[str, str]:
    """Return the maps that the words name, and those beside a single one.

    What is taken by its name is printed.
    """
    maps: dict[str, str] = {}
    for word in words:
        kind, path = _split(word)
        if kind in maps:
            raise JobError(
                f"maps: {maps[kind]} and {path} are both the {kind}.",
                "Leave one of them out, or say what it is, such as height=PICTURE.",
            )
        maps[kind] = path
    if len(maps) == 1:
        ((kind, path),) = maps.items()
        others = beside(Path(path), (*SUFFIXES, ".psd"))
        maps |= {other: found for other, found in others.items() if other != kind}
    for kind, path in maps.items():
        if f"{kind}={path}" not in words:  # stdout is the result's
            print(f"info: {printable(path)}: the {kind}, by its name.", file=sys.stderr)
    return maps


def _split(word: str) -> tuple[str, str]:
    kind, equals, path = word.partition("=")
    if equals and kind in MAPS:
        return kind, path
    known = kind_of(word)
    if known is None:
        kinds = ", ".join(MAPS)
        raise checks.refuse("maps", f"named after what they hold, or written as {kinds}=MAP", word)
    return known, word
