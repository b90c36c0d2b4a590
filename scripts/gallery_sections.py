"""The gallery's sections: each makes its pictures and returns its text."""

from __future__ import annotations

from collections.abc import Callable

import gallery_colors
import gallery_files
import numpy as np
from gallery_tools import FloatArray, Studio, show, twice

from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine.color_control import LUMA
from maya_stylize.images import reader, seam
from maya_stylize.jobs import (
    STATISTICS,
    MaterialJob,
    Region,
    RepairJob,
    Style,
    StylizeJob,
    SynthesizeJob,
)


def seamless(studio: Studio) -> str:
    """Textures that wrap, twice each way."""
    text = (
        "## Seamless textures\n\n"
        "Each was made by `synthesize --seamless both` at 256x256, and is shown twice each way. "
        "The scores are those that a job says at its end: 0 is the picture's median step from one "
        "line of pixels to the next, 1 the step that only one in twenty inside it exceeds.\n"
    )
    for path in sorted(EXEMPLARS.glob("*.png")):
        job = SynthesizeJob(
            exemplar=str(path),
            output=studio.path("texture"),
            size=(256, 256),
            quality=studio.quality,
            seamless="both",
        )
        pixels = studio.made(job)
        down, across = (seam.score(pixels, axis) for axis in (0, 1))
        text += f"\n### {path.stem}\n\nSeam down {down:.1f}, across {across:.1f}.\n\n"
        text += show(path.stem, f"{path.stem}, twice each way", twice(pixels))
    return text


def made_seamless(studio: Studio) -> str:
    """Photographs that do not wrap, made to wrap."""
    text = (
        "## Made seamless\n\n"
        "`repair --seamless both` keeps the inside of a picture bit for bit and makes a band along "
        "its edges anew. Each is shown twice each way, before and after.\n"
    )
    for name, crop in (("gravel", (256, 256)), ("rust", (200, 220))):
        pixels = studio.exemplar(name)[: crop[0], : crop[1]]
        picture = studio.save(name, pixels)
        job = RepairJob(
            picture=picture, output=studio.path("out"), seamless="both", quality=studio.quality
        )
        result = studio.made(job)
        scores = [seam.score(each, axis) for each in (pixels, result) for axis in (0, 1)]
        text += (
            f"\n### {name}\n\nSeam down {scores[0]:.1f} before and {scores[2]:.1f} after, across "
            f"{scores[1]:.1f} before and {scores[3]:.1f} after.\n\n"
        )
        caption = f"{name}, twice each way, before and after"
        text += show(f"made_seamless_{name}", caption, twice(pixels), twice(result))
    return text


def repaired(studio: Studio) -> str:
    """A stain taken away, and a picture made larger."""
    text = (
        "## Repaired and extended\n\n"
        "`repair --mask` makes what is white in a mask anew, `repair --extend` adds pixels around; "
        "the rest is kept bit for bit. Shown are the picture, the mask and the result; then a "
        "picture and what became of it.\n\n"
    )
    for name in ("gravel", "bricks"):
        pixels = studio.exemplar(name)
        rows, columns = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
        hole = (rows - 120) ** 2 / 45**2 + (columns - 140) ** 2 / 60**2 < 1
        stained = np.where(hole[..., None], np.array([0.25, 0.05, 0.3], np.float32), pixels)
        job = RepairJob(
            picture=studio.save(name, stained),
            mask=studio.mask("mask", hole),
            output=studio.path("out"),
            quality=studio.quality,
        )
        white = np.repeat(hole[..., None].astype(np.float32), 3, -1)
        text += show(f"repaired_{name}", f"{name} repaired", stained, white, studio.made(job))
    pixels = studio.exemplar("gravel")[:160, :160]
    job = RepairJob(
        picture=studio.save("small", pixels),
        extend=(48, 32, 112, 64),
        output=studio.path("out"),
        quality=studio.quality,
    )
    return text + show("extended", "gravel extended", pixels, studio.made(job))


def regions(studio: Studio) -> str:
    """Areas of the result that look like areas of an example."""
    text = (
        "## Regions\n\n"
        "`--region` pairs an area of the result with an area of the example. First a texture: the "
        "exemplar, the mask over it, the mask over the result, the result. Then a transfer: the "
        "content, the mask over it, the two styles, the result.\n\n"
    )
    rust, granite = studio.exemplar("rust")[:, :160], studio.exemplar("granite")[:, :160]
    exemplar = np.concatenate([rust, granite], 1)
    source = np.zeros(exemplar.shape[:2], bool)
    source[:, :160] = True
    rows, columns = np.mgrid[:256, :256]
    target = np.hypot(rows - 128, columns - 128) < 80 + 14 * np.sin(
        6 * np.arctan2(rows - 128, columns - 128)
    )
    made = SynthesizeJob(
        exemplar=studio.save("exemplar", exemplar),
        output=studio.path("out"),
        size=(256, 256),
        regions=(Region(studio.mask("target", target), studio.mask("source", source)),),
        quality=studio.quality,
    )
    text += show(
        "regions", "a texture in regions", exemplar, _gray(source), _gray(target), studio.made(made)
    )
    coffee = studio.exemplar("coffee")
    rows, columns = np.mgrid[: coffee.shape[0], : coffee.shape[1]]
    cup = (rows - 118) ** 2 / 92**2 + (columns - 190) ** 2 / 120**2 < 1
    painted = StylizeJob(
        content=studio.save("coffee", coffee),
        styles=tuple(Style(str(EXEMPLARS / f"{name}.png")) for name in ("brushwork", "tartan")),
        output=studio.path("out"),
        regions=(
            Region(studio.mask("cup", cup), None, 0),
            Region(studio.mask("table", ~cup), None, 1),
        ),
        quality=studio.quality,
    )
    styles = (studio.exemplar("brushwork")[:256, :256], studio.exemplar("tartan"))
    return text + show(
        "regions_styles", "a transfer in regions", coffee, _gray(cup), *styles, studio.made(painted)
    )


def materials(studio: Studio) -> str:
    """The maps of a material, made together and one by one."""
    text = (
        "## Materials\n\n"
        "`material` makes the maps of a surface together. In the first row albedo, normals, "
        "roughness and height that were computed from an exemplar; in the second those that were "
        "made from them together; in the third made one by one.\n"
    )
    for name in ("pebbles", "bricks"):
        maps = maps_of(studio.exemplar(name))
        paths = {kind: studio.save(f"source_{kind}", pixels) for kind, pixels in maps.items()}
        job = MaterialJob(
            maps=paths, output=studio.path("new_<map>"), size=(256, 256), quality=studio.quality
        )
        together = {kind: reader.read(path).pixels for kind, path in studio.run(job).maps.items()}
        apart = {
            kind: studio.made(
                SynthesizeJob(
                    exemplar=path,
                    output=studio.path(kind),
                    size=(256, 256),
                    seed=seed,
                    quality=studio.quality,
                )
            )
            for seed, (kind, path) in enumerate(paths.items())
        }
        rows = [np.concatenate(list(each.values()), 1) for each in (maps, together, apart)]
        found = [_correlation(each["albedo"], each["height"]) for each in (maps, together, apart)]
        text += (
            f"\n### {name}\n\nBrightness of the albedo and height correlate by {found[0]:.2f} in "
            f"the exemplar, {found[1]:.2f} made together and {found[2]:.2f} made one by one.\n\n"
        )
        text += show(f"material_{name}", f"the maps of {name}", np.concatenate(rows))
    return text


def statistics(studio: Studio) -> str:
    """The same textures by Gram matrices and by sliced statistics."""
    text = (
        "## Statistics\n\n"
        "A piece of an exemplar, a texture made from it by Gram matrices, and one by "
        f"`--statistics sliced`: 160x160 pixels, quality {studio.quality}, seed 0. Then a transfer "
        "at 144 pixels: a piece of the style, and both results. All are shown twice as "
        "large; what they show is told in [statistics](statistics.md).\n\n"
    )
    for name in ("tartan", "bricks", "pebbles"):
        made = [
            studio.made(
                SynthesizeJob(
                    exemplar=str(EXEMPLARS / f"{name}.png"),
                    output=studio.path(f"{name}_{kind}"),
                    size=(160, 160),
                    statistics=kind,
                    quality=studio.quality,
                )
            )
            for kind in STATISTICS
        ]
        pictures = [studio.exemplar(name)[:160, :160], *made]
        text += show(f"statistics_{name}", f"{name}: exemplar, Gram, sliced", *_large(pictures))
    made = [
        studio.made(
            StylizeJob(
                content=str(EXEMPLARS / "coffee.png"),
                styles=(Style(str(EXEMPLARS / "brushwork.png")),),
                output=studio.path(f"coffee_{kind}"),
                size=144,
                statistics=kind,
                quality=studio.quality,
            )
        )
        for kind in STATISTICS
    ]
    pictures = [studio.exemplar("brushwork")[: len(made[0]), :144], *made]
    return text + show("statistics_transfer", "a transfer: style, Gram, sliced", *_large(pictures))


def _large(pictures: list[FloatArray]) -> list[FloatArray]:
    return [each.repeat(2, 0).repeat(2, 1) for each in pictures]


def maps_of(pixels: FloatArray) -> dict[str, FloatArray]:
    """Return maps that go with a picture: bright is high and smooth."""
    height = np.clip(pixels @ LUMA, 0, 1)
    down, right = np.gradient(height)
    normals = np.stack([-4 * right, 4 * down, np.ones_like(height)], -1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    return {
        "albedo": pixels,
        "normal": np.asarray((normals + 1) / 2, np.float32),
        "roughness": np.repeat((0.9 - 0.7 * height)[..., None], 3, -1),
        "height": np.repeat(height[..., None], 3, -1),
    }


def _correlation(first: FloatArray, second: FloatArray) -> float:
    return float(np.corrcoef((first @ LUMA).ravel(), (second @ LUMA).ravel())[0, 1])


def _gray(mask: np.ndarray) -> FloatArray:
    return np.repeat(mask[..., None].astype(np.float32), 3, -1)


SECTIONS: dict[str, Callable[[Studio], str]] = {
    "seamless": seamless,
    "made_seamless": made_seamless,
    "repaired": repaired,
    "regions": regions,
    "materials": materials,
    "statistics": statistics,
    "tiles": gallery_files.tiles,
    "highlights": gallery_files.highlights,
    "alpha": gallery_files.alpha,
    "color_control": gallery_colors.color_control,
    "color_spaces": gallery_colors.color_spaces,
}
