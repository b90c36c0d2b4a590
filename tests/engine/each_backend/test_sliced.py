"""The sliced Wasserstein distance: loss and gradient, whole and in tiles, against the oracle."""

import dataclasses
import os

import chains
import numpy as np
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from maya_stylize.engine import sliced, texture, vgg19
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
WRAPS = [(False, False), (True, True), (True, False)]


def encoder_of(backend, wrap=(False, False), data_format=None):
    backend = dataclasses.replace(backend, data_format=data_format or backend.data_format)
    return Encoder(NETWORK, [*STYLE, *CONTENT], "average", backend, wrap)


@pytest.fixture(scope="module")
def encoders(engine_backend):
    return {wrap: encoder_of(engine_backend, wrap) for wrap in WRAPS}


def make(encoder, height, width, regions=0, seed=0):
    """A picture, and targets from another and a content; what the oracle needs of them."""
    random = np.random.default_rng(seed)
    picture, content = (random.uniform(0, 1, (height, width, 3)).astype("f4") for _ in range(2))
    example = random.uniform(0, 1, (33, 21, 3)).astype("f4") ** 2
    directions = sliced.directions(encoder.layers, list(STYLE), random)
    guides, source, weights = {}, {}, dict(STYLE)
    if regions:
        masks = random.uniform(0, 1, (height, width, regions)).astype("f4") ** 4
        masks[: height // 3] = 0
        known = random.uniform(0, 1, (33, 21, regions)).astype("f4")
        source = guides_of(known, (21, 33), encoder.layers, list(STYLE))
        guides = guides_of(masks, (width, height), encoder.layers, list(STYLE), encoder.wrap)
        weights = {layer: weight * SHARES[:regions] for layer, weight in STYLE.items()}
    evaluation = Evaluation(encoder)
    point, still = (
        ops.convert_to_tensor(vgg19.to_network(each, encoder.backend.data_format))
        for each in (picture, content)
    )
    learned = finish(texture.style(evaluation, example, weights, source, directions))
    maps = finish(evaluation.features(still, list(CONTENT)))
    targets = Targets.of([learned], Content(maps, CONTENT), guides)
    return point, targets, oracle_loss(example, content, directions, guides, source)


def oracle_loss(example, content, directions, guides, source):
    """Return the loss by the definitions, in float64, of a picture in network units."""
    example, content = (vgg19.to_network(each, "channels_last")[0] for each in (example, content))
    theirs = oracle.features(NETWORK, example, "average")

    def loss(point):
        ours = oracle.features(NETWORK, point, "average")
        total = oracle.content_loss(NETWORK, point, content, CONTENT)
        for layer, weight in STYLE.items():
            ways = directions[layer].astype(np.float64)
            mine, other = (
                (maps[layer].reshape(-1, maps[layer].shape[-1]) @ ways).T for maps in (ours, theirs)
            )
            if not guides:
                total += weight / 4 * oracle.sliced_distance(mine, other)
                continue
            for share, goal, known in zip(SHARES, guides[layer], source[layer], strict=False):
                apart = oracle.sliced_distance(mine, other, goal.ravel(), known.ravel())
                total += share * weight / 4 * apart
        return total

    return loss


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize(("size", "regions"), [((17, 23), 0), ((27, 34), 2), ((16, 16), 1)])
def test_loss_and_gradient_agree_with_the_oracle(engine_backend, data_format, size, regions):
    if data_format == "channels_first" and NAME != "torch":
        pytest.skip("PyTorch alone has channels first, on GPUs")
    encoder = encoder_of(engine_backend, data_format=data_format)
    picture, targets, loss = make(encoder, *size, regions)
    value, gradient = finish(Evaluation(encoder).value_and_gradient(picture, targets))
    point, gradient = (
        ops.convert_to_numpy(each)[0].astype(np.float64) for each in (picture, gradient)
    )
    if data_format == "channels_first":
        point, gradient = point.transpose(1, 2, 0), gradient.transpose(1, 2, 0)
    assert value == pytest.approx(loss(point), rel=2e-5)
    random = np.random.default_rng(2)
    for direction in (gradient, *random.normal(size=(2, *point.shape))):
        direction = direction / np.linalg.norm(direction)
        rise = loss(point + 1e-5 * direction) - loss(point - 1e-5 * direction)
        tolerance = 1e-3 * np.linalg.norm(gradient) / np.sqrt(point.size)
        wanted = pytest.approx(rise / 2e-5, rel=1e-3, abs=tolerance)
        assert np.sum(gradient * direction) == wanted


@settings(max_examples=5 if NAME == "tensorflow" else 1)
@given(
    height=st.integers(16, 60),
    width=st.integers(16, 60),
    tile=st.integers(1, 48),
    wrap=st.sampled_from(WRAPS),
    regions=st.sampled_from([0, 2]),
)
def test_tiles_give_the_loss_and_gradient_of_the_whole(
    encoders, height, width, tile, wrap, regions
):
    encoder = encoders[wrap]
    height, width = (
        side // 8 * 8 if wraps else side for side, wraps in zip((height, width), wrap, strict=True)
    )
    picture, targets, _ = make(encoder, height, width, regions)
    whole, tiled = Evaluation(encoder), Evaluation(encoder, tile)
    value, slope = finish(whole.value_and_gradient(picture, targets))
    in_tiles, slope_in_tiles = finish(tiled.value_and_gradient(picture, targets))
    assert in_tiles == pytest.approx(value, rel=1e-5)
    slope, slope_in_tiles = (ops.convert_to_numpy(each) for each in (slope, slope_in_tiles))
    assert np.linalg.norm(slope_in_tiles - slope) <= 1e-5 * np.linalg.norm(slope)
    arguments = picture, targets.guides, targets.style.directions
    found = finish(tiled.measured(*arguments))
    for layer, table in finish(whole.measured(*arguments)).items():
        np.testing.assert_allclose(found[layer], table, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("wrap", "tile", "regions"),
    [
        ((False, False), 16, 2),
        ((True, True), 0, 0),
        ((True, True), 16, 2),
        ((True, False), 0, 2),
    ],
)
def test_an_example_is_mirrored_where_the_result_wraps(encoders, wrap, tile, regions):
    """As a part of a picture whose edges are far away, and which needs no wrapping."""
    encoder, plain = encoders[wrap], encoders[(False, False)]
    random = np.random.default_rng(4)
    pixels = random.uniform(0, 1, (40, 24, 3)).astype("f4")
    masks = random.uniform(0, 1, (40, 24, regions)).astype("f4")
    guides = guides_of(masks, (24, 40), encoder.layers, list(STYLE)) if regions else {}
    directions = sliced.directions(encoder.layers, list(STYLE), random)
    margins = [encoder.geometry.reach * wraps for wraps in wrap]
    around = np.pad(pixels, [(margins[0],) * 2, (margins[1],) * 2, (0, 0)], "symmetric")
    example, larger = (vgg19.to_network(each, "channels_last") for each in (pixels, around))
    if encoder.backend.data_format == "channels_first":
        example = example.transpose(0, 3, 1, 2)

    found = finish(Evaluation(encoder, tile).example_measured(example, guides, directions))

    maps = oracle.features(NETWORK, larger[0], "average")
    assert list(found) == list(STYLE)
    for layer, table in found.items():
        stride = plain.geometry.strides[layer]
        rows, columns = (
            slice(margin // stride, (margin + side) // stride)
            for margin, side in zip(margins, (40, 24), strict=True)
        )
        core = maps[layer][rows, columns].reshape(-1, maps[layer].shape[-1])
        points = (core @ directions[layer]).T
        weights = [each.ravel() for each in guides[layer]] if regions else [None]
        wanted = np.stack([oracle.quantile_table(points, each) for each in weights])
        np.testing.assert_allclose(table.reshape(wanted.shape), wanted, rtol=2e-4, atol=2e-5)


def test_nothing_is_left_to_change_in_the_example_itself(encoders):
    encoder = encoders[(False, False)]
    picture, targets, _ = make(encoder, 40, 32)
    data_format, directions = encoder.backend.data_format, targets.style.directions
    pixels = vgg19.from_network(ops.convert_to_numpy(picture), data_format)
    evaluation = Evaluation(encoder)
    own = Targets.of([finish(texture.style(evaluation, pixels, STYLE, directions=directions))])
    other = Targets.of([targets.style])
    near, far = (finish(evaluation.value_and_gradient(picture, each))[0] for each in (own, other))
    assert near < 1e-4 * far
    measured = finish(evaluation.measured(picture, directions=directions))
    assert max(own.layer_errors(measured).values()) < 1e-5
    for layer, error in other.layer_errors(measured).items():
        goal = targets.style.measured[layer].astype(np.float64)
        assert error == pytest.approx(np.linalg.norm(measured[layer] - goal) / np.linalg.norm(goal))


def test_an_order_of_positions_does_not_count(encoders):
    """Rolled by whole strides, a picture that wraps has the same loss."""
    encoder = encoders[(True, True)]
    picture, targets, _ = make(encoder, 40, 32)
    targets = Targets.of([targets.style])
    evaluation = Evaluation(encoder)
    value, slope = finish(evaluation.value_and_gradient(picture, targets))
    rolled = ops.roll(picture, (8, 16), encoder.axes)
    again, moved = finish(evaluation.value_and_gradient(rolled, targets))
    assert again == pytest.approx(value, rel=1e-5)
    wanted = ops.convert_to_numpy(ops.roll(slope, (8, 16), encoder.axes))
    assert np.linalg.norm(ops.convert_to_numpy(moved) - wanted) <= 1e-4 * np.linalg.norm(wanted)


def test_the_loss_of_two_styles_is_the_sum_of_theirs(encoders):
    encoder = encoders[(False, False)]
    picture, targets, _ = make(encoder, 27, 34)
    evaluation, directions = Evaluation(encoder), targets.style.directions
    random = np.random.default_rng(9)
    styles = [
        finish(texture.style(evaluation, pixels.astype("f4"), weights, directions=directions))
        for pixels, weights in (
            (random.uniform(0, 0.5, (30, 20, 3)), {each: 0.25 * STYLE[each] for each in STYLE}),
            (random.uniform(0.3, 1, (24, 44, 3)), {"conv1_1": 2.0, "pool3": 1.0}),
        )
    ]
    both, first, second = (
        finish(evaluation.value_and_gradient(picture, Targets.of(each)))
        for each in (styles, styles[:1], styles[1:])
    )
    assert both[0] == pytest.approx(first[0] + second[0], rel=1e-4)
    wanted = ops.convert_to_numpy(first[1] + second[1])
    found = ops.convert_to_numpy(both[1])
    assert np.linalg.norm(found - wanted) <= 1e-5 * np.linalg.norm(wanted)


@pytest.mark.parametrize("stage", ["deep", "flat", "true"])
def test_stages_weigh_the_layers_alone(encoders, stage):
    _, targets, _ = make(encoders[(False, False)], 20, 20)
    changed = tempered(targets, stage)
    assert not changed.style.metrics
    assert changed.style.measured is targets.style.measured
    assert changed.style.weights["pool3"] == STYLE["pool3"]
    assert (changed.style.weights == STYLE) == (stage == "true")


def test_directions_are_orthogonal_and_drawn_by_the_seed(encoders):
    layers = encoders[(False, False)].layers
    drawn = [
        sliced.directions(layers, list(STYLE), np.random.default_rng(seed)) for seed in (1, 1, 2)
    ]
    counts = {"conv1_1": 2, "pool1": 3, "conv2_2": 3, "pool3": 6}  # of 6 channels
    for layer, each in drawn[0].items():
        assert each.shape == (6, counts[layer])
        np.testing.assert_allclose(each.T @ each, np.eye(counts[layer]), atol=1e-6)
        np.testing.assert_array_equal(each, drawn[1][layer])
        assert np.abs(each - drawn[2][layer]).max() > 0.1


def test_levels_of_more_positions_than_float32_counts(engine_backend):
    count = 2**24 + 5000
    with engine_backend.scope():
        found = ops.convert_to_numpy(sliced.levels(ops.zeros((count,))))
    np.testing.assert_allclose(found, (np.arange(count) + 0.5) / count, atol=2e-7)
