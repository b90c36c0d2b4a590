"""The last step of a farm's job: what was made is checked, listed and shown on a page."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from maya_stylize.cli.batch.items import Item
from maya_stylize.cli.batch.report import write
from maya_stylize.cli.batch.survey import MADE, Outcome
from maya_stylize.farm import bundle, finishing
from maya_stylize.farm.tasks import Order
from maya_stylize.recipes import Recipe

REPORT = "report.html"


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
    textures = [order.texture(number) for number in order.numbers()]
    tell("status", f"checking {len(textures)} textures")
    entries = finishing.check(textures)
    if about.tx:
        for index, texture in enumerate(textures):
            tell("status", f"{texture.name}, {index + 1} of {len(textures)}")
            finishing.texture_for(texture)
            tell("progress", f"{100 * (index + 1) / (len(textures) + 1):.1f}")
    finishing.write_list(results, textures, about.tx)
    outcomes = []
    for texture, entry in zip(textures, entries, strict=True):
        item = Item(texture.picture, texture.exemplar, texture.job)
        seconds, loss = entry.facts.get("seconds"), entry.facts.get("loss")
        outcomes.append(Outcome(item, MADE, entry.key, None, seconds, loss))
    write(results / REPORT, outcomes, Recipe.from_json(about.recipe, Path()))
    tell("progress", "100")
    return 0
