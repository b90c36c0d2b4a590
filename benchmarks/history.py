"""What does a shorter history, or one in half precision, cost?

Runs the same jobs with float32 and with float16 vectors and with histories of several lengths, in
one process and in turn, each with as many evaluations, and compares where the loss ends. What a
history takes for each pixel is arithmetic: two vectors of three values for each step.

    python benchmarks/history.py [--side 128] [--quality normal] [--names pebbles ...] [--seeds 2]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from unittest import mock

from recipe import EXEMPLARS, SHIPPED
from rich.console import Console
from rich.table import Table

from maya_stylize.convert import sources
from maya_stylize.engine.backend import choose
from maya_stylize.engine.backend.types import Tensor
from maya_stylize.events import Result
from maya_stylize.images import reader, writer
from maya_stylize.jobs import SynthesizeJob

LENGTHS = (20, 10, 4)
BYTES = {"float32": 4, "float16": 2}


def ended(job: SynthesizeJob, model: Path, length: int, digits: str) -> float:
    """Run a job with such a history; return the loss at its end."""
    from maya_stylize.engine import plan  # the backend is chosen first
    from maya_stylize.engine.history import Half
    from maya_stylize.engine.run import run

    def in_float32(vector: Tensor) -> Half:
        return Half(vector, 1.0)

    kept = Half.of if digits == "float16" else in_float32
    with mock.patch.object(plan, "HISTORY", length), mock.patch.object(Half, "of", kept):
        (result,) = (event for event in run(job, model) if isinstance(event, Result))
    return result.loss


def main() -> None:
    """Run every job with every history and print where it ends."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--side", type=int, default=128)
    parser.add_argument("--quality", default="normal")
    parser.add_argument("--names", nargs="+", default=list(EXEMPLARS))
    parser.add_argument("--seeds", type=int, default=2)
    arguments = parser.parse_args()
    model = sources.locate()
    if model is None:
        parser.error("there is no model on this machine yet; run: maya-stylize model fetch")
    choose("tensorflow")
    ways = [(digits, length) for length in LENGTHS for digits in BYTES]
    losses: dict[tuple[str, int], list[float]] = {way: [] for way in ways}
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in arguments.names:
            pixels = reader.read(SHIPPED / f"{name}.png").pixels
            writer.write(folder / f"{name}.png", pixels[: arguments.side, : arguments.side])
            for seed in range(arguments.seeds):
                job = SynthesizeJob(
                    exemplar=str(folder / f"{name}.png"),
                    output=str(folder / "out.png"),
                    quality=arguments.quality,
                    seed=seed,
                    match_histogram=False,
                )
                for digits, length in ways:
                    losses[digits, length].append(ended(job, model, length, digits))
                    print(
                        name, seed, digits, length, f"{losses[digits, length][-1]:.4g}", flush=True
                    )
    table = Table("steps", "digits", "bytes a pixel", "loss, to float32 and 20 (median)", "range")
    base = losses["float32", LENGTHS[0]]
    for digits, length in ways:
        ratios = [loss / full for loss, full in zip(losses[digits, length], base, strict=True)]
        size = 2 * 3 * BYTES[digits] * length
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        table.add_row(str(length), digits, str(size), f"{median(ratios):.2f}", spread)
    Console().print(table)


if __name__ == "__main__":
    main()
