"""Matching gives the example's distribution and keeps the picture's order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize.engine.histogram import match_histogram


def picture(seed, height, width, spread=1.0):
    random = np.random.default_rng(seed)
    return (random.normal(0.5, spread, (height, width, 3))).astype(np.float32)


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(1, 20), st.integers(1, 20))
def test_same_size_gives_exactly_the_examples_values(seed, height, width):
    pixels, example = picture(seed, height, width), picture(seed + 1, height, width, 3.0)

    matched = match_histogram(pixels, example)

    for channel in range(3):
        got, wanted = (np.sort(item[..., channel], axis=None) for item in (matched, example))
        assert got == pytest.approx(wanted, abs=1e-6)
        order = np.argsort(pixels[..., channel], axis=None)
        assert (np.diff(matched[..., channel].ravel()[order]) >= 0).all()


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(2, 30), st.integers(2, 30))
def test_other_sizes_agree_in_every_quantile(seed, height, width):
    pixels, example = picture(seed, 40, 37), picture(seed + 1, height, width)

    matched = match_histogram(pixels, example)

    assert matched.shape == pixels.shape
    assert matched.min() >= example.min()
    assert matched.max() <= example.max()
    shares = np.linspace(0.05, 0.95, 19)
    for channel in range(3):
        got = np.quantile(matched[..., channel], shares)
        wanted = np.quantile(example[..., channel], shares, method="hazen")
        scale = np.ptp(example[..., channel])
        assert np.abs(got - wanted).max() < 0.02 * scale


def test_equal_values_stay_equal():
    pixels = np.repeat(np.array([0.0, 1.0], np.float32), 8).reshape(4, 4, 1) * np.ones(
        3, np.float32
    )
    example = np.arange(48, dtype=np.float32).reshape(4, 4, 3)

    matched = match_histogram(pixels, example)

    assert len(np.unique(matched[..., 0])) == 2


def test_a_picture_matched_to_itself_stays():
    pixels = picture(0, 13, 9)

    assert match_histogram(pixels, pixels) == pytest.approx(pixels, abs=1e-6)
