from __future__ import annotations

import re
from typing import Any

import pytest

from maya_stylize import map_names
from maya_stylize.errors import JobError
from maya_stylize.jobs import (
    CONTENT_WEIGHT,
    KEEP_COLORS,
    MAPS,
    MaterialJob,
    Region,
    RepairJob,
    Style,
    StylizeJob,
    SynthesizeJob,
)
from maya_stylize.ui.fields import defaults
from maya_stylize.ui.ground import Ground
from maya_stylize.ui.modes import MODES, by_name
from maya_stylize.ui.stylize_mode import content_weight

TEXTURE, STYLIZE, REPAIR, MATERIAL = MODES
PICTURES = {
    "exemplar": (Style("e.png"),),
    "content": (Style("c.png"),),
    "styles": (Style("a.png", 2.0), Style("b.png")),
    "picture": (Style("p.png"),),
    "mask": (Style("m.png"),),
    "height": (Style("h.exr"),),
    "albedo": (Style("a.png"),),
}


def test_the_defaults_are_those_of_the_papers() -> None:
    values = defaults(TEXTURE.fields)
    assert TEXTURE.job(PICTURES, values, "o.png", "jax") == SynthesizeJob(
        exemplar="e.png", output="o.png", backend="jax"
    )
    values = defaults(STYLIZE.fields)
    assert STYLIZE.job(PICTURES, values, "o.png", "torch") == StylizeJob(
        content="c.png", styles=PICTURES["styles"], output="o.png", backend="torch"
    )


def test_every_setting_arrives_in_the_job() -> None:
    common = {"seed": 7, "quality": "final", "pooling": "max", "device": "cpu"}
    values = {**common, "size": "64 x 32", "match_histogram": False, "seamless": "down"}
    values["statistics"] = "sliced"
    job: Any = TEXTURE.job(PICTURES, values, "o.exr", "tensorflow")
    assert (job.seamless, job.statistics) == ("down", "sliced")
    assert (job.size, job.match_histogram, job.seed, job.quality) == ((64, 32), False, 7, "final")
    values = {**common, "size": "64", "strength": 100, "stroke": 100, "start": "noise"}
    values |= {"keep_colors": "luminance", "color_strength": 25, "alpha": "ignore"}
    values["statistics"] = "sliced"
    job = STYLIZE.job(PICTURES, values, "o.exr", "tensorflow")
    assert (job.size, job.start, job.pooling, job.device) == (64, "noise", "max", "cpu")
    assert job.content_weight == pytest.approx(1e4)
    assert job.style_scale == pytest.approx(4)
    assert (job.keep_colors, job.color_strength) == ("luminance", 0.25)
    assert (job.alpha, job.statistics) == ("ignore", "sliced")


def test_every_way_of_keeping_colors_can_be_chosen() -> None:
    (field,) = [field for field in STYLIZE.fields if field.name == "keep_colors"]
    control: Any = field.control
    assert tuple(key for key, _ in control.options) == KEEP_COLORS


def test_a_repair_takes_its_wells_and_settings() -> None:
    learned = {**PICTURES, "mask": (), "exemplar": (Style("clean.png"),)}
    values = {**defaults(REPAIR.fields), "seamless": "across", "band": "24", "extend": "0 0 256 8"}
    values |= {"seed": 7, "quality": "final", "device": "cpu"}
    assert REPAIR.job(learned, values, "o.exr", "torch") == RepairJob(
        picture="p.png",
        exemplar="clean.png",
        seamless="across",
        band=24,
        extend=(0, 0, 256, 8),
        seed=7,
        quality="final",
        device="cpu",
        output="o.exr",
        backend="torch",
    )


def test_a_repair_needs_a_picture_and_a_mask_alone() -> None:
    pictures = {"picture": (Style("p.png"),), "mask": (Style("m.png"),), "exemplar": ()}
    job = REPAIR.job(pictures, defaults(REPAIR.fields), "o.png", "tensorflow")
    assert job == RepairJob(picture="p.png", mask="m.png", output="o.png")


def test_one_number_extends_all_four_sides() -> None:
    values = {**defaults(REPAIR.fields), "extend": "16"}
    job: Any = REPAIR.job({**PICTURES, "mask": ()}, values, "o.png", "tensorflow")
    assert job.extend == (16, 16, 16, 16)


def test_a_material_takes_its_wells_and_settings() -> None:
    values = {**defaults(MATERIAL.fields), "size": "64", "seamless": "both", "seed": 7}
    values |= {"match_histogram": False, "quality": "draft", "pooling": "max", "device": "cpu"}
    values["alpha"] = "mask"
    assert MATERIAL.job(PICTURES, values, "o_<map>.exr", "jax") == MaterialJob(
        maps={"albedo": "a.png", "height": "h.exr"},
        size=(64, 64),
        seamless="both",
        match_histogram=False,
        alpha="mask",
        seed=7,
        quality="draft",
        pooling="max",
        device="cpu",
        output="o_<map>.exr",
        backend="jax",
    )
    assert tuple(well.name for well in MATERIAL.wells) == MAPS == map_names.KINDS


def test_one_map_is_no_material() -> None:
    with pytest.raises(JobError, match="at least two maps") as caught:
        MATERIAL.job({"height": PICTURES["height"]}, defaults(MATERIAL.fields), "<map>.png", "jax")
    assert "drop" in caught.value.hint


@pytest.mark.parametrize("extend", ["", "0", "0, 0, 0, 0"])
def test_nothing_to_repair_is_told_with_what_there_could_be(extend: str) -> None:
    values = {**defaults(REPAIR.fields), "extend": extend}
    with pytest.raises(JobError, match="nothing to repair") as caught:
        REPAIR.job({**PICTURES, "mask": ()}, values, "o.png", "tensorflow")
    for word in ("mask", "extend", "seamless"):
        assert word in caught.value.hint


def test_regions_go_to_the_modes_that_have_them() -> None:
    regions = (Region("t.png", "s.png", 1), Region("u.png"))
    for mode in MODES:
        values = defaults(mode.fields)
        given = regions if mode is STYLIZE else regions[1:]
        job: Any = mode.job(PICTURES, values, "<map>.png", "tensorflow", given)
        assert getattr(job, "regions", ()) == (given if mode.guidance else ())


def test_a_mask_over_the_result_lies_on_what_the_result_is_made_of() -> None:
    values = defaults(STYLIZE.fields)
    assert STYLIZE.guidance.ground(PICTURES, values) == Ground("c.png")
    values = defaults(TEXTURE.fields)
    assert TEXTURE.guidance.ground(PICTURES, values) == Ground("e.png", shown=False)
    values["size"] = "512 x 256"
    assert TEXTURE.guidance.ground({}, values) == Ground("", (512, 256))
    for mode in (STYLIZE, TEXTURE):
        with pytest.raises(JobError, match="No picture in"):
            mode.guidance.ground({}, defaults(mode.fields))


def test_more_strength_is_less_content() -> None:
    weights = [content_weight(strength) for strength in range(101)]
    assert weights == sorted(weights, reverse=True)
    assert weights[50] == pytest.approx(CONTENT_WEIGHT)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_an_empty_well_is_named(mode: Any) -> None:
    for well in mode.wells:
        if well.empty:
            continue
        pictures = {**PICTURES, well.name: ()}
        with pytest.raises(JobError, match=well.label.replace("&", "")) as caught:
            mode.job(pictures, defaults(mode.fields), "o.png", "tensorflow")
        assert caught.value.hint


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_everything_says_what_it_does(mode: Any) -> None:
    for part in (mode, *mode.wells, *mode.fields):
        assert re.search(r"\w{3,} .*\.$", part.tooltip), part.tooltip


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(JobError, match="seamless"):
        by_name("seamless")
