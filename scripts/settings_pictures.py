"""Good and bad settings side by side: `python scripts/settings_pictures.py [NAME ...]`.

Makes the pictures of docs/modes in docs/images/settings, from the exemplars that ship. Each
compares a few values of one setting and leaves the others alone; the pages say which quality was
used.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import settings_materials
from gallery_tools import FloatArray, Studio, beside, twice
from scipy.ndimage import gaussian_filter

from maya_stylize.convert import sources
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine.backend import choose
from maya_stylize.images import writer
from maya_stylize.jobs import Job, RepairJob, Style, StylizeJob, SynthesizeJob

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images" / "settings"
SIDE = 128
# Of pictures in which more must be seen.
LARGER = 192
# Pictures narrower than this are written twice as large.
SMALL = 700
_made_before: dict[str, FloatArray] = {}


def texture_quality(studio: Studio) -> FloatArray:
    """An exemplar, and a texture in each quality."""
    job = replace(_bricks(studio), size=(LARGER, LARGER))
    made = [_made(studio, replace(job, quality=each)) for each in ("draft", "normal")]
    return beside(studio.exemplar("bricks")[:192, :192], *made)


def texture_exemplar_size(studio: Studio) -> FloatArray:
    """A piece with hardly more than one brick and what is made of it; then the whole exemplar's."""
    pixels = studio.exemplar("bricks")
    piece = pixels[64:128, 64:128]
    of_piece = replace(_bricks(studio), exemplar=studio.save("piece", piece))
    whole = _made(studio, _bricks(studio))
    return beside(piece, _made(studio, of_piece), pixels[:SIDE, :SIDE], whole)


def texture_light(studio: Studio) -> FloatArray:
    """An exemplar lit from one side, and its texture; then both with the light taken out."""
    pixels = studio.exemplar("gravel")[:LARGER, :LARGER]
    uneven = pixels * np.linspace(1, 0.25, LARGER, dtype=np.float32)[:, None]
    light = gaussian_filter(uneven.mean(-1, keepdims=True), (24, 24, 0))
    shown = []
    for name, exemplar in (("uneven", uneven), ("even", uneven / light * light.mean())):
        path = studio.save(name, np.clip(exemplar, 0, 1))
        job = replace(_bricks(studio), exemplar=path, size=(LARGER, LARGER))
        shown += [exemplar, _made(studio, job)]
    return beside(*shown)


def texture_layers(studio: Studio) -> FloatArray:
    """Bricks by shallow layers alone, and by all of them."""
    made = []
    for deepest in (1, 4):
        layers = {"conv1_1": 1e9, **{f"pool{block}": 1e9 for block in range(1, deepest + 1)}}
        made.append(_made(studio, replace(_bricks(studio), layers=layers)))
    return beside(*made)


def texture_seamless(studio: Studio) -> FloatArray:
    """A texture laid beside itself, made without and with seamless edges."""
    made = [_made(studio, replace(_bricks(studio), seamless=each)) for each in ("no", "both")]
    return beside(*map(twice, made))


def stylize_strength(studio: Studio) -> FloatArray:
    """The content, and strengths 0, 25 and 50."""
    weights = map(content_weight, (0, 25, 50))
    made = [_made(studio, replace(_coffee(studio), content_weight=each)) for each in weights]
    return beside(studio.exemplar("coffee")[::2, ::2], *made)


def stylize_stroke(studio: Studio) -> FloatArray:
    """The style, and stroke sizes 25, 50 and 75."""
    made = [_made(studio, replace(_coffee(studio), style_scale=each)) for each in (0.5, 1, 2)]
    return beside(studio.exemplar("brushwork")[: len(made[0]), :SIDE], *made)


def stylize_colors(studio: Studio) -> FloatArray:
    """Colors not kept, kept in place, and the palette kept."""
    ways = ("no", "luminance", "symmetric")
    return beside(
        *(_made(studio, replace(_coffee(studio), keep_colors=each)) for each in ways),
    )


def stylize_start(studio: Studio) -> FloatArray:
    """The content; started from it, from noise, and from noise with strength 10."""
    job = replace(_coffee(studio), size=LARGER)
    ways = (("content", 50), ("noise", 50), ("noise", 10))
    made = [
        _made(studio, replace(job, start=start, content_weight=content_weight(strength)))
        for start, strength in ways
    ]
    return beside(studio.exemplar("coffee")[::2, ::2], *made)


def stylize_quality(studio: Studio) -> FloatArray:
    """The content, and the same transfer in quality draft and normal."""
    job = replace(_coffee(studio), size=LARGER)
    made = [_made(studio, replace(job, quality=each)) for each in ("draft", "normal")]
    return beside(studio.exemplar("coffee")[::2, ::2], *made)


def repair_band(studio: Studio) -> FloatArray:
    """Bricks laid beside themselves: as they are, by a narrow band, by the one that is found."""
    pixels = studio.exemplar("bricks")[20:170, 10:182]
    job = RepairJob(
        picture=studio.save("bricks", pixels),
        output=studio.path("out"),
        seamless="both",
        quality="draft",
    )
    made = [_made(studio, replace(job, band=each)) for each in (4, None)]
    return beside(*map(twice, (pixels, *made)))


def repair_mask(studio: Studio) -> FloatArray:
    """A stain, repaired by a mask that is too tight, and by one that goes beyond it."""
    pixels = studio.exemplar("gravel")[:192, :192]
    rows, columns = np.mgrid[:192, :192]
    away = np.hypot(rows - 96, columns - 96)
    cover = np.clip((60 - away) / 24, 0, 1)[..., None].astype(np.float32)
    stained = pixels * (1 - cover) + cover * np.array([0.3, 0.05, 0.05], np.float32)
    shown = [stained]
    for radius in (40, 66):
        mask = away < radius
        job = RepairJob(
            picture=studio.save("stained", stained),
            mask=studio.mask("mask", mask),
            output=studio.path("out"),
            quality="normal",
        )
        shown += [_painted(stained, mask), _made(studio, job)]
    return beside(*shown)


def repair_learn_from(studio: Studio) -> FloatArray:
    """A hole among two materials, learned from both, and from a clean piece of the right one."""
    rust, granite = studio.exemplar("rust")[:192, :112], studio.exemplar("granite")[:192, :80]
    pixels = np.concatenate([rust, granite], 1)
    rows, columns = np.mgrid[:192, :192]
    hole = (rows - 96) ** 2 / 70**2 + (columns - 46) ** 2 / 38**2 < 1
    holed = np.where(hole[..., None], np.array([1, 0, 1], np.float32), pixels)
    job = RepairJob(
        picture=studio.save("holed", holed),
        mask=studio.mask("mask", hole),
        output=studio.path("out"),
        quality="normal",
    )
    clean = str(EXEMPLARS / "rust.png")
    return beside(holed, _made(studio, job), _made(studio, replace(job, exemplar=clean)))


def content_weight(strength: int) -> float:
    """Return what the panel's strength means; the panel itself needs Qt."""
    return float(10 ** (8 - strength / 25))


def _made(studio: Studio, job: Job) -> FloatArray:
    """Run a job, if no picture before this one has the same in it."""
    key = json.dumps({**job.to_json(), "output": ""})
    if key not in _made_before or str(studio.folder) in key:
        _made_before[key] = studio.made(job)
    return _made_before[key]


def _bricks(studio: Studio) -> SynthesizeJob:
    return SynthesizeJob(
        exemplar=str(EXEMPLARS / "bricks.png"),
        output=studio.path("out"),
        size=(SIDE, SIDE),
        quality="draft",
    )


def _coffee(studio: Studio) -> StylizeJob:
    return StylizeJob(
        content=str(EXEMPLARS / "coffee.png"),
        styles=(Style(str(EXEMPLARS / "brushwork.png")),),
        output=studio.path("out"),
        size=SIDE,
        quality="draft",
    )


def _painted(pixels: FloatArray, mask: np.ndarray) -> FloatArray:
    red = np.array([1, 0.1, 0.1], np.float32)
    return np.where(mask[..., None], 0.4 * pixels + 0.6 * red, pixels).astype(np.float32)


PICTURES: dict[str, Callable[[Studio], FloatArray]] = {
    each.__name__: each
    for each in (
        *(stylize_strength, stylize_stroke, stylize_colors),
        *(repair_band, repair_mask, repair_learn_from),
        *(stylize_start, stylize_quality),
        *(texture_seamless, texture_exemplar_size, texture_quality, texture_layers),
        *(texture_light, settings_materials.material_together),
        *(settings_materials.material_aligned, settings_materials.material_seamless),
    )
}


def main() -> None:
    """Run the jobs and write the pictures."""
    parser = argparse.ArgumentParser(description="Make the pictures of docs/modes.")
    parser.add_argument("names", nargs="*", default=list(PICTURES), metavar="NAME")
    names: list[str] = parser.parse_args().names
    unknown = set(names) - set(PICTURES)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}, but {', '.join(PICTURES)}")
    model = sources.locate()
    if model is None:
        parser.error("there is no model on this machine yet; run: maya-stylize model fetch")
    choose("tensorflow")
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            pixels = PICTURES[name](Studio(model, Path(folder), "draft"))
        times = 2 if pixels.shape[1] < SMALL else 1
        writer.write(IMAGES / f"{name}.jpg", pixels.repeat(times, 0).repeat(times, 1))
        print(IMAGES / f"{name}.jpg", flush=True)


if __name__ == "__main__":
    main()
