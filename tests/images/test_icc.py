"""What ICC profiles mean, against the standards' formulas in float64."""

from __future__ import annotations

import struct

import numpy as np
import profile_writer as make
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize.images import icc, icc_spaces

RNG = np.random.default_rng(12)
COLORS = RNG.random((24, 24, 3), dtype=np.float32)
D50_TO_REC709 = np.linalg.inv(make.to_d50(make.REC709))


def srgb_numbers(linear):
    size = np.abs(linear)
    encoded = np.where(size <= 0.0031308, size * 12.92, 1.055 * size ** (1 / 2.4) - 0.055)
    return np.copysign(encoded, linear)


def seen(values, primaries, light):
    """What the network is to see of numbers, by the formulas."""
    linear = light(values.astype(np.float64)) @ make.to_d50(primaries).T @ D50_TO_REC709.T
    return srgb_numbers(linear)


def power(exponent):
    return lambda values: values**exponent


WELL_KNOWN = {
    "sRGB of 1998": (make.srgb(), "sRGB", make.REC709, make.srgb_light),
    "sRGB, version 4": (
        make.rgb("x", make.to_d50(make.REC709), make.SRGB_CURVE, version=0x04200000),
        "sRGB",
        make.REC709,
        make.srgb_light,
    ),
    "Adobe": (make.adobe(), "AdobeRGB", make.ADOBE, power(563 / 256)),
    "Display P3": (
        make.rgb("sRGB", make.to_d50(make.P3), make.SRGB_CURVE),  # a name that lies
        "Display P3",
        make.P3,
        make.srgb_light,
    ),
    "gamma 2.2": (
        make.rgb("x", make.to_d50(make.REC709), make.gamma(2.2)),
        "gamma 2.2 Rec.709",
        make.REC709,
        power(2.2),
    ),
    "linear": (
        make.rgb("x", make.to_d50(make.REC709), make.table([])),
        "scene-linear Rec.709-sRGB",
        make.REC709,
        power(1),
    ),
    "linear P3": (
        make.rgb("x", make.to_d50(make.P3), make.gamma(1)),
        "scene-linear DCI-P3 D65",
        make.P3,
        power(1),
    ),
}
OTHERS = {
    "ProPhoto": (make.gamma(1.8), make.ROMM, power(461 / 256)),
    "wide, sRGB's curve": (make.SRGB_TABLE, make.ROMM, make.srgb_light),
    "type 0": (make.parametric(0, 1.5), make.P3, power(1.5)),
    "type 1": (
        make.parametric(1, 2, 1.25, -0.25),
        make.P3,
        lambda v: np.where(v < 0.2, 0, np.maximum(1.25 * v - 0.25, 0) ** 2),
    ),
    "type 2": (
        make.parametric(2, 2, 0.875, 0.0, 0.125),
        make.P3,
        lambda v: (0.875 * v) ** 2 + 0.125,
    ),
    "type 4": (
        make.parametric(4, 2, 0.75, 0, 0.25, 0.25, 0.3125, 0.125),
        make.P3,
        lambda v: np.where(v < 0.25, 0.25 * v + 0.125, (0.75 * v) ** 2 + 0.3125),
    ),
}


@pytest.mark.parametrize("case", WELL_KNOWN)
def test_a_well_known_space_is_found_by_its_numbers(case):
    data, name, primaries, light = WELL_KNOWN[case]
    profile, space = icc_spaces.understood(data)
    assert space.name == name
    assert not profile.reason
    # Near black a saturated color is steep: a millionth of light is more on the curve.
    expected = seen(COLORS, primaries, light)
    np.testing.assert_allclose(space.into(COLORS), expected, atol=2e-3 if "1998" in case else 5e-4)


def test_what_is_srgb_stays_bit_for_bit():
    _, space = icc_spaces.understood(make.srgb())
    assert space.into(COLORS).tobytes() == COLORS.tobytes()


@pytest.mark.parametrize("case", OTHERS)
def test_any_other_matrix_and_curve_is_computed(case):
    curve, primaries, light = OTHERS[case]
    profile, space = icc_spaces.understood(make.rgb("Mine", make.to_d50(primaries), curve))
    assert space.name == "Mine (ICC)"
    assert profile.description == "Mine"
    np.testing.assert_allclose(space.into(COLORS), seen(COLORS, primaries, light), atol=1e-3)
    if case != "type 1":  # which has one light for all numbers below 0.2
        np.testing.assert_allclose(space.back(space.into(COLORS)), COLORS, atol=2e-4)


def test_values_beyond_black_and_white_come_back_too():
    _, space = icc_spaces.understood(make.rgb("Mine", make.to_d50(make.ROMM), make.gamma(1.8)))
    wide = (COLORS - 0.3) * 3
    np.testing.assert_allclose(space.back(space.into(wide)), wide, atol=1e-4)


def test_large_pictures_are_computed_like_small_ones(monkeypatch):
    _, space = icc_spaces.understood(make.rgb("Mine", make.to_d50(make.ROMM), make.gamma(1.8)))
    whole = space.into(COLORS)
    monkeypatch.setattr(icc_spaces, "_BLOCK", 100)
    assert space.into(COLORS).tobytes() == whole.tobytes()


def test_gray_of_a_curve_is_that_light_in_all_channels():
    heights = np.rint(np.linspace(0, 1, 300) ** 1.4 * 65535).astype(int)
    profile, space = icc_spaces.understood(make.gray("Dots", make.table(heights)))
    assert space.name == "Dots (ICC)"
    ramp = np.linspace(0, 1, 99, dtype=np.float32)[:, None].repeat(3, 1)
    expected = srgb_numbers(ramp.astype(np.float64) ** 1.4)
    np.testing.assert_allclose(space.into(ramp), expected, atol=1e-4)

    wider, its = icc_spaces.understood(icc.rgb_of_gray(profile, icc_spaces.REC709))
    assert (wider.colors, wider.description, wider.is_sound) == ("RGB", "Dots", True)
    np.testing.assert_allclose(its.into(COLORS), space.into(COLORS), atol=2e-3)
    _, known = icc_spaces.understood(make.gray("x", make.gamma(2.2)))
    assert known.name == "gamma 2.2 Rec.709"


REFUSED = {
    "tables": (make.tables_only(), "Paper", "it has tables only"),
    "tables that say more": (
        make.rgb("Swapped", make.to_d50(make.ROMM), make.gamma(2), (b"A2B0", bytes(64))),
        "Swapped",
        "it says more by tables",
    ),
    "inks": (make.profile([], colors=b"CMYK"), "", "it is for CMYK"),
    "link": (make.profile([], kind=b"link"), "", "not one of a picture's colors"),
    "gray by lightness": (
        make.gray("L", make.gamma(2), connection=b"Lab "),
        "L",
        "it has tables only",
    ),
    "no curves": (make.profile([(b"desc", make.description_4("Käse\n"))]), "Käse", "its curves"),
    "not white": (
        make.rgb("Raw D65", np.diag([0.9505, 1, 1.089]), make.gamma(2)),
        "Raw D65",
        "do not make white",
    ),
    "one color": (
        make.rgb("Flat", np.outer(make.D50, [0.3, 0.3, 0.4]), make.gamma(2)),
        "Flat",
        "are no colors apart",
    ),
    "falling": (
        make.rgb("Down", make.to_d50(make.REC709), make.table([65535, 0])),
        "Down",
        "do not rise",
    ),
    "flat": (make.rgb("No", make.to_d50(make.REC709), make.table([9, 9])), "No", "do not rise"),
    "gamma 0": (make.rgb("0", make.to_d50(make.REC709), make.gamma(0)), "0", "are damaged"),
    "type 9": (
        make.rgb("9", make.to_d50(make.REC709), make.parametric(9, 1, 1, 1)),
        "9",
        "are damaged",
    ),
    "no slope": (
        make.rgb("1", make.to_d50(make.REC709), make.parametric(1, 2, 0, 0)),
        "1",
        "are damaged",
    ),
    "long curve": (
        make.rgb("l", make.to_d50(make.REC709), b"curv\0\0\0\0\xff\xff\xff\xff\0\0"),
        "l",
        "cut short",
    ),
    "nothing": (b"", "", "cut short"),
    "text": (b"hello" * 50, "", "it is no ICC profile"),
    "half": (make.adobe()[:300], "", "cut short"),
    "overlapping": (
        make.adobe()[:128]
        + struct.pack(">I", 20)
        + struct.pack(">4sII", b"junk", 0, 400) * 20
        + bytes(92),
        "",
        "its parts lie upon each other",
    ),
    "huge": (
        struct.pack(">I", 5 << 20) + make.adobe()[4:] + bytes(5 << 20),
        "",
        "it is larger than 4 MB",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_says_why_and_which_it_is(case):
    data, name, reason = REFUSED[case]
    profile, space = icc_spaces.understood(data)
    assert space is None
    assert profile.description == name
    assert reason in profile.reason


def test_bytes_behind_the_end_are_no_part_of_it():
    profile, space = icc_spaces.understood(make.adobe() + b"\0padding")
    assert profile.data == make.adobe()
    assert space.name == "AdobeRGB"


def test_a_known_space_with_tables_besides_is_taken_by_its_curves():
    data = make.rgb("x", make.to_d50(make.P3), make.SRGB_CURVE, (b"A2B0", bytes(64)))
    assert icc_spaces.understood(data)[1].name == "Display P3"


SOUND = [
    make.adobe(),
    make.srgb()[: 132 + 12 * 9 + 400],
    make.gray("Gray Gamma 2.2", make.gamma(2.2)),
    make.rgb("Mine", make.to_d50(make.ROMM), make.parametric(3, 2, 1, 0, 0.5, 0.1)),
    make.tables_only(),
]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SOUND),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), max_size=6),
    st.integers(0, 700),
)
def test_damaged_bytes_mean_a_space_or_a_reason_and_always_finite_colors(data, changes, end):
    damaged = bytearray(data)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    profile, space = icc_spaces.understood(bytes(damaged[:end]))
    assert (space is None) == bool(profile.reason)
    assert profile.description.isprintable()
    assert profile.reason.isprintable()
    if space is not None:
        found = space.into(COLORS)
        assert np.isfinite(found).all()
        assert np.isfinite(space.back(found)).all()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_reason(data):
    profile, space = icc_spaces.understood(data)
    assert space is None
    assert profile.reason
