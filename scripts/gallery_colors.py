"""The gallery's sections on colors: keeping a picture's own, and the spaces that files are in."""

from __future__ import annotations

import numpy as np
from gallery_tools import FloatArray, Studio, show

from maya_stylize.demo import EXEMPLARS
from maya_stylize.images import color_config, reader, writer
from maya_stylize.images.spaces import RAW
from maya_stylize.jobs import Style, StylizeJob

SIDE = 224
STYLE = str(EXEMPLARS / "brushwork.png")


def color_control(studio: Studio) -> str:
    """A transfer with the styles' colors and with the content's, in several ways."""
    text = (
        "## Color control\n\n"
        f"A content; then the same transfer at {SIDE} pixels, quality {studio.quality}, without "
        "`--keep-colors`; with `luminance`, where each place has its own color; with `symmetric`, "
        "where the strokes are painted in the content's colors; and with that at "
        "`--color-strength 0.5`. What the ways have in common is told in "
        "[color control](color_control.md).\n\n"
    )
    content = str(EXEMPLARS / "coffee.png")
    ways = (("no", 1.0), ("luminance", 1.0), ("symmetric", 1.0), ("symmetric", 0.5))
    made = [
        studio.made(
            StylizeJob(
                content=content,
                styles=(Style(STYLE),),
                output=studio.path(f"{way}_{strength}"),
                size=SIDE,
                keep_colors=way,
                color_strength=strength,
                quality=studio.quality,
            )
        )
        for way, strength in ways
    ]
    caption = "content, no, luminance, symmetric, symmetric by half"
    return text + show("color_control", caption, studio.exemplar("coffee"), *made)


def color_spaces(studio: Studio) -> str:
    """The same surface in files of several color spaces, stylized."""
    text = (
        "## Color spaces\n\n"
        "One surface in three files: a PNG in sRGB, a half float EXR in ACEScg, and a 16 bit TIFF "
        "in Adobe RGB. Of each the numbers that it holds, shown as if they were sRGB, and then "
        f"what `stylize` made of it at {SIDE} pixels, quality {studio.quality}, as a screen shows "
        "it. Numbers differ and pictures do not: [color spaces](color.md).\n\n"
    )
    config = color_config.load(None)
    pixels = studio.exemplar("rust")[:SIDE, :SIDE]
    columns: list[FloatArray] = []
    for name, suffix, depth in (
        ("sRGB", "png", "uint8"),
        ("ACEScg", "exr", "half"),
        ("AdobeRGB", "tif", "uint16"),
    ):
        space = config.space(name)
        content = studio.folder / f"{name}.{suffix}"
        output = studio.folder / f"{name}_made.{suffix}"
        writer.write(content, pixels, depth=depth, space=space)
        job = StylizeJob(
            content=str(content),
            styles=(Style(STYLE),),
            output=str(output),
            color_spaces={"content": name},
            quality=studio.quality,
        )
        studio.run(job)
        found = (reader.read(content, RAW).pixels, reader.read(output, space).pixels)
        columns += [np.clip(each, 0, 1) for each in found]
    return text + show("color_spaces", "numbers and result of each of three files", *columns)
