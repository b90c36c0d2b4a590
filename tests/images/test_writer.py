"""What is written, as OpenCV and hand-made parsers read it back."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
import zlib

import numpy as np
import OpenImageIO
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize import files
from maya_stylize.errors import ImageError
from maya_stylize.images import writer
from maya_stylize.images.color import srgb_to_linear
from maya_stylize.images.metadata import read_job
from maya_stylize.images.reader import read
from maya_stylize.images.writer import check_writable, write

os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"  # read by OpenCV when it meets its first EXR file
import cv2

SUFFIXES = ["png", "tif", "tiff", "exr", "jpg", "jpeg", "tga", "tx"]
NOISE = np.random.default_rng(1).random((19, 26, 3), dtype=np.float32)
JOB = {"kind": "synthesize", "seed": 3, "name": 'Größe "x": 1\n', "layers": {"pool1": 1e9}}


def listing(folder):
    return sorted(entry.name for entry in folder.iterdir())


def parse_tga(data: bytes) -> np.ndarray:
    comment, has_map, kind, _, _, _, _, _, width, height, bits, descriptor = struct.unpack(
        "<BBBHHBHHHHBB", data[:18]
    )
    assert (has_map, kind) == (0, 2)
    channels = bits // 8
    pixels = np.frombuffer(data, np.uint8, width * height * channels, 18 + comment)
    pixels = pixels.reshape(height, width, channels)
    if not descriptor & 0x20:
        pixels = pixels[::-1]
    return pixels[..., [2, 1, 0, 3][:channels]]


def judge(path) -> np.ndarray:
    """Return the numbers in the file, RGB, as somebody else reads them."""
    if path.suffix == ".tga":
        return parse_tga(path.read_bytes())
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    return pixels[..., [2, 1, 0, 3][: pixels.shape[2]]]


@pytest.mark.parametrize(
    ("suffix", "depth", "kind", "largest"),
    [
        ("png", "uint8", np.uint8, 255),
        ("png", "uint16", np.uint16, 65535),
        ("png", "half", np.uint16, 65535),
        ("tif", "uint8", np.uint8, 255),
        ("tiff", "uint16", np.uint16, 65535),
        ("tga", "uint8", np.uint8, 255),
        ("tga", "uint16", np.uint8, 255),
        ("tx", "uint8", np.uint8, 255),
        ("tx", "uint16", np.uint16, 65535),
    ],
)
def test_whole_numbers_are_the_nearest(suffix, depth, kind, largest, tmp_path):
    pixels = NOISE * 1.4 - 0.2
    path = write(tmp_path / f"a.{suffix}", pixels, depth=depth).path
    stored = judge(path)
    assert stored.dtype == kind
    exact = np.clip(pixels.astype(np.float64), 0, 1) * largest
    assert np.abs(stored - exact).max() <= 0.5 + largest * 1e-7


@pytest.mark.parametrize("suffix", ["exr", "tif", "tx"])
def test_floats_are_linear_and_not_clipped(suffix, tmp_path):
    pixels = NOISE * 3 - 0.5
    depth = "float" if suffix == "tif" else "half"
    path = write(tmp_path / f"a.{suffix}", pixels, depth=depth).path
    linear = srgb_to_linear(pixels.astype(np.float64))
    np.testing.assert_allclose(
        judge(path), linear, rtol=6e-4 if depth == "half" else 2e-6, atol=1e-6
    )
    picture = read(path)
    assert picture.depth == depth
    np.testing.assert_allclose(picture.pixels, pixels, rtol=5e-4, atol=1e-5)


def test_half_floats_end_at_their_largest(tmp_path):
    path = write(tmp_path / "a.exr", np.full((2, 2, 3), 500, np.float32)).path
    np.testing.assert_array_equal(judge(path), np.full((2, 2, 3), 65504))


@pytest.mark.parametrize("suffix", ["jpg", "jpeg"])
def test_jpeg_is_close(suffix, tmp_path):
    smooth = cv2.GaussianBlur(NOISE, (0, 0), 2)
    path = write(tmp_path / f"a.{suffix}", smooth).path
    assert np.abs(judge(path) / 255 - smooth).max() < 0.03


@pytest.mark.parametrize("suffix", ["png", "tga", "tif", "exr", "tx"])
def test_alpha(suffix, tmp_path):
    alpha = np.linspace(0, 1, 19 * 26, dtype=np.float32).reshape(19, 26)
    path = write(tmp_path / f"a.{suffix}", NOISE, alpha=alpha).path
    picture = read(path)
    np.testing.assert_allclose(picture.alpha, alpha, atol=2.1e-3)
    solid = alpha > 0.2
    np.testing.assert_allclose(picture.pixels[solid], NOISE[solid], atol=2.1e-3)
    if suffix in ("png", "tga"):  # stored as it is, not multiplied
        np.testing.assert_allclose(judge(path)[..., :3], NOISE * 255, atol=0.51)
    if suffix == "exr":
        premultiplied = srgb_to_linear(NOISE) * alpha[..., None]
        np.testing.assert_allclose(judge(path)[..., :3], premultiplied, atol=1e-3)


@settings(max_examples=40)
@given(
    st.integers(1, 45),
    st.integers(1, 45),
    st.sampled_from(["png", "tif", "exr", "tga"]),
    st.sampled_from(["uint8", "uint16", "float"]),
    st.booleans(),
)
def test_any_size_comes_back(tmp_path_factory, width, height, suffix, depth, with_alpha):
    rng = np.random.default_rng(width * 100 + height)
    pixels = rng.integers(0, 256, (height, width, 3)).astype(np.float32) / 255
    alpha = rng.integers(1, 256, (height, width)).astype(np.float32) / 255 if with_alpha else None
    path = tmp_path_factory.mktemp("any") / f"a.{suffix}"
    write(path, pixels, alpha=alpha, depth=depth)
    picture = read(path)
    assert picture.pixels.shape == pixels.shape
    # Half floats multiplied by a small alpha lose some bits of it; whole numbers lose none.
    atol = 3e-3 if suffix == "exr" else 2e-6
    np.testing.assert_allclose(picture.pixels, pixels, atol=atol)
    if with_alpha:
        np.testing.assert_allclose(picture.alpha, alpha, atol=atol)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("size", [0, 300, 20_000, 90_000])
def test_the_job_comes_back(suffix, size, tmp_path):
    job = {**JOB, "notes": "x: y, " * (size // 6)}
    path = tmp_path / f"a.{suffix}"
    written = write(path, NOISE, job=job)
    assert read_job(path) == job
    needs_sidecar = suffix == "tga" or (suffix not in ("png", "exr") and size > 60_000)
    assert written.sidecar == (tmp_path / f"a.{suffix}.json" if needs_sidecar else None)
    assert listing(tmp_path) == sorted([path.name] + [f"a.{suffix}.json"] * needs_sidecar)


def test_the_job_is_plain_text_in_a_png(tmp_path):
    path = write(tmp_path / "a.png", NOISE, job=JOB).path
    data, place, texts = path.read_bytes(), 8, {}
    while place < len(data):
        length, name = struct.unpack(">I4s", data[place : place + 8])
        chunk = data[place + 8 : place + 8 + length]
        stored = data[place + 8 + length : place + 12 + length]
        assert zlib.crc32(name + chunk) == int.from_bytes(stored, "big")
        if name == b"tEXt":
            key, text = chunk.split(b"\0")
            texts[key.decode()] = text.decode("ascii")
        place += 12 + length
    assert json.loads(texts["Description"]) == {"maya_stylize_job": JOB}
    assert "Creation Time" not in texts


def test_a_sidecar_of_other_pixels_is_not_believed(tmp_path):
    path = tmp_path / "a.tga"
    write(path, NOISE, job=JOB)
    write(path, NOISE[::-1])
    assert read_job(path) is None


@pytest.mark.parametrize(
    "text", ["", "a walnut desk", "Größe", "[1]", '{"other": 1}', '{"maya_stylize_job": 3}']
)
def test_other_descriptions_are_no_jobs(text, tmp_path, build):
    data = build.png_chunk(b"tEXt", b"Description\0" + text.encode("latin-1"))
    (tmp_path / "a.png").write_bytes(build.png(1, 1, b"\0abc", between=data))
    assert read_job(tmp_path / "a.png") is None


def test_no_job_in_no_picture(tmp_path):
    with pytest.raises(ImageError, match=r"missing\.png does not exist"):
        read_job(tmp_path / "missing.png")


SCRIPT = """
import sys
import numpy as np
from maya_stylize.images.writer import write
pixels = np.random.default_rng(0).random((33, 21, 3), dtype=np.float32)
for suffix in ("png", "tif", "exr", "jpg", "tga", "tx"):
    write(f"{sys.argv[1]}/a.{suffix}", pixels, job={"b": 1, "a": [1.5, None]})
write(f"{sys.argv[1]}/b.tx", pixels, depth="half")
"""


def test_the_same_input_gives_the_same_bytes_in_another_process_and_time(tmp_path):
    files = {}
    for name, zone in (("first", "UTC"), ("second", "Asia/Tokyo")):
        folder = tmp_path / name
        folder.mkdir()
        # Another time zone is another hour on the clock: any time written would differ.
        environment = {**os.environ, "TZ": zone}
        command = [sys.executable, "-c", SCRIPT, str(folder)]
        subprocess.run(command, check=True, env=environment)
        files[name] = {entry.name: entry.read_bytes() for entry in folder.iterdir()}
    assert len(files["first"]) == 8
    assert files["first"] == files["second"]
    for name, data in files["first"].items():
        assert not re.search(rb"20\d\d[:-]\d\d[:-]\d\d", data), name
        assert b"maketx" not in data.lower(), name
        assert os.fsencode(tmp_path) not in data, name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.gif", "has the suffix .gif, which cannot be written"),
        ("a", "has the suffix of no format, which cannot be written"),
        ("nowhere/a.png", "nowhere is not a folder"),
        ("file/a.png", "file is not a folder"),
        ("folder.png", "folder.png is a folder"),
        ("n" * 300 + ".png", "cannot be written: File name too long"),
    ],
)
def test_what_cannot_be_written_is_said_before_and_when_writing(name, said, tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.png").mkdir()
    before = listing(tmp_path)
    for attempt in (check_writable, lambda path: write(path, NOISE, job=JOB)):
        with pytest.raises(ImageError) as caught:
            attempt(tmp_path / name)
        assert said in caught.value.message
        assert caught.value.hint.endswith(".")
    assert listing(tmp_path) == before


def test_the_supported_suffixes_are_listed(tmp_path):
    with pytest.raises(ImageError) as caught:
        check_writable(tmp_path / "a.webp")
    assert caught.value.hint == "Use one of .png, .tif, .tiff, .exr, .jpg, .jpeg, .tga, .tx."


def test_checking_leaves_nothing_behind(tmp_path):
    (tmp_path / "old.png").write_bytes(b"old")
    check_writable(tmp_path / "new.PNG")
    check_writable(tmp_path / "old.png")
    assert listing(tmp_path) == ["old.png"]
    assert (tmp_path / "old.png").read_bytes() == b"old"


def test_a_folder_without_permission(tmp_path, monkeypatch):
    def refuse(self, *args, **settings):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.touch", refuse)
    with pytest.raises(ImageError, match="cannot be written: Permission denied"):
        check_writable(tmp_path / "a.png")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_not_written(value, tmp_path):
    pixels = NOISE.copy()
    pixels[3, 4, 1] = value
    with pytest.raises(ImageError, match="values that are NaN or infinite"):
        write(tmp_path / "a.png", pixels)
    assert listing(tmp_path) == []


def test_jpeg_refuses_alpha(tmp_path):
    with pytest.raises(ImageError, match="cannot hold alpha"):
        write(tmp_path / "a.jpg", NOISE, alpha=NOISE[..., 0])
    assert listing(tmp_path) == []


@pytest.mark.parametrize("failure", [KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize(
    ("suffix", "where"),
    [
        ("png", "_write_file"),
        ("png", "fsync"),
        ("tga", "_write_file"),
        ("tga", "fsync"),
        ("tga", "pack_sidecar"),
    ],
)
def test_an_interruption_leaves_the_old_file(suffix, failure, where, tmp_path, monkeypatch):
    path = tmp_path / f"a.{suffix}"
    write(path, NOISE, job=JOB)
    before = {name: (tmp_path / name).read_bytes() for name in listing(tmp_path)}
    real = writer._write_file

    def interrupt(*args):
        if where == "_write_file":
            real(*args)
        raise failure

    if where == "_write_file":
        monkeypatch.setattr(writer, "_write_file", interrupt)
    elif where == "fsync":
        monkeypatch.setattr(files.os, "fsync", interrupt)
    else:
        monkeypatch.setattr(writer.metadata, "pack_sidecar", interrupt)
    with pytest.raises(failure):
        write(path, NOISE[::-1], job={**JOB, "seed": 4})
    assert {name: (tmp_path / name).read_bytes() for name in listing(tmp_path)} == before


FULL_DISK = """
import os, resource, signal, sys
import numpy as np
from maya_stylize.errors import ImageError
from maya_stylize.images.writer import write
pixels = np.random.default_rng(0).random((150, 150, 3), dtype=np.float32)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
try:
    write(sys.argv[1], pixels)
except ImageError as error:
    sys.exit("refused: " + error.message)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize("suffix", ["png", "tif", "exr", "jpg", "tga", "tx"])
def test_a_full_disk(suffix, tmp_path):
    """In a process of its own, because a library that meets a full disk may end it."""
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(b"old")
    command = [sys.executable, "-c", FULL_DISK, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stderr.startswith(f"refused: {path} cannot be written: ")
    assert done.returncode == 1
    assert listing(tmp_path) == [path.name]
    assert path.read_bytes() == b"old"


def test_the_new_file_has_ordinary_permissions(tmp_path):
    (tmp_path / "plain").write_text("x")
    path = write(tmp_path / "a.png", NOISE).path
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("name", ["ü ß 木.tif", "a%04d.exr", "a<UDIM>.png", "b?x=1.jpg", "#.tga"])
def test_a_name_is_only_a_name(name, tmp_path):
    """OpenImageIO gives question marks and number patterns a meaning; a path has none."""
    path = write(tmp_path / name, NOISE, job=JOB).path
    assert listing(tmp_path) == [name] + [f"{name}.json"] * name.endswith(".tga")
    np.testing.assert_array_equal(read(path).pixels.shape, NOISE.shape)
    assert read_job(path) == JOB


def test_a_sidecar_never_replaces_something_else(tmp_path):
    path, other = tmp_path / "a.tga", tmp_path / "a.tga.json"
    other.write_text('{"kind": "synthesize"}')

    with pytest.raises(ImageError, match=r"a\.tga keeps its job in a\.tga\.json.*another name"):
        writer.check_writable(path)
    with pytest.raises(ImageError, match="something else has that name"):
        writer.write(path, np.full((4, 4, 3), 0.5, np.float32), job={"kind": "x"})

    assert other.read_text() == '{"kind": "synthesize"}'
    assert listing(tmp_path) == ["a.tga.json"]


def test_a_float_exr_stays_float(tmp_path):
    pixels = np.random.default_rng(0).uniform(0, 1, (5, 7, 3)).astype(np.float32)

    for depth, wanted in (("float", "float"), ("double", "float"), ("half", "half")):
        writer.write(tmp_path / "a.exr", pixels, depth=depth)
        assert read(tmp_path / "a.exr").depth == wanted


@pytest.mark.parametrize(
    ("depth", "kind"), [("uint8", "tiff"), ("uint16", "tiff"), ("half", "openexr")]
)
def test_a_tx_is_tiled_and_has_every_mip_level(depth, kind, tmp_path):
    smooth = cv2.GaussianBlur(np.tile(NOISE, (5, 4, 1)), (0, 0), 3)
    path = write(tmp_path / "a.tx", smooth, depth=depth).path
    source = OpenImageIO.ImageInput.open(str(path))
    assert source.format_name() == kind
    levels = []
    while source.seek_subimage(0, len(levels)):
        spec = source.spec()
        assert (spec.tile_width, spec.tile_height, str(spec.format)) == (64, 64, depth)
        assert spec.get_string_attribute("textureformat") == "Plain Texture"
        assert spec.get_string_attribute("wrapmodes") == "periodic,periodic"
        levels.append((spec.width, spec.height))
    assert levels == [(104, 95), (52, 47), (26, 23), (13, 11), (6, 5), (3, 2), (1, 1)]
    source.seek_subimage(0, 1)
    half = source.read_image("float")
    source.close()
    expected = srgb_to_linear(smooth) if depth == "half" else smooth
    assert half.mean() == pytest.approx(expected.mean(), abs=2e-3)
    assert np.abs(half - cv2.resize(expected, (52, 47), interpolation=cv2.INTER_AREA)).max() < 0.03
    assert listing(tmp_path) == ["a.tx"]
