"""How much a seam shows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize.demo import EXEMPLARS
from maya_stylize.images import reader
from maya_stylize.images.seam import score

NAMES = sorted(path.stem for path in EXEMPLARS.glob("*.png"))


@pytest.mark.parametrize("axis", [0, 1])
def test_the_score_is_in_the_spread_of_the_inner_steps(axis):
    steps = np.array([0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.4, 0.4])
    signs = np.array([1, -1, 1, -1, 1, -1, 1, -1])
    values = np.concatenate([[0.0], np.cumsum(steps * signs)]).astype(np.float32)
    pixels = np.tile(values[:, None, None], (1, 5, 3))
    pixels = pixels if axis == 0 else pixels.swapaxes(0, 1)
    edge = abs(values[0] - values[-1])

    middle, steep = np.quantile(steps, (0.5, 0.95))

    assert score(pixels, axis) == pytest.approx((edge - middle) / (steep - middle), abs=1e-5)
    assert score(pixels, 1 - axis) == 0  # along the lines nothing changes


def test_a_flat_picture_has_no_seam_by_rounding_alone():
    pixels = np.full((16, 16, 3), 0.5, np.float32)
    pixels[-1] += 0.25 / 255
    assert score(pixels, 0) < 1
    pixels[-1] += 8 / 255
    assert score(pixels, 0) > 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("axis", [0, 1])
def test_a_plain_piece_of_a_picture_has_a_seam_and_the_cut_moved_inside_has_none(name, axis):
    """Rolled by some lines, what lies at the edge are two lines that were neighbors."""
    piece = reader.read(EXEMPLARS / f"{name}.png").pixels[:160, :150]
    assert score(piece, axis) > 1
    scores = [score(np.roll(piece, shift, axis), axis) for shift in range(1, piece.shape[axis])]
    assert np.mean(np.array(scores) <= 1.001) > 0.9


@settings(max_examples=20)
@given(st.integers(0, 9), st.floats(0.5, 4), st.floats(-1, 1))
def test_neither_brightness_nor_contrast_changes_it(seed, contrast, brightness):
    pixels = np.random.default_rng(seed).random((20, 30, 3), dtype=np.float32)
    changed = (pixels * contrast + brightness).astype(np.float32)
    for axis in (0, 1):
        assert score(changed, axis) == pytest.approx(score(pixels, axis), abs=0.01)
