"""What a header says, against OpenCV, and against files built by hand."""

from __future__ import annotations

import cv2
import numpy as np
import OpenImageIO
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maya_stylize.errors import ImageError
from maya_stylize.images import reader
from maya_stylize.images.probe import Facts, probe

SHARED = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SHARED
@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from(["png", "tif", "jpg"]),
    st.sampled_from(["uint8", "uint16"]),
)
def test_size_and_depth_of_what_opencv_wrote(tmp_path, width, height, suffix, depth):
    depth = "uint8" if suffix == "jpg" else depth
    path = tmp_path / f"a.{suffix}"
    cv2.imwrite(str(path), np.zeros((height, width, 3), depth))
    facts = probe(path)
    assert (facts.width, facts.height, facts.depth) == (width, height, depth)
    assert facts.channels == ("R", "G", "B")
    assert facts.color_space == "sRGB"


def oiio_write(path, width, height, channels, depth, **attributes):
    spec = OpenImageIO.ImageSpec(width, height, channels, depth)
    for name, value in attributes.items():
        spec.attribute(name.replace("__", ":"), value)
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    output.write_image(np.zeros((height, width, channels), np.float32))
    output.close()


@pytest.mark.parametrize(
    ("name", "depth", "kind"),
    [("a.exr", "half", "EXR"), ("a.exr", "float", "EXR"), ("a.tif", "float", "TIFF")],
)
def test_floats_are_linear(tmp_path, name, depth, kind):
    oiio_write(tmp_path / name, 5, 3, 4, depth)
    found = probe(tmp_path / name)
    assert found == Facts(5, 3, ("R", "G", "B", "A"), depth, "scene-linear Rec.709-sRGB", kind)


def test_a_color_space_that_the_file_names_is_kept(tmp_path):
    oiio_write(tmp_path / "a.exr", 5, 3, 3, "half", oiio__ColorSpace="ACEScg")
    assert probe(tmp_path / "a.exr").color_space == "ACEScg"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_that_of_the_picture_turned_upright(tmp_path, orientation):
    oiio_write(tmp_path / "a.tif", 7, 3, 3, "uint8", Orientation=orientation)
    facts = probe(tmp_path / "a.tif")
    assert reader.read(tmp_path / "a.tif").pixels.shape == (facts.height, facts.width, 3)


def test_what_cannot_be_used_is_described_all_the_same(tmp_path):
    """A mask of one channel, or one with normals, is listed too."""
    oiio_write(tmp_path / "a.tif", 7, 3, 1, "uint8")
    assert probe(tmp_path / "a.tif").channels == ("Y",)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"II*\0", b"v/1\x01"])
@pytest.mark.parametrize("suffix", ["png", "tif", "exr"])
def test_what_is_no_picture(tmp_path, content, suffix):
    (tmp_path / f"a.{suffix}").write_bytes(content)
    with pytest.raises(ImageError) as caught:
        probe(tmp_path / f"a.{suffix}")
    assert str(tmp_path) in caught.value.message
    assert caught.value.hint


def test_pixels_are_not_read(tmp_path):
    """A TIFF whose strips are gone still has a header."""
    cv2.imwrite(str(tmp_path / "a.tif"), np.zeros((30, 20, 3), np.uint8))
    oiio_write(tmp_path / "a.exr", 640, 480, 3, "half")
    whole = (tmp_path / "a.exr").read_bytes()
    (tmp_path / "a.exr").write_bytes(whole[: len(whole) // 2])
    assert (probe(tmp_path / "a.exr").width, probe(tmp_path / "a.exr").height) == (640, 480)
    with pytest.raises(ImageError):
        reader.read(tmp_path / "a.exr")
