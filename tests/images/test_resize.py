from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize.images.resize import resize

sides = st.integers(1, 60)


@settings(max_examples=60)
@given(sides, sides, sides, sides, st.floats(-3, 3, width=32))
def test_constant_stays_constant(rows, columns, width, height, value):
    resized = resize(np.full((rows, columns, 3), value, np.float32), width, height)
    assert resized.shape == (height, width, 3)
    assert resized.dtype == np.float32
    np.testing.assert_array_equal(resized, np.full((height, width, 3), value, np.float32))


@settings(max_examples=60)
@given(sides, sides, sides, sides, st.integers(0, 9))
def test_no_value_beyond_the_pictures_own(rows, columns, width, height, seed):
    pixels = np.random.default_rng(seed).random((rows, columns, 3), dtype=np.float32)
    resized = resize(pixels, width, height)
    assert (resized >= pixels.min(axis=(0, 1))).all()
    assert (resized <= pixels.max(axis=(0, 1))).all()


@pytest.mark.parametrize("size", [(128, 128), (75, 51), (40, 333), (400, 300), (256, 10)])
def test_the_mean_is_preserved(size):
    pixels = np.random.default_rng(3).random((200, 256, 3), dtype=np.float32)
    means = resize(pixels, *size).mean(axis=(0, 1))
    np.testing.assert_allclose(means, pixels.mean(axis=(0, 1)), atol=2e-3)


def test_a_wave_keeps_its_place_and_height():
    """Samples of a slow wave, taken at other places, lie on the same wave."""

    def wave(count):
        return np.sin(2 * np.pi * 3 * (np.arange(count) + 0.5) / count)

    pixels = np.float32(0.5 + 0.4 * wave(210))[None, :, None] * np.ones((4, 1, 3), np.float32)
    for width in (60, 97, 211, 400):
        row = resize(pixels, width, 4)[2, :, 1]
        inner = slice(width // 20, -(width // 20))
        np.testing.assert_allclose(row[inner], 0.5 + 0.4 * wave(width)[inner], atol=3e-3)


def test_fine_detail_is_averaged_not_aliased():
    stripes = np.zeros((64, 240, 3), np.float32)
    stripes[:, ::2] = 1
    inner = resize(stripes, 97, 64)[:, 8:-8]
    assert np.abs(inner - 0.5).max() < 0.03


def test_close_to_opencv_on_a_smooth_picture():
    noise = np.random.default_rng(5).random((120, 150, 3), dtype=np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 4)
    theirs = cv2.resize(smooth, (50, 40), interpolation=cv2.INTER_AREA)
    assert np.abs(resize(smooth, 50, 40) - theirs).max() < 4e-3


def test_channels_and_axes_do_not_mix():
    pixels = np.random.default_rng(6).random((30, 20, 3), dtype=np.float32)
    resized = resize(pixels, 13, 17)
    np.testing.assert_allclose(
        resize(pixels.swapaxes(0, 1)[..., ::-1], 17, 13),
        resized.swapaxes(0, 1)[..., ::-1],
        atol=1e-6,
    )


def test_the_same_size_is_a_copy():
    pixels = np.random.default_rng(6).random((5, 4, 3), dtype=np.float32)
    same = resize(pixels, 4, 5)
    np.testing.assert_array_equal(same, pixels)
    assert not np.shares_memory(same, pixels)


@pytest.mark.parametrize("wrap", [(True, True), (True, False), (False, True), (False, False)])
@pytest.mark.parametrize(("width", "height"), [(32, 24), (8, 6), (48, 3), (4, 36), (2, 3)])
def test_where_it_wraps_a_rolled_picture_is_resampled_alike(wrap, width, height):
    pixels = np.random.default_rng(7).random((12, 16, 3), dtype=np.float32)
    resized = resize(pixels, width, height, wrap)
    for axis, (wraps, side) in enumerate(zip(wrap, (height, width), strict=True)):
        rolled = resize(np.roll(pixels, pixels.shape[axis] // 2, axis), width, height, wrap)
        if wraps and side % 2 == 0:
            np.testing.assert_allclose(rolled, np.roll(resized, side // 2, axis), atol=2e-6)
        elif not wraps and side > 4:
            assert np.abs(rolled - np.roll(resized, side // 2, axis)).max() > 0.01


def test_beyond_an_edge_that_wraps_lies_the_other_side():
    """As large as in the middle of the picture laid beside itself."""
    pixels = np.random.default_rng(8).random((14, 10, 3), dtype=np.float32)
    nine = resize(np.tile(pixels, (3, 3, 1)), 3 * 7, 3 * 21)
    np.testing.assert_allclose(resize(pixels, 7, 21, (True, True)), nine[21:42, 7:14], atol=1e-5)
