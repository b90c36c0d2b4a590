"""Whole jobs on the real network; its loss and gradient are kept for the comparison of backends."""

import os
from pathlib import Path

import agreement
import numpy as np

from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine.run import run
from maya_stylize.images import reader, writer
from maya_stylize.jobs import SynthesizeJob


def test_a_job_on_the_real_network_gives_the_same_bytes_twice(engine_backend, real_model, tmp_path):
    exemplar = tmp_path / "exemplar.png"
    writer.write(exemplar, reader.read(EXEMPLARS / "rust.png").pixels[:48, :40])
    results = []
    for name in ("first.png", "second.png"):
        job = SynthesizeJob(
            output=str(tmp_path / name),
            exemplar=str(exemplar),
            size=(37, 33),
            # Of one size: JAX compiles every size anew.
            resolution={"octaves": [[37, 33, 1, 8, "flat"], [37, 33, 1, 6, "true"]]},
            backend=engine_backend.name,
            device="cpu",
        )
        *_, result = run(job, real_model)
        results.append(result)

    first, second = ((tmp_path / name).read_bytes() for name in ("first.png", "second.png"))
    assert first == second
    assert results[0].loss == results[1].loss
    assert results[0].job["resolution"] == results[1].job["resolution"]


def test_loss_and_gradient_of_the_real_network(engine_backend, real_model):
    value, gradient = agreement.loss_and_gradient(engine_backend, real_model)

    assert np.isfinite(gradient).all()
    assert value > 0
    folder = os.environ.get("MAYA_STYLIZE_TEST_AGREEMENT")
    if folder:
        path = Path(folder) / f"{engine_backend.name}.npz"
        np.savez(path, value=value, gradient=gradient)
