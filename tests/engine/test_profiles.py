"""ICC profiles through whole jobs: what is said, what is computed, and what is written."""

from __future__ import annotations

import numpy as np
import OpenImageIO
import profile_writer as make
import pytest
from profile_writer import carried

from maya_stylize.engine import tasks
from maya_stylize.engine.run import _write
from maya_stylize.images import reader, spaces, writer
from maya_stylize.images.keep import Keep
from maya_stylize.jobs import MAP, MaterialJob, RepairJob, StylizeJob, SynthesizeJob

NUMBERS = np.rint(np.random.default_rng(8).random((32, 40, 3)) * 65535).astype(np.float32) / 65535
PROPHOTO = make.rgb("ProPhoto RGB", make.to_d50(make.ROMM), make.gamma(1.8))
PROFILES = {
    "adobe": make.adobe(),
    "prophoto": PROPHOTO,
    "srgb": make.srgb(),
    "paper": make.tables_only(),
}


@pytest.fixture
def picture(tmp_path):
    """Writes the same numbers with a profile, and returns where."""

    def made(profile, name="a.png", depth="uint16"):
        path = tmp_path / name
        keep = Keep(profile=PROFILES[profile])
        writer.write(path, NUMBERS, depth=depth, space=spaces.RAW, keep=keep)
        return str(path)

    return made


def raw(path):
    return reader.read(path, spaces.RAW).pixels


def passed_through(job):
    """Read a job and write what it starts from; return what was said, and the spaces."""
    task = tasks.read(job)
    pixels = task.problem.canvas.pixels if isinstance(job, RepairJob) else task.problem.exemplar
    for index, output in enumerate(task.outputs):
        _write(output, index, pixels, {})
    return [(note.level, note.message) for note in task.notes], task.spaces


CASES = [
    # the picture's profile, its suffix, the result's, what the job says; the space, the profile
    ("adobe", "png", "png", {}, "AdobeRGB", True),
    ("adobe", "tif", "png", {}, "AdobeRGB", True),
    ("adobe", "png", "tx", {}, "AdobeRGB", True),
    ("adobe", "png", "tga", {}, "sRGB", False),
    ("adobe", "png", "exr", {}, "scene-linear Rec.709-sRGB", False),
    ("adobe", "png", "png", {"output": "sRGB"}, "sRGB", False),
    ("adobe", "png", "png", {"output": "Adobe RGB (1998)"}, "AdobeRGB", True),
    ("adobe", "png", "png", {"exemplar": "sRGB"}, "sRGB", False),
    ("adobe", "png", "png", {"exemplar": "Adobe RGB"}, "Adobe RGB", True),
    ("adobe", "png", "png", {"exemplar": "Raw"}, "Raw", False),
    ("prophoto", "png", "png", {}, "ProPhoto RGB (ICC)", True),
    ("prophoto", "tif", "tif", {"output": "AdobeRGB"}, "AdobeRGB", False),
    ("srgb", "png", "tif", {}, "sRGB", True),
    ("srgb", "png", "tif", {"output": "sRGB - Texture"}, "sRGB", True),
    ("paper", "png", "png", {}, "sRGB", True),
    ("paper", "png", "png", {"exemplar": "sRGB"}, "sRGB", False),
    ("paper", "png", "exr", {}, "scene-linear Rec.709-sRGB", False),
]


@pytest.mark.parametrize(("profile", "first", "second", "given", "space", "goes"), CASES)
def test_the_profile_goes_along_where_the_result_has_the_numbers_that_it_is_of(
    picture, tmp_path, profile, first, second, given, space, goes
):
    source = picture(profile, f"a.{first}")
    output = tmp_path / f"o.{second}"
    job = SynthesizeJob(output=str(output), exemplar=source, color_spaces=given)
    _, found = passed_through(job)
    assert found["output"] == space
    assert carried(output) == (PROFILES[profile] if goes else None)
    if goes:  # numbers as they were: of 16 bits within what the space loses on the way
        np.testing.assert_allclose(raw(output), NUMBERS, atol=1e-3)


def test_of_a_repair_what_is_kept_is_to_the_bit_with_the_profile(picture, tmp_path):
    mask = np.zeros_like(NUMBERS)
    mask[:8, :8] = 1
    writer.write(tmp_path / "m.png", mask)
    for name in PROFILES:
        source = picture(name, f"{name}.png")
        output = tmp_path / f"{name}_o.png"
        job = RepairJob(output=str(output), picture=source, mask=str(tmp_path / "m.png"))
        passed_through(job)
        before, after = (reader.numbers(path)[0] for path in (source, output))
        kept = mask[..., 0] == 0
        assert np.array_equal(before[kept], after[kept])
        assert carried(output) == PROFILES[name]


def test_of_a_gray_repair_too(tmp_path):
    """The profile for gray becomes one for RGB of the same curve."""
    gray = np.rint(NUMBERS[..., :1] * 255).astype(np.uint8)
    profile = np.frombuffer(make.gray("Gray Gamma 2.2", make.gamma(2.2)), np.uint8)
    spec = OpenImageIO.ImageSpec(40, 32, 1, "uint8")
    spec.attribute("ICCProfile", OpenImageIO.TypeDesc(f"uint8[{len(profile)}]"), profile)
    out = OpenImageIO.ImageOutput.create("g.png")
    assert out.open(str(tmp_path / "g.png"), spec)
    assert out.write_image(gray)
    assert out.close()
    writer.write(tmp_path / "m.png", np.eye(32, 40, dtype=np.float32)[..., None].repeat(3, -1))
    job = RepairJob(
        output=str(tmp_path / "o.png"),
        picture=str(tmp_path / "g.png"),
        mask=str(tmp_path / "m.png"),
    )
    passed_through(job)
    kept = np.eye(32, 40) == 0
    after = reader.numbers(tmp_path / "o.png")[0]
    assert np.array_equal(after[kept], gray.repeat(3, -1)[kept])
    found = reader.read(tmp_path / "o.png")
    assert (found.space.name, found.by_profile) == ("gamma 2.2 Rec.709", True)


def test_of_a_material_the_albedo_has_its_profile_and_data_has_none(picture, tmp_path):
    maps = {"albedo": picture("adobe", "a.png"), "height": picture("srgb", "b.png")}
    job = MaterialJob(output=str(tmp_path / f"o_{MAP}.png"), maps=maps)
    passed_through(job)
    assert carried(tmp_path / "o_albedo.png") == PROFILES["adobe"]
    assert carried(tmp_path / "o_height.png") is None


@pytest.mark.parametrize(
    ("profile", "given", "level", "message"),
    [
        ("adobe", {}, "info", "its colors are in AdobeRGB, as its ICC profile says."),
        ("prophoto", {}, "info", "in ProPhoto RGB (ICC), as its ICC profile says."),
        ("srgb", {}, None, ""),
        ("adobe", {"content": "AdobeRGB"}, None, ""),
        (
            "adobe",
            {"content": "sRGB"},
            "info",
            "taken as sRGB, as the job says; its ICC profile says AdobeRGB.",
        ),
        ("adobe", {"content": "Raw"}, None, ""),
        (
            "paper",
            {},
            "warning",
            "its ICC profile 'Paper' cannot be used: it has tables only; its colors are taken as "
            "sRGB. If they are others, name their color space: --color-space, or Color space in "
            "the panel.",
        ),
        ("paper", {"content": "sRGB"}, None, ""),
    ],
)
def test_what_is_said_of_a_profile(picture, tmp_path, profile, given, level, message):
    job = StylizeJob(
        output=str(tmp_path / "o.png"),
        content=picture(profile),
        styles=(picture("srgb", "style.png"),),
        color_spaces=given,
    )
    notes = [note for note in tasks.read(job).notes if "ICC profile" in note.message]
    assert [note.level for note in notes] == ([] if level is None else [level])
    assert all(note.message.startswith(f"{job.content}: ") for note in notes)
    assert all(note.message.endswith(message) for note in notes)


def test_the_network_sees_the_same_of_adobe_rgb_and_srgb(tmp_path):
    """Two jobs that differ in how their pictures are stored begin with the same numbers."""
    srgb = 0.15 + 0.7 * NUMBERS.astype(np.float64)
    matrix = np.linalg.inv(make.to_d50(make.ADOBE)) @ make.to_d50(make.REC709)
    adobe = (make.srgb_light(srgb) @ matrix.T) ** (256 / 563)
    seen = []
    for name, values in (("srgb", srgb), ("adobe", adobe)):
        path = tmp_path / f"{name}.png"
        keep = Keep(profile=PROFILES[name])
        numbers = values.astype(np.float32)
        writer.write(path, numbers, depth="uint16", space=spaces.RAW, keep=keep)
        job = SynthesizeJob(output=str(tmp_path / "o.png"), exemplar=str(path))
        seen.append(tasks.read(job).problem.exemplar)
    np.testing.assert_allclose(seen[0], srgb, atol=1e-5)
    np.testing.assert_allclose(seen[1], srgb, atol=2e-4)
