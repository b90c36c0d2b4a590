"""Gram matrices have the properties that their definition gives them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from keras import ops

from maya_stylize.engine.statistics import gram_matrix

maps = arrays.arrays(
    np.float32,
    st.tuples(st.just(1), st.integers(1, 9), st.integers(1, 9), st.integers(1, 5)),
    elements=st.floats(-8, 8, width=16),
)


def gram(features, data_format="channels_last"):
    return ops.convert_to_numpy(gram_matrix(ops.convert_to_tensor(features), data_format))


@settings(max_examples=40)
@given(maps)
def test_is_the_mean_outer_product(features):
    flat = features.reshape(-1, features.shape[-1]).astype(np.float64)
    expected = np.mean([np.outer(row, row) for row in flat], axis=0)

    assert gram(features) == pytest.approx(expected, rel=1e-5, abs=1e-4)


@settings(max_examples=40)
@given(maps, st.randoms(use_true_random=False))
def test_knows_nothing_of_places(features, random):
    flat = list(features.reshape(-1, features.shape[-1]))
    random.shuffle(flat)
    shuffled = np.array(flat).reshape(features.shape)

    assert gram(shuffled) == pytest.approx(gram(features), rel=1e-4, abs=1e-4)


@settings(max_examples=40)
@given(maps)
def test_is_the_same_in_both_layouts_and_has_no_negative_direction(features):
    matrix = gram(features)

    first = gram(np.ascontiguousarray(features.transpose(0, 3, 1, 2)), "channels_first")
    assert first == pytest.approx(matrix, rel=1e-4, abs=1e-4)
    assert np.linalg.eigvalsh(matrix.astype(np.float64)).min() > -1e-3


def test_tiling_a_picture_does_not_change_it():
    features = np.random.default_rng(0).normal(size=(1, 5, 7, 3)).astype(np.float32)

    assert gram(np.tile(features, (1, 2, 3, 1))) == pytest.approx(
        gram(features), rel=1e-5, abs=1e-6
    )


def test_regions_of_several_maps_have_a_matrix_of_each_map_or_a_joint_one():
    random = np.random.default_rng(2)
    features = random.normal(size=(2, 5, 7, 3)).astype(np.float32)
    guides = random.random((4, 5, 7, 1)).astype(np.float32)
    flat, weights = features.reshape(2, -1, 3).astype(np.float64), guides.reshape(4, -1)
    side_by_side = np.concatenate(flat, -1)
    for joint, expected in (
        (False, np.einsum("rp,kpi,kpj->rkij", weights, flat, flat)),
        (True, np.einsum("rp,pi,pj->rij", weights, side_by_side, side_by_side)),
    ):
        for layout in ("channels_last", "channels_first"):
            given = features if layout == "channels_last" else features.transpose(0, 3, 1, 2)
            found = gram_matrix(
                ops.convert_to_tensor(np.ascontiguousarray(given)),
                layout,
                ops.convert_to_tensor(guides),
                joint,
            )
            assert ops.convert_to_numpy(found) == pytest.approx(expected, rel=1e-4, abs=1e-4)
