"""Whole material sets, small: how they look on the real network, the rest on a narrow one."""

import dataclasses
from pathlib import Path

import numpy as np
import OpenImageIO
import pytest

from maya_stylize.cli.material import _found
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine.material import unit_normals
from maya_stylize.engine.run import run
from maya_stylize.engine.tasks import read
from maya_stylize.errors import ImageError, JobError
from maya_stylize.images import metadata, reader, writer
from maya_stylize.jobs import MaterialJob, SynthesizeJob, from_json
from maya_stylize.map_names import kind_of

DEPTHS = {"uint8": "uint8", "uint16": "uint16", "float16": "half", "float32": "float"}
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def maps_of(pixels):
    """Maps that go with a picture: bright is high and smooth."""
    height = np.clip(pixels @ LUMA, 0, 1)
    down, right = np.gradient(height)
    normals = np.stack([-4 * right, 4 * down, np.ones_like(height)], -1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    return {
        "albedo": pixels,
        "normal": ((normals + 1) / 2).astype(np.float32),
        "roughness": np.repeat((0.9 - 0.7 * height)[..., None], 3, -1),
        "height": np.repeat(height[..., None], 3, -1),
    }


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    folder = tmp_path_factory.mktemp("material")
    pixels = reader.read(EXEMPLARS / "pebbles.png").pixels[:96, :96]
    paths = {}
    for kind, values in maps_of(pixels).items():
        paths[kind] = str(folder / f"pebbles_{kind}.png")
        writer.write(paths[kind], values, depth="uint16" if kind == "height" else "uint8")
    return paths


def make(material, output, **settings):
    settings = {"maps": material, "quality": "draft", "device": "cpu", **settings}
    return MaterialJob(output=str(output), **settings)


def save(path, values):
    """Write an array as it is, (H, W) or (H, W, channels)."""
    values = np.atleast_3d(values)
    rows, columns, channels = values.shape
    output = OpenImageIO.ImageOutput.create(str(path))
    output.open(
        str(path), OpenImageIO.ImageSpec(columns, rows, channels, DEPTHS[values.dtype.name])
    )
    output.write_image(np.ascontiguousarray(values))
    output.close()


def task_of(folder, *names, output="new_<map>.exr"):
    """Return what is read for a material of files that are named after their kinds."""
    return read(make({kind_of(name): str(folder / name) for name in names}, folder / output))


def correlation(first, second):
    one, other = (reader.read(path).pixels @ LUMA for path in (first, second))
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_maps_made_together_stay_together(material, real_model, tmp_path):
    job = make(material, tmp_path / "new_<map>.png", size=(96, 80), quality="normal")

    *_, result = run(job, real_model)

    assert list(result.maps) == ["albedo", "normal", "roughness", "height"]
    assert result.path == result.maps["albedo"] == str(tmp_path / "new_albedo.png")
    for first, second in (("albedo", "height"), ("albedo", "roughness"), ("height", "roughness")):
        wanted = correlation(material[first], material[second])
        found = correlation(result.maps[first], result.maps[second])
        assert abs(wanted) > 0.9
        assert found == pytest.approx(wanted, rel=0.1), (first, second)
    # The slope across of the height that was made is told by the normals that were made.
    height = reader.read(result.maps["height"]).pixels[..., 0]
    normals = 2 * reader.read(result.maps["normal"]).pixels - 1
    assert np.abs(np.linalg.norm(normals, axis=-1) - 1).max() < 0.02
    across = -np.gradient(height, axis=1)
    found = np.corrcoef(across.ravel(), normals[..., 0].ravel())[0, 1]
    assert found > 0.8
    for kind in ("roughness", "height"):
        values = reader.read(result.maps[kind]).pixels
        assert (values == values[..., :1]).all()
    assert reader.read(result.maps["height"]).depth == "uint16"


def test_maps_made_one_by_one_do_not(material, quick_model, tmp_path):
    paths = []
    for kind in ("albedo", "height"):
        job = SynthesizeJob(
            exemplar=material[kind],
            output=str(tmp_path / f"{kind}.png"),
            seed=len(paths),
            quality="draft",
            device="cpu",
        )
        *_, result = run(job, quick_model)
        paths.append(result.path)
    assert abs(correlation(*paths)) < 0.4


def test_heights_in_floats_keep_their_range(material, real_model, tmp_path):
    height = reader.read(material["height"]).pixels[..., 0] * 30 - 10
    path = str(tmp_path / "height.exr")
    output = OpenImageIO.ImageOutput.create(path)
    output.open(path, OpenImageIO.ImageSpec(96, 96, 1, "float"))
    output.write_image(height.astype(np.float32)[..., None])
    output.close()
    maps = {"albedo": material["albedo"], "height": path}

    *_, result = run(make(maps, tmp_path / "new_<map>.exr", size=(64, 64)), real_model)

    made = np.asarray(OpenImageIO.ImageBuf(result.maps["height"]).get_pixels("float"))
    assert made[..., 0].min() == pytest.approx(height.min(), abs=0.5)
    assert made[..., 0].max() == pytest.approx(height.max(), abs=0.5)
    assert made.mean() == pytest.approx(height.mean(), abs=0.5)


def test_the_same_bytes_again_and_no_path_inside(material, quick_model, tmp_path):
    maps = {kind: material[kind] for kind in ("albedo", "roughness")}
    *_, result = run(make(maps, tmp_path / "a_<map>.png", size=(48, 48)), quick_model)
    again = dataclasses.replace(from_json(result.job), output=str(tmp_path / "b_<map>.png"))
    list(run(again, quick_model))
    for kind in maps:
        one, other = (tmp_path / f"{name}_{kind}.png" for name in "ab")
        assert one.read_bytes() == other.read_bytes()
    carried = metadata.read_job(tmp_path / "a_roughness.png")
    assert all(value.startswith("sha256:") for value in carried["maps"].values())


def test_maps_of_other_proportions_are_refused(material, quick_model, tmp_path):
    writer.write(tmp_path / "wide_height.png", np.ones((48, 96, 3), np.float32))
    maps = {"albedo": material["albedo"], "height": str(tmp_path / "wide_height.png")}
    with pytest.raises(ImageError, match="the height has 96x48 pixels"):
        list(run(make(maps, tmp_path / "new_<map>.png"), quick_model))
    assert not (tmp_path / "new_albedo.png").exists()


def test_a_material_needs_two_maps_and_a_place_for_their_names(material):
    with pytest.raises(JobError, match="maps: must be at least two of albedo, normal"):
        make({"albedo": material["albedo"]}, "new_<map>.png")
    with pytest.raises(JobError, match="output: must be a file's name with <map>"):
        make(material, "new.png")


def test_the_maps_beside_one_are_found(material, capsys):
    assert _found([material["normal"]]) == material
    printed = capsys.readouterr()
    assert printed.out == ""
    assert sorted(printed.err.splitlines()) == sorted(
        f"info: {path}: the {kind}, by its name." for kind, path in material.items()
    )
    assert _found([f"height={material['normal']}", material["albedo"]]) == {
        "height": material["normal"],
        "albedo": material["albedo"],
    }
    assert capsys.readouterr().err == f"info: {material['albedo']}: the albedo, by its name.\n"
    with pytest.raises(JobError, match="are both the albedo"):
        _found(["a_albedo.png", "b_albedo.png"])
    with pytest.raises(JobError, match="named after what they hold"):
        _found(["pebbles.png"])


def test_normals_get_the_length_of_one():
    encoded = np.array([[[0.9, 0.5, 0.8], [0.5, 0.5, 0.5], [0.5, 0.5, 1]]], np.float32)
    normals = 2 * unit_normals(encoded) - 1
    np.testing.assert_allclose(np.linalg.norm(normals, axis=-1), 1, atol=1e-6)
    np.testing.assert_allclose(normals[0, 0], np.array([0.8, 0, 0.6]), atol=1e-6)
    np.testing.assert_allclose(normals[0, 1:], [[0, 0, 1]] * 2, atol=1e-6)


def test_what_nobody_sees_does_not_set_the_range_of_normals(tmp_path):
    """One pixel below 0, and a transparent half that is all −1."""
    encoded = np.tile(np.float32([0.5, 0.5, 1]), (32, 32, 1))
    encoded[3, 5] = -0.001, 0.5, 1
    alpha = np.ones((32, 32), np.float32)
    alpha[:, 16:], encoded[:, 16:] = 0, -1
    save(tmp_path / "a_normal.exr", np.dstack([encoded, alpha]))
    save(tmp_path / "a_albedo.png", np.full((32, 32, 3), 128, np.uint8))
    task = task_of(tmp_path, "a_albedo.png", "a_normal.exr")
    np.testing.assert_allclose(task.problem.exemplar[10, 3, 3:6], [0.5, 0.5, 1], atol=1e-6)
    restored = task.outputs[1].restore(unit_normals(task.problem.exemplar[..., 3:6]))
    np.testing.assert_allclose(restored[10, 3], [0.5, 0.5, 1], atol=1e-6)


@pytest.mark.parametrize("suffix", [".exr", ".png"])
def test_small_heights_with_a_spike_are_seen_and_come_back(tmp_path, suffix):
    """0.2 to 0.25, where one pixel is the file's largest number."""
    heights = np.linspace(0.2, 0.25, 48 * 48, dtype=np.float32).reshape(48, 48)
    heights[20, 30] = 1000 if suffix == ".exr" else 1
    if suffix == ".png":
        heights = np.rint(heights * 65535).astype(np.uint16)
    save(tmp_path / f"a_height{suffix}", heights)
    save(tmp_path / "a_albedo.png", np.full((48, 48, 3), 128, np.uint8))
    task = task_of(tmp_path, "a_albedo.png", f"a_height{suffix}")
    numbers = task.problem.exemplar[..., 3:]
    assert numbers.min() > -0.51
    assert numbers.max() < 1.51
    assert np.ptp(np.percentile(numbers, (1, 99))) > 0.9
    wanted = heights / 65535 if suffix == ".png" else heights
    np.testing.assert_allclose(task.outputs[1].restore(numbers)[..., 0], wanted, rtol=1e-5)


def test_one_picture_for_two_kinds_is_refused(tmp_path):
    save(tmp_path / "a_orm.png", np.full((32, 32, 3), 128, np.uint8))
    save(tmp_path / "a_albedo.png", np.full((32, 32, 3), 128, np.uint8))
    maps = {kind: str(tmp_path / "a_orm.png") for kind in ("roughness", "metalness")}
    maps |= {"albedo": str(tmp_path / "a_albedo.png")}
    with pytest.raises(ImageError, match=r"a_orm.png is given as the roughness and as the metal"):
        read(make(maps, tmp_path / "new_<map>.png"))


def test_a_packed_picture_is_told_and_a_gray_one_in_three_channels_is_not(tmp_path):
    random = np.random.default_rng(1)
    gray = random.integers(40, 200, (48, 48, 1), np.uint8)
    rounded = gray + random.integers(0, 3, (48, 48, 3), np.uint8)  # as a JPEG's colors come out
    save(tmp_path / "a_albedo.png", random.integers(0, 255, (48, 48, 3), np.uint8))
    save(tmp_path / "a_height.png", rounded)
    save(tmp_path / "a_roughness.png", random.integers(0, 255, (48, 48, 3), np.uint8))
    task = task_of(tmp_path, "a_albedo.png", "a_height.png", "a_roughness.png")
    told = [note.message for note in task.notes if "green" in note.message]
    assert len(told) == 1
    assert str(tmp_path / "a_roughness.png") in told[0]
    assert "split it into single maps" in told[0].lower()


def test_each_map_keeps_its_own_format_unless_one_is_named(tmp_path):
    random = np.random.default_rng(1)
    heights = random.uniform(-10, 20, (48, 48)).astype(np.float32)
    save(tmp_path / "a_albedo.jpg", random.integers(0, 255, (48, 48, 3), np.uint8))
    save(tmp_path / "a_roughness.png", random.integers(0, 65535, (48, 48), np.uint16))
    save(tmp_path / "a_disp.exr", heights)
    names = ("a_albedo.jpg", "a_roughness.png", "a_disp.exr")
    own = task_of(tmp_path, *names, output="new.v1_<map>")
    assert [Path(output.path).name for output in own.outputs] == [
        "new.v1_albedo.jpg", "new.v1_roughness.png", "new.v1_height.exr",
    ]  # fmt: skip
    assert not [note.message for note in own.notes if note.level == "warning"]
    heights_out = own.outputs[2]
    restored = heights_out.restore(own.problem.exemplar[..., 6:])
    writer.write(heights_out.path, restored, depth=heights_out.like.depth, space=heights_out.space)
    written = np.asarray(OpenImageIO.ImageBuf(heights_out.path).get_pixels("float"))[..., 0]
    np.testing.assert_allclose(written, heights, atol=1e-4)
    named = task_of(tmp_path, *names, output="new_<map>.jpg")
    told = [note.message for note in named.notes if note.level == "warning"]
    assert len(told) == 2
    assert (
        "new_roughness.jpg: the roughness has 16 bits a number, and this format holds 8"
        in (told[0])
    )
    assert f"numbers from {heights.min():.4g} to {heights.max():.4g}" in told[1]
