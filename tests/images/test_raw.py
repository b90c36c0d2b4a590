"""Numbers of data maps in the range that the network knows."""

from __future__ import annotations

import numpy as np
import pytest

from maya_stylize.images.raw import FloatArray, Range


def normals(tilt: float = 0.3, seed: int = 3) -> FloatArray:
    """Return unit normals, -1 to 1, most of them near straight up."""
    across = np.random.default_rng(seed).normal(scale=tilt, size=(40, 50, 2))
    wanted = np.concatenate([across, np.ones((40, 50, 1))], -1)
    return (wanted / np.linalg.norm(wanted, axis=-1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("spoiled", [-0.001, -3.0, 2.0, 1000.0])
@pytest.mark.parametrize("signed", [False, True])
def test_a_pixel_out_of_range_does_not_turn_normals(signed: bool, spoiled: float) -> None:
    exact = normals()
    pixels = exact.copy() if signed else (exact + 1) / 2
    pixels[7, 9, 1] = spoiled
    found = Range.of_normals(pixels, "half")
    assert (found.low, found.high) == (-1 if signed else 0, 1)
    numbers = found.clipped(pixels)
    assert numbers.min() >= 0
    assert numbers.max() <= 1
    wrong = np.abs(2 * numbers - 1 - exact).max(-1)
    wrong[7, 9] = 0
    assert wrong.max() < 1e-6


def test_flat_and_tilted_normals_are_told_apart() -> None:
    up = np.tile(np.float32([0, 0, 1]), (9, 9, 1))
    leaning = np.tile(np.float32([0.48, 0.6, 0.64]), (9, 9, 1))
    leaning[:3, :3, 0] *= -1
    for exact in (up, leaning, normals(0.001), normals(2)):
        assert Range.of_normals(exact, "float").low == -1
        assert Range.of_normals((exact + 1) / 2, "float").low == 0
        assert Range.of_normals((exact + 1) / 2, "uint8").low == 0


@pytest.mark.parametrize("depth", ["uint8", "uint16", "half", "float"])
def test_small_heights_use_the_whole_range_and_come_back(depth: str) -> None:
    heights = np.linspace(0.2, 0.35, 4000, dtype=np.float32)
    found = Range.of(heights, depth)
    numbers = found.numbers(heights)
    assert np.ptp(numbers) > 0.95
    assert 0.9 < np.mean((numbers > 0) & (numbers < 1)) < 1
    np.testing.assert_allclose(found.pixels(numbers), heights, atol=1e-7)


@pytest.mark.parametrize("depth", ["half", "float"])
def test_spikes_do_not_set_the_range_but_a_few_islands_do(depth: str) -> None:
    heights = np.linspace(-10, 20, 4000, dtype=np.float32)
    heights[[5, 900]] = 1000, -32768
    found = Range.of(heights, depth)
    assert (found.low, found.high) == pytest.approx((-10, 20), abs=0.5)
    np.testing.assert_allclose(found.pixels(found.numbers(heights)), heights, rtol=1e-6, atol=1e-5)
    small = np.linspace(0.2, 0.25, 4000, dtype=np.float32)
    small[7] = 1000
    assert Range.of(small, depth).high < 0.26
    metal = np.zeros(4000, np.float32)
    metal[:9] = 1
    assert Range.of(metal, "uint8") == Range(0, 1)


@pytest.mark.parametrize(
    ("depth", "width"), [("uint8", 16 / 255), ("uint16", 16 / 65535), ("half", 1 / 256)]
)
def test_rounding_is_not_made_a_pattern(depth: str, width: float) -> None:
    for jitter in (0, width / 16):
        heights = np.float32(0.5) + np.float32([0, jitter] * 500)
        found = Range.of(heights, depth)
        assert np.ptp(found.numbers(heights)) < 0.2
        assert found.numbers(heights).mean() == pytest.approx(0.5, abs=0.05)
        np.testing.assert_allclose(found.pixels(found.numbers(heights)), heights, rtol=1e-6)
