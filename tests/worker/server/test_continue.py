"""A real worker's job that was cancelled goes on to the same bytes, or says why not."""

from __future__ import annotations

import dataclasses

import pytest

from maya_stylize.files import checkpoint_of
from maya_stylize.worker import launch

STEPS = 11


def steps(heard):
    """Return how far a job was after each of its steps."""
    return [event["fraction"] for event in heard if event["event"] == "progress" and event["loss"]]


@pytest.fixture
def side(pausing_side):
    return pausing_side


@pytest.fixture
def told():
    """What a job said before it was cancelled."""
    return []


@pytest.fixture
def cancelled(side, job, pause, told):
    """A job cancelled in its midst; beside its output lies a checkpoint."""
    broken = job("broken.png", size=(96, 96), quality="final")
    waits = pause(broken, STEPS)
    number, heard = side.run(broken, told=told.append)
    side.until(lambda: waits() and len(steps(heard)) == STEPS)
    side.client.cancel(number)
    side.until(lambda: not side.client.queue)
    assert heard[-1] == {"event": "cancelled"}
    assert checkpoint_of(broken.output).exists()
    return broken


def test_cancel_is_acknowledged_before_the_job_ends_and_leaves_its_checkpoint(
    side, long_job, pause, tmp_path
):
    told = []
    waits = pause(long_job, 3)
    number, heard = side.run(long_job)
    side.until(lambda: waits() and len(steps(heard)) == 3)
    request = side.client._request("cancel", {"run": number}, lambda _: told.append(heard[:]))
    side.client._worker.send(request)
    side.until(lambda: told)
    assert "cancelled" not in [event["event"] for event in told[0]]
    side.until(lambda: not side.client.queue)
    assert heard[-1] == {"event": "cancelled"}
    assert len(heard) - len(told[0]) <= 2  # at the next evaluation
    assert [path.name for path in tmp_path.iterdir()] == ["long.png.checkpoint"]


@pytest.mark.parametrize("worker", ["the same", "another"])
def test_it_goes_on_to_the_same_bytes(worker, side, side_of, cancelled, told, tmp_path):
    whole = dataclasses.replace(cancelled, output=str(tmp_path / "whole.png"))
    result = side.finish(whole)[-1]
    going_on = side if worker == "the same" else side_of(launch.find)

    heard = going_on.finish(cancelled, resume=True)

    assert heard[-1]["event"] == "result"
    assert heard[-1]["path"] == cancelled.output
    assert heard[-1]["job"] == {**result["job"], "output": cancelled.output}
    assert steps(heard)[0] >= steps(told)[STEPS - 1]
    assert (tmp_path / "broken.png").read_bytes() == (tmp_path / "whole.png").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.png", "whole.png"]


def test_it_may_be_cancelled_again(side, cancelled, pause):
    waits = pause(cancelled, 1)
    number, heard = side.run(cancelled, resume=True)
    side.until(lambda: waits() and steps(heard))
    side.client.cancel(number)
    side.until(lambda: not side.client.queue)
    assert heard[-1] == {"event": "cancelled"}
    assert side.finish(cancelled, resume=True)[-1]["event"] == "result"


def test_a_torn_checkpoint_is_refused_and_stays(side, cancelled):
    left = checkpoint_of(cancelled.output)
    torn = left.read_bytes()[:-100]
    left.write_bytes(torn)

    failure = side.finish(cancelled, resume=True)[-1]

    assert failure["message"] == f"{left} is torn, or no checkpoint."
    assert failure["hint"]
    assert left.read_bytes() == torn


def test_the_checkpoint_of_another_job_is_refused(side, cancelled):
    other = dataclasses.replace(cancelled, seed=5, quality="draft")

    failure = side.finish(other, resume=True)[-1]

    left = checkpoint_of(cancelled.output)
    assert failure["message"] == f"{left} is of another job; it differs in: quality, seed."
    assert left.exists()


def test_without_a_checkpoint_there_is_nothing_to_go_on_from(side, job):
    failure = side.finish(job("new.png"), resume=True)[-1]
    assert "new.png.checkpoint cannot be read: No such file" in failure["message"]
