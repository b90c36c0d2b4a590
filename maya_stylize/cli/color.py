"""``--color-space`` and ``--color-config``: which color spaces pictures are in."""

from __future__ import annotations

import argparse
from typing import Any

from maya_stylize import checks, settings

# What a color space belongs to that is given without a picture: the first of these, as the
# commands call it; for the maps of a material, their albedo.
_LEADS = ("content", "picture", "exemplar")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to a command that makes pictures."""
    parser.add_argument(
        "--color-space",
        action="append",
        default=[],
        metavar="[PICTURE=]SPACE",
        dest="color_spaces",
        help="the color space of a picture, such as ACEScg, Raw or ground.exr=sRGB; without a "
        "picture that of the first one, and with output= that of the result; may be given several "
        "times (default: what the file says, else sRGB, and linear for floats)",
    )
    parser.add_argument(
        "--color-config",
        metavar="FILE",
        help="OpenColorIO's config with these color spaces, such as Maya's (default: that of the "
        "environment variable OCIO, else OpenColorIO's own)",
    )


def fields(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the fields of a job that the options set.

    Raises:
        JobError: An option is not of the form that it has.
    """
    lead = next((name for name in _LEADS if hasattr(arguments, name)), "albedo")
    spaces: dict[str, str] = {}
    for text in arguments.color_spaces:
        picture, equals, space = text.rpartition("=")
        if not space.strip() or (equals and not picture):
            raise checks.refuse("color-space", "SPACE or PICTURE=SPACE", text)
        spaces[picture or lead] = space.strip()
    config = arguments.color_config or settings.color_config()
    return {"color_spaces": spaces, "color_config": config}
