"""Pictures enlarged with an example's own detail."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize.engine.beats import finish
from maya_stylize.engine.detail import enlarged
from maya_stylize.images.resize import resize


def texture(height, width, seed=0):
    """Blotches with grain, no place like another."""
    random = np.random.default_rng(seed)
    coarse = resize(
        random.uniform(0, 1, (height // 4 + 1, width // 4 + 1, 3)).astype("f4"), width, height
    )
    grain = random.uniform(-0.2, 0.2, (height, width, 3))
    return np.clip(coarse + grain, 0, 1).astype(np.float32)


def half(picture):
    return resize(picture, picture.shape[1] // 2, picture.shape[0] // 2)


def large(coarse, size, small, example, seed=0, wrap=(False, False)):
    return finish(enlarged(coarse, size, small, example, np.random.default_rng(seed), wrap))


def detail(picture):
    """How strong what a picture loses by halving is."""
    return float(np.std(picture - resize(half(picture), picture.shape[1], picture.shape[0])))


def test_the_example_itself_gets_its_own_detail_back():
    example = texture(48, 64)
    small = half(example)

    found = large(small, (64, 48), small, example)

    # But at the border, whose patches lie half outside.
    np.testing.assert_allclose(found[4:-4, 4:-4], example[4:-4, 4:-4], atol=1e-5)


def test_a_part_of_the_example_gets_that_parts_detail():
    example = texture(64, 64)
    small = half(example)

    found = large(small[4:20, 8:28], (40, 32), small, example)

    inner = example[8:40, 16:56][6:-6, 6:-6]
    np.testing.assert_allclose(found[6:-6, 6:-6], inner, atol=0.06)
    blurred = resize(small[4:20, 8:28], 40, 32)[6:-6, 6:-6]
    assert np.abs(found[6:-6, 6:-6] - inner).mean() < 0.1 * np.abs(blurred - inner).mean()


def test_odd_colors_of_the_coarse_picture_do_not_grow_into_specks():
    gray = texture(64, 64).mean(-1, keepdims=True)
    example = gray * np.array([1, 0.9, 0.7], np.float32)
    noise = 0.1 * np.random.default_rng(2).normal(size=(32, 32, 3)).astype(np.float32)
    coarse = half(example) + noise

    found = large(coarse, (64, 64), half(example), example)

    brown = found / np.maximum(found[..., :1], 1e-6)
    np.testing.assert_allclose(brown[found[..., 0] > 0], [[1, 0.9, 0.7]] * 4096, atol=1e-4)


def test_another_picture_gets_as_much_detail_as_the_example_has():
    example, other = texture(64, 64), texture(64, 64, seed=1)

    found = large(half(other), (64, 64), half(example), example)

    assert detail(found) == pytest.approx(detail(example), rel=0.25)
    blurred = resize(half(other), 64, 64)
    assert detail(blurred) < 0.5 * detail(example)


@settings(max_examples=25)
@given(
    st.integers(4, 20), st.integers(4, 20), st.integers(8, 24), st.integers(8, 24), st.booleans()
)
def test_any_sizes_stay_in_the_examples_range(height, width, rows, columns, odd):
    example = texture(2 * rows + odd, 2 * columns + odd)
    small = half(example)
    coarse = np.random.default_rng(3).uniform(-1, 2, (height, width, 3)).astype(np.float32)

    found = large(coarse, (2 * width + odd, 2 * height - odd), small, example)

    assert found.shape == (2 * height - odd, 2 * width + odd, 3)
    assert found.dtype == np.float32
    assert (found >= example.min((0, 1))).all()
    assert (found <= example.max((0, 1))).all()


def test_many_patches_are_chosen_by_the_seed(monkeypatch):
    monkeypatch.setattr("maya_stylize.engine.detail.MOST_PATCHES", 40)
    example, other = texture(64, 64), half(texture(64, 64, seed=1))

    first, again, second = (
        large(other, (64, 64), half(example), example, seed) for seed in (1, 1, 2)
    )

    np.testing.assert_array_equal(first, again)
    assert np.abs(first - second).max() > 0.01


@pytest.mark.parametrize("wrap", [(True, True), (True, False), (False, True), (False, False)])
def test_where_it_wraps_a_rolled_picture_is_enlarged_alike(wrap):
    example, other = texture(64, 64), half(texture(48, 80, seed=1))

    found = large(other, (80, 48), half(example), example, wrap=wrap)

    for axis, wraps in enumerate(wrap):
        rolled = large(np.roll(other, 9, axis), (80, 48), half(example), example, wrap=wrap)
        apart = np.abs(np.roll(found, 18, axis) - rolled)
        assert (apart.max() < 1e-5) == wraps
