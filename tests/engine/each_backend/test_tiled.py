"""Loss, gradient and features in tiles are those of the whole picture."""

import os

import chains
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from keras import ops

from maya_stylize.convert import keras_h5
from maya_stylize.engine import texture, vgg19
from maya_stylize.engine.beats import finish
from maya_stylize.engine.encoder import Encoder
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.objective import Content, Style, Targets
from maya_stylize.jobs import TEXTURE_LAYERS

NAME = os.environ.get("MAYA_STYLIZE_TEST_BACKEND", "tensorflow")
NETWORK = chains.small_chain()
STYLE = {"conv1_1": 3.0, "pool1": 2.0, "conv2_2": 1.0, "pool3": 5.0}
CONTENT = {"conv2_1": 4.0}
WRAPS = [(False, False), (True, True), (True, False), (False, True)]


def as_network(pixels, backend):
    return ops.convert_to_tensor(vgg19.to_network(pixels, backend.data_format))


def make(encoder, height, width, seed=0):
    """A picture, and targets from another one and from a content of the same size."""
    random = np.random.default_rng(seed)
    pixels = [random.uniform(0, 1, (height, width, 3)).astype(np.float32) for _ in range(3)]
    picture, content, _ = (as_network(item, encoder.backend) for item in pixels)
    evaluation = Evaluation(encoder)
    maps = finish(evaluation.features(content, list(CONTENT)))
    targets = Targets.of(
        [finish(texture.style(evaluation, pixels[2], STYLE))], Content(maps, CONTENT)
    )
    return picture, content, targets


def deviation(found, wanted):
    found, wanted = (ops.convert_to_numpy(item).astype(np.float64) for item in (found, wanted))
    return np.linalg.norm(found - wanted) / np.linalg.norm(wanted)


@pytest.fixture(scope="module")
def encoders(engine_backend):
    return {
        wrap: Encoder(NETWORK, [*STYLE, *CONTENT], "average", engine_backend, wrap)
        for wrap in WRAPS
    }


# JAX compiles every shape anew: for it those that other tests here have too.
@settings(max_examples=15 if NAME == "tensorflow" else 1)
@example(height=40, width=32, tile=16, wrap=(True, False))
@given(
    height=st.integers(9, 70),
    width=st.integers(9, 70),
    tile=st.integers(1, 64),
    wrap=st.sampled_from(WRAPS),
)
def test_any_tiles_of_any_picture_give_the_same(encoders, height, width, tile, wrap):
    encoder = encoders[wrap]
    stride = encoder.geometry.stride
    height, width = (
        side // stride * stride if wraps else side
        for side, wraps in zip((height, width), wrap, strict=True)
    )
    picture, content, targets = make(encoder, height, width)
    whole, tiled = Evaluation(encoder), Evaluation(encoder, tile)

    value, gradient = finish(whole.value_and_gradient(picture, targets))
    value_in_tiles, gradient_in_tiles = finish(tiled.value_and_gradient(picture, targets))

    assert value_in_tiles == pytest.approx(value, rel=1e-5)
    assert deviation(gradient_in_tiles, gradient) < 1e-5
    for layer, gram in finish(whole.measured(picture)).items():
        assert deviation(finish(tiled.measured(picture))[layer], gram) < 1e-5
    maps = finish(whole.features(content, list(CONTENT)))
    for layer, part in finish(tiled.features(content, list(CONTENT))).items():
        assert part.shape == maps[layer].shape
        np.testing.assert_allclose(part, maps[layer], rtol=1e-4, atol=1e-5)


def test_the_real_network_in_tiles(engine_backend, real_model):
    encoder = Encoder(keras_h5.read(real_model), list(TEXTURE_LAYERS), "average", engine_backend)
    random = np.random.default_rng(0)
    # JAX compiles for every shape of a crop: one beside another is enough for it.
    size, count = ((61, 160), 2) if NAME == "jax" else ((112, 160), 4)
    picture, exemplar = (random.uniform(0, 1, (*size, 3)).astype(np.float32) for _ in range(2))
    whole, tiled = Evaluation(encoder), Evaluation(encoder, 80)
    targets = Targets.of([finish(texture.style(whole, exemplar, TEXTURE_LAYERS))])
    picture = as_network(picture, engine_backend)
    assert len(tiled.pieces(size)) == count

    value, gradient = finish(whole.value_and_gradient(picture, targets))
    value_in_tiles, gradient_in_tiles = finish(tiled.value_and_gradient(picture, targets))

    assert value_in_tiles == pytest.approx(value, rel=1e-5)
    assert deviation(gradient_in_tiles, gradient) < 1e-5


@pytest.mark.parametrize("wrap", WRAPS[1:])
@pytest.mark.parametrize("tile", [0, 16])
def test_a_picture_that_wraps_may_be_rolled(encoders, engine_backend, wrap, tile):
    """Rolled by whole strides along an axis that wraps, a picture has the same loss."""
    encoder = encoders[wrap]
    picture, _, targets = make(encoder, 40, 32)
    targets = Targets.of([targets.style])
    shifts = tuple(8 * wraps for wraps in wrap)
    evaluation = Evaluation(encoder, tile)

    value, gradient = finish(evaluation.value_and_gradient(picture, targets))
    rolled = ops.roll(picture, shifts, encoder.axes)
    value_rolled, gradient_rolled = finish(evaluation.value_and_gradient(rolled, targets))

    assert value_rolled == pytest.approx(value, rel=1e-5)
    assert deviation(gradient_rolled, ops.roll(gradient, shifts, encoder.axes)) < 1e-4


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("tile", [0, 16])
def test_an_example_is_mirrored_where_the_result_wraps(encoders, wrap, tile):
    """As a part of a picture whose edges are far away, and which needs no wrapping."""
    encoder, plain = encoders[wrap], encoders[(False, False)]
    pixels = np.random.default_rng(4).uniform(0, 1, (40, 24, 3)).astype(np.float32)
    reach = encoder.geometry.reach
    margins = [(reach * wraps,) * 2 for wraps in (*wrap, False)]
    around = np.pad(pixels, margins, "symmetric")
    example, larger = (
        vgg19.to_network(item, encoder.backend.data_format) for item in (pixels, around)
    )

    found = finish(Evaluation(encoder, tile).example_measured(example))
    maps = finish(Evaluation(plain).features(ops.convert_to_tensor(larger), list(STYLE)))

    for layer, gram in found.items():
        if layer not in STYLE:
            continue
        stride = encoder.geometry.strides[layer]
        cut = [slice(None)] * 4
        for axis, side, (margin, _) in zip(encoder.axes, (40, 24), margins, strict=False):
            cut[axis] = slice(margin // stride, (margin + side) // stride)
        core = np.moveaxis(maps[layer][tuple(cut)], 6 - sum(encoder.axes), -1)
        core = core.reshape(-1, core.shape[-1])
        assert deviation(gram, core.T @ core / len(core)) < 1e-5


@pytest.mark.parametrize("wrap", WRAPS)
def test_a_flat_example_has_the_gram_matrices_of_a_flat_result(encoders, wrap):
    """No edge is seen where the result has none."""
    encoder = encoders[wrap]
    flat = vgg19.to_network(np.full((40, 24, 3), 0.3, np.float32), encoder.backend.data_format)
    evaluation = Evaluation(encoder)
    found = finish(evaluation.example_measured(flat))
    wanted = finish(evaluation.measured(ops.convert_to_tensor(flat)))
    for layer, gram in wanted.items():
        assert deviation(found[layer], gram) < 1e-5


@pytest.mark.parametrize("wrap", WRAPS)
def test_grams_of_a_picture_that_wraps_are_those_of_its_loss(encoders, wrap):
    """The targets being those, nothing is left to change."""
    encoder = encoders[wrap]
    picture = make(encoder, 40, 32)[0]
    evaluation = Evaluation(encoder)
    grams = finish(evaluation.measured(picture))
    far = {layer: 0 * gram for layer, gram in grams.items()}
    near, apart = (
        finish(
            evaluation.value_and_gradient(
                picture, Targets.of([Style({layer: each[layer] for layer in STYLE}, STYLE)])
            )
        )[0]
        for each in (grams, far)
    )
    assert near < 1e-8 * apart


def test_zero_padding_is_no_wrapping(encoders):
    picture, _, targets = make(encoders[(False, False)], 40, 32)
    values = {
        wrap: finish(Evaluation(encoder).value_and_gradient(picture, targets))[0]
        for wrap, encoder in encoders.items()
    }
    assert len({round(value, 3) for value in values.values()}) == len(WRAPS)


class Failing:
    """An encoder whose memory holds pictures up to a size only."""

    def __init__(self, encoder, most):
        self._encoder, self._most = encoder, most

    def __getattr__(self, name):
        found = getattr(self._encoder, name)
        return self._guarded(found) if name in ("whole", "survey", "pull", "features") else found

    def _guarded(self, function):
        def call(picture, *more):
            if picture.shape[1] * picture.shape[2] * picture.shape[3] > self._most:
                raise MemoryError
            return function(picture, *more)

        return call


def test_tiles_are_halved_until_they_fit(engine_backend):
    encoder = Encoder(NETWORK, ["conv1_1", "pool2"], "average", engine_backend)
    pixels = np.random.default_rng(1).uniform(0, 1, (300, 400, 3)).astype(np.float32)
    weights = {"conv1_1": 1.0, "pool2": 1.0}
    picture, whole = as_network(pixels[::-1] ** 6, engine_backend), Evaluation(encoder)
    targets = Targets.of([finish(texture.style(whole, pixels, weights))])
    wanted, gradient = finish(whole.value_and_gradient(picture, targets))
    evaluation = Evaluation(Failing(encoder, 150 * 150 * 3))

    value, found = finish(evaluation.value_and_gradient(picture, targets))

    assert evaluation.tile == 100
    assert value == pytest.approx(wanted, rel=5e-5)  # a sum over 120,000 positions in float32
    assert deviation(found, gradient) < 1e-5
    with pytest.raises(MemoryError):
        finish(Evaluation(Failing(encoder, 100)).value_and_gradient(picture, targets))
