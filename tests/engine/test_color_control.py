"""Keeping colors, judged by statistics in float64 that NumPy computes by itself."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from maya_stylize.engine import tasks
from maya_stylize.engine.color_control import (
    match_colors,
    match_luminance,
    seen_by_transfer,
    with_colors_of,
)
from maya_stylize.engine.color_maps import LARGEST_GAIN, MAPS
from maya_stylize.images import writer
from maya_stylize.jobs import StylizeJob

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


def match(style, content, method):
    if method == "luminance":
        return match_luminance(style, content)
    return match_colors(style, content, method)


def limited(style, content):
    """Whether the style varies too little somewhere for the content's covariance to be reached."""
    least, most = (np.linalg.eigvalsh(statistics(each)[1])[[0, -1]] for each in (style, content))
    return most[1] > LARGEST_GAIN**2 * least[0] / 2


def chroma(pixels):
    return pixels - luma(pixels)[..., None]


def root(matrix):
    values, vectors = np.linalg.eigh(matrix)
    return vectors @ np.diag(np.sqrt(values)) @ vectors.T


def by_definition(method, covariance, wanted):
    """The maps as the papers write them, for matrices that have an inverse."""
    if method == "cholesky":
        return np.linalg.cholesky(wanted) @ np.linalg.inv(np.linalg.cholesky(covariance))
    if method == "pca":
        return root(wanted) @ np.linalg.inv(root(covariance))
    middle = root(covariance)
    inverse = np.linalg.inv(middle)
    return inverse @ root(middle @ wanted @ middle) @ inverse


@pytest.mark.parametrize("method", MAPS)
@settings(max_examples=60)
@given(SEEDS, SIDES, SIDES, st.floats(0.05, 0.2))
def test_matched_colors_have_the_contents_mean_and_covariance(method, seed, height, width, spread):
    content, style = picture(seed), picture(seed + 1, height, width, spread)
    assume(not limited(style, content))

    matched = match_colors(style, content, method)

    (mean, covariance), (wanted_mean, wanted) = statistics(matched), statistics(content)
    assert matched.dtype == np.float32
    assert mean == pytest.approx(wanted_mean, abs=1e-5)
    assert covariance == pytest.approx(wanted, abs=1e-5)
    assert match_colors(matched, content, method) == pytest.approx(matched, abs=1e-4)
    assert match_colors(content, content, method) == pytest.approx(content, abs=1e-5)


@pytest.mark.parametrize("method", MAPS)
@settings(max_examples=30)
@given(SEEDS)
def test_the_maps_are_those_of_the_papers(method, seed):
    content, style = picture(seed), picture(seed + 1)
    assume(not limited(style, content))
    (mean, covariance), (wanted_mean, wanted) = statistics(style), statistics(content)

    matched = match_colors(style, content, method)

    move = by_definition(method, covariance, wanted)
    assert matched == pytest.approx((style - mean) @ move.T + wanted_mean, abs=1e-4)


@pytest.mark.parametrize("method", MAPS)
@settings(max_examples=60)
@given(SEEDS, st.sampled_from(["picture", "gray", "flat", "one color"]), st.booleans())
def test_no_color_is_made_to_vary_more_than_in_the_content(method, seed, kind, swapped):
    """Whatever the two are, also where the covariances have no inverse."""
    random = np.random.default_rng(seed)
    odd = {
        "picture": picture(seed, spread=10 ** random.uniform(-3, -0.5)),
        "gray": gray(seed),
        "flat": flat(random.uniform(0, 1, 3)),
        "one color": picture(seed) * np.float32([1, 0, 0]),
    }[kind]
    style, content = (picture(seed + 1), odd) if swapped else (odd, picture(seed + 1))

    matched = match_colors(style, content, method)

    (mean, covariance), (wanted_mean, wanted) = statistics(matched), statistics(content)
    assert mean == pytest.approx(wanted_mean, abs=1e-5)
    assert np.linalg.eigvalsh(wanted - covariance)[0] > -1e-5
    if swapped and not limited(style, content):
        assert covariance == pytest.approx(wanted, abs=1e-5)


@settings(max_examples=30)
@given(SEEDS)
def test_of_the_maps_that_match_the_symmetric_one_moves_colors_least(seed):
    content, style = picture(seed), picture(seed + 1)
    assume(not limited(style, content))

    moved = {method: ((match_colors(style, content, method) - style) ** 2).sum() for method in MAPS}

    assert moved["symmetric"] <= min(moved.values()) * (1 + 1e-5)


@pytest.mark.parametrize("method", MAPS)
def test_a_channel_that_another_follows_closely_is_kept(method):
    """Green has little beside red, and blue has much of just that: no gain is needed here."""
    random = np.random.default_rng(0)
    red, green = random.normal(size=(2, 24, 31)) * np.reshape([0.1, 0.002], (2, 1, 1))
    content = 0.5 + np.stack([red, red + green, 20 * green], axis=-1).astype(np.float32)

    assert match_colors(content, content, method) == pytest.approx(content, abs=1e-5)


@settings(max_examples=30)
@given(SEEDS)
def test_by_cholesky_red_leads(seed):
    """Red is made of red alone, so what is no red in the style changes nothing in it."""
    content, style = picture(seed), picture(seed + 1)
    other = np.concatenate([style[..., :1], style[..., ::-1][..., :2]], axis=-1)

    matched, others = (match_colors(each, content, "cholesky") for each in (style, other))

    assert matched[..., 0] == pytest.approx(others[..., 0], abs=1e-5)
    assert np.corrcoef(matched[..., 0].ravel(), style[..., 0].ravel())[0, 1] > 1 - 1e-5


@settings(max_examples=30)
@given(SEEDS)
def test_other_channels_first_matter_to_cholesky_alone(seed):
    content, style = picture(seed), picture(seed + 1)
    assume(not limited(style, content))

    for method in MAPS:
        matched = match_colors(style, content, method)
        turned = match_colors(style[..., ::-1], content[..., ::-1], method)[..., ::-1]
        same = np.abs(matched - turned).max() < 1e-4
        assert same == (method != "cholesky")


@settings(max_examples=30)
@given(SEEDS)
def test_where_the_principal_axes_are_the_same_pca_is_symmetric(seed):
    """Both then only stretch each axis; elsewhere they differ, for the axes have to be turned."""
    random = np.random.default_rng(seed)
    axes = np.linalg.qr(random.normal(size=(3, 3)))[0]
    given, wanted = (axes @ np.diag(random.uniform(0.01, 0.1, 3)) @ axes.T for _ in range(2))
    other = np.diag([0.09, 0.03, 0.01])

    symmetric, pca = MAPS["symmetric"], MAPS["pca"]

    assert pca(given, wanted) == pytest.approx(symmetric(given, wanted), abs=1e-9)
    turned = np.abs(given @ other - other @ given).max() > 1e-4
    assert not turned or np.abs(pca(given, other) - symmetric(given, other)).max() > 1e-6


@settings(max_examples=30)
@given(SEEDS)
def test_a_gray_style_takes_the_contents_colors_by_brightness(seed):
    """What is asked of a linear map that has one number to go by: the line of regression."""
    content, style = picture(seed), gray(seed + 1)

    matched = match_colors(style, content, "symmetric")

    mean, covariance = statistics(content)
    axis = GRAY / np.sqrt(3)
    slope = covariance @ axis / (axis @ covariance @ axis)
    along = (matched - mean) @ axis
    assert (matched - mean) == pytest.approx(along[..., None] * slope, abs=1e-5)
    assert along.var() == pytest.approx(axis @ covariance @ axis, rel=1e-3)


@pytest.mark.parametrize("method", MAPS)
@settings(max_examples=30)
@given(SEEDS)
@example(278)  # a style that hardly varies along gray
def test_a_gray_content_makes_the_style_gray(method, seed):
    content, style = gray(seed), picture(seed + 1)

    matched = match_colors(style, content, method)

    assert np.ptp(matched, axis=-1).max() < 1e-5
    assert matched[..., 0].mean() == pytest.approx(content[..., 0].mean(), abs=1e-5)
    # What hardly varies in the style is not made to vary as much as each map would have it: along
    # gray, the last of its own axes, or red.
    covariance = statistics(style)[1]
    varies = {
        "symmetric": GRAY @ covariance @ GRAY / 3,
        "pca": np.linalg.eigvalsh(covariance)[0],
        "cholesky": covariance[0, 0],
    }
    if LARGEST_GAIN**2 * varies[method] > content[..., 0].var() * 3:
        assert matched[..., 0].std() == pytest.approx(content[..., 0].std(), rel=1e-3)
    else:
        assert matched[..., 0].std() < content[..., 0].std() * 1.001
    if method == "symmetric":  # the style's own light and dark, no color turned around in it
        assert np.corrcoef(matched[..., 0].ravel(), style.mean(-1).ravel())[0, 1] > 0.999


@pytest.mark.parametrize("method", [*MAPS, "luminance"])
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
def test_pictures_with_little_in_them_give_no_noise(method, style, content):
    matched = match(style, content, method)

    mean, wanted_mean = statistics(matched)[0], statistics(content)[0]
    if method == "luminance":
        wanted_mean = luma(content).mean()
    assert matched.shape == style.shape
    assert mean == pytest.approx(np.broadcast_to(wanted_mean, 3), abs=1e-5)
    quiet = np.ptp(style) == 0 or np.ptp(content.reshape(-1, 3), axis=0).max() == 0
    assert (np.ptp(matched.reshape(-1, 3), axis=0).max() < 1e-5) == quiet


@pytest.mark.parametrize("method", [*MAPS, "luminance"])
def test_what_is_hardly_there_does_not_become_noise(method):
    """A flat gray of 8 bits whose last bit flickers, and colors that JPEG left in a gray."""
    random = np.random.default_rng(0)
    content = picture(1, 64, 64, 0.25)
    flicker = flat(128 / 255, 64, 64) + random.integers(0, 2, (64, 64, 3)) / 255
    stained = gray(2, height=64, width=64) + 0.003 * random.normal(size=(64, 64, 3))

    flickering = match(flicker.astype(np.float32), content, method)
    stains = match(stained.astype(np.float32), content, method)
    clean = match(gray(2, height=64, width=64), content, method)

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


@pytest.mark.parametrize("strength", [0, 0.5, 1])
def test_nothing_is_changed_where_colors_are_not_kept(strength):
    pictures = picture(0), (picture(1), picture(2)), picture(3)

    assert seen_by_transfer("no", strength, *pictures) == pictures


@pytest.mark.parametrize("method", [*MAPS, "luminance"])
def test_colors_kept_at_no_strength_are_not_kept(method):
    pictures = picture(0), (picture(1), picture(2)), picture(3)

    assert seen_by_transfer(method, 0, *pictures) == pictures
    assert with_colors_of(picture(0), picture(1), 0) == pytest.approx(picture(1), abs=1e-6)


@pytest.mark.parametrize("method", MAPS)
@settings(max_examples=30)
@given(SEEDS, st.sampled_from([0.25, 0.5, 1]))
def test_at_some_strength_the_styles_colors_go_so_far(method, seed, strength):
    content, style, start = picture(seed), picture(seed + 1), picture(seed + 2)
    assume(not limited(style, content))

    seen, (moved,), begun = seen_by_transfer(method, strength, content, (style,), start)

    assert seen is content
    assert begun is start
    matched = match_colors(style, content, method)
    assert moved - style == pytest.approx(strength * (matched - style), abs=1e-5)
    (mean, covariance), (wanted_mean, wanted) = statistics(style), statistics(content)
    assert statistics(moved)[0] == pytest.approx(
        (1 - strength) * mean + strength * wanted_mean, abs=1e-5
    )
    move = np.eye(3) + strength * (by_definition(method, covariance, wanted) - np.eye(3))
    assert statistics(moved)[1] == pytest.approx(move @ covariance @ move.T, abs=1e-4)
    if strength == 1:
        assert (moved == matched).all()


@settings(max_examples=30)
@given(SEEDS, st.sampled_from([0.25, 0.5, 1]))
def test_luminance_at_some_strength_has_both_pictures_chroma_by_their_shares(seed, strength):
    """Where the transfer does nothing: its own picture comes out as it was seen."""
    content, style = picture(seed, spread=0.03), picture(seed + 1, spread=0.03)

    seen, (moved,), begun = seen_by_transfer("luminance", strength, content, (style,), content)
    combined = with_colors_of(content, moved, strength)

    left = np.sqrt(1 - strength)
    assert luma(seen) == pytest.approx(luma(content), abs=1e-5)
    assert chroma(seen) == pytest.approx(left * chroma(content), abs=1e-5)
    assert (begun == seen).all()
    middle = (1 - strength) * luma(style) + strength * luma(match_luminance(style, content))
    assert luma(moved) == pytest.approx(middle, abs=1e-5)
    assert chroma(moved) == pytest.approx(left * chroma(style), abs=1e-5)
    assert luma(combined) == pytest.approx(luma(moved), abs=1e-5)
    wanted = (1 - strength) * chroma(style) + strength * chroma(content)
    fits = (luma(combined)[..., None] + wanted > 0).all(-1)
    fits &= (luma(combined)[..., None] + wanted < 1).all(-1)
    assert fits.mean() > 0.9
    assert chroma(combined)[fits] == pytest.approx(wanted[fits], abs=1e-5)
    if strength == 1:
        assert np.ptp(moved, axis=-1).max() == 0


@pytest.mark.parametrize("method", ["luminance", *MAPS])
def test_only_what_is_shown_counts(method):
    """Against statistics of the shown pixels alone, in float64."""
    random = np.random.default_rng(8)
    style = random.random((11, 13, 3), dtype=np.float32) ** 2
    content = random.random((9, 17, 3), dtype=np.float32) * np.float32([0.9, 0.5, 0.2])
    covers = [random.choice(np.float32([0, 0.25, 1]), each.shape[:2]) for each in (style, content)]
    hidden = [
        np.where(cover[..., None] > 0, each, np.float32([1, 0, 1]))
        for each, cover in zip((style, content), covers, strict=True)
    ]
    pictures = method, 1.0, hidden[1], (hidden[0],), None
    _, (plain,), _ = seen_by_transfer(*pictures)
    _, (moved,), _ = seen_by_transfer(*pictures, [(covers[0], covers[1])])

    def statistics(pixels, cover):
        flat = pixels.reshape(-1, 3).astype(np.float64)
        if method == "luminance":
            flat = (flat @ LUMA)[:, None]
        weights = cover.ravel().astype(np.float64)
        return np.average(flat, 0, weights), np.cov(flat.T, aweights=weights, ddof=0)

    (mean, spread), (wanted_mean, wanted) = (
        statistics(moved, covers[0]),
        statistics(content, covers[1]),
    )
    assert mean == pytest.approx(wanted_mean, abs=1e-5)
    assert spread == pytest.approx(wanted, abs=1e-5)
    assert np.abs(plain - moved).max() > 0.02


def test_as_a_mask_alpha_keeps_the_rest_out_of_the_colors(tmp_path):
    random = np.random.default_rng(9)
    paths = {name: str(tmp_path / f"{name}.png") for name in ("content", "style")}
    half = np.ones((24, 24), np.float32)
    half[:, 12:] = 0
    for path in paths.values():
        pixels = random.random((24, 24, 3), dtype=np.float32) * 0.5
        pixels[:, 12:] = 1
        writer.write(path, pixels, alpha=half)
    job = StylizeJob(
        content=paths["content"],
        styles=(paths["style"],),
        output=str(tmp_path / "o.png"),
        keep_colors="symmetric",
        alpha="mask",
    )
    content, (seen,), _ = tasks.read(job).problem._seen
    opaque = content[:, :12].reshape(-1, 3)
    matched = seen[:, :12].reshape(-1, 3)
    assert matched.mean(0) == pytest.approx(opaque.mean(0), abs=1e-4)
    assert np.cov(matched.T, ddof=0) == pytest.approx(np.cov(opaque.T, ddof=0), abs=1e-4)
