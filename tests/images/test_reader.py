"""What is read, against files built by hand and against OpenCV."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import OpenImageIO
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize.images import spaces
from maya_stylize.images.color import linear_to_srgb
from maya_stylize.images.reader import read

RNG = np.random.default_rng(7)
# The sRGB curve at linear 0, 0.002, 0.18, 0.5, 1, 4 (IEC 61966-2-1 worked out to six digits).
LINEAR = np.float32([0, 0.002, 0.18, 0.5, 1, 4])
ENCODED = [0, 0.02584, 0.461356, 0.735357, 1, 1.824796]


def scanlines(rows) -> bytes:
    return b"".join(b"\0" + bytes(row) for row in rows)


def oiio_write(path, values, depth, names=None, **attributes):
    spec = OpenImageIO.ImageSpec(values.shape[1], values.shape[0], values.shape[2], depth)
    if names:
        spec.channelnames = tuple(names)
    for name, value in attributes.items():
        spec.attribute(name.replace("__", ":"), value)
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    assert output.write_image(np.ascontiguousarray(values)), output.geterror()
    output.close()


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_whole_numbers_as_opencv_wrote_them(suffix, dtype, tmp_path):
    largest = np.iinfo(dtype).max
    values = RNG.integers(0, largest, (13, 17, 3), dtype, endpoint=True)
    values[0, 0], values[0, 1] = 0, largest
    cv2.imwrite(str(tmp_path / f"a.{suffix}"), values[..., ::-1])
    picture = read(tmp_path / f"a.{suffix}")
    assert (picture.depth, picture.space) == (np.dtype(dtype).name, spaces.SRGB)
    assert picture.alpha is None
    assert picture.pixels.dtype == np.float32
    np.testing.assert_array_equal(picture.pixels, (values / largest).astype(np.float32))


@settings(max_examples=25)
@given(st.integers(1, 40), st.integers(1, 40), st.booleans(), st.integers(0, 99))
def test_png_of_any_size_as_opencv_wrote_it(tmp_path_factory, width, height, gray, seed):
    shape = (height, width) if gray else (height, width, 3)
    values = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    path = tmp_path_factory.mktemp("sizes") / "a.png"
    cv2.imwrite(str(path), values if gray else values[..., ::-1])
    expected = np.repeat(values[..., None], 3, axis=2) if gray else values
    np.testing.assert_allclose(read(path).pixels * 255, expected, atol=1e-4)


def test_jpeg_as_opencv_reads_it(tmp_path):
    values = cv2.GaussianBlur(RNG.integers(0, 256, (40, 51, 3), np.uint8), (0, 0), 3)
    for name, flags in (
        ("plain", []),
        ("progressive", [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]),
    ):
        path = tmp_path / f"{name}.jpg"
        cv2.imwrite(str(path), values, flags)
        expected = cv2.imread(str(path))[..., ::-1]
        assert np.abs(read(path).pixels * 255 - expected).max() <= 3


def test_gray_jpeg(tmp_path):
    cv2.imwrite(str(tmp_path / "a.jpg"), np.full((9, 8), 77, np.uint8))
    np.testing.assert_allclose(
        read(tmp_path / "a.jpg").pixels, np.full((9, 8, 3), 77 / 255), atol=0.01
    )


def test_palette_png(tmp_path, build):
    palette = build.png_chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0, 10, 20, 30]))
    path = tmp_path / "a.png"
    path.write_bytes(build.png(2, 2, scanlines([[0, 1], [2, 2]]), kind=3, between=palette))
    expected = [[[255, 0, 0], [0, 255, 0]], [[10, 20, 30], [10, 20, 30]]]
    picture = read(path)
    np.testing.assert_allclose(picture.pixels * 255, expected, atol=1e-4)
    assert picture.alpha is None


def test_palette_png_with_transparency(tmp_path, build):
    between = build.png_chunk(b"PLTE", bytes([255, 0, 0, 40, 50, 60]))
    between += build.png_chunk(b"tRNS", bytes([255, 0]))
    path = tmp_path / "a.png"
    path.write_bytes(build.png(2, 1, scanlines([[0, 1]]), kind=3, between=between))
    picture = read(path)
    np.testing.assert_allclose(picture.pixels[0] * 255, [[255, 0, 0], [40, 50, 60]], atol=1e-4)
    np.testing.assert_array_equal(picture.alpha, [[1, 0]])


def test_one_bit_png(tmp_path, build):
    path = tmp_path / "a.png"
    path.write_bytes(build.png(10, 1, b"\0" + bytes([0b10110000, 0b01000000]), bits=1, kind=0))
    np.testing.assert_array_equal(read(path).pixels[0, :, 0], [1, 0, 1, 1, 0, 0, 0, 0, 0, 1])


def test_interlaced_png(tmp_path, build):
    """Adam7 of 3x3: passes 1, 4, 5, 6, 7 hold these pixels in this order."""
    gray = np.arange(9).reshape(3, 3) * 20
    passes = [[[0, 0]], [[0, 2]], [[2, 0], [2, 2]], [[0, 1]], [[2, 1]], [[1, 0], [1, 1], [1, 2]]]
    data = b"".join(scanlines([[gray[y, x] for y, x in row]]) for row in passes)
    path = tmp_path / "a.png"
    path.write_bytes(build.png(3, 3, data, kind=0, interlaced=1))
    np.testing.assert_allclose(read(path).pixels[..., 1] * 255, gray, atol=1e-4)


@pytest.mark.parametrize("suffix", ["png", "tga"])
def test_colors_are_not_multiplied_by_alpha(suffix, tmp_path, build):
    path = tmp_path / f"a.{suffix}"
    if suffix == "png":
        rgba = [200, 100, 50, 128, 10, 20, 30, 0]
        path.write_bytes(build.png(2, 1, scanlines([rgba]), kind=6))
    else:
        bgra = bytes([50, 100, 200, 128, 30, 20, 10, 0])
        path.write_bytes(build.tga(2, 1, bgra, bits=32, descriptor=0x28))
    picture = read(path)
    np.testing.assert_allclose(picture.pixels[0] * 255, [[200, 100, 50], [10, 20, 30]], atol=1e-4)
    np.testing.assert_allclose(picture.alpha[0] * 255, [128, 0], atol=1e-4)


@pytest.mark.parametrize(("kind", "expected"), [(1, [200, 100, 50]), (2, [200, 100, 50])])
def test_both_kinds_of_tiff_alpha(kind, expected, tmp_path, build):
    """ExtraSamples 1 is multiplied by alpha, 2 is not."""
    stored = [100, 50, 25, 128] if kind == 1 else [200, 100, 50, 128]
    path = tmp_path / "a.tif"
    path.write_bytes(build.tiff(1, 1, bytes(stored), samples=4, extra=[(338, 3, [kind])]))
    np.testing.assert_allclose(read(path).pixels[0, 0] * 255, expected, atol=1)


def test_exr_is_divided_by_alpha_before_the_curve(tmp_path):
    values = np.float32([[[0.25, 0.09, 0.5, 0.5], [0.1, 0.2, 0.3, 0]]])
    oiio_write(tmp_path / "a.exr", values, "float", "RGBA")
    picture = read(tmp_path / "a.exr")
    np.testing.assert_allclose(picture.pixels[0, 0], [0.735357, 0.461356, 1], atol=2e-6)
    np.testing.assert_allclose(picture.pixels[0, 1], [0.349190, 0.484529, 0.583831], atol=2e-6)
    np.testing.assert_array_equal(picture.alpha, [[0.5, 0]])


@pytest.mark.parametrize("suffix", ["exr", "tif"])
def test_floats_are_linear_and_keep_what_is_beyond_one(suffix, tmp_path):
    values = np.stack([LINEAR, -LINEAR, LINEAR[::-1]], axis=-1)[None]
    oiio_write(tmp_path / f"a.{suffix}", values, "float")
    picture = read(tmp_path / f"a.{suffix}")
    assert (picture.depth, picture.space) == ("float", spaces.LINEAR)
    np.testing.assert_allclose(picture.pixels[0, :, 0], ENCODED, atol=2e-6)
    np.testing.assert_allclose(picture.pixels[0, :, 1], np.negative(ENCODED), atol=2e-6)


def test_half_exr_of_one_channel_and_of_many(tmp_path):
    values = RNG.random((4, 5, 1), dtype=np.float32).astype(np.float16).astype(np.float32)
    oiio_write(tmp_path / "y.exr", values, "half", "Y")
    gray = read(tmp_path / "y.exr")
    assert gray.depth == "half"
    np.testing.assert_array_equal(gray.pixels[..., 0], gray.pixels[..., 2])
    many = np.concatenate([values * k for k in (0.5, 0.25, 1, 0.125)], axis=2)
    oiio_write(tmp_path / "m.exr", many, "half", ["Z", "G", "R", "B"])
    picture = read(tmp_path / "m.exr")
    np.testing.assert_allclose(picture.pixels[..., 0], gray.pixels[..., 0], atol=1e-6)
    assert (picture.pixels[..., 0] >= picture.pixels[..., 1]).all()
    assert (picture.pixels[..., 1] >= picture.pixels[..., 2]).all()


def test_the_first_part_of_several_is_read(tmp_path):
    path = str(tmp_path / "two.exr")
    specs = []
    for name in ("left", "right"):
        spec = OpenImageIO.ImageSpec(4, 3, 3, "float")
        spec.attribute("name", name)
        specs.append(spec)
    output = OpenImageIO.ImageOutput.create(path)
    assert output.open(path, tuple(specs))
    output.write_image(np.ones((3, 4, 3), np.float32))
    assert output.open(path, specs[1], "AppendSubimage")
    output.write_image(np.zeros((3, 4, 3), np.float32))
    output.close()
    np.testing.assert_array_equal(read(path).pixels, np.ones((3, 4, 3)))


def test_a_tiled_mip_mapped_texture_gives_its_first_level(tmp_path):
    values = RNG.integers(0, 256, (100, 70, 3), np.uint8)
    source = OpenImageIO.ImageBuf(values)
    made = OpenImageIO.ImageBufAlgo.make_texture(
        OpenImageIO.MakeTxTexture, source, str(tmp_path / "a.tx")
    )
    assert made, OpenImageIO.geterror()
    picture = read(tmp_path / "a.tx")
    np.testing.assert_allclose(picture.pixels * 255, values, atol=1e-3)


def test_tiff_where_zero_is_white(tmp_path, build):
    path = tmp_path / "a.tif"
    path.write_bytes(build.tiff(2, 1, bytes([0, 205]), samples=1, photometric=0))
    np.testing.assert_allclose(read(path).pixels[0, :, 0] * 255, [255, 50], atol=1e-4)


@pytest.mark.parametrize("descriptor", [0x00, 0x20])
def test_tga_from_the_bottom_or_the_top(descriptor, tmp_path, build):
    path = tmp_path / "a.tga"
    rows = [
        bytes([1, 2, 3, 4, 5, 6]),
        bytes([7, 8, 9, 10, 11, 12]),
        bytes([13, 14, 15, 16, 17, 18]),
    ]
    stored = rows if descriptor else rows[::-1]
    path.write_bytes(build.tga(2, 3, b"".join(stored), descriptor=descriptor))
    expected = np.arange(1, 19).reshape(3, 2, 3)[..., ::-1]
    np.testing.assert_allclose(read(path).pixels * 255, expected, atol=1e-4)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_as_opencv_applies_it(orientation, tmp_path):
    values = np.kron(RNG.integers(0, 256, (2, 3, 3)), np.ones((16, 16, 1))).astype(np.uint8)
    path = tmp_path / "a.jpg"
    oiio_write(path, values, "uint8", Orientation=orientation)
    expected = cv2.imread(str(path))[..., ::-1]
    pixels = read(path).pixels * 255
    assert pixels.shape == expected.shape
    assert np.abs(pixels - expected).max() <= 3


def test_orientation_turns_alpha_too(tmp_path):
    values = RNG.integers(1, 256, (2, 3, 4), np.uint8)
    path = tmp_path / "a.tif"
    oiio_write(path, values, "uint8", "RGBA", Orientation=6, oiio__UnassociatedAlpha=1)
    picture = read(path)
    np.testing.assert_allclose(picture.alpha * 255, np.rot90(values[..., 3], -1), atol=1e-4)
    np.testing.assert_allclose(picture.pixels * 255, np.rot90(values[..., :3], -1), atol=1e-4)


def test_one_pixel_is_a_picture(tmp_path, build):
    path = tmp_path / "a.png"
    path.write_bytes(build.png(1, 1, scanlines([[1, 2, 3]])))
    np.testing.assert_allclose(read(path).pixels * 255, [[[1, 2, 3]]], atol=1e-4)


def test_sixteen_bit_png_is_big_endian(tmp_path, build):
    path = tmp_path / "a.png"
    path.write_bytes(build.png(1, 1, b"\0" + struct.pack(">3H", 1, 256, 65535), bits=16))
    picture = read(path)
    assert picture.depth == "uint16"
    np.testing.assert_allclose(picture.pixels[0, 0] * 65535, [1, 256, 65535], rtol=1e-6)


def test_the_source_is_not_touched(tmp_path, build):
    path = tmp_path / "a.png"
    path.write_bytes(build.png(1, 1, scanlines([[1, 2, 3]])))
    path.chmod(0o444)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    read(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("bits", "kind", "depth"), [(8, ">u1", "uint8"), (16, ">u2", "uint16"), (32, ">f4", "float")]
)
def test_psd(bits, kind, depth, tmp_path, build):
    largest = 1 if bits == 32 else 2**bits - 1
    planes = (RNG.random((3, 5, 7)) * largest).astype(kind)
    (tmp_path / "a.psd").write_bytes(build.psd(7, 5, planes.tobytes(), bits=bits))
    picture = read(tmp_path / "a.psd")
    assert (picture.format, picture.depth) == ("psd", depth)
    stored = planes.transpose(1, 2, 0) / np.float64(largest)
    expected = linear_to_srgb(stored) if bits == 32 else stored
    np.testing.assert_allclose(picture.pixels, expected, atol=1e-6)


def test_gray_psd(tmp_path, build):
    planes = np.arange(35, dtype=np.uint8)
    data = build.psd(7, 5, planes.tobytes(), mode=1, samples=1)
    (tmp_path / "a.psd").write_bytes(data)
    pixels = read(tmp_path / "a.psd").pixels
    np.testing.assert_allclose(pixels[..., 1], planes.reshape(5, 7) / 255, atol=1e-7)


@pytest.mark.parametrize("name", [b"", b"x", b"xy"])
def test_a_psd_says_that_its_layers_are_merged(name, tmp_path, build):
    info = b"\0\0\0\1\1" + bytes(12)
    resources = build.psd_resource(1000, b"odd", name) + build.psd_resource(1057, info)
    (tmp_path / "a.psd").write_bytes(build.psd(2, 1, bytes(6), resources=resources))
    assert read(tmp_path / "a.psd").pixels.shape == (1, 2, 3)
