"""One Gram matrix for each region: loss and gradient, whole and in tiles, against the oracle."""

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
from maya_stylize.engine.guidance import guides_of
from maya_stylize.engine.objective import Content, Targets
from maya_stylize.engine.temper import tempered

NAME = os.environ.get("MAYA_STYLIZE_TEST_BACKEND", "tensorflow")
NETWORK = chains.small_chain()
STYLE = {"conv1_1": 3.0, "pool1": 2.0, "conv2_2": 1.0, "pool3": 5.0}
CONTENT = {"conv2_1": 4.0}
SHARES = np.array([0.7, 0.3], np.float32)
WEIGHTS = {layer: weight * SHARES for layer, weight in STYLE.items()}
WRAPS = [(False, False), (True, True), (True, False)]


@pytest.fixture(scope="module")
def encoders(engine_backend):
    return {
        wrap: Encoder(NETWORK, [*STYLE, *CONTENT], "average", engine_backend, wrap)
        for wrap in WRAPS
    }


def make(encoder, height, width, seed=0):
    """A picture, and targets of two regions from another, and of a content."""
    random = np.random.default_rng(seed)
    pixels = [random.uniform(0, 1, (height, width, 3)).astype(np.float32) for _ in range(2)]
    example = random.uniform(0, 1, (33, 21, 3)).astype(np.float32)
    masks = random.uniform(0, 1, (height, width, 2)).astype(np.float32) ** 4
    known = random.uniform(0, 1, (33, 21, 2)).astype(np.float32)
    evaluation = Evaluation(encoder)
    data_format = encoder.backend.data_format
    picture, content = (
        ops.convert_to_tensor(vgg19.to_network(each, data_format)) for each in pixels
    )
    layers = list(STYLE)
    source = guides_of(known, (21, 33), encoder.layers, layers)
    guides = guides_of(masks, (width, height), encoder.layers, layers, encoder.wrap)
    learned = finish(texture.style(evaluation, example, WEIGHTS, source))
    maps = finish(evaluation.features(content, list(CONTENT)))
    targets = Targets.of([learned], Content(maps, CONTENT), guides)
    return picture, targets, (pixels, example, source, guides)


def guided_gram(maps, guides):
    return np.einsum("rhw,hwc,hwd->rcd", guides[..., 0].astype(np.float64), maps, maps)


def test_the_loss_is_the_sum_over_regions_of_the_definition(encoders):
    encoder = encoders[(False, False)]
    picture, targets, (pixels, example, source, guides) = make(encoder, 27, 34)
    value, _ = finish(Evaluation(encoder).value_and_gradient(picture, targets))
    shown = [vgg19.to_network(each, "channels_last")[0] for each in (pixels[0], example)]
    ours, theirs = (oracle.features(NETWORK, each, "average") for each in shown)
    wanted = oracle.content_loss(
        NETWORK, shown[0], vgg19.to_network(pixels[1], "channels_last")[0], CONTENT
    )
    for layer, weight in STYLE.items():
        apart = guided_gram(ours[layer], guides[layer]) - guided_gram(theirs[layer], source[layer])
        squares = (apart**2).sum((1, 2)) / apart.shape[-1] ** 2
        wanted += weight / 4 * float(squares @ SHARES)
    assert value == pytest.approx(wanted, rel=2e-5)


@settings(max_examples=12 if NAME == "tensorflow" else 1)
@given(
    height=st.integers(16, 60),
    width=st.integers(16, 60),
    tile=st.integers(6, 48),
    wrap=st.sampled_from(WRAPS),
    stage=st.sampled_from(["flat", "true"]),
)
def test_tiles_give_the_loss_and_gradient_of_the_whole(encoders, height, width, tile, wrap, stage):
    encoder = encoders[wrap]
    height, width = (
        side // 8 * 8 if wraps else side for side, wraps in zip((height, width), wrap, strict=True)
    )
    picture, targets, _ = make(encoder, height, width)
    targets = tempered(targets, stage)
    value, slope = finish(Evaluation(encoder).value_and_gradient(picture, targets))
    tiled, tiled_slope = finish(Evaluation(encoder, tile).value_and_gradient(picture, targets))
    assert tiled == pytest.approx(value, rel=1e-5)
    slope, tiled_slope = (ops.convert_to_numpy(each) for each in (slope, tiled_slope))
    assert np.linalg.norm(tiled_slope - slope) <= 1e-5 * np.linalg.norm(slope)


def test_the_gradient_is_that_of_the_loss(encoders):
    encoder = encoders[(False, False)]
    picture, targets, _ = make(encoder, 19, 23)
    evaluation = Evaluation(encoder)
    _, slope = finish(evaluation.value_and_gradient(picture, targets))
    slope = ops.convert_to_numpy(slope).astype(np.float64)
    direction = (slope / np.abs(slope).max()).astype(np.float32)
    step = 2.0
    ends = [
        finish(evaluation.value_and_gradient(picture + sign * step * direction, targets))[0]
        for sign in (1, -1)
    ]
    assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(
        float((slope * direction).sum()), rel=5e-3
    )


def test_tiles_that_no_region_looks_at_are_left_out(encoders):
    encoder = encoders[(False, False)]
    picture, targets, _ = make(encoder, 64, 64)
    masks = np.zeros((64, 64, 1), np.float32)
    masks[:4, :4] = 1
    guides = guides_of(masks, (64, 64), encoder.layers, list(STYLE))
    one = {layer: gram[:1] for layer, gram in targets.style.measured.items()}
    weights = {layer: weight[:1] for layer, weight in WEIGHTS.items()}
    targets = Targets.of([texture.Style(one, weights)], guides=guides)
    whole, slope = finish(Evaluation(encoder).value_and_gradient(picture, targets))
    beats = Evaluation(encoder, 8).value_and_gradient(picture, targets)
    count = 0
    try:
        while True:
            next(beats)
            count += 1
    except StopIteration as end:
        tiled, tiled_slope = end.value
    assert count < 2 * 64 / 3, "less than a third of the picture is looked at, in two passes"
    assert tiled == pytest.approx(whole, rel=1e-5)
    slope, tiled_slope = (ops.convert_to_numpy(each) for each in (slope, tiled_slope))
    assert np.linalg.norm(tiled_slope - slope) <= 1e-5 * np.linalg.norm(slope)


def test_a_region_of_the_whole_is_as_no_region(encoders):
    encoder = encoders[(False, False)]
    random = np.random.default_rng(1)
    pixels, example = (random.uniform(0, 1, (24, 40, 3)).astype(np.float32) for _ in range(2))
    picture = ops.convert_to_tensor(vgg19.to_network(pixels, encoder.backend.data_format))
    evaluation = Evaluation(encoder)
    plain = Targets.of([finish(texture.style(evaluation, example, STYLE))])
    ones = guides_of(np.ones((24, 40, 1), np.float32), (40, 24), encoder.layers, list(STYLE))
    all_of_it = {layer: np.float32([weight]) for layer, weight in STYLE.items()}
    learned = finish(texture.style(evaluation, example, all_of_it, ones))
    guided = Targets.of([learned], guides=ones)
    (first, slope), (second, other) = (
        finish(evaluation.value_and_gradient(picture, each)) for each in (plain, guided)
    )
    assert second == pytest.approx(first, rel=1e-5)
    slope, other = (ops.convert_to_numpy(each) for each in (slope, other))
    assert np.linalg.norm(other - slope) <= 1e-4 * np.linalg.norm(slope)
