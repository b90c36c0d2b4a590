"""Makes the maps that `screenshots.py` shows in the panel: python scripts/panel_results.py.

The panel's pictures are made where there is no engine, so what it shows was made before, in
docs/images/results: maps of a surface, new ones made of them, and a texture of the gallery.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from gallery_sections import maps_of
from gallery_tools import IMAGES, Studio

from maya_stylize.convert import sources
from maya_stylize.engine.backend import choose
from maya_stylize.images import reader, writer
from maya_stylize.jobs import MaterialJob

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "images" / "results"
MAP_SIDE = 144
MAPS = ("albedo", "normal", "height")


def main() -> None:
    """Make them."""
    argparse.ArgumentParser(description=(__doc__ or "").split(":")[0]).parse_args()
    model = sources.locate()
    if model is None:
        raise SystemExit("there is no model on this machine yet; run: maya-stylize model fetch")
    choose("tensorflow")
    studio = Studio(model, RESULTS, "draft")
    tiled = reader.read(IMAGES / "pebbles.jpg").pixels
    once = tiled[: len(tiled) // 2, : tiled.shape[1] // 2]
    writer.write(studio.path("pebbles_texture_v001"), once)
    maps = maps_of(studio.exemplar("pebbles")[:MAP_SIDE, :MAP_SIDE])
    job = MaterialJob(
        maps={kind: studio.save(f"pebbles_{kind}", maps[kind]) for kind in MAPS},
        output=studio.path("pebbles_material_v001_<map>"),
        seamless="both",
        quality=studio.quality,
    )
    studio.run(job)


if __name__ == "__main__":
    main()
