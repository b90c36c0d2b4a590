"""Memory and time of one loss and gradient, whole and in tiles: python benchmarks/memory.py.

Each row is a process of its own, on the CPU. Memory is that process's peak resident size; what is
there before the first evaluation (libraries, model, picture) is given as well. Linux only.
What is measured is kept in `curves/memory.json`, beside earlier sizes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from time import perf_counter

SIZES = (256, 512, 1024, 2048, 4096)
TILE = 512


def peak_bytes() -> int:
    """Return this process's peak resident size."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


def measure(size: int, tile: int, name: str) -> dict[str, float]:
    """Evaluate a picture of noise once in this process and return the figures."""
    import numpy as np
    from recipe import SHIPPED, Recipe

    recipe = Recipe(SHIPPED / "rust.png", name, fast=True)
    from keras import ops

    from maya_stylize.engine.evaluation import Evaluation

    shape = list(recipe.picture.shape)
    for axis in recipe.evaluation.encoder.axes:
        shape[axis] = size
    random = np.random.default_rng(0)
    picture = ops.convert_to_tensor(random.standard_normal(shape, np.float32) * 50)
    before = peak_bytes()
    recipe.evaluation = Evaluation(recipe.evaluation.encoder, tile)
    began = perf_counter()
    value, _ = recipe.evaluate(picture)
    seconds = perf_counter() - began
    return {"before": before, "peak": peak_bytes(), "seconds": seconds, "loss": value}


def keep(row: list[float]) -> None:
    """Put one row among those that were measured before."""
    path = Path(__file__).parent / "curves" / "memory.json"
    path.parent.mkdir(exist_ok=True)
    rows = json.loads(path.read_text()) if path.exists() else []
    rows = [other for other in rows if other[:2] != row[:2]]
    path.write_text(json.dumps(sorted([*rows, row])) + "\n")


def main() -> None:
    """Measure every size whole and in tiles, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--tiles", type=int, nargs="+", default=(0, TILE))
    parser.add_argument("--backend", default="tensorflow")
    parser.add_argument("--one", type=int, nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        size, tile = arguments.one
        print(json.dumps(measure(size, tile, arguments.backend)))
        return
    print("| side | tile | before MiB | peak MiB | s |\n|---|---|---|---|---|", flush=True)
    for size in arguments.sizes:
        for tile in arguments.tiles:
            if (not tile and size > 2048) or tile >= size:
                continue
            one = ["--one", str(size), str(tile), "--backend", arguments.backend]
            done = subprocess.run(
                [sys.executable, __file__, *one], check=True, capture_output=True, text=True
            )
            found = json.loads(done.stdout.splitlines()[-1])
            before, peak = found["before"] / 2**20, found["peak"] / 2**20
            shown = tile or "whole"
            print(f"| {size} | {shown} | {before:.0f} | {peak:.0f} | {found['seconds']:.1f} |")
            sys.stdout.flush()
            keep([size, tile, found["peak"], found["before"], round(found["seconds"], 1)])


if __name__ == "__main__":
    main()
