"""What guides are, against sums over pixels written from the definition."""

import chains
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize.convert.network import Pool
from maya_stylize.engine import vgg19
from maya_stylize.engine.guidance import Regions, guides_of, seen_by_layers, weights_of

NETWORK = chains.small_chain()
TAPS = ["conv1_1", "pool1", "conv2_2", "pool3"]
LAYERS = vgg19.needed(NETWORK, TAPS)


def by_hand(mask, wrap):
    """Masks layer by layer, each value the mean over what the layer looks at."""
    found = {}
    for layer in LAYERS:
        height, width = mask.shape
        if isinstance(layer, Pool):
            new = np.empty((-(-height // 2), -(-width // 2)))
            for row in range(new.shape[0]):
                for column in range(new.shape[1]):
                    new[row, column] = mask[
                        2 * row : 2 * row + 2, 2 * column : 2 * column + 2
                    ].mean()
        else:
            new = np.zeros((height, width))
            for row in range(height):
                for column in range(width):
                    total = 0.0
                    for down in (-1, 0, 1):
                        for right in (-1, 0, 1):
                            place = [row + down, column + right]
                            for axis, side in enumerate((height, width)):
                                at = place[axis]
                                place[axis] = at % side if wrap[axis] else min(max(at, 0), side - 1)
                            total += mask[tuple(place)]
                    new[row, column] = total / 9
        mask = new
        found[layer.name] = mask
    return {layer: found[layer] for layer in TAPS}


@given(
    height=st.integers(9, 21),
    width=st.integers(9, 21),
    wrap=st.sampled_from([(False, False), (True, True), (False, True)]),
    seed=st.integers(0, 99),
)
def test_a_layer_sees_the_mean_of_what_its_positions_look_at(height, width, wrap, seed):
    height, width = (
        side // 8 * 8 if wraps else side for side, wraps in zip((height, width), wrap, strict=True)
    )
    mask = np.random.default_rng(seed).uniform(0, 1, (height, width)).astype(np.float32)
    found = seen_by_layers(mask[..., None], LAYERS, TAPS, wrap)
    for layer, wanted in by_hand(mask.astype(np.float64), wrap).items():
        assert found[layer].shape == (*wanted.shape, 1)
        np.testing.assert_allclose(found[layer][..., 0], wanted, rtol=1e-5)


def test_guides_have_a_sum_of_one_and_an_empty_region_has_none():
    masks = np.zeros((20, 30, 3), np.float32)
    masks[:10, :, 0] = 1
    masks[12:, 5:, 1] = 0.25
    guides = guides_of(masks, (30, 20), LAYERS, TAPS)
    for layer in TAPS:
        sums = guides[layer].sum((1, 2, 3))
        np.testing.assert_allclose(sums, [1, 1, 0], rtol=1e-5)
        assert guides[layer].min() >= 0
    # Far from the first region nothing counts for it.
    assert not guides["conv1_1"][0, 12:].any()


@given(seed=st.integers(0, 999), count=st.integers(1, 3))
def test_regions_share_every_pixel_out_and_weigh_as_much_as_they_cover(seed, count):
    random = np.random.default_rng(seed)
    pairs = [(random.uniform(0, 1, (6, 7)) ** 3, None, 0) for _ in range(count)]
    regions = Regions.of(pairs, (6, 7), [(5, 4)], [1.0])
    assert regions.target.sum(-1).max() <= 1 + 1e-6
    if regions.count > count:  # what is left is a region
        np.testing.assert_allclose(regions.target.sum(-1), 1, atol=1e-6)
    area = regions.target.mean((0, 1))
    np.testing.assert_allclose(regions.weights[0], area / area.sum(), rtol=1e-5)
    assert regions.weights.sum() == pytest.approx(1)


def test_the_rest_looks_at_the_rest_of_each_example():
    left, right = np.zeros((8, 8)), np.zeros((8, 8))
    left[:, :2], right[:, 6:] = 1, 1
    source = np.zeros((4, 4))
    source[:2] = 1
    regions = Regions.of([(left, source, 1), (right, None, 0)], (8, 8), [(3, 3), (4, 4)], [1, 3])
    assert regions.count == 3
    np.testing.assert_array_equal(regions.sources[1][..., 0], source)
    np.testing.assert_array_equal(regions.sources[1][..., 2], 1 - source)
    # The first example is taken as a whole by a region, and so has no rest but all of itself.
    np.testing.assert_array_equal(regions.sources[0][..., 1:], 1)
    np.testing.assert_allclose(
        regions.weights, [[0, 0.25, 0.5 * 0.25], [0.25, 0, 0.5 * 0.75]], rtol=1e-6
    )


def test_regions_that_cover_all_leave_no_rest():
    half = np.zeros((4, 4))
    half[:2] = 1
    regions = Regions.of([(half, None, 0), (1 - half, None, 0)], (4, 4), [(4, 4)], [1.0])
    assert regions.count == 2


def test_weights_are_by_region_and_without_layers_of_no_weight():
    regions = Regions.of([(np.eye(4), None, 0)], (4, 4), [(4, 4)], [1.0])
    weights = weights_of({"conv1_1": 8.0, "pool1": 0.0}, regions, 0)
    assert list(weights) == ["conv1_1"]
    np.testing.assert_allclose(weights["conv1_1"], [2, 6])
