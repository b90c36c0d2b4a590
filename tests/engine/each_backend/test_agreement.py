"""The real network's loss and gradient, kept for the comparison between backends."""

import os
from pathlib import Path

import numpy as np
from keras import ops

from maya_stylize.convert import keras_h5
from maya_stylize.engine import texture, vgg19
from maya_stylize.engine.beats import finish
from maya_stylize.engine.encoder import Encoder
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.objective import Targets
from maya_stylize.images import reader
from maya_stylize.jobs import TEXTURE_LAYERS

EXEMPLARS = Path(texture.__file__).parents[1] / "exemplars"


def test_a_job_gives_the_same_bytes_twice(engine_backend, real_model, tmp_path):
    from maya_stylize.engine.run import run
    from maya_stylize.images import writer
    from maya_stylize.jobs import SynthesizeJob

    exemplar = tmp_path / "exemplar.png"
    writer.write(exemplar, reader.read(EXEMPLARS / "rust.png").pixels[:48, :40])
    results = []
    for name in ("first.png", "second.png"):
        job = SynthesizeJob(
            output=str(tmp_path / name),
            exemplar=str(exemplar),
            size=(37, 33),
            quality="draft",
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
    pixels = reader.read(EXEMPLARS / "rust.png").pixels[:64, :49]
    network = keras_h5.read(real_model)
    data_format = engine_backend.data_format
    evaluation = Evaluation(Encoder(network, list(TEXTURE_LAYERS), "average", engine_backend))
    targets = Targets.of([finish(texture.style(evaluation, pixels, TEXTURE_LAYERS))])
    start = np.random.default_rng(0).uniform(0, 1, (61, 50, 3)).astype(np.float32)
    picture = ops.convert_to_tensor(vgg19.to_network(start, data_format))

    value, gradient = finish(evaluation.value_and_gradient(picture, targets))

    rgb_gradient = ops.convert_to_numpy(gradient)
    assert np.isfinite(rgb_gradient).all()
    assert float(value) > 0
    folder = os.environ.get("MAYA_STYLIZE_TEST_AGREEMENT")
    if folder:
        found = {"value": float(value), "gradient": rgb_gradient}
        np.savez(Path(folder) / f"{engine_backend.name}.npz", **found)
