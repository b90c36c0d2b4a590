"""Whole jobs with sliced statistics, on a small network."""

import dataclasses

import chains
import numpy as np
import pytest

from maya_stylize.convert import keras_h5, provenance
from maya_stylize.engine import checkpoint, plan
from maya_stylize.engine.backend.types import Unit
from maya_stylize.engine.estimate import estimate
from maya_stylize.engine.run import run
from maya_stylize.engine.speed import Stint, known, remember
from maya_stylize.events import Progress
from maya_stylize.files import checkpoint_of
from maya_stylize.images import reader, writer
from maya_stylize.jobs import Region, StylizeJob, SynthesizeJob

OCTAVES = [[25, 23, 2, 12, "deep"], [50, 46, 1, 10, "flat"], [50, 46, 1, 8, "true"]]
LAYERS = {"conv1_1": 1e9, "pool1": 1e9, "pool2": 1e9}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path, network = tmp_path_factory.mktemp("model") / "small.h5", chains.small_chain()
    keras_h5.write(path, network, provenance.describe(network, "random", "0" * 64))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An exemplar of two flat colors, a content, and masks of a half."""
    folder = tmp_path_factory.mktemp("pictures")
    rows, columns = np.mgrid[:40, :44]
    stripes = np.where((rows // 5 + columns // 11)[..., None] % 2, [0.9, 0.2, 0.1], [0.1, 0.3, 0.8])
    writer.write(folder / "example.png", stripes.astype(np.float32))
    content = np.random.default_rng(5).uniform(0.2, 0.8, (46, 50, 3))
    writer.write(folder / "content.png", content.astype(np.float32))
    half = np.zeros((46, 50, 3), np.float32)
    half[:, :25] = 1
    writer.write(folder / "half.png", half)
    writer.write(folder / "known.png", np.float32(rows < 20)[..., None].repeat(3, -1))
    return folder


def make(kind, folder, output, tile=0, **more):
    resolution = {"tile": tile, "octaves": OCTAVES}
    common = {"output": str(output), "device": "cpu", "seed": 3, "resolution": resolution}
    common |= {"statistics": "sliced", **more}
    example = str(folder / "example.png")
    if kind == "synthesize":
        return SynthesizeJob(exemplar=example, size=(50, 46), layers=LAYERS, **common)
    return StylizeJob(
        content=str(folder / "content.png"),
        styles=(example,),
        content_layers={"conv2_2": 1.0},
        style_layers=LAYERS,
        **common,
    )


def is_step(event):
    return isinstance(event, Progress) and event.loss is not None


@pytest.mark.parametrize(("kind", "tile"), [("synthesize", 24), ("stylize", 0)])
def test_a_job_that_is_broken_off_goes_on_to_the_same_bytes(kind, tile, folder, model, tmp_path):
    whole = make(kind, folder, tmp_path / "whole.png", tile)
    *_, wanted = run(whole, model)
    assert set(wanted.layer_errors) == set(LAYERS)
    job = dataclasses.replace(whole, output=str(tmp_path / "broken.png"))
    stream, seen = run(job, model), 0
    for event in stream:
        seen += is_step(event)
        if seen == 17:
            break
    stream.close()
    kept = checkpoint.read(checkpoint_of(job.output))
    *_, result = run(kept.job, model, resume=kept)
    assert (tmp_path / "broken.png").read_bytes() == (tmp_path / "whole.png").read_bytes()
    assert (result.loss, result.layer_errors) == (wanted.loss, wanted.layer_errors)


def test_the_seed_and_the_statistics_decide_the_picture(folder, model, tmp_path):
    made = []
    for index, more in enumerate(({}, {}, {"seed": 4}, {"statistics": "gram"})):
        *_, result = run(make("synthesize", folder, tmp_path / f"{index}.png", **more), model)
        made.append(reader.read(result.path).pixels)
    assert (made[0] == made[1]).all()
    assert (made[0] != made[2]).any()
    assert (made[0] != made[3]).any()


def test_regions_have_statistics_of_their_own(folder, model, tmp_path):
    """The half that looks at the example is red and blue as it is; the rest looks at the rest."""
    regions = (Region(str(folder / "half.png"), str(folder / "known.png")),)
    flat = np.zeros((40, 44, 3), np.float32)
    flat[:20], flat[20:] = [0.9, 0.2, 0.1], [0.1, 0.3, 0.8]
    writer.write(tmp_path / "example.png", flat)
    job = make("synthesize", tmp_path, tmp_path / "out.png", regions=regions)
    *_, result = run(job, model)
    made = reader.read(result.path).pixels
    assert np.abs(made[4:-4, 4:21].mean((0, 1)) - flat[0, 0]).max() < 0.1
    assert np.abs(made[4:-4, 29:-4].mean((0, 1)) - flat[-1, 0]).max() < 0.1


def test_a_plan_takes_their_time_and_memory_into_account(folder, tmp_path):
    sliced, gram = (
        make("synthesize", folder, tmp_path / "o.png", statistics=each)
        for each in ("sliced", "gram")
    )
    unit = Unit("tensorflow", "cpu:0", "A Processor", 2)
    remember(unit, False, [Stint((50, 46), 0, 10, 5.0)], 9.0)
    found = [estimate(job, unit) for job in (sliced, gram)]
    start = known(unit, False).start  # compiling takes as long
    assert start > 0
    assert found[0].seconds - start == pytest.approx(plan.SLICED_TIME * (found[1].seconds - start))
    assert found[0].room.memory - found[1].room.memory == plan.SORTED * 50 * 46
    plans = [each.plan for each in found]
    tiled = [plan.needed(each, 24, 20, False) for each in plans]
    crop = min(50 * 46, (24 + 2 * plan.REACH) ** 2)
    assert tiled[0] - tiled[1] == plan.SORTED * crop + plan.PROJECTED * 50 * 46
