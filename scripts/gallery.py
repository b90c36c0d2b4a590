"""Show textures that wrap, twice each way: `python scripts/gallery.py [--size N] [NAME ...]`.

Writes docs/gallery.md and docs/images/gallery/NAME.jpg, from the exemplars that ship.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from maya_stylize.convert import sources
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine.backend import choose
from maya_stylize.images import reader, seam, writer
from maya_stylize.jobs import SynthesizeJob

DOCS = Path(__file__).resolve().parents[1] / "docs"
NAMES = sorted(path.stem for path in EXEMPLARS.glob("*.png"))
INTRODUCTION = """# Seamless textures

Each was made by `synthesize --seamless both` at {size}x{size} in quality {quality}, and is shown
twice each way. The scores are those that a job says at its end: 0 is the picture's median step from
one line of pixels to the next, 1 the step that only one in twenty inside it exceeds.
"""


def main() -> None:
    """Run the jobs and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--quality", default="normal")
    arguments = parser.parse_args()
    model = sources.locate()
    if model is None:
        parser.error("there is no model on this machine yet; run: maya-stylize model fetch")
    choose("tensorflow")
    from maya_stylize.engine.run import run

    folder = DOCS / "images" / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    page = INTRODUCTION.format(size=arguments.size, quality=arguments.quality)
    for name in arguments.names:
        with tempfile.TemporaryDirectory() as temporary:
            output = Path(temporary) / "texture.png"
            job = SynthesizeJob(
                exemplar=str(EXEMPLARS / f"{name}.png"),
                output=str(output),
                size=(arguments.size, arguments.size),
                quality=arguments.quality,
                seamless="both",
            )
            for _ in run(job, model):
                pass
            pixels = reader.read(output).pixels
        writer.write(folder / f"{name}.jpg", np.tile(pixels, (2, 2, 1)))
        down, across = (seam.score(pixels, axis) for axis in (0, 1))
        page += f"\n## {name}\n\nSeam down {down:.1f}, across {across:.1f}.\n\n"
        page += f"![{name}, twice each way](images/gallery/{name}.jpg)\n"
    (DOCS / "gallery.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
