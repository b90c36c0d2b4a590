"""Transparent pixels, filled for a look and put back as they were."""

from __future__ import annotations

import numpy as np
import OpenImageIO
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize.errors import ImageError
from maya_stylize.images.islands import Cover, dilated
from maya_stylize.images.reader import read
from maya_stylize.images.writer import write

SEEDS = st.integers(0, 2**32)
SIDES = st.integers(1, 40)
RED, BLUE = np.float32([0.8, 0.2, 0.1]), np.float32([0.1, 0.3, 0.9])


def disc(side, radius, center=None):
    """1 inside of a circle, 0 outside."""
    y, x = np.mgrid[:side, :side] - (side / 2 if center is None else np.reshape(center, (2, 1, 1)))
    return ((y**2 + x**2) < radius**2).astype(np.float32)


@settings(max_examples=80)
@given(SEEDS, SIDES, SIDES, st.floats(0, 0.98), st.booleans())
def test_what_is_seen_stays_and_the_rest_is_between(seed, height, width, share, soft):
    random = np.random.default_rng(seed)
    pixels = random.normal(0.5, 1, (height, width, 3)).astype(np.float32)
    alpha = (random.random((height, width)) >= share).astype(np.float32)
    alpha[random.integers(height), random.integers(width)] = 1
    if soft:
        alpha *= random.random((height, width), dtype=np.float32) + 1e-30
    before = pixels.copy()

    filled = dilated(pixels, alpha, "a.png")

    seen = alpha > 0
    assert (pixels == before).all()
    assert filled.dtype == np.float32
    assert filled.shape == pixels.shape
    assert (filled[seen] == pixels[seen]).all()
    assert (filled[~seen] >= pixels[seen].min(0) - 1e-5).all()
    assert (filled[~seen] <= pixels[seen].max(0) + 1e-5).all()
    assert (dilated(pixels, alpha, "a.png") == filled).all()


def test_an_opaque_picture_is_itself():
    pixels = np.zeros((5, 4, 3), np.float32)
    assert dilated(pixels, np.full((5, 4), 0.1, np.float32), "a.png") is pixels


def test_a_picture_of_which_nothing_is_seen_is_refused():
    with pytest.raises(ImageError, match=r"^wood\.png: every pixel is transparent") as caught:
        dilated(np.ones((5, 4, 3), np.float32), np.zeros((5, 4), np.float32), "wood.png")
    assert caught.value.hint == "Export it with the alpha that is meant, or without."


def test_one_color_fills_everything():
    alpha = disc(67, 9)
    filled = dilated(alpha[..., None] * RED, alpha, "a.png")
    assert filled == pytest.approx(np.broadcast_to(RED, filled.shape), abs=1e-6)


def test_each_island_fills_what_is_near_it():
    alpha = disc(96, 14, (48, 20)) + disc(96, 14, (48, 76))
    pixels = np.where(np.arange(96)[None, :, None] < 48, RED, BLUE) * alpha[..., None]

    filled = dilated(pixels, alpha, "a.png")

    for center, color in (((48, 20), RED), ((48, 76), BLUE)):
        around = (disc(96, 16, center) == 1) & (alpha == 0)
        assert np.abs(filled[around] - color).max() < 0.13
        assert np.abs(filled[around] - color).mean() < 0.02
    # In between it goes evenly from one to the other.
    middle = filled[48, 34:62, 2]
    assert (np.diff(middle) > -1e-3).all()
    assert np.diff(middle).max() < 0.12


def test_an_edge_goes_on_smoothly():
    """A ramp that is seen on one side only: the first hidden pixels have the last seen color."""
    ramp = np.linspace(0.2, 0.8, 64, dtype=np.float32)
    pixels = np.broadcast_to(ramp[None, :, None], (64, 64, 3)).copy()
    alpha = np.ones((64, 64), np.float32)
    alpha[:, 40:] = 0
    pixels[:, 40:] = 0

    filled = dilated(pixels, alpha, "a.png")

    assert np.abs(filled[:, 40:] - ramp[39]).max() < 0.05
    assert np.abs(np.diff(filled, axis=1)).max() < 0.03


def test_alpha_at_its_own_size_stays_bit_for_bit():
    random = np.random.default_rng(0)
    cover = Cover(random.random((12, 17), dtype=np.float32), random.random((12, 17, 3)))
    assert cover.at(17, 12) is cover
    assert Cover().at(3, 4).alpha is None


@pytest.mark.parametrize("size", [24, 40, 100, 256])
def test_alpha_at_another_size_has_no_ripples(size):
    alpha = disc(64, 20)

    cover = Cover(alpha, np.ones((64, 64, 3), np.float32)).at(size, size)

    assert cover.alpha.shape == (size, size)
    assert cover.under.shape == (size, size, 3)
    assert cover.alpha.min() == 0
    assert cover.alpha.max() == 1
    assert cover.alpha.mean() == pytest.approx(alpha.mean(), rel=0.02)
    margin = 2 + max(1, 64 / size)
    assert cover.alpha[disc(size, (20 + margin) * size / 64) == 0].max() == 0
    assert cover.alpha[disc(size, (20 - margin) * size / 64) == 1].min() > 1 - 1e-6
    row = cover.alpha[size // 2]
    assert (np.diff(row[: size // 2]) > -1e-6).all()


DEPTHS = [
    *(("png", depth) for depth in ("uint8", "uint16")),
    *(("tif", depth) for depth in ("uint8", "uint16", "float")),
    *(("exr", depth) for depth in ("half", "float")),
    ("tga", "uint8"),
    *(("tx", depth) for depth in ("uint8", "uint16", "half", "float")),
]


def numbers(path):
    """The numbers as they are in the file."""
    config = OpenImageIO.ImageSpec()
    config.attribute("oiio:UnassociatedAlpha", 1)
    opened = OpenImageIO.ImageInput.open(str(path), config)
    values = opened.read_image("unknown")
    opened.close()
    return values


def islands(path, depth):
    """Write a picture with islands, and colors where nobody sees them, as another program would."""
    random = np.random.default_rng(5)
    values = random.random((40, 56, 4)).astype(np.float32)
    values[..., 3] *= random.random((40, 56)) < 0.6
    spec = OpenImageIO.ImageSpec(56, 40, 4, depth)
    if path.suffix != ".exr":
        spec.attribute("oiio:UnassociatedAlpha", 1)
    plain = path.with_suffix(".exr" if depth in ("half", "float") else ".tif")
    output = OpenImageIO.ImageOutput.create(str(plain if path.suffix == ".tx" else path))
    assert output.open(str(plain if path.suffix == ".tx" else path), spec), output.geterror()
    assert output.write_image(values)
    output.close()
    if path.suffix == ".tx":
        settings = OpenImageIO.ImageSpec()
        settings.attribute("maketx:fileformatname", "openexr" if plain.suffix == ".exr" else "tiff")
        source = OpenImageIO.ImageBuf(str(plain), 0, 0, _unassociated(plain))
        make = OpenImageIO.ImageBufAlgo.make_texture
        assert make(OpenImageIO.MakeTxTexture, source, str(path), settings)
    return path


def _unassociated(path):
    config = OpenImageIO.ImageSpec()
    config.attribute("oiio:UnassociatedAlpha", 1)
    return config


@pytest.mark.parametrize(("suffix", "depth"), DEPTHS)
def test_alpha_and_what_it_hides_pass_through_bit_for_bit(suffix, depth, tmp_path):
    source = islands(tmp_path / f"source.{suffix}", depth)
    picture = read(source)
    target = tmp_path / f"result.{suffix}"

    write(
        target,
        1 - picture.pixels,
        alpha=picture.alpha,
        under=picture.own,
        depth=picture.depth,
        keep=picture.keep,
    )

    before, after = numbers(source), numbers(target)
    assert after.dtype == before.dtype
    assert (after[..., 3] == before[..., 3]).all()
    hidden = before[..., 3] == 0
    assert 0.3 < hidden.mean() < 0.5
    assert (after[hidden] == before[hidden]).all()
    assert before[hidden][:, :3].max() > 0.9
    assert (after[~hidden] != before[~hidden]).any(-1).mean() > 0.9


def test_a_turned_picture_hides_the_same_pixels(tmp_path):
    values = np.random.default_rng(1).integers(0, 256, (6, 9, 4), np.uint8)
    values[2:4, 3:7, 3] = 0
    spec = OpenImageIO.ImageSpec(9, 6, 4, "uint8")
    spec.attribute("Orientation", 6)
    spec.attribute("oiio:UnassociatedAlpha", 1)
    output = OpenImageIO.ImageOutput.create("a.tif")
    assert output.open(str(tmp_path / "a.tif"), spec)
    assert output.write_image(values)
    output.close()

    picture = read(tmp_path / "a.tif")
    assert picture.own.shape == (9, 6, 3)
    write(tmp_path / "b.png", picture.pixels * 0, alpha=picture.alpha, under=picture.own)

    turned = np.rot90(values, -1)
    hidden = turned[..., 3] == 0
    assert (numbers(tmp_path / "b.png")[hidden] == turned[hidden]).all()


@pytest.mark.parametrize(
    ("first", "depth", "second", "wanted"),
    [("exr", "half", "png", 0.25), ("png", "uint8", "exr", 0), ("tif", "float", "png", 0.25)],
)
def test_numbers_of_another_kind_are_not_put_there(first, depth, second, wanted, tmp_path):
    """Linear light in a file of sRGB values, or colors that EXR would take for light."""
    picture = read(islands(tmp_path / f"source.{first}", depth))
    target = tmp_path / f"result.{second}"
    made = np.full_like(picture.pixels, 0.25)

    write(target, made, alpha=picture.alpha, under=picture.own, depth=picture.depth)

    values = numbers(target)
    largest = 1 if second == "exr" else np.iinfo(values.dtype).max
    assert (values[picture.alpha == 0, :3] / largest) == pytest.approx(wanted, abs=1e-4)


def test_an_opaque_picture_has_nothing_hidden(tmp_path):
    pixels = np.zeros((4, 5, 3), np.float32)
    write(tmp_path / "a.png", pixels)
    write(tmp_path / "b.png", pixels, alpha=np.full((4, 5), 0.5, np.float32))
    assert read(tmp_path / "a.png").own is None
    assert read(tmp_path / "b.png").own is None
