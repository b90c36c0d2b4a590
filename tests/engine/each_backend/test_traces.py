"""Whole jobs compile once: for pictures of any size on TensorFlow, for each size on JAX."""

import collections
import dataclasses
import os
import types

import chains
import numpy as np
import pytest
from keras import tree

from maya_stylize.convert import keras_h5, provenance
from maya_stylize.engine import backend, schedule
from maya_stylize.engine.checkpoint import left_by
from maya_stylize.engine.run import run
from maya_stylize.events import Progress
from maya_stylize.images import writer
from maya_stylize.jobs import StylizeJob, SynthesizeJob

NAME = os.environ.get("MAYA_STYLIZE_TEST_BACKEND", "tensorflow")
OCTAVES = [[24, 17, 2, 4, "deep"], [48, 33, 1, 4, "flat"], [48, 33, 1, 4, "true"]]
LAYERS = {"conv1_1": 1e9, "pool1": 1e9}

pytestmark = pytest.mark.skipif(NAME == "torch", reason="PyTorch traces nothing")


@pytest.fixture
def traces(monkeypatch):
    """What is traced: a function's name, and the shapes that it is traced for."""
    framework, found = backend._framework(NAME), []

    def noting(transform):
        def transformed(function):
            def noted(*arguments):  # runs in tracing only
                shapes = tree.map_structure(lambda each: str(each.shape), arguments)
                found.append((name_of(function), str(shapes)))
                return function(*arguments)

            return transform(noted)

        return transformed

    names = ("compiled", "traced", "value_and_gradient")
    changed = {name: noting(getattr(framework, name)) for name in names}
    noted = types.SimpleNamespace(**{**vars(framework), **changed})
    monkeypatch.setattr(backend, "_framework", lambda _: noted)
    return found


def name_of(function):
    """Return a function's own name, the network's being "features"."""
    return getattr(getattr(function, "func", function), "__name__", "features")


@pytest.fixture
def make(tmp_path):
    """Make jobs of two octaves on new pictures of always the same sizes."""

    def made(kind, seed, tile=0):
        random = np.random.default_rng(seed)
        example, content = tmp_path / f"example{seed}.png", tmp_path / f"content{seed}.png"
        writer.write(example, random.random((32, 25, 3), np.float32))
        writer.write(content, random.random((33, 48, 3), np.float32))
        common = {"output": str(tmp_path / f"{kind}{seed}.png"), "seed": seed, "device": "cpu"}
        common |= {"backend": NAME, "resolution": {"octaves": OCTAVES, "tile": tile}}
        if kind == "synthesize":
            return SynthesizeJob(exemplar=str(example), size=(48, 33), layers=LAYERS, **common)
        return StylizeJob(
            content=str(content),
            styles=(str(example),),
            style_layers=LAYERS,
            content_layers={"conv1_2": 1.0},
            **common,
        )

    return made


def model(folder, width=6):
    path, network = folder / "small.h5", chains.small_chain((2,), width)
    keras_h5.write(path, network, provenance.describe(network, "random", "0" * 64))
    return path


# How often each function is traced. The coarse octave fits in one tile, and is whole. On TensorFlow
# the survey is another function where there is a content; on JAX it sees the example and the result
# of both octaves, while the coarse one does not look at its steps' frequencies.
STEPS = {"quasi_newton": 1}
TEXTURE_STEPS = {**STEPS, "powers_beyond": 1}
EXPECTED = {
    ("tensorflow", "synthesize", 0): {"survey": 1, "whole": 1, **TEXTURE_STEPS},
    ("tensorflow", "synthesize", 24): {"survey": 1, "whole": 1, "pull": 1, **TEXTURE_STEPS},
    ("tensorflow", "stylize", 0): {"survey": 1, "features": 1, "whole": 1, **STEPS},
    ("tensorflow", "stylize", 24): {"survey": 2, "features": 1, "whole": 1, "pull": 1, **STEPS},
    ("jax", "synthesize", 0): {"survey": 4, "whole": 2, "quasi_newton": 2, "powers_beyond": 1},
    ("jax", "stylize", 0): {"survey": 4, "features": 2, "whole": 2, **dict.fromkeys(STEPS, 2)},
}


@pytest.mark.parametrize("kind", ["synthesize", "stylize"])
@pytest.mark.parametrize("tile", [0, 24])
def test_a_job_traces_each_function_once_and_the_next_one_none(kind, tile, traces, make, tmp_path):
    path = model(tmp_path)
    list(run(make(kind, 1, tile), path))
    counts = collections.Counter(name for name, _ in traces)
    if (NAME, kind, tile) in EXPECTED:
        assert counts == EXPECTED[NAME, kind, tile]
    assert len(set(traces)) == len(traces)
    assert counts

    traces.clear()
    list(run(make(kind, 2, tile), path))

    assert traces == []


def test_going_on_traces_nothing_anew(traces, make, tmp_path):
    path = model(tmp_path)
    job = make("synthesize", 1)
    list(run(job, path))
    traces.clear()
    job = dataclasses.replace(job, output=str(tmp_path / "broken.png"))
    stream = run(job, path)
    steps = (event for event in stream if isinstance(event, Progress) and event.loss)
    for _ in range(6):
        next(steps)
    stream.close()

    left = left_by(job)
    list(run(left.job, path, resume=left))

    assert traces == []


@pytest.mark.skipif(NAME != "tensorflow", reason="TensorFlow alone has faster convolutions")
def test_the_faster_convolutions_are_traced_once_too(traces, make, tmp_path, monkeypatch):
    monkeypatch.setattr(schedule, "worth_tracing", lambda _: True)
    path = model(tmp_path, width=64)
    for seed in (1, 2):
        list(run(make("synthesize", seed), path))
    assert collections.Counter(name for name, _ in traces) == {
        "survey": 1,
        "whole": 1,
        **TEXTURE_STEPS,
    }


@pytest.mark.skipif(NAME != "tensorflow", reason="JAX compiles every size")
def test_pictures_of_other_sizes_trace_nothing_anew(traces, make, tmp_path):
    path = model(tmp_path)
    list(run(make("synthesize", 1), path))
    traces.clear()
    job = make("synthesize", 2)
    octaves = {"octaves": [[31, 37, 1, 4, "true"]], "tile": 0}
    writer.write(job.exemplar, np.random.default_rng(3).random((41, 59, 3), np.float32))

    list(run(dataclasses.replace(job, size=(31, 37), resolution=octaves), path))

    assert traces == []
