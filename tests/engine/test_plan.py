"""A plan made from sizes alone says what the engine then does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize.engine import schedule
from maya_stylize.engine.plan import plan, with_longer_side
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
    assert (wanted[-1].width, wanted[-1].height) == problem.size
    return True


@settings(deadline=None)
@given(SIZES, st.none() | st.tuples(*[st.integers(16, 9000)] * 2), st.sampled_from(QUALITIES))
def test_of_a_texture(exemplar, size, quality):
    job = SynthesizeJob(output="o.png", exemplar="e", size=size, quality=quality)
    agree(job, Synthesis(job, blank(exemplar)), {"e": exemplar})


@settings(deadline=None)
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
