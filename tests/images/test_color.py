from __future__ import annotations

import numpy as np
import OpenImageIO
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize.images.color import linear_to_srgb, srgb_to_linear

# Encoded 8 bit values with their linear light, from the definition in IEC 61966-2-1.
TABLE = [(0, 0.0), (1, 0.000303527), (10, 0.00303527), (11, 0.00334654), (55, 0.0382044),
         (128, 0.215861), (188, 0.502886), (254, 0.991102), (255, 1.0)]  # fmt: skip


@pytest.mark.parametrize(("code", "linear"), TABLE)
def test_known_values(code, linear):
    np.testing.assert_allclose(srgb_to_linear(np.float64([code / 255])), [linear], rtol=3e-6)
    np.testing.assert_allclose(linear_to_srgb(np.float64([linear])) * 255, [code], atol=1e-3)


def test_both_ways_against_opencolorio():
    """OpenImageIO's built-in configuration converts between the same two spaces."""
    ramp = np.linspace(0, 1, 3 * 501, dtype=np.float32).reshape(1, 501, 3)
    for space, ours in (("sRGB", srgb_to_linear), ("lin_rec709", linear_to_srgb)):
        other = "lin_rec709" if space == "sRGB" else "sRGB"
        theirs = OpenImageIO.ImageBufAlgo.colorconvert(OpenImageIO.ImageBuf(ramp), space, other)
        assert not theirs.has_error
        np.testing.assert_allclose(ours(ramp), theirs.get_pixels(), atol=5e-5)


@given(st.floats(-1e4, 1e4))
def test_round_trip_and_symmetry(value):
    single = np.float64([value])
    back = srgb_to_linear(linear_to_srgb(single))
    # The standard's own constants leave a step of 1e-8 where line and power meet.
    np.testing.assert_allclose(back, single, rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(linear_to_srgb(-single), -linear_to_srgb(single))


@given(st.floats(-50, 50, width=32), st.floats(-50, 50, width=32))
def test_monotonic(a, b):
    low, high = linear_to_srgb(np.float32(sorted([a, b])))
    assert low <= high


def test_ends_stay_and_types_stay():
    for kind in (np.float32, np.float64):
        ends = np.array([0, 1], kind)
        for curve in (linear_to_srgb, srgb_to_linear):
            assert curve(ends).dtype == kind
            np.testing.assert_array_equal(curve(ends), ends)


def test_every_half_survives_the_round_trip():
    """What an EXR file holds comes back bit for bit after a visit to the curve."""
    halfs = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    halfs = halfs[np.isfinite(halfs)]
    visited = srgb_to_linear(linear_to_srgb(halfs.astype(np.float32))).astype(np.float16)
    np.testing.assert_array_equal(visited.view(np.uint16), halfs.view(np.uint16))
