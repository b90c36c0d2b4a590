"""What a job would take, told from what earlier jobs took, of whatever kind these were."""

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
from maya_stylize.images import writer
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
