"""Where a repair takes place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize.engine.canvas import Canvas, worked_on
from maya_stylize.errors import JobError
from maya_stylize.images.resize import resize
from maya_stylize.jobs import RepairJob


def repair(**settings):
    return RepairJob(output="o.png", picture="p.png", **settings)


def noise(height, width, grain=1, seed=0):
    """Blotches of a size."""
    random = np.random.default_rng(seed)
    small = random.uniform(0, 1, (height // grain + 2, width // grain + 2, 3)).astype(np.float32)
    return resize(small, width, height)


@given(
    height=st.integers(16, 40),
    width=st.integers(16, 40),
    extend=st.tuples(*[st.integers(0, 9)] * 4),
    seamless=st.sampled_from(["no", "both", "across", "down"]),
    seed=st.integers(0, 99),
)
def test_rolled_back_it_is_the_picture_where_it_is_kept(height, width, extend, seamless, seed):
    picture = noise(height, width, seed=seed)
    mask = np.zeros((height, width), np.float32)
    mask[3:6, 4:9] = 0.5
    job = repair(mask="m.png", extend=extend, seamless=seamless, band=6)
    canvas = Canvas.of(job, picture, mask)
    left, top, right, bottom = extend
    free, pixels = canvas.made, canvas.result(canvas.pixels[canvas.window])
    assert free.shape == (height + top + bottom, width + left + right)
    inner = slice(top, top + height), slice(left, left + width)
    kept = ~free[inner]
    np.testing.assert_array_equal(pixels[inner][kept], picture[kept])
    assert free[inner][mask > 0].all()
    around = np.ones(free.shape, bool)
    around[inner] = False
    assert free[around].all()
    if seamless == "no":
        assert canvas.roll == (0, 0)
        np.testing.assert_array_equal(free[inner], mask > 0)
    if seamless in ("both", "down"):
        assert free[:3].all()
        assert free[-3:].all()
    if seamless in ("both", "across"):
        assert free[:, :3].all()
        assert free[:, -3:].all()


def test_a_seam_lies_in_the_middle():
    canvas = Canvas.of(repair(seamless="both", band=8), noise(40, 60), None)
    assert canvas.free[16:24].all()
    assert canvas.free[:, 26:34].all()
    assert not canvas.free[:16, :26].any()
    assert canvas.band == 8


def test_what_is_worked_on_has_all_that_is_made_anew_and_some_around():
    mask = np.zeros((600, 700), np.float32)
    mask[200:220, 300:330] = 1
    picture = noise(600, 700)
    canvas = Canvas.of(repair(mask="m.png"), picture, mask)
    rows, columns = canvas.window
    assert (rows.start, rows.stop) == (104, 316)
    assert (columns.start, columns.stop) == (204, 426)
    assert worked_on(repair(mask="m.png"), (700, 600), mask) == (222, 212)
    part = np.zeros((212, 222, 3), np.float32)
    result = canvas.result(part)
    assert not result[104:316, 204:426].any()
    np.testing.assert_array_equal(result[:104], picture[:104])


def test_a_seam_is_worked_on_all_along():
    canvas = Canvas.of(repair(seamless="down", band=20), noise(600, 300), None)
    rows, columns = canvas.window
    assert (rows.start, rows.stop) == (300 - 10 - 96, 300 + 10 + 96)
    assert (columns.start, columns.stop) == (0, 300)
    assert worked_on(repair(seamless="down", band=20), (300, 600), None) == (300, 212)


def test_a_band_is_found_for_the_size_of_the_structures():
    bands = [
        Canvas.of(repair(seamless="both"), noise(256, 256, grain), None).band
        for grain in (2, 8, 16)
    ]
    assert bands[0] < bands[1] < bands[2] <= 64
    assert bands[0] >= 16


def test_where_nothing_is_kept_it_says_what_to_do():
    with pytest.raises(JobError, match="nothing of the picture is kept"):
        Canvas.of(repair(mask="m.png"), noise(20, 20), np.ones((20, 20), np.float32))
    with pytest.raises(JobError, match="nothing of the picture is kept"):
        Canvas.of(repair(seamless="down", band=40), noise(20, 20), None)
