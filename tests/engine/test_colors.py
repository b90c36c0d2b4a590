"""The color spaces of whole jobs, up to what is computed and from there on into files."""

from __future__ import annotations

import json

import numpy as np
import PyOpenColorIO
import pytest

from maya_stylize.engine import resolution, tasks
from maya_stylize.engine.run import _write, run
from maya_stylize.errors import ImageError
from maya_stylize.files import sha256
from maya_stylize.images import metadata, reader, spaces, writer
from maya_stylize.images.color_config import load
from maya_stylize.jobs import MAP, MaterialJob, RepairJob, StylizeJob, SynthesizeJob

NUMBERS = np.random.default_rng(8).random((32, 40, 3), dtype=np.float32)
# Linear Rec.709 from ACEScg (ACES' own matrix, to seven digits).
AP1_TO_REC709 = np.array(
    [
        [1.7050510, -0.6217921, -0.0832589],
        [-0.1302564, 1.1408047, -0.0105483],
        [-0.0240034, -0.1289690, 1.1529724],
    ]
)


@pytest.fixture
def pictures(tmp_path):
    """The same numbers in files of every kind, by name."""
    made = {"a.exr": "float", "a.png": "uint16", "b.png": "uint16", "wall_normal.exr": "float"}
    for name, depth in made.items():
        writer.write(tmp_path / name, NUMBERS, depth=depth, space=spaces.RAW)
    return {name: str(tmp_path / name) for name in made}


def passed_through(job):
    """Read a job and write what it starts from; return the task and what was written."""
    task = tasks.read(job)
    pixels = task.problem.canvas.pixels if isinstance(job, RepairJob) else task.problem.exemplar
    written = [_write(output, index, pixels, {}) for index, output in enumerate(task.outputs)]
    return task, written


def raw(path):
    return reader.read(path, spaces.RAW).pixels


def test_the_network_sees_display_referred_colors_and_the_result_is_in_the_source_s(
    pictures, tmp_path
):
    job = SynthesizeJob(
        output=str(tmp_path / "o.exr"),
        exemplar=pictures["a.exr"],
        color_spaces={"exemplar": "ACEScg"},
    )
    task, _ = passed_through(job)
    linear = np.clip(NUMBERS.astype(np.float64) @ AP1_TO_REC709.T, 0, None)
    inside = (linear > 0.01) & (linear < 1)
    seen = 1.055 * linear[inside] ** (1 / 2.4) - 0.055
    np.testing.assert_allclose(task.problem.exemplar[inside], seen, atol=2e-5)
    np.testing.assert_allclose(raw(tmp_path / "o.exr"), NUMBERS, atol=2e-6)
    assert task.spaces == {"exemplar": "ACEScg", "output": "ACEScg"}


def test_of_a_repair_what_is_kept_is_copied_in_any_space(pictures, tmp_path):
    mask = np.zeros_like(NUMBERS)
    mask[:8, :8] = 1
    writer.write(tmp_path / "m.png", mask)
    common = {"picture": pictures["a.png"], "mask": str(tmp_path / "m.png")}
    job = RepairJob(output=str(tmp_path / "o.png"), color_spaces={"picture": "AdobeRGB"}, **common)
    _, (written,) = passed_through(job)
    assert written.exact
    before, after = (reader.numbers(path)[0] for path in (pictures["a.png"], job.output))
    kept = mask[..., 0] == 0
    assert before.dtype == after.dtype == np.uint16
    assert np.array_equal(before[kept], after[kept])

    spaces_of = {"picture": "AdobeRGB", "output": "sRGB"}
    other = RepairJob(output=str(tmp_path / "p.png"), color_spaces=spaces_of, **common)
    _, (written,) = passed_through(other)
    assert not written.exact
    adobe = load(None).space("AdobeRGB")
    seen = np.clip(adobe.into(raw(pictures["a.png"])), 0, 1)
    np.testing.assert_allclose(raw(other.output)[kept], seen[kept], atol=1e-4)


def test_a_material_s_data_is_raw_and_its_albedo_in_its_space(pictures, tmp_path):
    job = MaterialJob(
        output=str(tmp_path / f"o_{MAP}.exr"),
        maps={"albedo": pictures["a.exr"], "height": pictures["a.png"]},
        color_spaces={"albedo": "ACEScg", "height": "sRGB"},
    )
    task, _ = passed_through(job)
    assert task.spaces == {"albedo": "ACEScg", "height": "Raw", "output": "ACEScg"}
    assert any("taken raw, not as sRGB" in note.message for note in task.notes)
    np.testing.assert_allclose(raw(tmp_path / "o_albedo.exr"), NUMBERS, atol=2e-6)
    gray = NUMBERS.mean(-1, keepdims=True)
    np.testing.assert_allclose(raw(tmp_path / "o_height.exr") - gray, 0, atol=3e-4)  # half floats


@pytest.mark.parametrize(
    ("given", "space", "light"),
    [({}, "scene-linear Rec.709-sRGB", True), ({"exemplar": "sRGB"}, "sRGB", False)],
)
def test_a_result_in_another_format(pictures, tmp_path, given, space, light):
    """A source whose space is only guessed leads to what is usual for the new format."""
    job = SynthesizeJob(
        output=str(tmp_path / "o.exr"), exemplar=pictures["a.png"], color_spaces=given
    )
    task, _ = passed_through(job)
    assert task.spaces["output"] == space
    shown = NUMBERS.astype(np.float64)
    expected = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
    np.testing.assert_allclose(raw(job.output), expected if light else shown, atol=2e-3)
    assert any("color space sRGB" in note.message for note in task.notes) != light


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("wall_normal.exr", {}, "a map of normal, and its numbers are taken as they are"),
        ("wall_normal.exr", {"content": "ACEScg"}, "by its name this is a map of normal."),
        ("a.exr", {"content": "Utility - Raw"}, "its color space is Utility - Raw"),
        ("a.exr", {"content": "ACEScg"}, None),
        ("a.png", {}, None),
    ],
)
def test_a_map_of_data_alone_warns(pictures, tmp_path, name, given, message):
    job = StylizeJob(
        output=str(tmp_path / "o.exr"),
        content=pictures[name],
        styles=(pictures["b.png"],),
        color_spaces=given,
    )
    warnings = [note.message for note in tasks.read(job).notes if note.level == "warning"]
    assert len(warnings) == (message is not None)
    assert all(message in warning for warning in warnings)


def test_a_space_that_the_config_has_not_is_told_with_its_picture(pictures, tmp_path):
    job = SynthesizeJob(
        output=str(tmp_path / "o.png"),
        exemplar=pictures["a.png"],
        color_spaces={"exemplar": "sRBG"},
    )
    with pytest.raises(ImageError) as caught:
        tasks.read(job)
    assert caught.value.message.startswith(f"{pictures['a.png']}: OpenColorIO's own config has no")
    assert "sRGB" in caught.value.message


def test_a_picture_carries_its_config_by_content(pictures, tmp_path):
    config = tmp_path / "studio.ocio"
    config.write_text("ocio_profile_version: 2\n")
    job = SynthesizeJob(
        output=str(tmp_path / "o.png"),
        exemplar=pictures["a.png"],
        color_spaces={pictures["a.png"]: "sRGB"},
        color_config=str(config),
    )
    carried = resolution.for_metadata(job)
    assert carried["color_config"] == f"sha256:{sha256(config)}"
    assert carried["color_spaces"] == {"exemplar": "sRGB"}
    assert str(tmp_path) not in json.dumps(carried)


def test_a_whole_job_in_a_studio_s_config(pictures, narrow_model, tmp_path):
    """One octave of one evaluation takes no step: the result is the picture it starts from."""
    config = tmp_path / "studio.ocio"
    theirs = PyOpenColorIO.Config.CreateFromBuiltinConfig("cg-config-v1.0.0_aces-v1.3_ocio-v2.1")
    config.write_text(theirs.serialize())
    job = StylizeJob(
        output=str(tmp_path / "o.exr"),
        content=pictures["a.exr"],
        styles=(pictures["b.png"],),
        color_spaces={"content": "scene-linear DCI-P3 D65", "styles[0]": "sRGB"},
        color_config=str(config),
        device="cpu",
        resolution={"octaves": [[40, 32, 1, 1, "true"]]},
    )
    result = list(run(job, narrow_model))[-1]
    np.testing.assert_allclose(raw(result.path), NUMBERS, atol=1e-5)
    decided = result.job["resolution"]
    assert decided["color_config"] == f"sha256:{sha256(config)}"
    assert decided["color_spaces"]["output"] == "scene-linear DCI-P3 D65"
    assert decided["versions"]["opencolorio"] == PyOpenColorIO.__version__
    carried = metadata.read_job(result.path)
    assert carried["color_config"] == decided["color_config"]
    assert str(tmp_path) not in json.dumps(carried)


@pytest.mark.parametrize(
    ("output", "source", "given", "cut", "bands"),
    [
        ("o.jpg", "bright.exr", {"exemplar": "ACEScg"}, True, True),
        ("o.tga", "a.exr", {"exemplar": "scene-linear Rec.709-sRGB"}, False, True),
        ("o.tga", "a.exr", {"exemplar": "ACEScg"}, False, True),
        ("o.jpg", "a.exr", {"exemplar": "ACEScg", "output": "sRGB"}, True, False),  # its greens
        ("o.png", "bright.exr", {"exemplar": "ACEScg"}, True, False),  # of 16 bits
        ("o.exr", "bright.exr", {"exemplar": "ACEScg"}, False, False),
        ("o.tif", "bright.exr", {"exemplar": "ACEScg"}, False, False),  # of floats
        ("o.jpg", "a.exr", {}, False, False),  # sRGB, which is usual there
        ("o.jpg", "a.png", {"exemplar": "ACEScg"}, False, False),  # no floats before either
    ],
)
def test_what_whole_numbers_lose_is_told(pictures, tmp_path, output, source, given, cut, bands):
    bright = NUMBERS.copy()
    bright[:16] *= 8
    writer.write(tmp_path / "bright.exr", bright, depth="float", space=spaces.RAW)
    job = SynthesizeJob(
        output=str(tmp_path / output), exemplar=str(tmp_path / source), color_spaces=given
    )
    task, _ = passed_through(job)
    warned = [note.message for note in task.notes if note.level == "warning"]
    assert any("its format holds values from 0 to 1" in text for text in warned) == cut
    assert any("8 bits show bands" in text and "output=sRGB" in text for text in warned) == bands
    # The file is as it was said to be.
    kept = raw(job.output)
    if source == "bright.exr":
        assert (kept.max() <= 1) == cut
    if bands:
        assert reader.numbers(job.output)[0].dtype == np.uint8
