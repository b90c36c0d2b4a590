"""The published recipe, as the measure of ours: SciPy's L-BFGS-B from noise, at full size only.

Gatys, Ecker, Bethge 2015 with the settings of the authors' notebook: N(0, 1) noise, bounds at the
exemplar's minimum and maximum per channel, history 20, histogram matching at the end. Records the
loss after every evaluation, the layers' relative Gram errors, and the picture:

    python benchmarks/reference.py [NAME ...] [--size 512] [--evaluations 600]
"""

from __future__ import annotations

import argparse
import json
from contextlib import suppress
from time import perf_counter

import numpy as np
from recipe import EXEMPLARS, RECORDS, Recipe, exemplar_of, record_of
from rich.progress import Progress
from scipy.optimize import fmin_l_bfgs_b


class EnoughError(Exception):
    """The evaluations are spent."""


def record(name: str, size: int, evaluations: int, progress: Progress) -> dict[str, object]:
    """Run the recipe on one exemplar, keep its picture and return its curve."""
    exemplar = exemplar_of(name, size)
    recipe = Recipe(exemplar, fast=True)
    from keras import ops

    from maya_stylize.engine.histogram import match_histogram
    from maya_stylize.engine.vgg19 import from_network
    from maya_stylize.images import writer

    shape = recipe.picture.shape
    lower, upper = recipe.picture.min((0, 1, 2)), recipe.picture.max((0, 1, 2))
    bounds = list(zip(lower, upper, strict=True)) * (shape[1] * shape[2])
    curve: list[float] = []
    best = {}
    task = progress.add_task(name, total=evaluations)

    def function(flat: np.ndarray) -> tuple[float, np.ndarray]:
        x = ops.convert_to_tensor(flat.reshape(shape).astype(np.float32))
        value, gradient = recipe.evaluate(x)
        curve.append(float(value))
        if curve[-1] == min(curve):
            best["x"] = x
        progress.advance(task)
        if len(curve) >= evaluations:
            raise EnoughError
        return float(value), ops.convert_to_numpy(gradient).ravel().astype(np.float64)

    start = np.random.default_rng(0).normal(size=recipe.picture.size)
    began = perf_counter()
    with suppress(EnoughError):
        fmin_l_bfgs_b(function, start, bounds=bounds, m=20, maxiter=10**6, maxfun=10**6, factr=0)
    seconds = perf_counter() - began
    pixels = from_network(ops.convert_to_numpy(best["x"]), recipe.backend.data_format)
    path = record_of(name, size).with_suffix(".png")
    writer.write(path, match_histogram(pixels, recipe.pixels))
    return {
        "exemplar": exemplar.name,
        "size": [shape[2], shape[1]],
        "evaluations": len(curve),
        "seconds": round(seconds, 1),
        "loss": min(curve),
        "layer_errors": recipe.layer_errors(best["x"]),
        "picture_loss": recipe.judge(path)[0],
        "curve": [float(f"{value:.5g}") for value in np.minimum.accumulate(curve)],
    }


def main() -> None:
    """Record every exemplar named, or the four that the benchmarks use."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(EXEMPLARS))
    parser.add_argument("--size", type=int, choices=(256, 512), default=256)
    parser.add_argument("--evaluations", type=int, default=600)
    arguments = parser.parse_args()
    RECORDS.mkdir(exist_ok=True)
    with Progress() as progress:
        for name in arguments.names or EXEMPLARS:
            result = record(name, arguments.size, arguments.evaluations, progress)
            record_of(name, arguments.size).write_text(json.dumps(result) + "\n")
            progress.console.print(f"{name}: {result['loss']:.4g} in {result['seconds']} s")


if __name__ == "__main__":
    main()
