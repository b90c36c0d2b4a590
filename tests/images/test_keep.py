"""What a result has of its source besides pixels and depth."""

from __future__ import annotations

import cv2
import numpy as np
import OpenImageIO
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize.images.keep import Keep
from maya_stylize.images.reader import read
from maya_stylize.images.writer import write

PIXELS = np.random.default_rng(2).random((12, 20, 3), dtype=np.float32)
ACES = (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)
DENSE = {"XResolution": 300.0, "YResolution": 300.0, "ResolutionUnit": "in"}
WIDE = {**DENSE, "XResolution": 150.0, "PixelAspectRatio": 2.0}


def source(path, depth="uint8", **attributes):
    """Write a file as another program would."""
    spec = OpenImageIO.ImageSpec(20, 12, 3, depth)
    if path.suffix == ".jpg":  # where OpenImageIO has it upside down
        attributes.pop("PixelAspectRatio", None)
    for name, value in attributes.items():
        if isinstance(value, tuple):
            spec.attribute(name, OpenImageIO.TypeDesc("float[8]"), value)
        else:
            spec.attribute(name, value)
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    assert output.write_image(PIXELS)
    output.close()
    return path


def header(path):
    opened = OpenImageIO.ImageInput.open(str(path))
    spec = opened.spec()
    opened.close()
    return spec


def passed(tmp_path, first, second, depth="uint8", **attributes):
    """Read a file and write it again; return the second file's header."""
    picture = read(source(tmp_path / f"source.{first}", depth, **attributes))
    target = tmp_path / f"result.{second}"
    write(target, picture.pixels, depth=picture.depth, keep=picture.keep)
    return header(target)


@pytest.mark.parametrize(
    ("suffix", "depth", "compression"),
    [
        *(("tif", "uint8", name) for name in ("none", "lzw", "zip", "packbits")),
        *(("exr", "half", name) for name in ("none", "rle", "zips", "zip", "piz", "pxr24", "b44")),
        *(("exr", "half", name) for name in ("b44a", "dwaa", "dwab")),
        ("tga", "uint8", "rle"),
    ],
)
def test_the_compression_stays(suffix, depth, compression, tmp_path):
    spec = passed(tmp_path, suffix, suffix, depth, compression=compression)
    assert spec.get_string_attribute("compression") == compression


def test_the_level_of_a_lossy_compression_stays(tmp_path):
    spec = passed(tmp_path, "exr", "exr", "half", compression="dwaa:120")
    assert spec.get_float_attribute("openexr:dwaCompressionLevel") == 120


def test_another_formats_compression_is_not_taken(tmp_path):
    assert passed(tmp_path, "exr", "tif", "half", compression="zips").get_string_attribute(
        "compression"
    ) == header(write(tmp_path / "plain.tif", PIXELS, depth="half").path).get_string_attribute(
        "compression"
    )


def test_jpeg_inside_tiff_is_not_taken(tmp_path):
    spec = passed(tmp_path, "tif", "tif", compression="jpeg")
    assert spec.get_string_attribute("compression") == "zip"


@pytest.mark.parametrize("first", ["png", "tif", "jpg"])
@pytest.mark.parametrize("second", ["png", "tif", "jpg", "tx"])
@pytest.mark.parametrize("attributes", [DENSE, WIDE])
def test_the_density_stays(first, second, attributes, tmp_path):
    spec = passed(tmp_path, first, second, **attributes)
    for name in ("XResolution", "YResolution"):
        assert spec.get_float_attribute(name) == pytest.approx(attributes[name], abs=0.6)
    assert spec.get_string_attribute("ResolutionUnit") in ("in", "inch")


@pytest.mark.parametrize("first", ["png", "tif", "exr", "tga"])
@pytest.mark.parametrize("second", ["png", "tif", "exr", "tga", "jpg", "tx"])
def test_the_pixels_keep_their_shape(first, second, tmp_path):
    depth = "half" if first == "exr" else "uint8"
    passed(tmp_path, first, second, depth, PixelAspectRatio=2.0)
    assert read(tmp_path / f"result.{second}").keep.aspect == pytest.approx(2, rel=1e-3)


def test_square_pixels_of_no_density_say_nothing(tmp_path):
    spec = passed(tmp_path, "png", "png")
    assert spec.get_float_attribute("XResolution") == 0


def test_a_jpegs_pixels_as_its_own_bytes_tell_them(tmp_path):
    passed(tmp_path, "tif", "jpg", **WIDE)
    data = (tmp_path / "result.jpg").read_bytes()
    start = data.index(b"JFIF\0") + 5
    assert data[start + 2 : start + 7] == b"\1" + (150).to_bytes(2, "big") + (300).to_bytes(
        2, "big"
    )


def test_a_turned_picture_has_turned_pixels(tmp_path):
    picture = read(source(tmp_path / "a.tif", Orientation=6, **WIDE))
    assert picture.pixels.shape == (20, 12, 3)
    assert picture.keep.aspect == pytest.approx(0.5)
    assert picture.keep.density == pytest.approx(300)
    write(tmp_path / "b.tif", picture.pixels, keep=picture.keep)
    assert header(tmp_path / "b.tif").get_float_attribute("YResolution") == pytest.approx(150)


def test_the_primaries_stay_between_exr_files(tmp_path):
    spec = passed(tmp_path, "exr", "exr", "half", chromaticities=ACES)
    assert spec.getattribute("chromaticities") == pytest.approx(ACES)


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg", "exr", "tx"])
def test_the_copyright_stays_and_nothing_else_that_was_written_there(suffix, tmp_path):
    private = {
        "Artist": "the artist",
        "HostComputer": "the machine",
        "DocumentName": "/secret/place/of/the/picture",
        "ImageDescription": "what it was",
        "DateTime": "2019:01:02 03:04:05",
        "Software": "another program",
    }
    spec = passed(tmp_path, "tif", suffix, Copyright="(c) somebody", **private)
    assert spec.get_string_attribute("Copyright") == "(c) somebody"
    data = (tmp_path / f"result.{suffix}").read_bytes()
    for value in private.values():
        assert value.encode() not in data


def test_how_a_texture_repeats_stays(tmp_path):
    write(tmp_path / "a.tx", PIXELS, keep=Keep(wrap="mirror,clamp"))
    picture = read(tmp_path / "a.tx")
    write(tmp_path / "b.tx", picture.pixels, keep=picture.keep)
    assert header(tmp_path / "b.tx").get_string_attribute("wrapmodes") == "mirror,clamp"


@given(
    st.floats(width=32),
    st.floats(width=32),
    st.floats(width=32),
    st.sampled_from(["png", "tiff", "jpeg", "openexr", "targa"]),
)
def test_absurd_headers_are_not_believed(x, y, aspect, kind):
    spec = OpenImageIO.ImageSpec(4, 4, 3, "uint8")
    for name, value in (("XResolution", x), ("YResolution", y), ("PixelAspectRatio", aspect)):
        spec.attribute(name, value)
    keep = Keep.of(kind, spec)
    assert 0.01 <= keep.aspect <= 100
    written = OpenImageIO.ImageSpec(4, 4, 3, "uint8")
    keep.put(kind, written)
    for axis in "XY":
        assert 0 <= written.get_float_attribute(f"{axis}Resolution") <= 65535


def test_a_picture_of_another_program_reads_the_same(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((4, 4, 3), np.uint8))
    assert read(tmp_path / "a.png").keep == Keep(format="png")
