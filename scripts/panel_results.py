"""Makes the results that `screenshots.py` shows in the panel: python scripts/panel_results.py.

The panel's pictures are made where there is no engine, so what it shows was made before: a seamless
texture for the tutorial, and the maps of a material, in docs/images/results.
"""

from __future__ import annotations

from pathlib import Path

from gallery_sections import maps_of
from gallery_tools import Studio

from maya_stylize.convert import sources
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine.backend import choose
from maya_stylize.images import writer
from maya_stylize.jobs import MaterialJob, SynthesizeJob

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "images" / "results"
MAP_SIDE = 160


def main() -> None:
    """Make them."""
    model = sources.locate()
    if model is None:
        raise SystemExit("there is no model on this machine yet; run: maya-stylize model fetch")
    choose("tensorflow")
    studio = Studio(model, RESULTS, "normal")
    tile = SynthesizeJob(
        exemplar=str(EXEMPLARS / "pebbles.png"),
        output=studio.path("pebbles_texture_v001"),
        seamless="both",
    )
    studio.run(tile)
    maps = maps_of(studio.exemplar("pebbles")[:MAP_SIDE, :MAP_SIDE])
    for kind, pixels in maps.items():
        writer.write(RESULTS / f"pebbles_{kind}.png", pixels)
    job = MaterialJob(
        maps={kind: studio.path(f"pebbles_{kind}") for kind in maps},
        output=studio.path("pebbles_material_v001_<map>"),
        seamless="both",
        quality="draft",
    )
    studio.run(job)


if __name__ == "__main__":
    main()
