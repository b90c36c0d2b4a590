"""The octaves that a job goes through, and when one is done."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize.engine import schedule
from maya_stylize.errors import EngineError
from maya_stylize.jobs import StylizeJob, SynthesizeJob


def job(kind="synthesize", quality="normal", **settings):
    if kind == "synthesize":
        return SynthesizeJob(output="o.png", exemplar="e.png", quality=quality, **settings)
    styles = ("s.png",)
    return StylizeJob(output="o.png", content="c.png", styles=styles, quality=quality, **settings)


def sizes(wanted, size, example):
    found = schedule.octaves(wanted, size, example)
    each = [(octave.width, octave.height) for octave in found]
    return [size for size, _ in itertools.groupby(each)]  # the last one has several stages


def test_halves_from_32_pixels_up():
    wanted = [(32, 32), (64, 64), (128, 128), (256, 256)]

    assert sizes(job(), (256, 256), 256) == wanted


def test_a_content_survives_the_coarsest_octave_and_noise_needs_none_to():
    assert sizes(job("stylize"), (384, 256), 256) == [(96, 64), (192, 128), (384, 256)]
    noise = sizes(job("stylize", start="noise"), (384, 256), 256)
    assert noise == [(48, 32), (96, 64), (192, 128), (384, 256)]


def test_a_small_exemplar_limits_the_octaves():
    assert sizes(job(), (512, 512), 40) == [(256, 256), (512, 512)]


def test_a_long_strip_climbs_too():
    assert sizes(job(), (512, 48), 256) == [(256, 24), (512, 48)]


def test_better_qualities_spend_more_everywhere():
    for kind in ("synthesize", "stylize"):
        spent = [
            [item.evaluations for item in schedule.octaves(job(kind, quality), (256, 256), 256)]
            for quality in ("draft", "normal", "final")
        ]
        for less, more in itertools.pairwise(spent):
            assert all(few < many for few, many in zip(less[:-1], more[:-1], strict=False))
            assert less[-1] < more[-1]


def test_a_single_octave_does_the_work_of_the_coarse_ones_too():
    alone = schedule.octaves(job(), (40, 40), 256)
    coarsest, *_, flat, true = schedule.octaves(job(), (256, 256), 256)

    assert [octave.loss for octave in alone] == ["flat", "true"]
    assert alone[0].evaluations == coarsest.evaluations + flat.evaluations
    assert alone[1].evaluations == true.evaluations


@pytest.mark.parametrize("quality", ["draft", "normal", "final"])
def test_textures_take_the_easier_losses_first_and_end_with_the_true_one(quality):
    losses = [octave.loss for octave in schedule.octaves(job(quality=quality), (256, 256), 256)]

    assert losses == sorted(losses, key=schedule.LOSSES.index)
    assert losses[-1] == "true"


@pytest.mark.parametrize("quality", ["draft", "normal", "final"])
def test_style_transfer_takes_the_true_loss_only(quality):
    wanted = job("stylize", quality)

    assert {octave.loss for octave in schedule.octaves(wanted, (256, 256), 256)} == {"true"}


@given(
    st.sampled_from(["synthesize", "stylize"]),
    st.integers(16, 5000),
    st.integers(16, 5000),
    st.integers(16, 5000),
)
def test_any_size_climbs_by_twos_to_the_size_wanted(kind, width, height, example):
    found = schedule.octaves(job(kind), (width, height), example)

    assert (found[-1].width, found[-1].height, found[-1].shrink) == (width, height, 1)
    for coarse, fine in itertools.pairwise(found):
        assert coarse.shrink == 2 * fine.shrink or coarse.shrink == fine.shrink == 1
    for octave in found:
        assert abs(octave.width - width / octave.shrink) <= 0.5
        assert min(octave.width, octave.height, example // octave.shrink) >= schedule.SMALLEST_SIDE


@pytest.mark.parametrize(("size", "example"), [((15, 64), 64), ((64, 64), 15), ((64, 1), 64)])
def test_too_small_is_refused_with_the_number(size, example):
    with pytest.raises(EngineError, match=rf"side of {min(*size, example)} pixels.*at least 16"):
        schedule.octaves(job(), size, example)


def test_patience_lasts_while_the_loss_falls():
    assert not any(verdicts([100 * 0.999**step for step in range(200)]))


def test_patience_ends_when_the_loss_stays():
    losses = [100 - step for step in range(30)] + [70 - 1e-3 * step for step in range(60)]

    assert verdicts(losses).index(True) == 30 + schedule.PATIENCE


def test_patience_goes_on_where_another_one_was():
    losses = [100 - step for step in range(30)] + [70 - 1e-3 * step for step in range(60)]
    first = schedule.Patience()
    for loss in losses[:40]:
        first.add(loss)

    assert verdicts(losses[40:], schedule.Patience(first.recent)) == verdicts(losses)[40:]


def verdicts(losses, patience=None):
    """Whether the octave is done, after each loss."""
    patience, found = patience or schedule.Patience(), []
    for loss in losses:
        patience.add(loss)
        found.append(patience.spent)
    return found


def test_long_jobs_only_are_worth_a_long_tracing():
    def planned(side, quality):
        return schedule.octaves(job(quality=quality), (side, side), side)

    assert not schedule.worth_tracing(planned(64, "draft"))
    assert schedule.worth_tracing(planned(128, "draft"))
    assert schedule.worth_tracing(planned(256, "final"))
    assert schedule.worth_tracing(planned(1024, "normal"))
