"""Masks: what their numbers mean, and which are refused."""

import numpy as np
import pytest

from maya_stylize.errors import ImageError
from maya_stylize.images import masks, writer


def written(path, values, alpha=None, depth="uint8"):
    values = np.asarray(values, np.float32)
    writer.write(path, np.repeat(values[..., None], 3, -1), alpha=alpha, depth=depth)
    return path


def test_whole_numbers_count_as_they_are(tmp_path):
    values = np.linspace(0, 1, 256).reshape(16, 16)
    found = masks.read(written(tmp_path / "m.png", values), (16, 16), "the picture has")
    np.testing.assert_allclose(found, values, atol=1e-6)


def test_floats_count_as_they_are_and_no_more_than_one(tmp_path):
    import OpenImageIO

    values = np.linspace(-0.5, 1.5, 256, dtype=np.float32).reshape(16, 16)
    output = OpenImageIO.ImageOutput.create(str(tmp_path / "m.exr"))
    output.open(str(tmp_path / "m.exr"), OpenImageIO.ImageSpec(16, 16, 1, "float"))
    output.write_image(values[..., None])
    output.close()
    found = masks.read(tmp_path / "m.exr", (16, 16), "the picture has")
    np.testing.assert_allclose(found, np.clip(values, 0, 1), atol=1e-5)


def test_alpha_counts_too(tmp_path):
    alpha = np.zeros((16, 16), np.float32)
    alpha[4:8] = 1
    path = written(tmp_path / "m.png", np.ones((16, 16)), alpha=alpha)
    np.testing.assert_array_equal(masks.read(path, (16, 16), "the picture has"), alpha)


def test_another_size_of_the_same_proportions_is_resampled(tmp_path):
    values = np.zeros((16, 32))
    values[:, 16:] = 1
    found = masks.read(written(tmp_path / "m.png", values), (128, 64), "the picture has")
    assert found.shape == (64, 128)
    assert found[:, :56].max() < 0.05
    assert found[:, 72:].min() > 0.95


def test_other_proportions_are_refused_with_both_sizes(tmp_path):
    path = written(tmp_path / "m.png", np.ones((16, 32)))
    with pytest.raises(ImageError, match=r"32x16 pixels, and the picture has 64x64"):
        masks.read(path, (64, 64), "the picture has")


def test_black_all_over_is_refused(tmp_path):
    path = written(tmp_path / "m.png", np.zeros((16, 16)))
    with pytest.raises(ImageError, match="black all over"):
        masks.read(path, (16, 16), "the picture has")
