"""A recipe becomes the job of each picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize import recipes
from maya_stylize.errors import JobError
from maya_stylize.jobs import KINDS, RepairJob, Style, StylizeJob, SynthesizeJob
from maya_stylize.recipes import Recipe

FOLDER = Path("/studio/recipes")
OUT = Path("/studio/out")
STYLE = {"recipe": 1, "job": {"kind": "stylize", "styles": ["rust.png"]}}


def recipe(job=None, **more):
    data = {"recipe": 1, "job": job or {"kind": "stylize", "styles": ["rust.png"]}, **more}
    return Recipe.from_json(data, FOLDER)


def whole(*names):
    return [str(FOLDER / name) for name in names]


def test_each_kind_of_job_takes_the_picture_as_what_it_changes():
    stylized = recipe().job_for("wall.tif", OUT)
    new = recipe({"kind": "synthesize", "seamless": "both"}).job_for("wall.tif", OUT)
    repaired = recipe({"kind": "repair", "extend": [0, 0, 64, 0]}).job_for("wall.tif", OUT)

    rust = Style(str(FOLDER / "rust.png"))
    out = str(OUT / "wall_stylized.tif")
    assert stylized == StylizeJob(content="wall.tif", styles=(rust,), output=out)
    out = str(OUT / "wall_new.tif")
    assert new == SynthesizeJob(exemplar="wall.tif", seamless="both", output=out)
    out = str(OUT / "wall_repaired.tif")
    assert repaired == RepairJob(picture="wall.tif", extend=(0, 0, 64, 0), output=out)


def test_paths_are_relative_to_the_recipe_and_whole_ones_stay():
    job = {
        "kind": "stylize",
        "styles": [{"path": "a/rust.png", "weight": 2}, "/elsewhere/moss.png"],
        "start": "start.png",
        "regions": [{"target": "sky.png", "source": "blue.png", "style": 1}, {"target": "t.png"}],
    }
    made = recipe(job).job_for("wall.png", OUT)

    assert [style.path for style in made.styles] == [*whole("a/rust.png"), "/elsewhere/moss.png"]
    assert made.styles[0].weight == 2
    assert made.start == whole("start.png")[0]
    assert made.masks == tuple(whole("sky.png", "blue.png", "t.png"))
    mask = recipe({"kind": "repair", "mask": "m.png", "exemplar": "e.png"}).job_for("p.png", OUT)
    assert [mask.mask, mask.exemplar] == whole("m.png", "e.png")


def test_a_start_that_is_no_picture_is_no_path():
    for start in ("content", "noise"):
        job = {"kind": "stylize", "styles": ["rust.png"], "start": start}
        assert recipe(job).job_for("wall.png", OUT).start == start


def test_every_exemplar_has_a_job():
    found = recipe({"kind": "stylize"}, exemplars=["rust.png", "moss.png"], output="{exemplar}.exr")

    made = [found.job_for("wall.png", OUT, each) for each in found.exemplars]
    assert found.exemplars == tuple(whole("rust.png", "moss.png"))
    assert [[style.path for style in job.styles] for job in made] == [
        [each] for each in found.exemplars
    ]
    assert [job.output for job in made] == [str(OUT / "rust.exr"), str(OUT / "moss.exr")]


def test_exemplars_given_later_take_the_place_of_the_recipe_s():
    found = recipe().with_exemplars(["moss.png"])
    assert found.job_for("wall.png", OUT, "moss.png").styles == (Style("moss.png"),)
    fixed = recipe({"kind": "repair", "seamless": "both", "exemplar": "e.png"})
    assert fixed.with_exemplars(["o.png"]).job_for("p.png", OUT, "o.png").exemplar == "o.png"
    with pytest.raises(JobError, match=r"output: .*\{exemplar\}"):
        recipe(output="{stem}.png").with_exemplars(["moss.png", "rust.png"])
    with pytest.raises(JobError, match="learns from the picture itself"):
        recipe({"kind": "synthesize"}).with_exemplars(["moss.png"])


def test_a_style_is_needed_in_the_end():
    without = recipe({"kind": "stylize"})
    with pytest.raises(JobError, match="exemplars: there is none"):
        without.job_for("wall.png", OUT)
    assert without.with_exemplars(["moss.png"]).job_for("wall.png", OUT, "moss.png")


def test_results_of_several_exemplars_have_names_of_their_own():
    several = recipe({"kind": "stylize"}, exemplars=["rust.png", "moss.png"])
    names = [several.output_for("wall.tif", each) for each in several.exemplars]
    assert names == ["wall_rust.tif", "wall_moss.tif"]
    assert recipe().with_exemplars(["a.png", "b.png"]).output_for("w.tif", "a.png") == "w_a.tif"
    with pytest.raises(JobError, match="for there are several exemplars"):
        recipe({"kind": "stylize"}, exemplars=["a.png", "b.png"], output="{stem}.png")


def test_a_job_is_no_recipe_and_says_how_it_becomes_one():
    with pytest.raises(JobError, match="This is a job, not a recipe") as caught:
        Recipe.from_json({"kind": "stylize", "styles": ["rust.png"]}, FOLDER)
    assert '{"recipe": 1, "job": ...}' in caught.value.hint


@pytest.mark.parametrize(
    ("picture", "made"),
    [
        ("wall.<UDIM>.tif", "wall_stylized.<UDIM>.tif"),
        ("a/wall.1012.tif", "wall_stylized.1012.tif"),
        ("wall_u1_v2.exr", "wall_stylized_u1_v2.exr"),
        ("wall<tile>.exr", "wall_stylized<tile>.exr"),
        ("IMG_1234.jpg", "IMG_1234_stylized.jpg"),
        ("wall.2k.png", "wall.2k_stylized.png"),
        ("Wände & Böden.png", "Wände & Böden_stylized.png"),
        ("{stem}{nothing}.png", "{stem}{nothing}_stylized.png"),
    ],
)
def test_a_tile_s_number_stays_at_the_end_of_the_name(picture, made):
    assert recipe().output_for(picture) == made


def test_a_recipe_comes_back_as_it_was_written():
    found = recipe(
        {"kind": "stylize"}, exemplars=["a.png", "b.png"], output="{stem}_{exemplar}.png"
    )
    assert Recipe.from_json(json.loads(json.dumps(found.to_json())), Path("/else")) == found


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recipe": 2}, "recipe: must be 1, got 2"),
        ({"recipe": True}, "recipe: must be 1, got True"),
        ({"recipes": []}, "'recipes': a recipe has no such field"),
        ({"job": []}, "job: must be such as"),
        ({"job": {"kind": "material"}}, "job.kind: must be one of synthesize, stylize, repair"),
        ({"job": {"kind": "stylize", "styles": []}}, "job.styles: must be a list of pictures"),
        ({"job": {"kind": "stylize", "quality": "best"}}, "job.quality: must be one of"),
        ({"job": {"kind": "stylize", "qualty": "final"}}, "job.qualty: a stylize job has no"),
        ({"job": {"kind": "stylize", "content": "a.png"}}, "job.content: is each picture's own"),
        ({"job": {"kind": "stylize", "output": "a.png"}}, "job.output: is each picture's own"),
        ({"job": {"kind": "repair", "mask": None}}, "job.mask: there is nothing to make anew"),
        ({"job": {"kind": "synthesize", "version": 7}}, "job.version: must be 1"),
        ({"exemplars": "a.png"}, "exemplars: must be a list"),
        ({"exemplars": ["a.png", 7]}, r"exemplars\[1\]: must be a path, got 7"),
        ({"exemplars": ["a.png"]}, "exemplars: the job names what it learns from as well"),
        ({"output": "../{stem}.png"}, "output: must be a file's name"),
        ({"output": "a\\{stem}.png"}, "output: must be a file's name"),
        ({"output": "C:{stem}.png"}, "output: must be a file's name"),
        ({"output": "/etc/{stem}.png"}, "output: must be a file's name"),
        ({"output": ".{stem}.png"}, "output: must be a file's name"),
        ({"output": "{stem.__class__}.png"}, "output: must be a file's name"),
        ({"output": "{stem!r}.png"}, "output: must be a file's name"),
        ({"output": "{name}.png"}, r"output: there is no \{name\}"),
        ({"output": ""}, "output: must be a file's name"),
        ({"output": None}, "output: must be a file's name"),
    ],
)
def test_what_is_no_recipe_is_refused_by_its_field(changes, message):
    with pytest.raises(JobError, match=message):
        Recipe.from_json({**STYLE, **changes}, FOLDER)


@pytest.mark.parametrize("data", [None, [], "recipe", 1])
def test_what_is_no_object_is_no_recipe(data):
    with pytest.raises(JobError, match="not a JSON object"):
        Recipe.from_json(data, FOLDER)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"recipe": 1, "job": {"kind": "repair"}}', "job.mask: there is nothing"),
    ],
)
def test_the_message_names_the_file(tmp_path, content, message):
    path = tmp_path / "old walls.json"
    path.write_bytes(content)
    with pytest.raises(JobError) as caught:
        recipes.load(path)
    assert caught.value.message.startswith(f"{path}: {message}")


def test_a_file_may_begin_with_an_editor_s_mark(tmp_path):
    path = tmp_path / "recipe.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(STYLE).encode())
    assert recipes.load(path).job["styles"][0]["path"] == str(tmp_path / "rust.png")
    with pytest.raises(JobError, match="cannot be read"):
        recipes.load(tmp_path)


_NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)


@given(pattern=st.text(), picture=_NAMES, exemplar=_NAMES)
def test_no_name_leads_out_of_the_folder(pattern, picture, exemplar):
    try:
        made = recipe(output=pattern).output_for(picture, exemplar)
    except JobError:
        return
    assert (OUT / made).parent == OUT
    assert Path(made).name == made
    assert made not in ("", ".", "..")


_VALUES = st.none() | st.booleans() | st.floats() | st.text() | st.lists(st.text() | st.integers())


@given(
    st.dictionaries(st.sampled_from([*KINDS["synthesize"].__annotations__, "seed", "x"]), _VALUES)
)
def test_whatever_a_job_holds_is_taken_or_refused_by_name(job):
    try:
        found = Recipe.from_json({"recipe": 1, "job": {**job, "kind": "synthesize"}}, FOLDER)
    except JobError as error:
        refused = error.message
    else:
        refused = ""
        assert found.job_for("a.png", OUT).output == str(OUT / "a_new.png")
    assert refused.startswith("job.") or not refused


@pytest.mark.parametrize("picture", ["nul.png", "COM1.exr", "aux.tar.png", "con .png", "Lpt9.tga"])
def test_a_result_is_never_named_as_a_device_of_windows(picture: str) -> None:
    with pytest.raises(JobError, match="output: must be a file's name"):
        recipe(output="{stem}{suffix}").output_for(picture)
    assert recipe(output="{stem}_new{suffix}").output_for(f"{picture[:3]}_.png")
    assert recipe(output="{stem}{suffix}").output_for("console.png") == "console.png"
