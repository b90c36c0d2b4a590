"""Textures that wrap: the sizes they take, and whole jobs on a narrow network, small."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine import checkpoint, schedule
from maya_stylize.engine.plan import plan
from maya_stylize.engine.run import run
from maya_stylize.engine.seamless import stride_of
from maya_stylize.errors import JobError
from maya_stylize.events import Log, Progress
from maya_stylize.files import checkpoint_of
from maya_stylize.images import reader, seam, writer
from maya_stylize.jobs import SEAMLESS, SynthesizeJob, from_json

AXES = {"no": (), "both": (0, 1), "down": (0,), "across": (1,)}
# One inner step in twenty scores more than 1; edges of these that do not wrap score 3 and more.
SEAM = 2


@pytest.fixture(scope="module")
def exemplar(tmp_path_factory):
    """A piece of a picture, which does not wrap."""
    path = tmp_path_factory.mktemp("pictures") / "pebbles.png"
    writer.write(path, reader.read(EXEMPLARS / "pebbles.png").pixels[:90, :100])
    return str(path)


def job(exemplar, output="o.png", **changed):
    plain = {"quality": "draft", "device": "cpu", "seamless": "both"}
    return SynthesizeJob(exemplar=exemplar, output=str(output), **{**plain, **changed})


@pytest.mark.parametrize(
    ("layers", "stride"),
    [
        ({"conv1_2": 1}, 1),
        ({"pool1": 1}, 2),
        ({"conv3_1": 1, "conv1_1": 1}, 4),
        ({"conv5_1": 1}, 16),
        ({"pool4": 1, "pool5": 0}, 16),
        ({"pool5": 1}, 32),
    ],
)
def test_the_stride_is_the_deepest_layers(layers, stride):
    assert stride_of(job("e.png", layers=layers)) == stride


SIDES = st.integers(16, 300)


@given(SIDES, SIDES, st.sampled_from(SEAMLESS), st.sampled_from(["pool4", "pool2", "pool5"]))
def test_sides_that_wrap_are_multiples_at_every_octave(width, height, seamless, layer):
    wanted = job("e.png", seamless=seamless, layers={layer: 1.0})
    plain = dataclasses.replace(wanted, seamless="no")
    octaves = schedule.octaves(wanted, (width, height), 256)
    stride = stride_of(wanted)
    before = schedule.octaves(plain, (width, height), 256)
    assert [item.evaluations for item in octaves] == [item.evaluations for item in before]
    for octave, unwrapped in zip(octaves, before, strict=True):
        for axis, name in enumerate(("height", "width")):
            side, other = getattr(octave, name), getattr(unwrapped, name)
            if axis in AXES[seamless]:
                assert side % stride == 0
                assert abs(side - other) < stride
            else:
                assert side == other
    for axis, side in enumerate((octaves[-1].height, octaves[-1].width)):
        assert 0 <= side - (height, width)[axis] < (stride if axis in AXES[seamless] else 1)


def test_an_example_is_stretched_as_the_result_will_be_shrunk():
    wanted = job("e.png", size=(100, 90), seamless="across")
    found = plan(wanted, lambda _: (50, 40))
    assert (found.width, found.height) == (100, 90)
    assert (found.octaves[-1].width, found.octaves[-1].height) == (112, 90)
    assert found.example == (56 + 2 * 80) * 40


def test_a_resolution_that_cannot_wrap_is_refused(exemplar, narrow_model, tmp_path):
    resolution = {"octaves": [[40, 32, 2, 3, "deep"], [64, 64, 1, 3, "true"]]}
    wanted = job(exemplar, tmp_path / "o.png", size=(64, 64), resolution=resolution)
    with pytest.raises(JobError, match=r"octaves\[0\]: must be of a width and height that can"):
        list(run(wanted, narrow_model))


@pytest.mark.parametrize("seamless", SEAMLESS)
def test_it_wraps_where_it_is_to_and_only_there(seamless, exemplar, narrow_model, tmp_path):
    output = tmp_path / "o.png"

    *found, result = run(job(exemplar, output, size=(64, 96), seamless=seamless), narrow_model)

    pixels = reader.read(output).pixels
    assert pixels.shape == (96, 64, 3)
    for axis in (0, 1):
        assert (seam.score(pixels, axis) < SEAM) == (axis in AXES[seamless]), axis
    logs = [event.message for event in found if isinstance(event, Log)]
    names = [name for axis, name in enumerate(("down", "across")) if axis in AXES[seamless]]
    assert len(logs) == len(names)
    for name, line in zip(names, logs, strict=True):
        assert line.startswith(f"The seam {name}: ")
        assert line.endswith(" of the picture's own variation.")
    assert max(result.layer_errors.values()) < 0.6


@pytest.mark.parametrize("size", [(70, 100), (33, 64)])
def test_other_sizes_are_made_larger_and_resampled(size, exemplar, narrow_model, tmp_path):
    output = tmp_path / "o.png"

    first, *_ = run(job(exemplar, output, size=size), narrow_model)

    made = "x".join(str(-(-side // 16) * 16) for side in size)
    assert isinstance(first, Log)
    assert f"made at {made} and resampled to {size[0]}x{size[1]}." in first.message
    pixels = reader.read(output).pixels
    assert pixels.shape == (size[1], size[0], 3)
    assert seam.score(pixels, 0) < SEAM
    assert seam.score(pixels, 1) < SEAM


def test_broken_off_it_goes_on_to_the_same_bytes(exemplar, narrow_model, tmp_path):
    whole, parts = tmp_path / "whole.png", tmp_path / "parts.png"
    *_, result = run(job(exemplar, whole, size=(48, 64)), narrow_model)
    stream = run(job(exemplar, parts, size=(48, 64)), narrow_model)
    for event in itertools.islice(stream, 40):
        assert isinstance(event, Progress)
    stream.close()
    left = checkpoint.read(checkpoint_of(parts))

    *_, resumed = run(left.job, narrow_model, resume=left)

    assert parts.read_bytes() == whole.read_bytes()
    assert from_json(result.job).seamless == from_json(resumed.job).seamless == "both"


def test_in_tiles_it_is_the_same_texture(exemplar, narrow_model, tmp_path):
    whole, tiled = tmp_path / "whole.png", tmp_path / "tiled.png"
    octaves = [[64, 80, 1, 4, "true"]]
    for output, tile in ((whole, 0), (tiled, 32)):
        resolution = {"octaves": octaves, "tile": tile}
        list(run(job(exemplar, output, size=(64, 80), resolution=resolution), narrow_model))

    apart = np.abs(reader.read(whole).pixels - reader.read(tiled).pixels)
    assert apart.mean() < 0.01
