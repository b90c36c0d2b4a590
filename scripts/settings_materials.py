"""Good and bad settings of materials, for `settings_pictures.py`.

What is shown of each is the albedo, the normals, and both together in light: there one sees best
whether they fit.
"""

from __future__ import annotations

import numpy as np
from gallery_sections import maps_of
from gallery_tools import GAP, IMAGES, FloatArray, Studio, beside, twice

from maya_stylize.images import reader
from maya_stylize.jobs import MaterialJob

SIDE = 128
# Parts are shown: whole ones would make too large a file.
SHOWN = 120
MIDDLE = slice(40, 216)
Maps = dict[str, FloatArray]
_made_before: dict[tuple[bool, str], Maps] = {}


def material_together(studio: Studio) -> FloatArray:
    """In light: maps as given, made together, and one by one, all of the gallery."""
    rows = np.split(reader.read(IMAGES / "material_pebbles.jpg").pixels, 3)
    side = len(rows[0])
    return beside(
        *(lit({"albedo": row[:, :side], "normal": row[:, side : 2 * side]}) for row in rows)
    )


def material_aligned(studio: Studio) -> FloatArray:
    """Made of maps that lie on one another, and with normals that were moved by half."""
    return below(*(_row(_made(studio, aligned=each)) for each in (True, False)))


def material_seamless(studio: Studio) -> FloatArray:
    """In light, laid beside itself, made without and with seamless edges."""
    made = (_made(studio, seamless=each) for each in ("no", "both"))
    return beside(*(twice(lit(maps))[MIDDLE] for maps in made))


def lit(maps: Maps) -> FloatArray:
    """Return a surface in light from the upper left."""
    facing = 2 * maps["normal"] - 1
    light = np.array([-0.6, 0.6, 0.5], np.float32)
    shade = np.clip(facing @ light / np.linalg.norm(light), 0, 1)[..., None]
    linear = maps["albedo"] ** 2.2 * (0.1 + 1.4 * shade)
    return np.asarray(np.clip(linear, 0, 1) ** (1 / 2.2), np.float32)


def below(*rows: FloatArray) -> FloatArray:
    """Return rows of the same width with gaps between them."""
    gap = np.ones((GAP, rows[0].shape[1], 3), np.float32)
    return np.concatenate([part for row in rows for part in (row, gap)][:-1])


def _row(maps: Maps) -> FloatArray:
    shown = (maps["albedo"], maps["normal"], lit(maps))
    return beside(*(pixels[:SHOWN, :SHOWN] for pixels in shown))


def _made(studio: Studio, *, aligned: bool = True, seamless: str = "no") -> Maps:
    """Make albedo and normals of pebbles, if no picture before this one has the same in it."""
    key = (aligned, seamless)
    if key not in _made_before:
        _made_before[key] = _run(studio, *key)
    return _made_before[key]


def _run(studio: Studio, aligned: bool, seamless: str) -> Maps:
    maps = maps_of(studio.exemplar("pebbles"))
    normal = maps["normal"]
    moved = normal if aligned else np.roll(normal, (len(normal) // 2,) * 2, (0, 1))
    job = MaterialJob(
        maps={
            "albedo": studio.save("albedo", maps["albedo"]),
            "normal": studio.save("normal", moved),
        },
        output=studio.path("new_<map>"),
        size=(SIDE, SIDE),
        quality="draft",
        seamless=seamless,
    )
    return {kind: reader.read(path).pixels for kind, path in studio.run(job).maps.items()}
