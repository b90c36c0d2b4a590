"""Jobs as plain data: there and back, and every way to write one wrongly."""

from __future__ import annotations

import copy
import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize import jobs
from maya_stylize.errors import JobError
from maya_stylize.jobs import (
    Job,
    MaterialJob,
    Region,
    RepairJob,
    Style,
    StylizeJob,
    SynthesizeJob,
    from_json,
)

NAN, INF = math.nan, math.inf

PATHS = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1
).filter(str.strip)
SIDES = st.integers(16, 65536)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # JSON has no name for half a surrogate pair that every reader agrees on.
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


def layer_weights() -> st.SearchStrategy[dict[str, float]]:
    numbers = st.integers(1, 5)
    names = st.builds("conv{}_{}".format, numbers, numbers) | st.builds("pool{}".format, numbers)
    weights = st.floats(0, 1e15) | st.integers(0, 10**15)
    return st.dictionaries(names, weights, min_size=1).filter(lambda found: any(found.values()))


def common() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "output": PATHS,
        "seed": st.integers(0, 2**32 - 1),
        "quality": st.sampled_from(jobs.QUALITIES),
        "pooling": st.sampled_from(["average", "max"]),
        "backend": st.sampled_from(jobs.BACKENDS),
        "device": st.sampled_from(["auto", "cpu", "gpu", "gpu:0", "gpu:12"]),
        "resolution": st.dictionaries(st.text(), PLAIN, max_size=3),
    }


STYLES = st.lists(
    st.builds(Style, PATHS, st.floats(0, 1e6) | st.integers(0, 10**6)), min_size=1, max_size=4
).filter(lambda styles: any(style.weight for style in styles))
SYNTHESIZE = st.builds(
    SynthesizeJob,
    **common(),
    exemplar=PATHS,
    size=st.none() | st.tuples(SIDES, SIDES),
    statistics=st.sampled_from(jobs.STATISTICS),
    layers=layer_weights(),
    match_histogram=st.booleans(),
    seamless=st.sampled_from(jobs.SEAMLESS),
    regions=st.lists(st.builds(Region, PATHS, st.none() | PATHS), max_size=3),
)
STYLIZE = st.builds(
    StylizeJob,
    **common(),
    content=PATHS,
    styles=STYLES,
    size=st.none() | SIDES,
    start=st.sampled_from(["content", "noise"]) | PATHS,
    style_scale=st.floats(0.1, 10),
    keep_colors=st.sampled_from(jobs.KEEP_COLORS),
    color_strength=st.floats(0, 1),
    alpha=st.sampled_from(jobs.ALPHA),
    content_weight=st.floats(0, 1e15),
    content_layers=layer_weights(),
    statistics=st.sampled_from(jobs.STATISTICS),
    style_layers=layer_weights(),
    regions=st.lists(st.builds(Region, PATHS, st.none() | PATHS), max_size=3),
)
MARGINS = st.integers(0, 65536)
REPAIR = st.builds(
    RepairJob,
    **common(),
    picture=PATHS,
    mask=PATHS,
    extend=st.tuples(MARGINS, MARGINS, MARGINS, MARGINS),
    seamless=st.sampled_from(jobs.SEAMLESS),
    band=st.none() | st.integers(2, 65536),
    exemplar=st.none() | PATHS,
    layers=layer_weights(),
)
MATERIAL = st.builds(
    MaterialJob,
    **{**common(), "output": st.just("out/new_<map>.png")},
    maps=st.dictionaries(st.sampled_from(jobs.MAPS), PATHS, min_size=2),
    size=st.none() | st.tuples(SIDES, SIDES),
    layers=layer_weights(),
    joint_layers=st.lists(st.sampled_from(["conv1_1", "pool2"])),
    match_histogram=st.booleans(),
    seamless=st.sampled_from(jobs.SEAMLESS),
    alpha=st.sampled_from(jobs.ALPHA),
)
JOBS = SYNTHESIZE | STYLIZE | REPAIR | MATERIAL

A_SYNTHESIZE = {"kind": "synthesize", "version": 1, "output": "o.png", "exemplar": "e.png"}
A_STYLIZE = {
    "kind": "stylize",
    "version": 1,
    "output": "o.png",
    "content": "c.png",
    "styles": [{"path": "s.png"}],
}
A_MATERIAL = {
    "kind": "material",
    "version": 1,
    "output": "new_<map>.png",
    "maps": {"albedo": "a.png", "height": "h.png"},
}
A_REPAIR = {
    "kind": "repair",
    "version": 1,
    "output": "o.png",
    "picture": "p.png",
    "mask": "m.png",
}


@settings(max_examples=200)
@given(JOBS)
def test_a_job_survives_json(job: Job) -> None:
    text = json.dumps(job.to_json(), allow_nan=False)
    back = from_json(json.loads(text))
    assert back == job
    assert type(back) is type(job)
    assert json.dumps(back.to_json(), allow_nan=False) == text


@given(JOBS)
def test_to_json_has_every_field_and_nothing_of_the_job_itself(job: Job) -> None:
    data = job.to_json()
    names = {item.name for item in dataclasses.fields(job)} | {"kind", "version"}
    assert set(data) == names - (set() if job.resolution else {"resolution"})
    before = copy.deepcopy(job)
    data.get("resolution", {})["new"] = 1
    for value in data.values():
        if isinstance(value, (dict, list)):
            value.clear()
    assert job == before


@pytest.mark.parametrize(
    ("output", "names"),
    [
        ("new.v2_<map>", ["new.v2_albedo.jpg", "new.v2_height.exr", "new.v2_occlusion.tif"]),
        ("<map>_b", ["albedo_b.jpg", "height_b.exr", "occlusion_b.tif"]),
        ("<map>.png", ["albedo.png", "height.png", "occlusion.png"]),
    ],
)
def test_a_material_s_maps_have_their_own_suffixes_unless_one_is_named(
    output: str, names: list[str]
) -> None:
    maps = {"albedo": "a.JPG", "height": "h.1001.exr", "occlusion": "o.psd"}
    job = MaterialJob(maps=maps, output=f"out/{output}")
    assert [Path(path).name for path in job.outputs] == names


@given(JOBS)
def test_the_sources_are_every_file_the_job_names(job: Job) -> None:
    named: list[str | None]
    if isinstance(job, SynthesizeJob):
        named = [job.exemplar]
    elif isinstance(job, RepairJob):
        named = [job.picture, job.exemplar, job.mask]
    elif isinstance(job, MaterialJob):
        named = list(job.maps.values())
    else:
        named = [job.content, *(style.path for style in job.styles)]
        if job.start not in ("content", "noise"):
            named.append(job.start)
    if isinstance(job, (SynthesizeJob, StylizeJob)):
        for region in job.regions:
            named += [region.target, region.source]
    assert list(job.sources) == [path for path in named if path is not None]
    assert job.sources == job.pictures + job.masks


def test_the_defaults_of_a_texture_are_those_of_the_2015_paper() -> None:
    job = from_json(A_SYNTHESIZE)
    assert job == SynthesizeJob(output="o.png", exemplar="e.png")
    assert job.to_json() == {
        **A_SYNTHESIZE,
        "seed": 0,
        "quality": "normal",
        "pooling": "average",
        "backend": "tensorflow",
        "device": "auto",
        "color_spaces": {},
        "color_config": None,
        "size": None,
        "statistics": "gram",
        "layers": {"conv1_1": 1e9, "pool1": 1e9, "pool2": 1e9, "pool3": 1e9, "pool4": 1e9},
        "match_histogram": True,
        "seamless": "no",
        "regions": [],
    }


def test_the_defaults_of_a_transfer_are_those_of_the_2016_paper() -> None:
    job = from_json(A_STYLIZE)
    assert job.to_json() == {
        **A_STYLIZE,
        "seed": 0,
        "quality": "normal",
        "pooling": "average",
        "backend": "tensorflow",
        "device": "auto",
        "color_spaces": {},
        "color_config": None,
        "styles": [{"path": "s.png", "weight": 1.0}],
        "size": None,
        "start": "content",
        "style_scale": 1.0,
        "keep_colors": "no",
        "color_strength": 1.0,
        "alpha": "keep",
        "content_weight": 1e6,
        "content_layers": {"conv4_2": 1.0},
        "statistics": "gram",
        "style_layers": dict.fromkeys(
            ("conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1"), 1e9 / 5
        ),
        "regions": [],
    }


def test_styles_may_be_written_shortly() -> None:
    styles = ["a.png", {"path": "b.png", "weight": 2}, Style("c.png", 0)]
    job = StylizeJob(output="o.png", content="c.png", styles=styles)  # type: ignore[arg-type]
    assert job.styles == (Style("a.png", 1.0), Style("b.png", 2.0), Style("c.png", 0.0))


@pytest.mark.parametrize("data", [A_SYNTHESIZE, A_STYLIZE], ids=["synthesize", "stylize"])
def test_a_job_cannot_be_changed(data: dict[str, Any]) -> None:
    layers = {"conv1_1": 1.0}
    given = {"layers" if data is A_SYNTHESIZE else "style_layers": layers, "resolution": {"a": [1]}}
    job = from_json({**data, **given})
    for name in (*(item.name for item in dataclasses.fields(job)), "new"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(job, name, "x")
    # Nor through what it was made from, nor through the defaults of another.
    before = job.to_json()
    layers["conv2_1"] = 2.0
    given["resolution"]["a"].append(2)  # type: ignore[attr-defined]
    assert job.to_json() == before
    getattr(from_json(data), next(iter(given))).clear()
    assert getattr(from_json(data), next(iter(given)))


DEEP: Any = []
for _ in range(100_000):
    DEEP = [DEEP]

# Of both kinds, of a texture, of a transfer: a field, what it is given, and what the message says.
COMMON_FAULTS: list[tuple[str, Any, str]] = [
    ("output", None, "output: must be a path, got None."),
    ("output", "", "output: must be a path, got ''."),
    ("output", "  ", "output: must be a path"),
    ("output", "a\0b.png", r"output: must be a path, got 'a\x00b.png'."),
    ("output", "\ud800.png", r"output: must be a path, got '\ud800.png'."),
    ("output", ["o.png"], "output: must be a path, got ['o.png']."),
    ("seed", -1, "seed: must be a whole number from 0 to 4294967295, got -1."),
    ("seed", 2**32, "seed: must be"),
    ("seed", 1.0, "seed: must be"),
    ("seed", True, "seed: must be a whole number from 0 to 4294967295, got True."),
    ("seed", "0", "seed: must be"),
    ("seed", NAN, "seed: must be"),
    ("seed", 10**5000, "seed: must be a whole number from 0 to 4294967295, got something too long"),
    ("seed", DEEP, "seed: must be a whole number from 0 to 4294967295, got something too long"),
    ("quality", "best", "quality: must be one of draft, normal, final, got 'best'."),
    ("quality", ["draft"], "quality: must be"),
    ("quality", {}, "quality: must be"),
    ("pooling", "avg", "pooling: must be one of average, max, got 'avg'."),
    ("backend", "caffe", "backend: must be one of tensorflow, torch, jax, got 'caffe'."),
    ("device", "cuda:0", 'device: must be "auto", "cpu", "gpu" or "gpu:0", got \'cuda:0\'.'),
    ("device", "gpu:999", "device: must be"),
    ("device", 0, "device: must be"),
    ("color_spaces", "sRGB", "color_spaces: must be names of color spaces by picture"),
    ("color_spaces", {"output": 3}, "color_spaces.output: must be the name of a color space"),
    ("color_spaces", {"output": " "}, "color_spaces.output: must be the name"),
    ("color_spaces", {"other.png": "Raw"}, "color_spaces: the job has no picture 'other.png'."),
    ("color_config", "", "color_config: must be a path"),
    ("color_config", 1, "color_config: must be a path"),
    ("resolution", None, "resolution: must be what an earlier run of the job wrote there"),
    ("resolution", [1], "resolution: must be"),
    ("resolution", {"a": NAN}, "resolution: must be"),
    ("resolution", {"a": DEEP}, "resolution: must be"),
    # JSON reads it, but what copies it would not come back.
    ("resolution", json.loads('{"a":' * 300 + "1" + "}" * 300), "resolution: must be"),
    ("resolution", {"a": {1, 2}}, "resolution: must be"),
]
REGION_FAULTS: list[tuple[str, Any, str]] = [
    ("regions", "m.png", "regions: must be a list of regions, got 'm.png'."),
    ("regions", ["m.png"], "regions[0]: must be {"),
    ("regions", [{"source": "s.png"}], "regions[0]: must be"),
    ("regions", [{"target": "t.png", "mask": "m"}], "regions[0]: must be"),
    ("regions", [{"target": 1}], "regions[0].target: must be a path, got 1."),
    ("regions", [{"target": "t.png", "source": ""}], "regions[0].source: must be a path"),
    ("regions", [{"target": "t.png", "style": -1}], "regions[0].style: must be a whole number"),
]
SYNTHESIZE_FAULTS: list[tuple[str, Any, str]] = [
    ("exemplar", 3, "exemplar: must be a path, got 3."),
    ("exemplar", "\0", "exemplar: must be a path"),
    ("size", 512, "size: must be width and height, such as [512, 512], got 512."),
    ("size", [512, 512, 3], "size: must be"),
    ("size", [512, 0], "size[1]: must be a whole number from 16 to 65536, got 0."),
    ("size", [NAN, 512], "size[0]: must be"),
    ("size", [True, 512], "size[0]: must be"),
    ("size", {"width": 5}, "size: must be"),
    ("layers", {}, 'layers: must be layers with weights, such as {"pool1": 1e9}, got {}.'),
    ("layers", ["conv1_1"], "layers: must be layers with weights"),
    ("layers", {"conv1_1": 0}, "layers: must be given at least one weight above 0"),
    ("layers", {"conv1_1": -1}, "layers.conv1_1: must be a number from 0 to 1e+15, got -1."),
    ("layers", {"conv1_1": NAN}, "layers.conv1_1: must be a number from 0 to 1e+15, got nan."),
    ("layers", {"conv1_1": INF}, "layers.conv1_1: must be"),
    ("layers", {"conv1_1": 10**400}, "layers.conv1_1: must be"),
    ("layers", {"conv1_1": {"a": [1]}}, "layers.conv1_1: must be"),
    ("layers", {"block1_conv1": 1}, 'layers: must be named after layers such as "conv1_1"'),
    ("layers", {"relu4_2": 1}, "layers: must be named after layers"),
    ("layers", {7: 1}, "layers: must be named after layers"),
    ("match_histogram", 1, "match_histogram: must be true or false, got 1."),
    ("match_histogram", "no", "match_histogram: must be true or false, got 'no'."),
    ("seamless", "yes", "seamless: must be one of no, both, across, down, got 'yes'."),
    ("seamless", True, "seamless: must be"),
    ("seamless", None, "seamless: must be"),
    ("statistics", "mean", "statistics: must be one of gram, sliced, got 'mean'."),
    ("statistics", True, "statistics: must be"),
    ("statistics", None, "statistics: must be"),
    ("content", "c.png", "content: a synthesize job has no such field."),
    *REGION_FAULTS,
    ("regions", [{"target": "t.png", "style": 1}], "regions[0].style: must be one of the 1"),
]
STYLIZE_FAULTS: list[tuple[str, Any, str]] = [
    ("content", "", "content: must be a path, got ''."),
    ("styles", [], "styles: must be a list of pictures, got []."),
    ("styles", "s.png", "styles: must be a list of pictures, got 's.png'."),
    ("styles", [7], 'styles[0]: must be a path, or {"path": ..., "weight": ...}, got 7.'),
    ("styles", ["a", {"weight": 1}], "styles[1]: must be a path, or"),
    ("styles", [{"path": "a", "scale": 1}], "styles[0]: must be a path, or"),
    ("styles", [{"path": "a\0"}], "styles[0].path: must be a path"),
    ("styles", [{"path": "a", "weight": -1}], "styles[0].weight: must be a number from 0 to 1e+06"),
    ("styles", [{"path": "a", "weight": NAN}], "styles[0].weight: must be"),
    ("styles", [{"path": "a", "weight": True}], "styles[0].weight: must be"),
    ("styles", [{"path": "a", "weight": 0}], "styles: must be given at least one weight above 0"),
    ("styles", DEEP, "styles[0]: must be a path, or"),
    ("size", [512, 512], "size: must be a whole number from 16 to 65536, got [512, 512]."),
    ("size", 15, "size: must be"),
    ("size", False, "size: must be"),
    ("start", None, "start: must be a path, got None."),
    ("style_scale", 0, "style_scale: must be a number from 0.1 to 10, got 0."),
    ("style_scale", INF, "style_scale: must be a number from 0.1 to 10, got inf."),
    ("style_scale", 10**400, "style_scale: must be"),
    ("keep_colors", "match", "keep_colors: must be one of no, luminance, symmetric, pca, cholesky"),
    ("keep_colors", True, "keep_colors: must be"),
    ("color_strength", 1.01, "color_strength: must be a number from 0 to 1, got 1.01."),
    ("color_strength", NAN, "color_strength: must be"),
    ("color_strength", True, "color_strength: must be"),
    ("alpha", "half", "alpha: must be one of keep, mask, ignore, got 'half'."),
    ("alpha", None, "alpha: must be"),
    ("content_weight", -0.1, "content_weight: must be a number from 0 to 1e+15, got -0.1."),
    ("content_weight", NAN, "content_weight: must be"),
    ("content_layers", None, "content_layers: must be layers with weights"),
    ("content_layers", {"conv4_2": True}, "content_layers.conv4_2: must be"),
    ("style_layers", {"conv1_1": "1"}, "style_layers.conv1_1: must be"),
    ("statistics", ["sliced"], "statistics: must be one of gram, sliced, got ['sliced']."),
    ("exemplar", "e.png", "exemplar: a stylize job has no such field."),
    *REGION_FAULTS,
]
REPAIR_FAULTS: list[tuple[str, Any, str]] = [
    ("picture", None, "picture: must be a path"),
    ("mask", None, "mask: there is nothing to make anew."),
    ("mask", 5, "mask: must be a path, got 5."),
    ("extend", 64, "extend: must be left, top, right and bottom, such as [0, 0, 256, 0], got 64."),
    ("extend", [1, 2, 3], "extend: must be"),
    ("extend", [0, -1, 0, 0], "extend[1]: must be a whole number from 0 to 65536, got -1."),
    ("seamless", "yes", "seamless: must be one of"),
    ("band", 1, "band: must be a whole number from 2 to 65536, got 1."),
    ("band", "8", "band: must be"),
    ("exemplar", "", "exemplar: must be a path"),
    ("layers", {}, "layers: must be layers with weights"),
    ("size", 512, "size: a repair job has no such field."),
    ("statistics", "sliced", "statistics: a repair job has no such field."),
]
MATERIAL_FAULTS: list[tuple[str, Any, str]] = [
    ("output", "new.png", "output: must be a file's name with <map> where a map's name goes"),
    ("maps", ["a.png"], "maps: must be at least two of albedo, normal, roughness"),
    ("maps", {"albedo": "a.png"}, "maps: must be at least two of"),
    ("maps", {"albedo": "a.png", "gloss": "g.png"}, "maps: must be at least two of"),
    ("maps", {"albedo": "a.png", "height": 3}, "maps.height: must be a path, got 3."),
    ("joint_layers", "pool1", "joint_layers: must be a list of layers"),
    ("joint_layers", ["relu1"], "joint_layers: must be a list of layers"),
    *[fault for fault in SYNTHESIZE_FAULTS if fault[0] in ("size", "layers", "match_histogram")],
    ("seamless", "yes", "seamless: must be one of"),
    ("alpha", "half", "alpha: must be one of keep, mask, ignore, got 'half'."),
    ("statistics", "sliced", "statistics: a material job has no such field."),
]
FAULTS = [
    *((A_SYNTHESIZE, *fault) for fault in COMMON_FAULTS + SYNTHESIZE_FAULTS),
    *((A_STYLIZE, *fault) for fault in COMMON_FAULTS + STYLIZE_FAULTS),
    *((A_REPAIR, *fault) for fault in COMMON_FAULTS + REPAIR_FAULTS),
    *((A_MATERIAL, *fault) for fault in COMMON_FAULTS + MATERIAL_FAULTS),
]


@pytest.mark.parametrize(
    ("data", "name", "value", "message"),
    FAULTS,
    ids=[f"{data['kind']}-{name}-{index}" for index, (data, name, *_) in enumerate(FAULTS)],
)
def test_a_wrong_field_is_named(data: dict[str, Any], name: str, value: Any, message: str) -> None:
    with pytest.raises(JobError) as caught:
        from_json({**data, name: value})
    assert caught.value.message.startswith(message)
    assert len(caught.value.message) < 250
    assert name.partition("[")[0] in caught.value.message + caught.value.hint
    assert caught.value.hint
    assert caught.value.kind == "job"


def test_every_field_has_its_faults() -> None:
    for kind, faults in (
        (SynthesizeJob, COMMON_FAULTS + SYNTHESIZE_FAULTS),
        (StylizeJob, COMMON_FAULTS + STYLIZE_FAULTS),
        (RepairJob, COMMON_FAULTS + REPAIR_FAULTS),
        (MaterialJob, COMMON_FAULTS + MATERIAL_FAULTS),
    ):
        named = {name for name, *_ in faults}
        assert {item.name for item in dataclasses.fields(kind)} <= named


@pytest.mark.parametrize(
    ("data", "name"),
    [
        *((A_SYNTHESIZE, name) for name in ("output", "exemplar")),
        *((A_STYLIZE, name) for name in ("output", "content", "styles")),
    ],
)
def test_a_missing_field_is_named(data: dict[str, Any], name: str) -> None:
    with pytest.raises(JobError) as caught:
        from_json({key: value for key, value in data.items() if key != name})
    assert caught.value.message == f"{name}: is missing."
    assert caught.value.hint == f"A {data['kind']} job needs {name}."


@pytest.mark.parametrize("name", ["sizes", "", "Output", "kind ", 3, None, ("a",)])
def test_an_unknown_field_is_named_with_the_known_ones(name: Any) -> None:
    with pytest.raises(JobError) as caught:
        from_json({**A_SYNTHESIZE, name: 1})
    assert caught.value.message == f"{name}: a synthesize job has no such field."
    for known in dataclasses.fields(SynthesizeJob):
        assert known.name in caught.value.hint


@pytest.mark.parametrize("kind", [None, "", "Synthesize", "tile", 1, [], {}, ["synthesize"]])
def test_a_wrong_kind(kind: Any) -> None:
    with pytest.raises(
        JobError, match=r"^kind: must be one of synthesize, stylize, repair, material, got "
    ):
        from_json({**A_SYNTHESIZE, "kind": kind})


@pytest.mark.parametrize("version", [None, 0, 2, True, 1.0, "1", [1], NAN])
def test_a_wrong_version(version: Any) -> None:
    with pytest.raises(JobError, match=r"^version: must be 1, got "):
        from_json({**A_SYNTHESIZE, "version": version})


def test_without_kind_or_version() -> None:
    with pytest.raises(JobError, match=r"^kind: must be .*, got None\."):
        from_json({})
    with pytest.raises(JobError, match=r"^version: must be 1, got None\."):
        from_json({"kind": "synthesize"})


@pytest.mark.parametrize("data", [None, 1, "{}", b"{}", [], [A_SYNTHESIZE], True, DEEP])
def test_what_is_no_object(data: Any) -> None:
    with pytest.raises(JobError) as caught:
        from_json(data)
    assert caught.value.message == "The job is not a JSON object."
    assert "kind" in caught.value.hint


@given(st.dictionaries(st.sampled_from([*A_STYLIZE, "exemplar", "size", "seed"]), PLAIN))
def test_junk_is_a_job_or_a_job_error(junk: dict[str, Any]) -> None:
    for data in ({**A_SYNTHESIZE, **junk}, {**A_STYLIZE, **junk}, junk):
        try:
            job = from_json(data)
        except JobError:
            continue
        assert from_json(job.to_json()) == job


def test_a_color_space_is_given_by_path_or_by_role() -> None:
    job = StylizeJob(
        output="o.png",
        content="c.exr",
        styles=("s.png", "t.png"),
        start="s.png",
        color_spaces={"c.exr": "ACEScg", "./s.png": "sRGB", "output": "Raw"},
    )
    spaces = {"content": "ACEScg", "styles[0]": "sRGB", "start": "sRGB", "output": "Raw"}
    assert job.color_spaces == spaces
    assert job.to_json()["color_spaces"] == spaces
    assert from_json(job.to_json()) == job
    assert [job.space_of(path) for path in job.pictures] == ["ACEScg", "sRGB", None, "sRGB"]


def test_a_picture_is_in_one_color_space() -> None:
    with pytest.raises(JobError, match=r"a.png is in sRGB and in Raw"):
        StylizeJob(
            output="o.png",
            content="a.png",
            styles=("a.png",),
            color_spaces={"content": "sRGB", "styles[0]": "Raw"},
        )


def test_an_unknown_role_is_told_with_those_there_are() -> None:
    with pytest.raises(JobError) as caught:
        RepairJob(output="o.png", picture="p.png", mask="m.png", color_spaces={"mask": "Raw"})
    assert "'mask'" in caught.value.message
    assert caught.value.hint == "Name a picture's path or one of: picture, output."
