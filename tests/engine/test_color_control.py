"""Keeping colors, judged by statistics in float64 that NumPy computes by itself."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from maya_stylize.engine.color_control import (
    LARGEST_GAIN,
    match_colors,
    match_luminance,
    seen_by_transfer,
    with_colors_of,
)

# Rec. 709 once more, so that a wrong number there is seen here.
LUMA = np.array([0.2126, 0.7152, 0.0722])
SEEDS = st.integers(0, 2**32)
SIDES = st.integers(8, 40)
GRAY = np.ones(3)


def picture(seed, height=24, width=31, spread=0.1):
    """A picture whose three colors depend on each other in a way of its own."""
    random = np.random.default_rng(seed)
    mixture = np.eye(3) + random.uniform(-0.7, 0.7, (3, 3))
    pixels = random.uniform(0.2, 0.8, 3) + spread * random.normal(size=(height, width, 3)) @ mixture
    return pixels.astype(np.float32)


def gray(seed, **sizes):
    return np.repeat(picture(seed, **sizes)[..., :1], 3, axis=-1)


def flat(color, height=9, width=12):
    return np.full((height, width, 3), color, np.float32)


def statistics(pixels):
    colors = pixels.reshape(-1, 3).astype(np.float64)
    return colors.mean(0), np.cov(colors, rowvar=False, bias=True)


def luma(pixels):
    return pixels.astype(np.float64) @ LUMA


def limited(style, content):
    """Whether the style varies too little somewhere for the content's covariance to be reached."""
    least, most = (np.linalg.eigvalsh(statistics(each)[1])[[0, -1]] for each in (style, content))
    return most[1] > LARGEST_GAIN**2 * least[0] / 2


@settings(max_examples=60)
@given(SEEDS, SIDES, SIDES, st.floats(0.05, 0.2))
def test_matched_colors_have_the_contents_mean_and_covariance(seed, height, width, spread):
    content, style = picture(seed), picture(seed + 1, height, width, spread)
    assume(not limited(style, content))

    matched = match_colors(style, content)

    (mean, covariance), (wanted_mean, wanted) = statistics(matched), statistics(content)
    assert matched.dtype == np.float32
    assert mean == pytest.approx(wanted_mean, abs=1e-5)
    assert covariance == pytest.approx(wanted, abs=1e-4 * wanted.max())
    assert match_colors(matched, content) == pytest.approx(matched, abs=1e-4)
    assert match_colors(content, content) == pytest.approx(content, abs=1e-5)


@settings(max_examples=30)
@given(SEEDS)
def test_of_the_maps_that_match_the_one_that_moves_colors_least_is_taken(seed):
    content, style = picture(seed), picture(seed + 1)
    matched = match_colors(style, content)
    (mean, covariance), (wanted_mean, wanted) = statistics(style), statistics(content)
    by_cholesky = np.linalg.cholesky(wanted) @ np.linalg.inv(np.linalg.cholesky(covariance))
    other = (style - mean) @ by_cholesky.T + wanted_mean

    assert ((matched - style) ** 2).sum() <= ((other - style) ** 2).sum() * (1 + 1e-5)


@settings(max_examples=30)
@given(SEEDS)
def test_a_gray_style_takes_the_contents_colors_by_brightness(seed):
    """What is asked of a linear map that has one number to go by: the line of regression."""
    content, style = picture(seed), gray(seed + 1)

    matched = match_colors(style, content)

    mean, covariance = statistics(content)
    axis = GRAY / np.sqrt(3)
    slope = covariance @ axis / (axis @ covariance @ axis)
    along = (matched - mean) @ axis
    assert (matched - mean) == pytest.approx(along[..., None] * slope, abs=1e-5)
    assert along.var() == pytest.approx(axis @ covariance @ axis, rel=1e-3)


@settings(max_examples=30)
@given(SEEDS)
def test_a_gray_content_makes_the_style_gray(seed):
    content, style = gray(seed), picture(seed + 1)

    matched = match_colors(style, content)

    assert np.ptp(matched, axis=-1).max() < 1e-5
    assert matched[..., 0].mean() == pytest.approx(content[..., 0].mean(), abs=1e-5)
    assert matched[..., 0].std() == pytest.approx(content[..., 0].std(), rel=1e-3)
    # The style's own light and dark, not a mixture in which some color is turned around.
    assert np.corrcoef(matched[..., 0].ravel(), style.mean(-1).ravel())[0, 1] > 0.999


@pytest.mark.parametrize("matching", [match_colors, match_luminance])
@pytest.mark.parametrize(
    ("style", "content"),
    [
        (flat(0.3), picture(0)),
        (picture(0), flat(0.3)),
        (flat((0.1, 0.2, 0.3)), flat((0.9, 0.5, 0.7))),
        (flat(0.0), flat(1.0)),
        (gray(0), gray(1)),
    ],
    ids=["flat style", "flat content", "both flat", "black and white", "both gray"],
)
def test_pictures_with_little_in_them_give_no_noise(matching, style, content):
    matched = matching(style, content)

    mean, wanted_mean = statistics(matched)[0], statistics(content)[0]
    if matching is match_luminance:
        wanted_mean = luma(content).mean()
    assert matched.shape == style.shape
    assert mean == pytest.approx(np.broadcast_to(wanted_mean, 3), abs=1e-5)
    quiet = np.ptp(style) == 0 or np.ptp(content.reshape(-1, 3), axis=0).max() == 0
    assert (np.ptp(matched.reshape(-1, 3), axis=0).max() < 1e-5) == quiet


@pytest.mark.parametrize("matching", [match_colors, match_luminance])
def test_what_is_hardly_there_does_not_become_noise(matching):
    """A flat gray of 8 bits whose last bit flickers, and colors that JPEG left in a gray."""
    random = np.random.default_rng(0)
    content = picture(1, 64, 64, 0.25)
    flicker = flat(128 / 255, 64, 64) + random.integers(0, 2, (64, 64, 3)) / 255
    stained = gray(2, height=64, width=64) + 0.003 * random.normal(size=(64, 64, 3))

    flickering = matching(flicker.astype(np.float32), content)
    stains = matching(stained.astype(np.float32), content)
    clean = matching(gray(2, height=64, width=64), content)

    assert flickering.reshape(-1, 3).std(0).max() < 0.03
    assert (stains - clean).reshape(-1, 3).std(0).max() < 0.05


@settings(max_examples=60)
@given(SEEDS, SIDES, SIDES)
def test_matched_luminance_has_the_contents_mean_and_deviation(seed, height, width):
    content, style = picture(seed), picture(seed + 1, height, width)

    matched = match_luminance(style, content)

    assert np.ptp(matched, axis=-1).max() == 0
    assert luma(matched).mean() == pytest.approx(luma(content).mean(), abs=1e-5)
    if luma(content).std() < LARGEST_GAIN * luma(style).std():
        assert luma(matched).std() == pytest.approx(luma(content).std(), rel=1e-3)
    assert match_luminance(matched, content) == pytest.approx(matched, abs=1e-5)


@settings(max_examples=60)
@given(SEEDS, st.floats(0.01, 0.5))
def test_recombined_the_luma_is_the_pictures_and_the_chroma_the_contents(seed, spread):
    content, pixels = picture(seed), np.clip(picture(seed + 1, spread=spread), 0, 1)

    combined = with_colors_of(content, pixels)

    lowest, highest = min(0, content.min()), max(1, content.max())
    assert combined.min() >= lowest - 1e-6
    assert combined.max() <= highest + 1e-6
    assert luma(combined) == pytest.approx(luma(pixels), abs=1e-5)
    chroma = combined - luma(combined)[..., None]
    wanted = content - luma(content)[..., None]
    fits = luma(pixels)[..., None] + wanted
    fits = ((fits >= lowest) & (fits <= highest)).all(-1)
    assert chroma[fits] == pytest.approx(wanted[fits], abs=1e-5)
    # Elsewhere the color is paler, but of the same hue, and as strong as there is room for.
    lengths = [np.linalg.norm(each[~fits], axis=-1) for each in (chroma, wanted)]
    dots = (chroma[~fits] * wanted[~fits]).sum(-1)
    assert dots == pytest.approx(lengths[0] * lengths[1], abs=1e-5)
    assert (lengths[0] < lengths[1]).all()
    room = np.minimum(highest - combined[~fits].max(-1), combined[~fits].min(-1) - lowest)
    assert np.abs(room).max(initial=0) < 1e-5


def test_a_pictures_own_colors_come_back():
    content = np.clip(picture(0, spread=0.4), 0, 1)

    assert with_colors_of(content, content) == pytest.approx(content, abs=1e-6)


def test_colors_beyond_white_are_kept():
    content = flat((3.0, 2.0, 1.0))

    combined = with_colors_of(content, flat(2.0))

    assert combined.max() > 1
    assert combined - 2.0 == pytest.approx(content - luma(content)[..., None], abs=1e-5)


def test_nothing_is_changed_where_colors_are_not_kept():
    content, styles, start = picture(0), (picture(1), picture(2)), picture(3)

    assert seen_by_transfer("no", content, styles, start) == (content, styles, start)
