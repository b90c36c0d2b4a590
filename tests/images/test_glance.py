"""A look at a large picture: right, and in little memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import OpenImageIO
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maya_stylize.errors import ImageError
from maya_stylize.images.reader import glance, read
from maya_stylize.images.spaces import LINEAR

SHARED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def oiio_write(path, values, depth, tile=0):
    spec = OpenImageIO.ImageSpec(values.shape[1], values.shape[0], values.shape[2], depth)
    if values.shape[2] == 4:
        spec.channelnames = ("R", "G", "B", "A")
        spec.attribute("oiio:UnassociatedAlpha", 1)
    spec.tile_width = spec.tile_height = tile
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    assert output.write_image(np.ascontiguousarray(values)), output.geterror()
    output.close()


def squares(values, side):
    """Averages over squares of pixels, one by one."""
    height, width = (-(-length // side) for length in values.shape[:2])
    return np.array(
        [
            [
                values[side * row : side * (row + 1), side * column : side * (column + 1)].mean(
                    (0, 1)
                )
                for column in range(width)
            ]
            for row in range(height)
        ]
    )


@SHARED
@given(
    st.integers(17, 300),
    st.integers(17, 300),
    st.integers(16, 40),
    st.sampled_from([("a.png", 0), ("a.tif", 0), ("a.tif", 16), ("a.tif", 32)]),
    st.sampled_from([3, 4]),
)
def test_it_is_the_average_over_squares(tmp_path, width, height, longest, file, channels):
    name, tile = file
    random = np.random.default_rng(width * height)
    values = random.integers(0, 255, (height, width, channels), np.uint8, endpoint=True)
    oiio_write(tmp_path / name, values, "uint8", tile)
    found = glance(tmp_path / name, longest)
    side = 1
    while max(width, height) >= 4 * longest * side:
        side *= 2
    whole = squares(values / 255, side)
    np.testing.assert_allclose(found.pixels, whole[..., :3], atol=1e-5)
    if channels == 4:
        np.testing.assert_allclose(found.alpha, whole[..., 3], atol=1e-5)
    assert min(max(width, height), longest) <= max(found.pixels.shape) < 4 * longest + 1


@pytest.mark.parametrize("depth", ["half", "float"])
def test_floats_are_averaged_as_light(tmp_path, depth):
    values = np.zeros((256, 256, 3), np.float32)
    values[:, ::2] = 1
    oiio_write(tmp_path / "a.exr", values, depth)
    found = glance(tmp_path / "a.exr", 16)
    assert found.pixels == pytest.approx(0.735357, abs=1e-3)  # half the light, on the sRGB curve
    assert found.space is LINEAR


def test_the_files_own_smaller_versions_are_used(tmp_path):
    values = np.zeros((256, 256, 3), np.float32)
    oiio_write(tmp_path / "a.exr", values, "half")
    source = OpenImageIO.ImageBuf(str(tmp_path / "a.exr"))
    config = OpenImageIO.ImageSpec()
    target = str(tmp_path / "a.tx")
    assert OpenImageIO.ImageBufAlgo.make_texture(OpenImageIO.MakeTxTexture, source, target, config)
    for longest, level in ((64, 2), (60, 2), (33, 2), (32, 3), (16, 4), (256, 0)):
        assert max(glance(tmp_path / "a.tx", longest).pixels.shape) == 256 >> level
    assert read(tmp_path / "a.tx").pixels.shape == (256, 256, 3)


def test_what_is_not_finite_is_black(tmp_path):
    values = np.ones((64, 64, 3), np.float32)
    values[0, 0] = np.nan
    values[63, 63] = np.inf
    oiio_write(tmp_path / "a.exr", values, "float")
    for longest in (64, 8):
        pixels = glance(tmp_path / "a.exr", longest).pixels
        assert pixels[0, 0].max() == pixels[-1, -1].max() == 0
        assert pixels[0, -1].min() == pytest.approx(1)


def test_a_large_picture_takes_little_memory(tmp_path):
    values = np.zeros((3000, 3000, 3), np.uint8)
    oiio_write(tmp_path / "a.tif", values, "uint8")
    oiio_write(tmp_path / "tiled.tif", values, "uint8", tile=64)
    for name in ("a.tif", "tiled.tif"):
        tracemalloc.start()
        glance(tmp_path / name, 128)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < values.nbytes


@pytest.mark.parametrize("tile", [0, 64])
def test_a_picture_that_is_cut_short_is_refused(tmp_path, tile):
    path = tmp_path / "a.tif"
    random = np.random.default_rng(0)
    oiio_write(path, random.integers(0, 255, (900, 900, 3), np.uint8), "uint8", tile)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImageError, match=r"a\.tif"):
        glance(path, 64)
