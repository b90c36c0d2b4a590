"""Noise with an example's colors and frequencies, against sums over its definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine.material import Material
from maya_stylize.engine.random_phase import noise_like
from maya_stylize.engine.schedule import Octave
from maya_stylize.engine.texture import Synthesis
from maya_stylize.images import reader
from maya_stylize.jobs import MaterialJob, SynthesizeJob

OCTAVE = Octave(32, 32, 8, 60)


def blotches(height, width, channels=3, seed=0):
    """Noise whose neighbors and channels are alike."""
    random = np.random.default_rng(seed)
    fine = random.normal(size=(height + 2, width + 2, channels))
    smooth = sum(np.roll(fine, shift, (0, 1)) for shift in ((0, 0), (1, 0), (0, 1), (1, 1)))
    mixed = smooth[1:-1, 1:-1] @ (np.eye(channels) + 2)
    return (0.5 + 0.05 * mixed).astype(np.float32)


def covariances(pictures, down, across):
    """Return how channels vary with those of the place so far away, around no mean, float64."""
    height, width = pictures.shape[1:3]
    here = pictures[:, : height - down, : width - across]
    there = pictures[:, down:, across:]
    return np.einsum("nhwc,nhwd->cd", here, there)


def by_sums(example, size, white, wrap, share):
    """Return what the definition says, place by place."""
    share = np.ones(example.shape[:2]) if share is None else share.astype(np.float64)
    mean = np.einsum("hw,hwc->c", share, example) / share.sum()
    kernel = share[..., None] * (example - mean) / np.linalg.norm(share)
    (rows, columns), (height, width) = example.shape[:2], size
    noise = np.tile(mean, (height, width, 1))
    for i in range(height):
        for j in range(width):
            for a in range(rows):
                for b in range(columns):
                    row = (i - a) % height if wrap[0] else i - a + rows - 1
                    column = (j - b) % width if wrap[1] else j - b + columns - 1
                    noise[i, j] += kernel[a, b] * white[row, column]
    return noise


@settings(max_examples=20)
@given(
    st.tuples(*[st.integers(1, 5)] * 4),
    st.integers(1, 4),
    st.tuples(st.booleans(), st.booleans()),
    st.booleans(),
)
def test_it_is_what_its_definition_says(sides, channels, wrap, shared):
    height, width, rows, columns = sides
    example = blotches(rows, columns, channels)
    share = np.random.default_rng(1).uniform(0.1, 1, (rows, columns)) if shared else None
    white = np.random.default_rng(2).normal(
        size=(
            height if wrap[0] else height + rows - 1,
            width if wrap[1] else width + columns - 1,
        )
    )

    found = noise_like(example, (height, width), np.random.default_rng(2), wrap, share)

    assert found.dtype == np.float32
    wanted = by_sums(example, (height, width), white, wrap, share)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("wrap", [(False, False), (True, True)])
@pytest.mark.parametrize(("down", "across"), [(0, 0), (1, 0), (0, 1), (1, 1), (3, 2)])
def test_covariances_near_and_far_are_the_examples(wrap, down, across):
    example = blotches(16, 14)
    mean = example.mean((0, 1))
    noises = np.stack(
        [noise_like(example, (24, 20), np.random.default_rng(seed), wrap) for seed in range(300)]
    )

    found = covariances(noises - mean, down, across) / (300 * (24 - down) * (20 - across))

    centered = (example - mean)[None].astype(np.float64)
    wanted = covariances(centered, down, across) / (16 * 14)
    np.testing.assert_allclose(found, wanted, atol=0.03 * np.abs(example - mean).max() ** 2)


def test_what_counts_for_nothing_changes_nothing():
    example, share = blotches(9, 8), np.ones((9, 8), np.float32)
    share[:, 5:] = 0
    other = example.copy()
    other[:, 5:] = 17

    first, second = (
        noise_like(each, (12, 11), np.random.default_rng(0), share=share)
        for each in (example, other)
    )

    np.testing.assert_allclose(first, second, atol=1e-6)
    assert first.std() == pytest.approx(example[:, :5].std(), rel=0.5)


def test_of_one_color_comes_that_color_and_of_nothing_comes_black():
    flat = np.full((7, 5, 3), 0.25, np.float32)
    random = np.random.default_rng(0)

    np.testing.assert_allclose(noise_like(flat, (9, 9), random), 0.25, atol=1e-6)
    nothing = noise_like(blotches(7, 5), (9, 9), random, share=np.zeros((7, 5)))
    np.testing.assert_array_equal(nothing, 0)


@pytest.mark.parametrize("name", ["pebbles", "bricks"])
def test_a_texture_begins_without_chroma_that_its_exemplar_has_not(name):
    path = EXEMPLARS / f"{name}.png"
    job = SynthesizeJob(exemplar=str(path), output="o.png", size=(256, 256))
    problem = Synthesis(job, reader.read(str(path)).pixels)

    begun = problem.begin(OCTAVE, np.random.default_rng(0))

    example = problem.example(OCTAVE)
    for color in ([1, 0, -1], [1, -2, 1]):  # noise by channel has 2 to 9 times as much
        assert (begun @ color).std() < 1.5 * (example @ color).std()
    assert begun.std() > 0.6 * example.std()


def test_a_materials_maps_begin_aligned_and_its_gray_maps_gray():
    color = blotches(64, 64)
    height = np.repeat(color.mean(-1, keepdims=True), 3, -1)
    files = {"albedo": "a.png", "height": "h.png"}
    job = MaterialJob(maps=files, output="new_<map>.png", size=(64, 64))
    exemplar = np.concatenate([color, height], -1)

    begun = Material(exemplar=exemplar, job=job, kinds=("albedo", "height")).begin(
        OCTAVE, np.random.default_rng(0)
    )

    np.testing.assert_array_equal(begun[..., 3:], np.repeat(begun[..., 3:4], 3, -1))
    alike = np.corrcoef(begun[..., :3].mean(-1).ravel(), begun[..., 3].ravel())[0, 1]
    assert alike > 0.99  # 0 where each map has noise of its own
