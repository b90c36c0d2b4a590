"""TIFF files whose colors are multiplied by alpha."""

from __future__ import annotations

import struct

import numpy as np
import OpenImageIO
import pytest

from maya_stylize.images import reader, writer
from maya_stylize.images.held import Held

ROWS, COLUMNS = 13, 21
LARGEST = {"uint8": 255, "uint16": 65535, "float": 1}
EXTRA_SAMPLES = 338


def source(path, depth):
    """Write a file as another program would, glowing where nothing covers; return its numbers."""
    random = np.random.default_rng(4)
    alpha = random.choice(np.float32([0, 0.003, 0.3, 0.7, 1]), (ROWS, COLUMNS, 1))
    colors = random.random((ROWS, COLUMNS, 3), np.float32) * np.maximum(alpha, 0.02)
    values = np.concatenate([colors, alpha], -1) * LARGEST[depth]
    values = values.astype(np.float32) if depth == "float" else np.rint(values).astype(depth)
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), OpenImageIO.ImageSpec(COLUMNS, ROWS, 4, depth))
    assert output.write_image(values)
    output.close()
    return values


def numbers(path):
    """Return a file's numbers as they are."""
    config = OpenImageIO.ImageSpec()
    config.attribute("oiio:UnassociatedAlpha", 1)
    opened = OpenImageIO.ImageInput.open(str(path), config)
    values = np.asarray(opened.read_image("unknown")).reshape(ROWS, COLUMNS, -1)
    opened.close()
    return values


def extra_samples(path):
    """Return what a TIFF file says of its fourth channel: 1 is alpha that colors are multiplied by.

    It is looked up in the file's bytes.
    """
    data = path.read_bytes()
    order = "<" if data[:2] == b"II" else ">"
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, start)
    for index in range(count):
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", data, start + 2 + 12 * index)
        if tag == EXTRA_SAMPLES:
            return value
    return None


def passed(path, target, where):
    """Write what was read, and what is held of it; return whether that was exact."""
    picture = reader.read(path)
    made = np.where(where[..., None], picture.pixels * 0.5, 0.25).astype(np.float32)
    return writer.write(
        target,
        made,
        alpha=picture.alpha,
        depth=picture.depth,
        space=picture.space,
        keep=picture.keep,
        held=Held.of(path, where),
    ).exact


@pytest.mark.parametrize(
    ("depth", "suffix"),
    [("uint8", "tif"), ("uint16", "tif"), ("float", "tif"), ("uint8", "tx"), ("uint16", "tx")],
)
def test_what_is_kept_is_copied_to_the_bit(depth, suffix, tmp_path):
    values = source(tmp_path / "a.tif", depth)
    where = np.random.default_rng(1).random((ROWS, COLUMNS)) < 0.6
    target = tmp_path / f"b.{suffix}"
    assert passed(tmp_path / "a.tif", target, where)
    written = numbers(target)
    assert written.dtype == values.dtype
    assert (written[where] == values[where]).all()
    assert extra_samples(target) == extra_samples(tmp_path / "a.tif") == 1
    # What is new is multiplied too, at its own alpha.
    found = reader.read(target)
    new = ~where & (found.alpha >= 0.3)
    assert found.pixels[new] == pytest.approx(0.25, abs=0.003 if depth == "uint8" else 1e-4)


def test_in_a_format_whose_colors_are_not_multiplied_nothing_is_copied(tmp_path):
    source(tmp_path / "a.tif", "uint8")
    where = np.ones((ROWS, COLUMNS), bool)
    assert not passed(tmp_path / "a.tif", tmp_path / "b.png", where)
    before, after = (reader.read(tmp_path / name) for name in ("a.tif", "b.png"))
    seen = before.alpha >= 0.3
    wanted = np.clip(before.pixels[seen] * 0.5, 0, 1)
    assert after.pixels[seen] == pytest.approx(wanted, abs=0.51 / 255)


def test_an_exr_file_s_colors_are_not_copied_into_a_tiff_file_that_is_another_kind(tmp_path):
    random = np.random.default_rng(2)
    colors = random.random((ROWS, COLUMNS, 3), np.float32)
    alpha = random.uniform(0.2, 0.9, (ROWS, COLUMNS)).astype(np.float32)
    writer.write(tmp_path / "a.exr", colors, alpha=alpha, depth="float")
    where = np.ones((ROWS, COLUMNS), bool)
    assert not passed(tmp_path / "a.exr", tmp_path / "b.tif", where)
    assert reader.read(tmp_path / "b.tif").pixels == pytest.approx(0.5 * colors, abs=1e-5)
    assert passed(tmp_path / "a.exr", tmp_path / "c.exr", where)
    assert (numbers(tmp_path / "c.exr") == numbers(tmp_path / "a.exr")).all()
