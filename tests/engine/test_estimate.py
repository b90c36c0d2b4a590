"""What a job would take, told from what earlier jobs took, of whatever kind these were."""

import dataclasses
from itertools import count

import chains
import numpy as np
import pytest

from maya_stylize import settings
from maya_stylize.convert import keras_h5, provenance
from maya_stylize.engine import climb, speed
from maya_stylize.engine.backend.types import Unit
from maya_stylize.engine.estimate import estimate, seconds_of
from maya_stylize.engine.plan import SLICED_TIME, Plan, Room
from maya_stylize.engine.run import run
from maya_stylize.engine.schedule import Octave
from maya_stylize.engine.speed import Speed, Stint
from maya_stylize.errors import ImageError
from maya_stylize.farm.resolving import resolved
from maya_stylize.images import writer
from maya_stylize.job_sources import with_color_config
from maya_stylize.jobs import MaterialJob, SynthesizeJob

UNIT = Unit("tensorflow", "cpu:0", "A Processor", 2)
KINDS = ("albedo", "roughness", "height")


@pytest.fixture
def maps(tmp_path, monkeypatch):
    """The maps of a material, in the folder of a user who ran nothing yet."""
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path / "home"))
    pixels = np.random.default_rng(1).uniform(0.2, 0.8, (46, 50, 3)).astype(np.float32)
    paths = {kind: str(tmp_path / f"a_{kind}.png") for kind in KINDS}
    for path in paths.values():
        writer.write(path, pixels)
    return paths


def test_every_map_takes_its_time_and_a_start_is_one(maps, tmp_path):
    speed.remember(UNIT, False, [Stint((50, 46), 0, 10, 5.0)], 9.0)
    start = speed.known(UNIT, False).start
    one = SynthesizeJob(exemplar=maps["albedo"], output=str(tmp_path / "o.png"))
    all_maps = MaterialJob(maps=maps, output=str(tmp_path / "o_<map>.png"))
    single, material = (estimate(job, UNIT).seconds - start for job in (one, all_maps))
    assert start > 0
    assert material == pytest.approx(3 * single)


def test_maps_and_sliced_statistics_both_count():
    seen, room = Speed(4.0, {100: 2.0}), Room(0, 20, 0)
    octaves = (Octave(10, 10, 1, 7),)
    plain = seconds_of(Plan(10, 10, octaves, 100), room, seen)
    assert plain == pytest.approx(4 + 2 * (7 + speed.BESIDE))
    both = seconds_of(Plan(10, 10, octaves, 100, maps=6, sliced=True), room, seen)
    assert both - 4 == pytest.approx(6 * SLICED_TIME * (plain - 4))


def test_a_material_does_not_make_the_machine_look_slow(
    maps, tmp_path, monkeypatch, engine_backend
):
    """By a clock that ticks with every look at it, three maps take as long as one picture."""
    network = chains.small_chain()
    model = tmp_path / "small.h5"
    keras_h5.write(model, network, provenance.describe(network, "random", "0" * 64))
    layers = {"conv1_1": 1e9, "pool1": 1e9}
    resolution = {"tile": 0, "octaves": [[50, 46, 1, 6, "true"]]}
    common = {"layers": layers, "resolution": resolution, "device": "cpu"}
    common["backend"] = engine_backend.name
    jobs = {
        1: SynthesizeJob(exemplar=maps["albedo"], output=str(tmp_path / "o.png"), **common),
        3: MaterialJob(maps=maps, output=str(tmp_path / "o_<map>.png"), **common),
    }
    found = {}
    for maps_at_once, job in jobs.items():
        ticks = count()
        monkeypatch.setattr(climb, "monotonic", lambda ticks=ticks: float(next(ticks)))
        monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path / str(maps_at_once)))
        list(run(job, model))
        (found[maps_at_once],) = speed.known(engine_backend.unit, False).points.values()
    assert found[3] == pytest.approx(found[1] / 3, rel=0.4)  # a step may take two evaluations


def test_a_color_space_that_the_config_lacks_is_told_before_anything_is_computed(maps, tmp_path):
    job = SynthesizeJob(
        exemplar=maps["albedo"],
        output=str(tmp_path / "o.png"),
        color_spaces={"exemplar": "ACEScgg"},
    )
    with pytest.raises(ImageError, match=r"a_albedo\.png: .*no color space 'ACEScgg'.*ACEScg"):
        estimate(job, UNIT)
    other = dataclasses.replace(job, color_spaces={"output": "Nowhere"})
    with pytest.raises(ImageError, match=r"o\.png: .*no color space 'Nowhere'"):
        estimate(other, UNIT)
    gone = dataclasses.replace(job, color_spaces={}, color_config=str(tmp_path / "gone.ocio"))
    with pytest.raises(ImageError, match=r"gone\.ocio: there is no such color config"):
        estimate(gone, UNIT)


def test_of_a_material_the_albedo_s_space_counts_and_maps_of_data_are_raw(maps, tmp_path):
    job = MaterialJob(
        maps=maps, output=str(tmp_path / "o_<map>.png"), color_spaces={"height": "Nowhere"}
    )
    assert estimate(job, UNIT).plan.maps == 3
    with pytest.raises(ImageError, match=r"a_albedo\.png: .*no color space 'Nowhere'"):
        estimate(dataclasses.replace(job, color_spaces={"albedo": "Nowhere"}), UNIT)


def test_a_farm_s_jobs_are_checked_where_they_are_exported(
    maps, tmp_path, monkeypatch, engine_backend
):
    job = SynthesizeJob(
        exemplar=maps["albedo"],
        output=str(tmp_path / "o.png"),
        backend=engine_backend.name,
        device="cpu",
        color_spaces={"exemplar": "ACEScg"},
    )
    monkeypatch.setenv("OCIO", "ocio://default")
    made, memory = resolved(job, "0" * 64, None)
    assert memory > 0
    assert made.color_config == made.resolution["color_config"] == "ocio://default"
    # What was resolved keeps the config that it had, whatever the environment says later.
    monkeypatch.setenv("OCIO", str(tmp_path / "gone.ocio"))
    assert with_color_config(made) is made
    with pytest.raises(ImageError, match=r"gone\.ocio: there is no such") as caught:
        resolved(job, "0" * 64, None)
    assert "environment variable OCIO" in caught.value.hint
    wrong = dataclasses.replace(
        job, color_spaces={"exemplar": "Nowhere"}, color_config="ocio://default"
    )
    with pytest.raises(ImageError, match="no color space 'Nowhere'"):
        resolved(wrong, "0" * 64, None)
