"""The curve that keeps values beyond 0 to 1 near the range that the network knows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize.images.color import linear_to_srgb, srgb_to_linear
from maya_stylize.images.tone import HEADROOM, Curve

# Every finite half float, in order.
HALVES = np.unique(
    np.arange(65536, dtype=np.uint16).view(np.float16)[
        np.isfinite(np.arange(65536, dtype=np.uint16).view(np.float16))
    ]
)
REACH = st.floats(0, 200, width=32)


@given(st.lists(st.floats(-0.5, 1.5, width=32), min_size=1))
def test_a_picture_in_the_known_range_stays_bit_for_bit(values):
    pixels = np.float32(values)
    curve = Curve.of(pixels)
    assert not curve.changes
    assert curve.compress(pixels).tobytes() == pixels.tobytes()
    assert curve.restore(pixels).tobytes() == pixels.tobytes()


@given(REACH, REACH, st.lists(st.floats(0, 1, width=32), min_size=1))
def test_zero_to_one_stays_whatever_else_is_in_the_picture(low, high, values):
    curve, pixels = Curve.of(np.float32([-low, high])), np.float32(values)
    assert curve.compress(pixels).tobytes() == pixels.tobytes()
    assert curve.restore(pixels).tobytes() == pixels.tobytes()


@given(st.lists(st.floats(-(2.0**53), 2.0**53, width=32), min_size=1))
def test_the_range_is_bounded_and_used_to_its_end(values):
    pixels = np.float32(values)
    seen = Curve.of(pixels).compress(pixels)
    lowest, highest = min(0, pixels.min()), max(1, pixels.max())
    assert min(0, seen.min()) == pytest.approx(max(lowest, -HEADROOM), abs=1e-6)
    assert max(1, seen.max()) == pytest.approx(min(highest, 1 + HEADROOM), abs=1e-6)


@given(REACH, REACH, st.lists(st.floats(0, 1), min_size=1))
def test_it_comes_back_within_the_rounding_of_half_floats(low, high, shares):
    linear = srgb_to_linear(np.float64([-low, *(low + high) * np.float64(shares) - low, high]))
    pixels = linear_to_srgb(linear).astype(np.float32)
    curve = Curve.of(pixels)
    back = srgb_to_linear(curve.restore(curve.compress(pixels)).astype(np.float64))
    np.testing.assert_allclose(back, linear, rtol=2**-12, atol=2**-25)


@pytest.mark.parametrize("most", [2, 50, 65504])
def test_every_half_float_comes_back_and_none_changes_places(most):
    halves = HALVES[np.abs(HALVES) <= most]
    pixels = linear_to_srgb(halves.astype(np.float32))
    curve = Curve.of(pixels)
    seen = curve.compress(pixels)
    assert (np.diff(seen) > 0).all()
    np.testing.assert_array_equal(srgb_to_linear(curve.restore(seen)).astype(np.float16), halves)


@given(REACH, REACH, st.floats(-200, 200, width=32), st.floats(-200, 200, width=32))
def test_it_never_falls(low, high, one, other):
    curve = Curve.of(np.float32([-low, high]))
    pixels = np.float32(sorted((one, other)))
    assert np.diff(curve.compress(pixels)) >= 0
    assert np.diff(curve.compress(pixels.astype(np.float64))) >= 0


def test_it_is_smooth_where_it_begins():
    curve = Curve.of(np.float32([-30, 30]))
    for knee, step in ((0.0, -1e-4), (1.0, 1e-4)):
        inside, outside = curve.compress(np.float64([knee - step, knee + step])) - knee
        assert outside == pytest.approx(-inside, rel=2e-3)


def test_equal_ratios_of_highlights_are_about_equal_steps():
    curve = Curve.of(np.float32([0, 100]))
    steps = np.diff(curve.compress(np.float32([20, 40, 80])))
    assert steps[0] == pytest.approx(steps[1], rel=0.03)


def test_a_slightly_brighter_picture_has_a_slightly_different_curve():
    middle = np.float32([1.4])
    inside, beyond = (Curve.of(np.float32([0, top])).compress(middle) for top in (1.5, 1.501))
    assert beyond == pytest.approx(inside, abs=1e-3)


def test_the_input_is_untouched():
    pixels = np.float32([-3, 0.5, 9])
    curve = Curve.of(pixels)
    curve.restore(curve.compress(pixels))
    np.testing.assert_array_equal(pixels, np.float32([-3, 0.5, 9]))
