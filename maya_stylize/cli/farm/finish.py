"""The last step of a farm's job: what was made is checked, listed and shown on a page."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from maya_stylize.cli.batch.items import Item
from maya_stylize.cli.batch.report import write
from maya_stylize.cli.batch.survey import MADE, Outcome
from maya_stylize.errors import StylizeError
from maya_stylize.farm import bundle, finishing
from maya_stylize.farm.bundle import Texture
from maya_stylize.farm.tasks import Order
from maya_stylize.recipes import Recipe

REPORT = "maya-stylize-report.html"
EVERY = 1000  # textures, between two lines that tell of them


def finish(arguments: argparse.Namespace, tell: Callable[[str, str], None]) -> int:
    """Do the step; return the exit code.

    Args:
        arguments: The bundle's folders, the path mapping and the textures.
        tell: Takes a kind of line and its text.

    Raises:
        StylizeError: A result is not there, or something cannot be written.
    """
    jobs, results = Path(arguments.jobs), Path(arguments.results)
    order = Order(arguments.jobs, arguments.results, arguments.path_mapping, arguments.textures)
    about = bundle.about(jobs)
    wanted = order.numbers()
    textures = _textures(order, about.count, wanted, tell)
    tell("status", f"checking {len(wanted)} textures")
    entries = finishing.made(textures, wanted)
    if about.tx:
        for index, number in enumerate(wanted):
            tell("status", f"{textures[number].name}, {index + 1} of {len(wanted)}")
            finishing.texture_for(textures[number])
            tell("progress", f"{100 * (index + 1) / (len(wanted) + 1):.1f}")
    # What was made earlier stays listed.
    finishing.write_list(results, [textures[number] for number in entries], about.tx)
    outcomes = []
    for number, entry in entries.items():
        texture = textures[number]
        item = Item(texture.picture, texture.exemplar, texture.job)
        seconds, loss = entry.number("seconds"), entry.number("loss")
        outcomes.append(Outcome(item, MADE, entry.key, None, seconds, loss))
    write(results / REPORT, outcomes, Recipe.from_json(about.recipe, Path()))
    tell("progress", "100")
    return 0


def _textures(
    order: Order, count: int, wanted: list[int], tell: Callable[[str, str], None]
) -> dict[int, Texture]:
    """Return all textures of a bundle, but for those that are not wanted and not sound."""
    textures, needed = {}, set(wanted)
    there = {number for number in bundle.numbers(Path(order.jobs)) if number <= count}
    for index, number in enumerate(sorted(there | needed)):
        if index % EVERY == 0:
            tell("status", f"reading {index + 1} of {len(there | needed)} textures")
        try:
            textures[number] = order.texture(number)
        except StylizeError:
            if number in needed:
                raise
    return textures
