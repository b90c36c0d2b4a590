"""The gallery's sections on pictures as files have them: tiles, highlights, alpha."""

from __future__ import annotations

import numpy as np
from gallery_tools import FloatArray, Studio, show

from maya_stylize import tile_jobs
from maya_stylize.demo import EXEMPLARS
from maya_stylize.images import reader, writer
from maya_stylize.images.color import linear_to_srgb, srgb_to_linear
from maya_stylize.jobs import Style, StylizeJob

STYLE = str(EXEMPLARS / "brushwork.png")


def tiles(studio: Studio) -> str:
    """A set of two tiles, stylized as one texture."""
    text = (
        "## Tile sets\n\n"
        '`stylize "wall.<UDIM>.png" brushwork.png -o "painted.<UDIM>.png"`: the tiles 1001 and '
        "1002 beside each other, and what became of them. They share the style, and each is a job "
        "of its own.\n\n"
    )
    pixels = studio.exemplar("bricks")
    half = pixels.shape[1] // 2
    sources = (pixels[:, :half], pixels[:, half : 2 * half])
    for number, tile in zip((1001, 1002), sources, strict=True):
        studio.save(f"wall.{number}", tile)
    job = StylizeJob(
        content=studio.path("wall.<UDIM>"),
        styles=(Style(STYLE),),
        output=studio.path("painted.<UDIM>"),
        quality=studio.quality,
    )
    made = [studio.made(each) for each in tile_jobs.each_tile(job).values()]
    return text + show("tiles", "two tiles before and after", *sources, *made)


def highlights(studio: Studio) -> str:
    """A float picture with a light in it, stylized."""
    text = (
        "## Highlights\n\n"
        "A float EXR with a light that is up to 28 times as bright as white, stylized: as a screen "
        "shows it, and four stops darker. The network sees highlights compressed, and the result "
        "is taken back: the light is painted over in the style's strokes and stays the brightest "
        "place.\n\n"
    )
    linear = srgb_to_linear(studio.exemplar("pebbles"))
    rows, columns = np.mgrid[: linear.shape[0], : linear.shape[1]]
    away = (rows - 90) ** 2 + (columns - 100) ** 2
    lit = linear * (1 + 31 * np.exp(-away / 900))[..., None].astype(np.float32)
    content, output = studio.folder / "lit.exr", studio.folder / "painted.exr"
    writer.write(content, linear_to_srgb(lit), depth="half")
    job = StylizeJob(
        content=str(content), styles=(Style(STYLE),), output=str(output), quality=studio.quality
    )
    made = srgb_to_linear(studio.made(job))
    shown: list[FloatArray] = [
        np.clip(linear_to_srgb(each / np.float32(stops)), 0, 1)
        for stops in (1, 16)
        for each in (lit, made)
    ]
    return text + show("highlights", "before and after, as it is and four stops darker", *shown)


def alpha(studio: Studio) -> str:
    """Islands of a texture, stylized with their alpha kept and ignored."""
    text = (
        "## Alpha\n\n"
        "Islands whose surroundings are black in the file and transparent, here on gray. With "
        "`--alpha keep` the network sees their colors going on around them, and the alpha and what "
        "is transparent are kept; `--alpha ignore` takes the black for a part of the picture, and "
        "the result is opaque.\n\n"
    )
    pixels = studio.exemplar("rust")
    rows, columns = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    covered = np.zeros(pixels.shape[:2], bool)
    for row, column, radius in ((80, 80, 62), (90, 190, 48), (190, 120, 58)):
        covered |= (rows - row) ** 2 + (columns - column) ** 2 < radius**2
    cover = covered.astype(np.float32)
    content = studio.folder / "islands.png"
    writer.write(content, pixels * cover[..., None], alpha=cover)
    shown = [_on_gray(pixels, cover)]
    for way in ("keep", "ignore"):
        job = StylizeJob(
            content=str(content),
            styles=(Style(STYLE),),
            output=studio.path(way),
            alpha=way,
            quality=studio.quality,
        )
        found = reader.read(studio.run(job).path)
        shown.append(_on_gray(found.pixels, found.alpha))
    return text + show("alpha", "islands, alpha kept, alpha ignored", *shown)


def _on_gray(pixels: FloatArray, cover: FloatArray | None) -> FloatArray:
    if cover is None:
        return pixels
    return np.asarray(pixels * cover[..., None] + 0.6 * (1 - cover[..., None]), np.float32)
