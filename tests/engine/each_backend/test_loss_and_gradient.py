"""Loss and gradient against the float64 oracle and its finite differences."""

import dataclasses

import chains
import numpy as np
import oracle
import pytest
from keras import ops

from maya_stylize.engine import texture, vgg19
from maya_stylize.engine.beats import finish
from maya_stylize.engine.encoder import Encoder
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.objective import Content, Targets

NETWORK = chains.small_chain()
STYLE = {"conv1_1": 3.0, "pool1": 2.0, "conv2_2": 1.0, "pool3": 5.0}
CONTENT = {"conv2_1": 4.0}
SIZES = [(17, 23), (16, 16), (9, 31)]


def pictures(height, width, seed=0):
    random = np.random.default_rng(seed)
    return [
        random.uniform(0, 1, shape).astype(np.float32)
        for shape in ((height, width, 3), (21, 13, 3))
    ]


def setup(backend, height, width, pooling, data_format, tile=0):
    content, style = pictures(height, width)
    backend = dataclasses.replace(backend, data_format=data_format)
    evaluation = Evaluation(Encoder(NETWORK, [*STYLE, *CONTENT], pooling, backend), tile)
    as_network = ops.convert_to_tensor(vgg19.to_network(content, data_format))
    maps = finish(evaluation.features(as_network, list(CONTENT)))
    targets = Targets.of([finish(texture.style(evaluation, style, STYLE))], Content(maps, CONTENT))
    picture = pictures(height, width, seed=1)[0]

    def loss(point):
        """The oracle's loss at a picture in network units."""
        as_network = [vgg19.to_network(item, "channels_last")[0] for item in (style, content)]
        texture = oracle.texture_loss(NETWORK, point, as_network[0], STYLE, pooling)
        return texture + oracle.content_loss(NETWORK, point, as_network[1], CONTENT, pooling)

    def evaluate(x):
        return finish(evaluation.value_and_gradient(x, targets))

    return evaluate, picture, loss


@pytest.fixture(params=["channels_last", "channels_first"])
def data_format(request, engine_backend):
    if request.param == "channels_first" and engine_backend.name != "torch":
        pytest.skip("PyTorch alone has channels first, on GPUs")
    return request.param


@pytest.mark.parametrize("pooling", ["average", "max"])
@pytest.mark.parametrize("size", SIZES)
def test_loss_and_gradient_agree_with_the_oracle(engine_backend, data_format, size, pooling):
    evaluate, picture, oracle_loss = setup(engine_backend, *size, pooling, data_format)

    value, gradient = evaluate(ops.convert_to_tensor(vgg19.to_network(picture, data_format)))

    point = vgg19.to_network(picture, "channels_last")[0].astype(np.float64)
    assert float(value) == pytest.approx(oracle_loss(point), rel=1e-5)
    gradient = ops.convert_to_numpy(gradient)[0].astype(np.float64)
    if data_format == "channels_first":
        gradient = gradient.transpose(1, 2, 0)
    random = np.random.default_rng(2)
    for _ in range(4):
        direction = random.normal(size=point.shape)
        direction /= np.linalg.norm(direction)
        step = 1e-4
        rise = oracle_loss(point + step * direction) - oracle_loss(point - step * direction)
        expected = rise / (2 * step)
        assert np.sum(gradient * direction) == pytest.approx(
            expected, rel=2e-4, abs=2e-4 * np.linalg.norm(gradient) / np.sqrt(point.size)
        )


def test_gradient_points_where_the_loss_falls(engine_backend):
    data_format = engine_backend.data_format
    evaluate, picture, oracle_loss = setup(engine_backend, 17, 23, "average", data_format)
    _, gradient = evaluate(ops.convert_to_tensor(vgg19.to_network(picture, data_format)))
    point = vgg19.to_network(picture, "channels_last")[0].astype(np.float64)
    gradient = ops.convert_to_numpy(gradient)[0].astype(np.float64)
    step = 1e-3 / np.linalg.norm(gradient)

    expected = oracle_loss(point) - step * np.sum(gradient**2)

    assert oracle_loss(point - step * gradient) == pytest.approx(expected, rel=1e-4)


def test_layer_errors_are_zero_at_the_example_and_as_defined_elsewhere(engine_backend):
    data_format = engine_backend.data_format
    picture, style = pictures(17, 23)
    evaluation = Evaluation(Encoder(NETWORK, list(STYLE), "average", engine_backend))
    targets = Targets.of([finish(texture.style(evaluation, style, STYLE))])

    at_example, elsewhere = (
        targets.layer_errors(
            finish(evaluation.measured(ops.convert_to_tensor(vgg19.to_network(item, data_format))))
        )
        for item in (style, picture)
    )

    assert list(at_example) == list(STYLE)
    assert all(error < 1e-6 for error in at_example.values())
    ours, theirs = (
        oracle.features(NETWORK, vgg19.to_network(item, "channels_last")[0], "average")
        for item in (picture, style)
    )
    for layer, error in elsewhere.items():
        wanted = oracle.gram(theirs[layer])
        expected = np.linalg.norm(oracle.gram(ours[layer]) - wanted) / np.linalg.norm(wanted)
        assert error == pytest.approx(expected, rel=1e-4)
