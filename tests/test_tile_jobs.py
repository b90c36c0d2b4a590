"""One job for each tile of a set."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maya_stylize.errors import JobError
from maya_stylize.jobs import Style, StylizeJob, SynthesizeJob
from maya_stylize.tile_jobs import each_tile


@pytest.fixture
def folder(tmp_path):
    names = ["wall.1001.png", "wall.1012.png", "moss.1001.png", "moss.1002.png"]
    names += ["arnold_u1_v1.png", "zbrush_u0_v0.png", "zbrush_u1_v0.png"]
    for name in names:
        (tmp_path / name).touch()
    return tmp_path


def job(folder, content="wall.<UDIM>.png", output="out.<UDIM>.png", style="rust.png", **more):
    paths = {"content": str(folder / content), "output": str(folder / output)}
    return StylizeJob(styles=(Style(str(folder / style), 2.0),), **paths, **more)


def test_every_tile_that_exists_has_a_job_of_its_own(folder):
    found = each_tile(job(folder, seed=7))

    assert list(found) == ["1001", "1012"]
    assert found["1012"] == job(folder, "wall.1012.png", "out.1012.png", seed=7)


@pytest.mark.parametrize(
    ("content", "output", "made"),
    [
        ("arnold<tile>.png", "new<tile>.png", ["new_u1_v1.png"]),
        ("arnold_u<U>_v<V>.png", "new<tile>.png", ["new_u1_v1.png"]),
        ("zbrush_u<u>_v<v>.png", "u<u>_v<v>.png", ["u0_v0.png", "u1_v0.png"]),
        ("wall.<udim>.png", "<UDIM>_out.exr", ["1001_out.exr", "1012_out.exr"]),
    ],
)
def test_the_output_takes_the_tile_in_its_own_token_s_place(folder, content, output, made):
    found = each_tile(job(folder, content, output)).values()

    assert [each.output for each in found] == [str(folder / name) for name in made]


def test_the_tiles_of_a_style_share_its_weight_in_every_job(folder):
    for found in each_tile(job(folder, style="moss.<UDIM>.png")).values():
        assert found.styles == (
            Style(str(folder / "moss.1001.png"), 1.0),
            Style(str(folder / "moss.1002.png"), 1.0),
        )
    single = each_tile(job(folder, "wall.1001.png", "out.png", "moss.<UDIM>.png"))[""]
    assert len(single.styles) == 2


def test_a_start_is_taken_tile_by_tile(folder):
    found = each_tile(job(folder, start=str(folder / "moss.<UDIM>.png")))

    assert found["1001"].start == str(folder / "moss.1001.png")
    assert found["1012"].start == str(folder / "moss.<UDIM>.png")  # there is none; it will say so


def test_a_job_of_one_picture_stays_as_it_is(folder):
    one = job(folder, "wall.1001.png", "out.png")
    texture = SynthesizeJob(output="out.png", exemplar=str(folder / "moss.1001.png"))

    assert each_tile(one) == {"": one}
    assert each_tile(texture) == {"": texture}


@pytest.mark.parametrize(
    ("content", "output", "style", "field"),
    [
        ("wall.<UDIM>.png", "out.png", "rust.png", "output"),
        ("wall.1001.png", "out.<UDIM>.png", "rust.png", "output"),
        ("wall.<UDIM>.png", "out_u<u>_v<v>.png", "rust.png", "output"),
        ("none.<UDIM>.png", "out.<UDIM>.png", "rust.png", "content"),
        ("wall.<UDIM>.png", "out.<UDIM>.png", "none.<UDIM>.png", "styles"),
    ],
)
def test_what_does_not_go_together_is_refused_by_name(folder, content, output, style, field):
    with pytest.raises(JobError, match=f"^{field}: ") as refused:
        each_tile(job(folder, content, output, style))

    assert refused.value.hint


def test_a_texture_is_not_learned_from_a_set(folder):
    texture = SynthesizeJob(output="out.png", exemplar=str(folder / "moss.<UDIM>.png"))

    with pytest.raises(JobError, match=r"moss\.1001\.png"):
        each_tile(texture)
    with pytest.raises(JobError, match=r"^output: "):
        each_tile(replace(texture, exemplar="moss.1001.png", output="out.<UDIM>.png"))
