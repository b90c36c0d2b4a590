"""The pictures that ship are what the demo and the README need."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

import maya_stylize
from maya_stylize.images.reader import read

FOLDER = Path(maya_stylize.__file__).parent / "exemplars"
TEXTURES = ["bricks", "granite", "pebbles", "rust", "tartan"]


@pytest.mark.parametrize("name", TEXTURES)
def test_a_texture_is_in_color_and_tiles(name):
    pixels = read(FOLDER / f"{name}.png").pixels
    assert pixels.shape == (256, 256, 3)
    saturation = pixels.max(axis=-1) - pixels.min(axis=-1)
    assert saturation.mean() > 0.05
    for axis in (0, 1):
        steps = np.abs(pixels - np.roll(pixels, 1, axis)).mean(axis=(1 - axis, 2))
        assert steps[0] <= 1.1 * steps[1:].max()


def test_every_picture_is_small_and_has_its_license():
    license_text = (FOLDER / "LICENSE.md").read_text(encoding="utf-8")
    pictures = sorted(FOLDER.glob("*.png"))
    assert {path.stem for path in pictures} == {*TEXTURES, "brushwork", "coffee", "gravel"}
    for path in pictures:
        assert path.stat().st_size < 300_000
        assert f"`{path.name}`" in license_text


def test_the_script_makes_them_again(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts")
    again = importlib.import_module("make_exemplars").PICTURES["tartan"]()
    shipped = read(FOLDER / "tartan.png").pixels * 255
    # Other versions of numpy may round a pixel in a thousand to the other side.
    assert np.abs(again - shipped).mean() < 0.01
