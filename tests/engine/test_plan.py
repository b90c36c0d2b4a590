"""A plan made from sizes alone says what the engine then does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize.engine import schedule
from maya_stylize.engine.plan import (
    BASE,
    FASTER,
    HISTORY,
    SHARE,
    SHORTEST_HISTORY,
    TILES,
    VECTOR,
    Plan,
    Room,
    plan,
    room,
    settle,
    with_longer_side,
)
from maya_stylize.engine.texture import Synthesis
from maya_stylize.engine.transfer import Transfer
from maya_stylize.errors import EngineError
from maya_stylize.jobs import QUALITIES, Style, StylizeJob, SynthesizeJob

SIDES = st.integers(1, 9000)
SIZES = st.tuples(SIDES, SIDES)


def blank(size):
    """A picture that takes no memory."""
    return np.broadcast_to(np.float32(0), (size[1], size[0], 3))


def agree(job, problem, sizes):
    """Compare a plan with what the engine takes from the pictures; return whether there is one."""
    try:
        wanted = schedule.octaves(job, problem.size, problem.smallest_example)
    except EngineError:
        with pytest.raises(EngineError):
            plan(job, sizes.__getitem__)
        return False
    found = plan(job, sizes.__getitem__)
    assert (found.width, found.height) == problem.size
    assert list(found.octaves) == wanted
    assert found.example == problem.largest_example
    assert (wanted[-1].width, wanted[-1].height) == problem.size
    return True


@given(SIZES, st.none() | st.tuples(*[st.integers(16, 9000)] * 2), st.sampled_from(QUALITIES))
def test_of_a_texture(exemplar, size, quality):
    job = SynthesizeJob(output="o.png", exemplar="e", size=size, quality=quality)
    agree(job, Synthesis(job, blank(exemplar)), {"e": exemplar})


@given(
    SIZES,
    st.lists(SIZES, min_size=1, max_size=3),
    st.none() | st.integers(16, 9000),
    st.floats(0.1, 10),
    st.sampled_from(["content", "noise"]),
)
def test_of_a_transfer(content, styles, size, scale, start):
    names = [f"s{index}" for index in range(len(styles))]
    job = StylizeJob(
        output="o.png",
        content="c",
        styles=tuple(map(Style, names)),
        size=size,
        style_scale=scale,
        start=start,
    )
    problem = Transfer(job, blank(content), tuple(map(blank, styles)), None)
    agree(job, problem, {"c": content, **dict(zip(names, styles, strict=True))})


def test_the_comparison_is_not_empty():
    job = SynthesizeJob(output="o.png", exemplar="e", size=(256, 128))
    assert agree(job, Synthesis(job, blank((90, 70))), {"e": (90, 70)})


@given(SIZES, st.none() | st.integers(1, 9000))
def test_the_longer_side_is_the_one_wanted_and_the_shape_stays(size, longer):
    width, height = with_longer_side(size, longer)
    if longer is None:
        assert (width, height) == size
        return
    assert max(width, height) == longer
    factor = longer / max(size)
    assert abs(width - size[0] * factor) <= 1
    assert abs(height - size[1] * factor) <= 1


GIB = 1 << 30
LENGTHS = (HISTORY, HISTORY // 2, SHORTEST_HISTORY)
PIXELS = st.tuples(st.integers(16, 9000), st.integers(16, 9000))
LARGEST = 4 << 20  # pixels


def of(size, example=256 * 256):
    """A plan of a picture, and of an example of so many pixels."""
    return Plan(*size, (schedule.Octave(*size, 1, 100),), example)


@given(PIXELS, st.integers(256, LARGEST), st.integers(1, 64 * GIB), st.booleans())
def test_a_job_takes_its_share_of_the_free_memory_at_most(size, example, free, fast):
    wanted = of(size, example)
    try:
        found = room(wanted, free, fast)
    except EngineError:
        with pytest.raises(EngineError, match=f"{size[0]}x{size[1]} pixels"):
            room(wanted, free // 2 or 1, fast)
        return
    assert found.history in LENGTHS
    assert found.tile == 0 or (found.tile in TILES and found.tile < max(*size, example**0.5))
    assert found.memory - BASE <= SHARE * free
    # The picture and its history are there whatever the tiles are.
    least = size[0] * size[1] * VECTOR * (found.history + 2) + fast * FASTER
    assert found.memory - BASE >= least


@given(PIXELS, st.integers(256, LARGEST), st.integers(1, 32 * GIB), st.booleans())
def test_more_memory_is_never_used_for_less(size, example, free, fast):
    def rank(place):
        return (place.tile or 9000, place.history)

    try:
        little = room(of(size, example), free, fast)
    except EngineError:
        return
    assert rank(room(of(size, example), 2 * free, fast)) >= rank(little)


def test_where_memory_is_not_known_it_is_taken_for_enough():
    found = room(of((8192, 8192)), 0, False)
    assert (found.tile, found.history) == (0, HISTORY)


def test_artists_sizes_fit_into_artists_machines():
    assert room(of((1024, 1024)), 8 * GIB, True).tile == 0
    assert room(of((4096, 4096)), 12 * GIB, True).tile > 0
    with pytest.raises(EngineError, match=r"8192x8192 pixels need .* GiB.*smaller size"):
        room(of((8192, 8192)), 12 * GIB, True)


def test_faster_convolutions_take_what_they_take_and_may_force_tiles():
    slow, fast = (room(of((1024, 1024)), 0, way) for way in (False, True))
    assert fast.memory - slow.memory == FASTER
    enough = int((slow.memory - BASE) / SHARE) + 1
    assert room(of((1024, 1024)), enough, False) == slow
    assert room(of((1024, 1024)), enough, True) != fast


def test_a_large_example_needs_room_however_small_the_result_is():
    small, large = (room(of((256, 256), side**2), 0, False) for side in (256, 4096))
    assert small.memory < 1.2 * GIB
    assert large.memory > 15 * GIB
    assert room(of((256, 256), 4096**2), 8 * GIB, False).tile > 0


def test_a_resolved_job_stays_as_it_was_resolved():
    octaves = [[48, 48, 2, 7, "flat"], [96, 96, 1, 9, "true"]]
    resolution = {"history": 6, "tile": 64, "octaves": octaves}
    job = SynthesizeJob(output="o.png", exemplar="e", resolution=resolution)
    found = plan(job, lambda _: (96, 96))
    assert found.octaves == tuple(schedule.Octave(*entry) for entry in octaves)
    place = settle(job, found, 1, False)
    assert (place.history, place.tile) == (6, 64)
    fresh = SynthesizeJob(output="o.png", exemplar="e")
    chosen = settle(fresh, found, 0, False)
    assert chosen == room(found, 0, False) == Room(0, HISTORY, chosen.memory)
    assert place.memory < chosen.memory
