"""The real network's loss and gradient of one picture, for the comparison between backends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from keras import ops

from maya_stylize.convert import keras_h5
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine import texture, vgg19
from maya_stylize.engine.backend import Backend
from maya_stylize.engine.beats import finish
from maya_stylize.engine.encoder import Encoder
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.objective import Targets
from maya_stylize.images import reader
from maya_stylize.jobs import TEXTURE_LAYERS


def loss_and_gradient(backend: Backend, model: Path) -> tuple[float, np.ndarray]:
    pixels = reader.read(EXEMPLARS / "rust.png").pixels[:64, :49]
    network = keras_h5.read(model)
    evaluation = Evaluation(Encoder(network, list(TEXTURE_LAYERS), "average", backend))
    targets = Targets.of([finish(texture.style(evaluation, pixels, TEXTURE_LAYERS))])
    start = np.random.default_rng(0).uniform(0, 1, (61, 50, 3)).astype(np.float32)
    picture = ops.convert_to_tensor(vgg19.to_network(start, backend.data_format))
    value, gradient = finish(evaluation.value_and_gradient(picture, targets))
    return float(value), ops.convert_to_numpy(gradient)
