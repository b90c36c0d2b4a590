"""Files that are not what they should be: one clear error each, nothing printed, nothing left."""

from __future__ import annotations

import os
import struct

import cv2
import numpy as np
import OpenImageIO
import pytest

from maya_stylize.errors import ImageError
from maya_stylize.images.reader import glance, numbers, read
from maya_stylize.images.writer import write

NOISE = np.random.default_rng(0).random((23, 31, 3), dtype=np.float32)


def _oiio(path, names, values, depth="half", **settings):
    spec = OpenImageIO.ImageSpec(values.shape[1], values.shape[0], len(names), depth)
    spec.channelnames = tuple(names)
    for name, value in settings.items():
        setattr(spec, name, value)
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    assert output.write_image(np.ascontiguousarray(values)), output.geterror()
    assert output.close()


def _channels(*names, depth="half"):
    def make(path, build):
        _oiio(path, names, np.ones((4, 5, len(names)), np.float32), depth)

    return make


def _pixel(value):
    def make(path, build):
        pixels = np.ones((4, 5, 3), np.float32)
        pixels[2, 3, 1] = value
        _oiio(path, "RGB", pixels, "float")

    return make


def _cut(fraction):
    def make(path, build):
        write(path, NOISE)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * fraction)])

    return make


def _bytes(make_bytes):
    return lambda path, build: path.write_bytes(make_bytes(build))


def _deep(path, build):
    spec = OpenImageIO.ImageSpec(4, 4, 2, "float")
    spec.channelnames = ("A", "Z")
    spec.deep = True
    data = OpenImageIO.DeepData()
    data.init(16, 2, OpenImageIO.TypeDesc("float"), ("A", "Z"))
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_deep_image(data)
    output.close()


def _bad_checksum(path, build):
    write(path, NOISE)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _huge_exr(path, build):
    write(path, NOISE)
    data = path.read_bytes()
    window = struct.pack("<4i", 0, 0, 30, 22)
    assert data.count(window) == 2
    path.write_bytes(data.replace(window, struct.pack("<4i", 0, 0, 39999, 39999)))


def _garbled_exr(path, build):
    write(path, NOISE)
    data = path.read_bytes()
    assert data.count(b"compression\0compression\0") == 1
    path.write_bytes(
        data.replace(b"compression\0compression\0", b"compression\0\xff\xfempression\0")
    )


def _huge_tiff(path, build):
    """A file with a hole in it, so that it is as long as it claims and takes no room."""
    head = build.tiff(17000, 17000, b"", samples=1, photometric=1)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + 17000 * 17000)


def _many_channels(path, build):
    """Fourteen channels, of which only a hole is there."""
    head = build.tiff(9000, 9000, b"", samples=14, photometric=1)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + 9000 * 9000 * 14)


def _tiled(side):
    """A picture of 16x16 in one EXR tile, said to be of another size."""

    def make(path, build):
        values = np.zeros((16, 16, 3), np.float32)
        _oiio(path, "RGB", values, tile_width=16, tile_height=16)
        path.write_bytes(build.with_tiles(path.read_bytes(), side))

    return make


def _tiled_tiff(build, side):
    tiles = [(322, 4, [side]), (323, 4, [side]), (324, 4, [8]), (325, 4, [100])]
    return build.tiff(16, 16, b"", samples=1, photometric=1, extra=tiles)


def _volume(build):
    tiles = [(322, 3, [16]), (323, 3, [16]), (324, 4, [400]), (325, 4, [1536])]
    depths = [(32997, 4, [2]), (32998, 3, [2])]
    return build.tiff(16, 16, bytes(2 * 16 * 16 * 3), extra=tiles + depths)


def _gif(path, build):
    path.write_bytes(
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
    )


CASES = {
    "missing": ("a.png", lambda path, build: None, "does not exist"),
    "name too long": ("a" * 300, lambda path, build: None, "cannot be read: File name too long"),
    "folder": ("a.png", lambda path, build: path.mkdir(), "is a folder, not a picture"),
    "pipe": ("a.png", lambda path, build: os.mkfifo(path), "is a device or a pipe"),
    "empty": ("a.png", _bytes(lambda b: b""), "is empty"),
    "text": ("a.png", _bytes(lambda b: b"<!doctype html>" * 9), "is not a PNG, TIFF, EXR, JPEG"),
    "gif": ("a.png", _gif, "is not a PNG, TIFF, EXR, JPEG, TGA or PSD"),
    "text named tga": ("a.tga", _bytes(lambda b: b"{'a': 1}" * 99), "is not a TGA picture"),
    "two bytes named tga": (
        "a.tga",
        _bytes(lambda b: b"\0\0"),
        "damaged TGA file: it is cut short",
    ),
    "png signature only": ("a.png", _bytes(lambda b: b.png(3, 3)[:8]), "PNG file: it is cut short"),
    "png in a chunk header": ("a.png", _bytes(lambda b: b.png(3, 3)[:38]), "it is cut short"),
    "png in its pixels": ("a.png", _cut(0.5), "damaged PNG file: it is cut short"),
    "png without its end": ("a.png", _cut(0.999), "damaged PNG file: it is cut short"),
    "png bit flipped": ("a.png", _bad_checksum, "the checksum of IDAT is wrong"),
    "png chunk too long": (
        "a.png",
        _bytes(lambda b: b.png(3, 3)[:33] + b"\xff\xff\xff\xffIDAT"),
        "a chunk declares an impossible length",
    ),
    "png zero wide": ("a.png", _bytes(lambda b: b.png(0, 5)), "has no pixels: its size is 0x5"),
    "png absurd": ("a.png", _bytes(lambda b: b.png(2**31 - 1, 2**31 - 1)), "2147483647x2147483647"),
    "png without pixels": ("a.png", _bytes(lambda b: b.png(9, 9)), "is a damaged PNG file"),
    "jpeg header": ("a.jpg", _cut(0.05), "is a damaged JPEG file"),
    "jpeg half": ("a.jpg", _cut(0.5), "damaged JPEG file: JPEG error: Premature end"),
    "jpeg ycck": ("a.jpg", _bytes(lambda b: b.cmyk_jpeg(adobe=2)), "is a CMYK picture"),
    "jpeg cmyk": ("a.jpg", _bytes(lambda b: b.cmyk_jpeg()), "is a CMYK picture"),
    "tiff half": ("a.tif", _cut(0.5), "is a damaged TIFF file"),
    "tiff without end": ("a.tif", _cut(0.999), "is a damaged TIFF file"),
    "tiff cmyk": (
        "a.tif",
        _bytes(lambda b: b.tiff(4, 4, bytes(64), photometric=5, samples=4)),
        "is a CMYK picture",
    ),
    "tiff lab": (
        "a.tif",
        _bytes(lambda b: b.tiff(4, 4, bytes(48), photometric=8)),
        "holds colors as CIELAB",
    ),
    "tiff absurd": (
        "a.tif",
        _bytes(lambda b: b.tiff(40000, 40000, bytes(64), samples=1, photometric=1)),
        "is a damaged TIFF file: tiff header claims a 1525 MB image",
    ),
    "tiff over the limit": ("a.tif", _huge_tiff, "declares 17000x17000 pixels, more than 16384x"),
    "tiff volume": ("a.tif", _bytes(_volume), "is a volume, not a flat picture"),
    "tiff zero": ("a.tif", _bytes(lambda b: b.tiff(0, 4, b"")), "is a damaged TIFF file"),
    "tiff tile": (
        "a.tif",
        _bytes(lambda b: _tiled_tiff(b, 32768)),
        "declares tiles of 32768x32768 pixels for a picture of 16x16",
    ),
    "exr tile": ("a.exr", _tiled(16384), "declares tiles of 16384x16384 pixels for a picture"),
    "exr tile far beyond": ("a.exr", _tiled(600), "declares tiles of 600x600 pixels for a picture"),
    "exr header": ("a.exr", _cut(0.02), "is a damaged EXR file"),
    "exr half": ("a.exr", _cut(0.5), "chunks were missing or corrupted"),
    "exr without end": ("a.exr", _cut(0.999), "chunks were missing or corrupted"),
    "exr garbled": ("a.exr", _garbled_exr, "damaged EXR file: its header has garbled names"),
    "exr absurd": (
        "a.exr",
        _huge_exr,
        "is a damaged EXR file: openexr header claims a 9155 MB image",
    ),
    "exr deep": ("a.exr", _deep, "is a deep EXR file"),
    "exr depth only": ("a.exr", _channels("Z"), "has the channels Z, but neither R, G, B nor Y"),
    "exr layer only": ("a.exr", _channels("b.R", "b.G", "b.B"), "but neither R, G, B nor Y"),
    "exr luminance-chroma": ("a.exr", _channels("Y", "RY", "BY"), "but neither R, G, B nor Y"),
    "exr whole numbers": ("a.exr", _channels("R", "G", "B", depth="uint"), "its colors as uint32"),
    "exr nan": ("a.exr", _pixel(np.nan), "has NaN or infinite values in 1 of 20 pixels"),
    "tiff inf": ("a.tif", _pixel(-np.inf), "in 1 of 20 pixels, first in column 3, row 2"),
    "psd cmyk": (
        "a.psd",
        _bytes(lambda b: b.psd(4, 4, bytes(64), mode=4, samples=4)),
        "holds colors as CMYK",
    ),
    "psd lab": ("a.psd", _bytes(lambda b: b.psd(4, 4, bytes(48), mode=9)), "colors as CIELAB"),
    "psd absurd": (
        "a.psd",
        _bytes(lambda b: b.psd(60000, 60000, bytes(48))),
        "declares 60000x60000 pixels, more than 16384x16384",
    ),
    "psd of layers": (
        "a.psd",
        _bytes(
            lambda b: b.psd(
                2, 1, bytes(6), resources=b.psd_resource(1057, b"\0\0\0\1\0" + bytes(12))
            )
        ),
        "holds layers only",
    ),
    "psd signature only": ("a.psd", _bytes(lambda b: b"8BPS"), "PSD file: it is cut short"),
    "psd in its header": (
        "a.psd",
        _bytes(lambda b: b.psd(4, 4, b"", resources=bytes(99))[:60]),
        "is a damaged PSD file",
    ),
    "psd in its pixels": (
        "a.psd",
        _bytes(lambda b: b.psd(4, 4, bytes(47))),
        "is a damaged PSD file",
    ),
    "png of packed texts": (
        "a.png",
        _bytes(
            lambda b: b.png(
                3, 3, bytes(30), between=b.png_chunk(b"zTXt", b"K\0\0" + b.packed(7 << 20)) * 41
            )
        ),
        "damaged PNG file: it has more than 40 compressed texts",
    ),
    "tiff of channels": (
        "a.tif",
        _many_channels,
        "declares 9000x9000 pixels of 14 channels, more than are read at once",
    ),
    "tiff of endless tiles": (
        "a.tif",
        _bytes(
            lambda b: b.tiff(
                *(16, 16, bytes(768)), extra=[(n, 4, [2**30]) for n in (322, 323, 324, 325)]
            )
        ),
        "is a damaged TIFF file",
    ),
    "jpeg absurd": (
        "a.jpg",
        _bytes(
            lambda b: b.cmyk_jpeg().replace(b"\x08\0\x08\0\x08\x04", b"\x08\xff\xff\xff\xff\x04")
        ),
        "JPEG",
    ),
    "png 60000 wide": ("a.png", _bytes(lambda b: b.png(60000, 60000)), "declares 60000x60000"),
    "tga half": ("a.tga", _cut(0.4), "damaged TGA file: it is cut short"),
    "tga in its last row": (
        "a.tga",
        _bytes(lambda b: b.tga(9, 9, bytes(9 * 9 * 3 - 1))),
        "damaged TGA file: it is cut short",
    ),
    "tga compressed and cut": (
        "a.tga",
        _bytes(lambda b: b.tga(64, 64, b"\x87\1\2\3" * 9, kind=10)),
        "is a damaged TGA file",
    ),
    "tga zero": ("a.tga", _bytes(lambda b: b.tga(0, 4, b"")), "has no pixels: its size is 0x4"),
    "tga absurd": (
        "a.tga",
        _bytes(lambda b: b.tga(65535, 65535, bytes(99))),
        "declares 65535x65535 pixels, more than 16384x16384",
    ),
}


@pytest.mark.parametrize(("name", "make", "said"), CASES.values(), ids=CASES)
def test_each_gives_its_clear_error(name, make, said, tmp_path, build, capfd):
    path = tmp_path / name
    make(path, build)
    before = {entry: entry.stat().st_size for entry in tmp_path.iterdir()}
    capfd.readouterr()
    with pytest.raises(ImageError) as caught:
        read(path)
    assert said in caught.value.message
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint.endswith(".")
    printed, native = capfd.readouterr()
    assert printed == ""
    assert native == "" or native.startswith("libpng error")  # libpng cannot be kept from that
    assert {entry: entry.stat().st_size for entry in tmp_path.iterdir()} == before


@pytest.mark.parametrize("look", [lambda path: glance(path, 4), numbers])
@pytest.mark.parametrize("case", ["tiff tile", "exr tile", "exr tile far beyond"])
def test_no_other_way_to_look_at_it_unpacks_a_tile(case, look, tmp_path, build):
    name, make, said = CASES[case]
    make(tmp_path / name, build)
    with pytest.raises(ImageError, match=said):
        look(tmp_path / name)


def test_a_tile_somewhat_larger_than_its_picture_is_taken(tmp_path, build):
    """Which is usual: a texture of 16x16 in a tile of 64x64."""
    _tiled(512)(tmp_path / "a.exr", build)
    assert read(tmp_path / "a.exr").pixels.shape == (16, 16, 3)


def test_a_smaller_level_in_larger_tiles_is_not_looked_at(tmp_path, build):
    path, shades = tmp_path / "a.tx", [0.25, 1.0]
    output = OpenImageIO.ImageOutput.create("tiff")
    for level, (side, shade) in enumerate(zip((64, 16), shades, strict=True)):
        spec = OpenImageIO.ImageSpec(side, side, 3, "uint8")
        spec.tile_width = spec.tile_height = 16 << 3 * level
        spec.attribute("textureformat", "Plain Texture")  # then its levels are parts in the file
        mode = "AppendSubimage" if level else "Create"
        assert output.open(str(path), spec, mode), output.geterror()
        assert output.write_image(np.full((side, side, 3), shade, np.float32))
    assert output.close()
    np.testing.assert_allclose(glance(path, 4).pixels, shades[0], atol=1 / 255)


@pytest.mark.parametrize("suffix", ["png", "tif", "exr", "jpg", "tga"])
def test_no_cut_gives_another_picture(suffix, tmp_path):
    """Whatever part is missing, either the file is refused or every pixel is there."""
    whole = tmp_path / f"whole.{suffix}"
    write(whole, NOISE)
    data, pixels = whole.read_bytes(), read(whole).pixels
    cut = tmp_path / f"cut.{suffix}"
    refused = 0
    for length in {*range(0, len(data), 53), *range(len(data) - 12, len(data))}:
        cut.write_bytes(data[:length])
        try:
            np.testing.assert_array_equal(read(cut).pixels, pixels)
        except ImageError:
            refused += 1
    assert refused > len(data) / 53 * 0.8


def test_a_wrong_suffix_does_not_matter(tmp_path):
    path = tmp_path / "really.png"
    cv2.imwrite(str(tmp_path / "a.jpg"), np.full((9, 9, 3), 200, np.uint8))
    (tmp_path / "a.jpg").rename(path)
    picture = read(path)
    assert picture.format == "jpeg"
    np.testing.assert_allclose(picture.pixels, 200 / 255, atol=2 / 255)
