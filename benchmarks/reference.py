"""The published recipe, as the measure of ours: SciPy's L-BFGS-B from noise, at full size only.

Gatys, Ecker, Bethge 2015 with the settings of the authors' notebook: N(0, 1) noise, bounds at the
exemplar's minimum and maximum per channel, history 20. Records the loss after every evaluation, and
the layers' relative Gram errors at the end:

    python benchmarks/reference.py [EXEMPLAR ...] [--evaluations 600]
"""

from __future__ import annotations

import argparse
import json
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.progress import Progress
from scipy.optimize import fmin_l_bfgs_b

from maya_stylize.convert import sources
from maya_stylize.engine import backend

EXEMPLARS = ("pebbles", "bricks", "rust", "granite")
SHIPPED = Path(__file__).parents[1] / "maya_stylize" / "exemplars"
RECORDS = Path(__file__).parent / "reference"


class EnoughError(Exception):
    """The evaluations are spent."""


def record(exemplar: Path, evaluations: int, progress: Progress) -> dict[str, object]:
    """Run the recipe on one exemplar and return its curve."""
    device = backend.activate("tensorflow", "cpu")
    from keras import ops

    from maya_stylize.convert import keras_h5
    from maya_stylize.engine import texture, vgg19
    from maya_stylize.images import reader
    from maya_stylize.jobs import TEXTURE_LAYERS

    network = keras_h5.read(sources.ensure())
    model = vgg19.build(network, list(TEXTURE_LAYERS), "average", device.data_format)
    pixels = reader.read(exemplar).pixels
    objective = texture.objective(model, pixels, TEXTURE_LAYERS, device.data_format)
    evaluate = device.value_and_gradient(objective)
    picture = vgg19.to_network(pixels, device.data_format)
    axes = (0, 1, 2)
    lower, upper = picture.min(axes), picture.max(axes)
    bounds = list(zip(lower, upper, strict=True)) * (pixels.shape[0] * pixels.shape[1])
    curve: list[float] = []
    last = {}
    task = progress.add_task(exemplar.stem, total=evaluations)

    def function(flat: np.ndarray) -> tuple[float, np.ndarray]:
        x = ops.convert_to_tensor(flat.reshape(picture.shape).astype(np.float32))
        value, gradient = evaluate(x)
        curve.append(float(value))
        last["x"] = x
        progress.advance(task)
        if len(curve) >= evaluations:
            raise EnoughError
        return float(value), ops.convert_to_numpy(gradient).ravel().astype(np.float64)

    start = np.random.default_rng(0).normal(size=picture.size)
    began = perf_counter()
    with suppress(EnoughError):
        fmin_l_bfgs_b(function, start, bounds=bounds, m=20, maxiter=10**6, maxfun=10**6, factr=0)
    return {
        "exemplar": exemplar.name,
        "size": list(pixels.shape[1::-1]),
        "evaluations": len(curve),
        "seconds": round(perf_counter() - began, 1),
        "best_loss": min(curve),
        "layer_errors": objective.layer_errors(last["x"]),
        "curve": [float(f"{value:.5g}") for value in np.minimum.accumulate(curve)],
    }


def main() -> None:
    """Record every exemplar named, or the four that the benchmarks use."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("exemplars", nargs="*", type=Path)
    parser.add_argument("--evaluations", type=int, default=600)
    arguments = parser.parse_args()
    exemplars = arguments.exemplars or [SHIPPED / f"{name}.png" for name in EXEMPLARS]
    RECORDS.mkdir(exist_ok=True)
    with Progress() as progress:
        for exemplar in exemplars:
            result = record(exemplar, arguments.evaluations, progress)
            (RECORDS / f"{exemplar.stem}.json").write_text(json.dumps(result) + "\n")
            print(f"{exemplar.stem}: {result['best_loss']:.4g} in {result['seconds']} s")


if __name__ == "__main__":
    main()
