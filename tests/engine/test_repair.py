"""Whole repairs, small: how they look on the real network, the rest on a narrow one."""

import dataclasses

import numpy as np
import OpenImageIO
import pytest

from maya_stylize import events
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine.run import run
from maya_stylize.errors import ImageError, JobError
from maya_stylize.images import metadata, reader, seam, writer
from maya_stylize.jobs import Region, RepairJob, StylizeJob, SynthesizeJob, from_json


@pytest.fixture(scope="module")
def granite():
    return reader.read(EXEMPLARS / "granite.png").pixels[:80, :96]


def saved(path, pixels, **settings):
    writer.write(path, pixels, **settings)
    return str(path)


def mask_of(path, shape, *slices):
    values = np.zeros((*shape, 3), np.float32)
    values[slices] = 1
    return saved(path, values)


def numbers(path):
    """A file's numbers by another way than the product's."""
    picture = OpenImageIO.ImageBuf(str(path))
    return np.asarray(picture.get_pixels(picture.spec().format))


def repair(output, picture, **settings):
    settings = {"quality": "draft", "device": "cpu", **settings}
    return RepairJob(output=str(output), picture=picture, **settings)


def finish(job, model):
    return list(run(job, model))


@pytest.mark.parametrize(
    ("suffix", "depth"),
    [("png", "uint8"), ("png", "uint16"), ("tif", "uint8"), ("tif", "float"), ("exr", "half")],
)
def test_what_is_kept_is_the_sources_to_the_bit(granite, narrow_model, tmp_path, suffix, depth):
    pixels = granite[:48, :48]
    if depth in ("half", "float"):
        pixels = pixels * 3 - 0.5  # beyond what a screen shows
    picture = saved(tmp_path / f"source.{suffix}", pixels, depth=depth)
    mask = mask_of(tmp_path / "mask.png", (48, 48), slice(10, 30), slice(16, 40))
    output = tmp_path / f"result.{suffix}"

    found = finish(repair(output, picture, mask=mask), narrow_model)

    before, after = numbers(picture), numbers(output)
    assert before.dtype == after.dtype
    changed = (before != after).any(-1)
    inside = np.zeros((48, 48), bool)
    inside[10:30, 16:40] = True
    assert not changed[~inside].any()
    assert changed[inside].mean() > 0.9
    assert not [event for event in found if getattr(event, "level", "") == "warning"]


def test_a_repair_has_the_pictures_texture_and_no_border(granite, real_model, tmp_path):
    stained = granite.copy()
    stained[30:50, 40:64] = [1, 0, 0]
    picture = saved(tmp_path / "stained.png", stained)
    mask = mask_of(tmp_path / "mask.png", (80, 96), slice(28, 52), slice(38, 66))
    output = tmp_path / "clean.png"

    finish(repair(output, picture, mask=mask, quality="normal"), real_model)

    made = reader.read(output).pixels[28:52, 38:66]
    kept = np.concatenate([granite[:28].reshape(-1, 3), granite[52:].reshape(-1, 3)])
    assert np.abs(made.mean((0, 1)) - kept.mean(0)).max() < 0.06
    assert 0.7 < made.std() / kept.std() < 1.3
    inside, outside = (np.abs(np.diff(each, axis=0)).mean() for each in (made, granite))
    assert 0.6 < inside / outside < 1.5
    # Over the hole's border the picture goes on: the steps there are far from those to another
    # place of the same texture.
    whole = reader.read(output).pixels
    elsewhere = whole.copy()
    elsewhere[28:52, 38:66] = granite[4:28, 4:32]
    found, torn = (
        np.abs(np.diff(each, axis=0)).mean(-1)[[27, 51], 38:66].mean()
        for each in (whole, elsewhere)
    )
    assert found < 0.75 * torn


def test_a_band_lets_a_picture_wrap_and_keeps_its_inside(granite, real_model, tmp_path):
    picture = saved(tmp_path / "source.png", granite)
    output = tmp_path / "wraps.png"
    job = repair(output, picture, seamless="both", band=24, quality="normal")

    found = finish(job, real_model)

    before, after = numbers(picture), numbers(output)
    np.testing.assert_array_equal(after[12:-12, 12:-12], before[12:-12, 12:-12])
    source, pixels = reader.read(picture).pixels, reader.read(output).pixels
    for axis in (0, 1):
        assert seam.score(pixels, axis) < 1 < seam.score(source, axis)
    told = [event.message for event in found if isinstance(event, events.Log)]
    assert any("The seam down" in message for message in told)
    assert "The band along each seam is 24 pixels wide." in told


def test_a_picture_grows_outward(granite, real_model, tmp_path):
    picture = saved(tmp_path / "source.png", granite[:48, :64])
    output = tmp_path / "larger.png"

    finish(repair(output, picture, extend=(0, 8, 24, 0)), real_model)

    after = numbers(output)
    assert after.shape == (56, 88, 3)
    np.testing.assert_array_equal(after[8:, :64], numbers(picture))
    made = reader.read(output).pixels[8:, 64:]
    assert np.abs(made.mean((0, 1)) - granite[:48, :64].mean((0, 1))).max() < 0.08


def test_alpha_stays_and_is_opaque_where_the_picture_grows(granite, narrow_model, tmp_path):
    alpha = np.ones((48, 48), np.float32)
    alpha[:20] = 0.25
    picture = saved(tmp_path / "source.exr", granite[:48, :48], alpha=alpha, depth="half")
    output = tmp_path / "larger.exr"

    finish(repair(output, picture, extend=(0, 0, 16, 0)), narrow_model)

    before, after = numbers(picture), numbers(output)
    assert after.shape == (48, 64, 4)
    np.testing.assert_array_equal(after[:, :48], before)
    assert (after[:, 48:, 3] == 1).all()


def test_a_jpeg_says_that_it_loses(granite, narrow_model, tmp_path):
    picture = saved(tmp_path / "source.png", granite[:32, :32])
    mask = mask_of(tmp_path / "mask.png", (32, 32), slice(4, 12), slice(4, 12))

    found = finish(repair(tmp_path / "out.jpg", picture, mask=mask), narrow_model)

    (warning,) = [event for event in found if getattr(event, "level", "") == "warning"]
    assert "but for rounding" in warning.message


def test_a_resolved_repair_gives_the_same_bytes_and_carries_no_path(
    granite, narrow_model, tmp_path
):
    picture = saved(tmp_path / "source.png", granite[:40, :40])
    mask = mask_of(tmp_path / "mask.png", (40, 40), slice(8, 24), slice(8, 24))
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    *_, result = finish(repair(first, picture, mask=mask), narrow_model)

    finish(dataclasses.replace(from_json(result.job), output=str(second)), narrow_model)

    assert first.read_bytes() == second.read_bytes()
    carried = metadata.read_job(first)
    assert carried["picture"].startswith("sha256:")
    assert carried["mask"].startswith("sha256:")


def test_a_mask_of_other_proportions_is_refused_and_nothing_written(
    granite, narrow_model, tmp_path
):
    picture = saved(tmp_path / "source.png", granite[:40, :40])
    mask = mask_of(tmp_path / "mask.png", (40, 60), slice(8, 24))
    with pytest.raises(ImageError, match="60x40 pixels, and the picture has 40x40"):
        finish(repair(tmp_path / "out.png", picture, mask=mask), narrow_model)
    with pytest.raises(JobError, match="picture that the job reads"):
        finish(repair(mask, picture, mask=mask), narrow_model)
    assert not (tmp_path / "out.png").exists()


def test_regions_take_their_colors_from_their_like(narrow_model, tmp_path):
    left, right = (
        reader.read(EXEMPLARS / f"{name}.png").pixels[:64, :48] for name in ("rust", "granite")
    )
    exemplar = saved(tmp_path / "both.png", np.concatenate([left, right], 1))
    source = mask_of(tmp_path / "source.png", (64, 96), slice(None), slice(0, 48))
    target = mask_of(tmp_path / "target.png", (64, 64), slice(0, 32))
    output = tmp_path / "out.png"
    job = SynthesizeJob(
        output=str(output),
        exemplar=exemplar,
        size=(64, 64),
        quality="draft",
        device="cpu",
        regions=(Region(target, source),),
    )

    finish(job, narrow_model)

    pixels = reader.read(output).pixels
    upper, lower = pixels[:26].mean((0, 1)), pixels[38:].mean((0, 1))
    first, second = left.mean((0, 1)), right.mean((0, 1))
    apart = np.linalg.norm(first - second)
    assert np.linalg.norm(upper - first) < 0.25 * apart
    assert np.linalg.norm(lower - second) < 0.25 * apart
    carried = metadata.read_job(output)["regions"]
    assert carried[0]["target"].startswith("sha256:")


def test_regions_of_a_transfer_take_different_styles(granite, narrow_model, tmp_path):
    rust = reader.read(EXEMPLARS / "rust.png").pixels[:64, :64]
    styles = [
        saved(tmp_path / f"{name}.png", pixels)
        for name, pixels in (("rust", rust), ("granite", granite[:64, :64]))
    ]
    content = saved(tmp_path / "flat.png", np.full((72, 72, 3), 0.5, np.float32))
    halves = [
        mask_of(tmp_path / f"half{part}.png", (72, 72), slice(part * 36, part * 36 + 36))
        for part in (0, 1)
    ]
    output = tmp_path / "out.png"
    job = StylizeJob(
        output=str(output),
        content=content,
        styles=tuple(styles),
        content_weight=0.0,
        start="noise",
        quality="draft",
        device="cpu",
        regions=tuple(Region(mask, None, style) for style, mask in enumerate(halves)),
    )

    finish(job, narrow_model)

    pixels = reader.read(output).pixels
    upper, lower = pixels[:30].mean((0, 1)), pixels[42:].mean((0, 1))
    first, second = rust.mean((0, 1)), granite[:64, :64].mean((0, 1))
    apart = np.linalg.norm(first - second)
    assert np.linalg.norm(upper - first) < 0.35 * apart
    assert np.linalg.norm(lower - second) < 0.35 * apart


def test_a_style_that_is_not_there_is_refused():
    with pytest.raises(JobError, match=r"regions\[0\].style"):
        StylizeJob(
            output="o.png", content="c.png", styles=("s.png",), regions=(Region("m.png", None, 1),)
        )
