"""Curvature by color and frequency: against NumPy's transforms, and what it is worth."""

import json
import os
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from maya_stylize.engine import spectrum
from maya_stylize.engine.beats import finish
from maya_stylize.engine.direction import quasi_newton
from maya_stylize.engine.optimize import LBFGS
from maya_stylize.engine.spectrum import Powers, Spectrum, smoothed

SIDES = st.integers(2, 40)
# JAX compiles every size anew.
EXAMPLES = 3 if os.environ.get("MAYA_STYLIZE_TEST_BACKEND") == "jax" else 15


def pictures(height, width, count, data_format, seed=0):
    shape = (1, height, width, 3) if data_format == "channels_last" else (1, 3, height, width)
    random = np.random.default_rng(seed)
    return [random.normal(size=shape).astype(np.float32) for _ in range(count)]


def planes(picture, data_format):
    """Light and dark and the two kinds of chroma, (3, H, W), float64."""
    rows = picture[0] if data_format == "channels_last" else np.moveaxis(picture[0], 0, -1)
    return np.einsum("hwc,dc->dhw", rows.astype(np.float64), spectrum.COLORS)


def bands(height, width):
    """The band of each frequency, (H, W)."""
    rows, columns = np.meshgrid(np.fft.fftfreq(height), np.fft.fftfreq(width), indexing="ij")
    return np.searchsorted(spectrum.EDGES, np.hypot(rows, columns), side="right")


def alone(picture, inverse, data_format, beside=1.0):
    """A picture smoothed, beside another one."""
    other = beside * pictures(*inverse.shape[1:3], 1, data_format, 99)[0]
    pair = ops.concatenate([picture, ops.convert_to_tensor(other)])
    return smoothed(pair, inverse, data_format)[:1]


def known(height, width, data_format, steps=spectrum.FIRST_USE):
    """A spectrum, and what some random steps have taught it."""
    found, powers = Spectrum((height, width), data_format), Powers.none()
    drawn = iter(pictures(height, width, 2 * steps, data_format))
    for step, change in zip(drawn, drawn, strict=True):
        powers = found.learned(powers, *map(ops.convert_to_tensor, (step, change)))
    return found, powers


@settings(max_examples=EXAMPLES)
@given(height=SIDES, width=SIDES, times=st.sampled_from([1e-9, 1.0, 1e6]))
def test_powers_are_numpys(engine_backend, height, width, times):
    data_format = engine_backend.data_format
    step, change = pictures(height, width, 2, data_format)
    change *= np.float32(times)
    of = bands(height, width)

    powers = Spectrum((height, width), data_format).learned(
        Powers.none(), ops.convert_to_tensor(step), ops.convert_to_tensor(change)
    )

    for picture, found in ((step, powers.steps), (change, powers.changes)):
        power = np.abs(np.fft.fft2(planes(picture, data_format))) ** 2
        wanted = [[plane[of == band].sum() for band in range(7)] for plane in power]
        wanted = np.array(wanted) / np.sum(step.astype(np.float64) ** 2)
        assert np.abs(found - wanted).max() <= 1e-5 * wanted.sum()


@settings(max_examples=EXAMPLES)
@given(height=SIDES, width=SIDES)
def test_what_it_smooths_with_is_symmetric_and_positive(engine_backend, height, width):
    data_format = engine_backend.data_format
    found, powers = known(height, width, data_format)
    first, second = map(ops.convert_to_tensor, pictures(height, width, 2, data_format, 1))

    def inner(one, other):
        return float(ops.sum(one * other))

    across = inner(first, alone(second, found.inverse(powers), data_format))
    back = inner(second, alone(first, found.inverse(powers), data_format))
    sizes = (
        inner(first, alone(first, found.inverse(powers), data_format)),
        inner(second, alone(second, found.inverse(powers), data_format)),
    )
    assert min(sizes) > 0
    assert across == pytest.approx(back, abs=1e-5 * max(sizes))


def test_a_stiff_color_and_frequency_is_divided_by_its_curvature(engine_backend):
    data_format, side = engine_backend.data_format, 64
    found, powers = known(side, side, data_format)
    curvature = np.ones((3, 7))
    curvature[0, 3] = 100.0
    powers = Powers(np.ones((3, 7)), curvature**2, powers.seen)
    cycles = spectrum.CENTERS[3] * side
    assert cycles == pytest.approx(6, abs=0.1)
    wave = np.cos(2 * np.pi * 6 * np.arange(side) / side)[:, None] * np.ones((1, side))

    def times(color):
        picture = np.einsum("hw,c->hwc", wave, spectrum.COLORS[color])[None].astype(np.float32)
        if data_format == "channels_first":
            picture = np.moveaxis(picture, 3, 1)
        divided = alone(ops.convert_to_tensor(picture), found.inverse(powers), data_format)
        return float(np.sum(ops.convert_to_numpy(divided) * picture) / np.sum(picture**2))

    assert times(1) == pytest.approx(times(2), rel=1e-3)
    assert times(0) == pytest.approx(times(1) / 100, rel=0.05)


@pytest.mark.parametrize("times", [1e-12, 1e-4, 1e4, 1e12])
def test_neither_of_a_pair_feels_how_large_the_other_is(engine_backend, times):
    data_format = engine_backend.data_format
    found, powers = known(31, 46, data_format)
    inverse = found.inverse(powers)
    picture = ops.convert_to_tensor(pictures(31, 46, 1, data_format, 3)[0])
    wanted = ops.convert_to_numpy(alone(picture, inverse, data_format, 0.0))

    beside = ops.convert_to_numpy(alone(picture, inverse, data_format, times))

    np.testing.assert_allclose(beside, wanted, atol=1e-5 * np.abs(wanted).max())


def test_too_few_steps_change_nothing(engine_backend):
    data_format = engine_backend.data_format
    found, powers = known(9, 12, data_format, spectrum.FIRST_USE - 1)
    (picture,) = pictures(9, 12, 1, data_format, 2)

    same = alone(ops.convert_to_tensor(picture), found.inverse(powers), data_format)

    np.testing.assert_allclose(ops.convert_to_numpy(same), picture, atol=1e-5)


def test_one_that_learns_nothing_takes_all_curvatures_for_alike(engine_backend):
    data_format = engine_backend.data_format
    found, powers = Spectrum((9, 8), data_format, learns=False), Powers.none()
    drawn = iter(pictures(9, 8, 4 * spectrum.FIRST_USE, data_format))
    for step, change in zip(drawn, drawn, strict=True):
        powers = found.learned(powers, *map(ops.convert_to_tensor, (step, change)))
    assert powers.seen == 0
    np.testing.assert_array_equal(ops.convert_to_numpy(found.inverse(powers)), 1)


def test_kept_as_text_and_read_again_it_is_the_same_to_the_bit(engine_backend):
    _, powers = known(17, 11, engine_backend.data_format)

    again = Powers.from_json(json.loads(json.dumps(powers.to_json())))

    np.testing.assert_array_equal(again.curvature, powers.curvature)
    assert again.seen == powers.seen


def test_a_loss_that_differs_by_frequency_is_met_sooner_with_it(engine_backend):
    """Curvature 1 to 10,000 over frequencies and colors, as the texture loss has it."""
    data_format, side = engine_backend.data_format, 48
    radius = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.fftfreq(side)[None])
    stiffness = np.array([[[1.0]], [[0.1]], [[0.01]]]) * np.clip(0.01 / (radius + 1e-9), 0.01, 1)
    (goal,) = pictures(side, side, 1, data_format)

    def function(x):
        yield
        apart = ops.convert_to_numpy(x).astype(np.float64) - goal
        split = np.fft.fft2(planes(apart.astype(np.float32), data_format))
        slope = np.fft.ifft2(split * stiffness).real
        slope = np.einsum("dhw,dc->hwc", slope, spectrum.COLORS)[None]
        if data_format == "channels_first":
            slope = np.moveaxis(slope, 3, 1)
        return float(np.sum(slope * apart) / 2), ops.convert_to_tensor(slope.astype(np.float32))

    def after(evaluations, taken_apart):
        limit = ops.convert_to_tensor(np.float32(1e3))
        direction = partial(quasi_newton, data_format=data_format)
        optimizer = LBFGS(function, -limit, limit, 5, taken_apart, direction)
        finish(optimizer.begin(ops.zeros(goal.shape)))
        while optimizer.state.evaluations < evaluations and finish(optimizer.step()):
            pass
        return optimizer.state.value

    without = after(60, None)
    assert after(60, Spectrum((side, side), data_format)) < 0.5 * without
