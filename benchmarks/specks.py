"""How many specks of odd colors has a draft, beside its exemplar?

Fine green is what (1, -2, 1) · RGB / √6 has that its blur of 1.5 pixels has not: how far it varies,
as so many times the exemplar's own. The loss is the job's:

    python benchmarks/specks.py [--size 128] [--seeds 1 2] [--names pebbles ...] [--quality draft]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

GREEN = np.array([1, -2, 1]) / np.sqrt(6)
BLUR = 1.5


def fine_green(pixels: Any) -> float:
    """Return how far a picture's fine green varies; the picture is (H, W, 3)."""
    from scipy.ndimage import gaussian_filter

    green = pixels @ GREEN
    return float(np.std(green - gaussian_filter(green, BLUR)))


def drafted(exemplar: Path, size: int, quality: str, seed: int) -> tuple[float, float]:
    """Return the fine green of a new texture, and its loss."""
    from maya_stylize import events
    from maya_stylize.convert import sources
    from maya_stylize.engine.run import run
    from maya_stylize.images import reader
    from maya_stylize.jobs import SynthesizeJob

    with TemporaryDirectory() as folder:
        job = SynthesizeJob(
            exemplar=str(exemplar),
            output=str(Path(folder) / "new.png"),
            size=(size, size),
            quality=quality,
            seed=seed,
            device="cpu",
        )
        loss = float("nan")
        for event in run(job, sources.ensure()):
            if isinstance(event, events.Progress) and event.loss is not None:
                loss = event.loss
        return fine_green(reader.read(Path(job.output)).pixels), loss


def main() -> None:
    """Make every texture and print a table."""
    from recipe import EXEMPLARS, exemplar_of

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--names", nargs="+", default=EXEMPLARS)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--seeds", nargs="+", type=int, default=(1, 2))
    parser.add_argument("--quality", choices=("draft", "normal", "final"), default="draft")
    arguments = parser.parse_args()

    from maya_stylize.engine import backend

    backend.activate("tensorflow", "cpu")
    from maya_stylize.images import reader
    from maya_stylize.images.resize import resize

    print("| exemplar | side | quality | seed | fine green | loss |")
    print("|---|---|---|---|---|---|")
    for name in arguments.names:
        exemplar, size = exemplar_of(name, 256), arguments.size
        own = fine_green(resize(reader.read(exemplar).pixels, size, size))
        for seed in arguments.seeds:
            green, loss = drafted(exemplar, size, arguments.quality, seed)
            cells = (name, size, arguments.quality, seed, f"{green / own:.2f}", f"{loss:.3g}")
            print("|", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main()
