"""The maps of a material: joint Gram matrices, whole and in tiles, against the oracle."""

import os

import chains
import numpy as np
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from maya_stylize.engine import texture, vgg19
from maya_stylize.engine.beats import finish
from maya_stylize.engine.encoder import Encoder
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.maps import Maps
from maya_stylize.engine.objective import Targets
from maya_stylize.engine.temper import tempered

NAME = os.environ.get("MAYA_STYLIZE_TEST_BACKEND", "tensorflow")
NETWORK = chains.small_chain()
STYLE = {"conv1_1": 3.0, "pool1": 2.0, "conv2_2": 1.0, "pool3": 5.0}
MAPS = Maps((False, True, False), ("conv1_1", "pool1"))
WRAPS = [(False, False), (True, True)]


@pytest.fixture(scope="module")
def encoders(engine_backend):
    return {
        wrap: Encoder(NETWORK, list(STYLE), "average", engine_backend, wrap, maps=MAPS)
        for wrap in WRAPS
    }


def pictures(height, width, seed=0):
    """Three maps side by side in the channels; the second is gray."""
    pixels = np.random.default_rng(seed).uniform(0, 1, (height, width, 9)).astype(np.float32)
    pixels[..., 4] = pixels[..., 5] = pixels[..., 3]
    return pixels


def make(encoder, height, width):
    pixels, example = pictures(height, width), pictures(33, 21, seed=1)
    evaluation = Evaluation(encoder)
    picture = ops.convert_to_tensor(vgg19.to_network(pixels, encoder.backend.data_format))
    targets = Targets.of([finish(texture.style(evaluation, example, STYLE))])
    return picture, targets, pixels, example


def grams(pixels):
    """Every layer's Gram matrices, from the definition."""
    found = {}
    each = [
        oracle.features(
            NETWORK, vgg19.to_network(pixels[..., 3 * k : 3 * k + 3], "channels_last")[0], "average"
        )
        for k in range(3)
    ]
    for layer in STYLE:
        if layer in MAPS.joint:
            found[layer] = oracle.gram(np.concatenate([maps[layer] for maps in each], -1))
        else:
            found[layer] = np.stack([oracle.gram(maps[layer]) for maps in each])
    return found


def test_pictures_come_back_from_the_network():
    pixels = pictures(5, 7)
    for data_format in ("channels_last", "channels_first"):
        there = vgg19.to_network(pixels, data_format)
        assert there.shape[0] == 3
        np.testing.assert_allclose(vgg19.from_network(there, data_format), pixels, atol=1e-6)
        first = vgg19.to_network(pixels[..., 3:6], data_format)
        np.testing.assert_array_equal(there[1:2], first)


def test_the_loss_is_that_of_the_definition(encoders):
    encoder = encoders[(False, False)]
    picture, targets, pixels, example = make(encoder, 27, 34)
    value, _ = finish(Evaluation(encoder).value_and_gradient(picture, targets))
    ours, theirs, wanted = grams(pixels), grams(example), 0.0
    for layer, weight in STYLE.items():
        apart = ours[layer] - theirs[layer]
        wanted += weight / 4 * float((apart**2).sum()) / apart.shape[-1] ** 2
    assert value == pytest.approx(wanted, rel=2e-5)


@settings(max_examples=8 if NAME == "tensorflow" else 1)
@given(
    height=st.integers(16, 60),
    width=st.integers(16, 60),
    tile=st.integers(12, 48),
    wrap=st.sampled_from(WRAPS),
)
def test_tiles_give_the_loss_and_gradient_of_the_whole(encoders, height, width, tile, wrap):
    encoder = encoders[wrap]
    height, width = (
        side // 8 * 8 if wraps else side for side, wraps in zip((height, width), wrap, strict=True)
    )
    picture, targets, *_ = make(encoder, height, width)
    targets = tempered(targets, "flat")
    value, slope = finish(Evaluation(encoder).value_and_gradient(picture, targets))
    tiled, tiled_slope = finish(Evaluation(encoder, tile).value_and_gradient(picture, targets))
    assert tiled == pytest.approx(value, rel=1e-5)
    slope, tiled_slope = (ops.convert_to_numpy(each) for each in (slope, tiled_slope))
    assert np.linalg.norm(tiled_slope - slope) <= 1e-5 * np.linalg.norm(slope)


def test_the_gradient_is_that_of_the_loss_and_a_gray_map_has_one_for_all_channels(encoders):
    encoder = encoders[(False, False)]
    picture, targets, *_ = make(encoder, 19, 23)
    evaluation = Evaluation(encoder)
    _, slope = finish(evaluation.value_and_gradient(picture, targets))
    slope = ops.convert_to_numpy(slope).astype(np.float64)
    gray = np.moveaxis(slope[1], encoder.channels - 1, -1)
    np.testing.assert_allclose(gray, gray[..., :1].repeat(3, -1), rtol=1e-4, atol=1e-6)
    direction = (slope / np.abs(slope).max()).astype(np.float32)
    ends = [
        finish(evaluation.value_and_gradient(picture + sign * 2 * direction, targets))[0]
        for sign in (1, -1)
    ]
    assert (ends[0] - ends[1]) / 4 == pytest.approx(float((slope * direction).sum()), rel=5e-3)
