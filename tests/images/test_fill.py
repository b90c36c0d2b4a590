"""Holes are filled smoothly, and nothing else changes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize.images.fill import filled


@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    seed=st.integers(0, 99),
    share=st.floats(0.01, 1),
)
def test_known_pixels_stay_to_the_bit_and_others_lie_between_them(height, width, seed, share):
    random = np.random.default_rng(seed)
    pixels = random.uniform(-1, 2, (height, width, 3)).astype(np.float32)
    known = random.uniform(0, 1, (height, width)) < share
    known[0, 0] = True
    result = filled(pixels, known.astype(np.float32))
    np.testing.assert_array_equal(result[known], pixels[known])
    low, high = pixels[known].min(0), pixels[known].max(0)
    assert (result >= low - 1e-5).all()
    assert (result <= high + 1e-5).all()


def test_a_slope_goes_on_into_a_hole():
    rows, columns = np.mgrid[:64, :64].astype(np.float32)
    pixels = np.stack([rows, columns, rows + columns], -1) / 64
    known = np.ones((64, 64), np.float32)
    known[20:36, 20:36] = 0
    result = filled(np.where(known[..., None] > 0, pixels, 9), known)
    assert np.abs(result - pixels).max() < 0.15
    assert np.abs(np.diff(result, axis=0)).max() < 0.08, "no step at the hole's border"


def test_of_nothing_known_comes_black():
    assert not filled(np.ones((5, 7, 3), np.float32), np.zeros((5, 7), np.float32)).any()
