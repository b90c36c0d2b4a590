"""The quality that other programs wrote a JPEG file with, and that a result gets."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize.images.jpeg import quality
from maya_stylize.images.keep import Keep
from maya_stylize.images.reader import read
from maya_stylize.images.writer import write

NOISE = np.random.default_rng(2).integers(0, 256, (24, 40, 3), np.uint8)


def saved(path, level, *more):
    assert cv2.imwrite(str(path), NOISE, [cv2.IMWRITE_JPEG_QUALITY, level, *more])
    return path


@pytest.mark.parametrize("level", [*range(5, 100, 5), 97, 98, 99, 100])
def test_the_quality_is_told_and_stays(level, tmp_path):
    source = saved(tmp_path / "a.jpg", level)
    assert quality(source) == level

    picture = read(source)
    write(tmp_path / "b.jpg", picture.pixels, depth=picture.depth, keep=picture.keep)

    assert quality(tmp_path / "b.jpg") == level


def test_a_progressive_file_is_no_different(tmp_path):
    path = saved(tmp_path / "a.jpg", 83, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    assert quality(path) == 83


def test_tables_of_sixteen_bits_are_read(tmp_path):
    data = saved(tmp_path / "a.jpg", 60).read_bytes()
    start = data.index(b"\xff\xdb")
    length = int.from_bytes(data[start + 2 : start + 4], "big")
    assert data[start + 4] == 0
    steps = data[start + 5 : start + 69]
    wide = b"\xff\xdb" + (2 + 1 + 128).to_bytes(2, "big") + b"\x10"
    wide += b"".join(bytes([0, step]) for step in steps)
    (tmp_path / "b.jpg").write_bytes(data[:start] + wide + data[start + 2 + length :])
    assert quality(tmp_path / "b.jpg") == 60


def test_other_tables_have_the_quality_that_is_as_coarse(tmp_path):
    data = bytearray(saved(tmp_path / "a.jpg", 80).read_bytes())
    start = data.index(b"\xff\xdb") + 5
    steps = sorted(data[start : start + 64], reverse=True)
    data[start : start + 64] = bytes(steps)
    (tmp_path / "b.jpg").write_bytes(data)
    assert quality(tmp_path / "b.jpg") == 80
    data[start : start + 64] = bytes(step + 1 for step in steps)
    (tmp_path / "b.jpg").write_bytes(data)
    assert 70 < quality(tmp_path / "b.jpg") < 80


@pytest.mark.parametrize("keep", [Keep(), Keep(format="png"), Keep("tiff", "lzw")])
def test_what_was_no_jpeg_is_written_at_95(keep, tmp_path):
    write(tmp_path / "a.jpg", NOISE / np.float32(255), keep=keep)
    assert quality(tmp_path / "a.jpg") == 95


def test_a_quality_is_no_compression_of_another_format(tmp_path):
    picture = read(saved(tmp_path / "a.jpg", 40))
    write(tmp_path / "b.tif", picture.pixels, keep=picture.keep)
    write(tmp_path / "c.tif", picture.pixels)
    assert read(tmp_path / "b.tif").keep == read(tmp_path / "c.tif").keep


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda data: b"\xff\xdb" + data))
def test_whatever_a_file_holds_there_is_an_answer(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "strange.jpg"
    path.write_bytes(b"\xff\xd8" + data)
    found = quality(path)
    assert found is None or 1 <= found <= 100


def test_a_missing_file_has_no_quality(tmp_path):
    assert quality(tmp_path / "missing.jpg") is None
