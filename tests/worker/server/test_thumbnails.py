"""Small pictures for the panel: right, kept, and made anew when the file changes."""

from __future__ import annotations

import os

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from maya_stylize import settings
from maya_stylize.errors import ImageError
from maya_stylize.images import reader, writer
from maya_stylize.images.color import linear_to_srgb
from maya_stylize.worker import thumbnails
from maya_stylize.worker.thumbnails import thumbnail

SHARED = hypothesis_settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path / "home"))


@SHARED
@given(st.integers(1, 200), st.integers(1, 200), st.integers(16, 64))
def test_it_fits_and_keeps_the_shape(tmp_path, width, height, longest):
    path = tmp_path / f"{width}x{height}.png"
    cv2.imwrite(str(path), np.zeros((height, width, 3), np.uint8))
    rows, columns = reader.read(thumbnail(path, longest)).pixels.shape[:2]
    assert max(rows, columns) == min(longest, max(width, height))
    factor = max(rows, columns) / max(width, height)
    assert abs(rows - height * factor) <= 1
    assert abs(columns - width * factor) <= 1


@pytest.mark.parametrize("name", ["a.png", "a.exr", "a.tif", "a.jpg", "a.tga"])
def test_colors_are_those_of_the_picture_on_the_srgb_curve(tmp_path, name):
    ramp = np.linspace(0, 1, 300, dtype=np.float32)
    picture = np.dstack([np.tile(ramp, (200, 1))] * 3)
    picture[..., 1] *= 0.5
    writer.write(tmp_path / name, picture, depth="half")
    small = reader.read(thumbnail(tmp_path / name, 60)).pixels
    wanted = cv2.resize(picture, (60, 40), interpolation=cv2.INTER_AREA)
    assert small.shape == wanted.shape
    assert np.abs(small - wanted).max() < 0.02


def test_brighter_than_white_is_white_and_alpha_stays(tmp_path):
    picture = np.full((50, 50, 3), 3, np.float32)
    alpha = np.zeros((50, 50), np.float32)
    alpha[:, :25] = 1
    writer.write(tmp_path / "a.tif", picture, alpha=alpha, depth="float")
    found = reader.read(thumbnail(tmp_path / "a.tif", 20))
    assert found.pixels.max() == 1
    assert found.alpha[:, 0] == pytest.approx(1)
    assert found.alpha[:, -1] == pytest.approx(0)


def test_it_is_made_once_and_anew_when_the_file_changes(tmp_path):
    path = tmp_path / "a.png"
    writer.write(path, np.zeros((40, 40, 3), np.float32))
    first = thumbnail(path, 32)
    made = first.stat().st_mtime_ns
    assert thumbnail(path, 32) == first
    assert first.stat().st_mtime_ns == made
    assert thumbnail(path, 16) != first
    writer.write(path, np.ones((40, 40, 3), np.float32))
    os.utime(path, ns=(made + 10**9, made + 10**9))
    assert reader.read(thumbnail(path, 32)).pixels.min() == 1
    assert reader.read(first).pixels.max() == 0


@pytest.mark.parametrize("content", [None, b"", b"no picture"])
def test_what_is_no_picture_leaves_nothing(tmp_path, content):
    path = tmp_path / "a.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImageError, match=r"a\.png"):
        thumbnail(path, 32)
    assert list((tmp_path / "home").rglob("*.png")) == []


def test_a_cache_that_cannot_be_written_is_told(tmp_path):
    writer.write(tmp_path / "a.png", np.zeros((40, 40, 3), np.float32))
    (tmp_path / "home").touch()
    with pytest.raises(ImageError) as caught:
        thumbnail(tmp_path / "a.png", 32)
    assert str(tmp_path / "home") in caught.value.message


def test_the_oldest_are_removed_when_there_are_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr(thumbnails, "KEPT", 3)
    for index in range(5):
        path = tmp_path / f"{index}.png"
        writer.write(path, np.zeros((20, 20, 3), np.float32))
        os.utime(thumbnail(path, 16), (index, index))
    thumbnails.prune()
    left = (tmp_path / "home" / "thumbnails").iterdir()
    assert sorted(path.stat().st_mtime for path in left) == [2, 3, 4]


def test_colors_are_those_of_the_space_that_is_named(tmp_path):
    """ACEScg's green is beyond sRGB's; its grays are the same."""
    picture = np.zeros((20, 40, 3), np.float32)
    picture[:, :20, 1], picture[:, 20:] = 0.5, 0.18
    writer.write(tmp_path / "a.exr", linear_to_srgb(picture), depth="float")
    told = [
        reader.read(thumbnail(tmp_path / "a.exr", 32, name)).pixels[8, [4, -4]]
        for name in (None, "ACEScg", "Raw")
    ]
    np.testing.assert_allclose(told[0], [[0, 0.7354, 0], [0.4614] * 3], atol=0.003)
    np.testing.assert_allclose(told[1], [[0, 0.7808, 0], [0.4614] * 3], atol=0.003)
    np.testing.assert_allclose(told[2], [[0, 0.5, 0], [0.18] * 3], atol=0.003)


def test_it_is_made_anew_for_another_space_or_config(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((20, 40, 3), 128, np.uint8))
    config = tmp_path / "studio.ocio"
    text = "ocio_profile_version: 2\nroles: {default: a, aces_interchange: a}\ncolorspaces:\n"
    config.write_text(text + "  - !<ColorSpace> {name: a}\n")
    first = thumbnail(tmp_path / "a.png", 32, "a", str(config))
    assert first != thumbnail(tmp_path / "a.png", 32, "sRGB")
    assert first == thumbnail(tmp_path / "a.png", 32, "a", str(config))
    config.write_text(text + "  - !<ColorSpace> {name: a, isdata: true}\n")
    assert first != thumbnail(tmp_path / "a.png", 32, "a", str(config))
    with pytest.raises(ImageError, match=r"studio.ocio has no color space 'b'; it has a"):
        thumbnail(tmp_path / "a.png", 32, "b", str(config))
