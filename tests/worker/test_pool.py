"""Several workers at once, each a real process that plays its jobs."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from maya_stylize.worker.launch import Launch
from maya_stylize.worker.pool import Pool

PLAYER = Path(__file__).parent / "workers" / "playing.py"
HANGING_SECONDS = 600


class Bench:
    """A pool, and all that it told."""

    def __init__(self, folder: Path, workers: int, memory: int = 0, behavior: str = "") -> None:
        self.folder = folder
        self.told: list[tuple[int, int, dict]] = []
        self.starts = 0
        self.behavior = behavior
        self.pool = Pool(self._tell, workers, memory, self._find)
        self.cancel_at: set[str] = set()

    def _find(self) -> Launch:
        self.starts += 1
        command = (sys.executable, str(PLAYER), self.behavior)
        return Launch(command, dict(os.environ), self.folder / f"{self.starts}.log")

    def _tell(self, number, worker, event) -> None:
        self.told.append((number, worker, event))

    def add(self, play: str = "", memory: int = 1, **more) -> int:
        output = str(self.folder / f"{len(list(self.folder.glob('*.job')))}.png")
        Path(output).with_suffix(".job").touch()
        return self.pool.add({"play": play, "output": output, **more}, output, memory)

    def run(self) -> None:
        end = time.monotonic() + HANGING_SECONDS
        try:
            while self.pool.busy:
                assert time.monotonic() < end, self.told
                self.pool.step(0.05)
        finally:
            self.pool.shutdown()

    def until(self, kind: str) -> None:
        end = time.monotonic() + HANGING_SECONDS
        while not any(event["event"] == kind for _, _, event in self.told):
            assert time.monotonic() < end, self.told
            self.pool.step(0.05)

    def ends(self) -> dict[int, str]:
        ends: dict[int, str] = {}
        for number, _, event in self.told:
            if event["event"] in ("result", "failure", "cancelled"):
                assert number not in ends, "a job ended twice"
                ends[number] = event["event"]
        return ends

    def of(self, kind: str) -> list[dict]:
        return [event for _, _, event in self.told if event["event"] == kind]


@pytest.fixture
def bench(tmp_path):
    return lambda *arguments, **more: Bench(tmp_path, *arguments, **more)


def test_workers_run_at_the_same_time(bench, tmp_path):
    """Each of the two jobs waits for what the other one does."""
    pair = bench(2)
    pair.add("meets", other=str(tmp_path / "1.here"))
    pair.add("meets", other=str(tmp_path / "0.here"))
    pair.run()
    assert pair.ends() == {0: "result", 1: "result"}
    assert {worker for _, worker, _ in pair.told} == {0, 1}


def test_a_worker_is_kept_for_the_next_job(bench):
    one = bench(1)
    for _ in range(4):
        one.add()
    one.run()
    assert one.starts == 1
    assert len({event["job"]["pid"] for event in one.of("result")}) == 1


@pytest.mark.parametrize("memory", [6, 99])
def test_what_does_not_fit_into_memory_waits(bench, memory):
    """So that the first worker is free when the second job's turn comes."""
    tight = bench(2, 10)
    for _ in range(3):
        tight.add(memory=memory)
    tight.run()
    assert tight.ends() == dict.fromkeys(range(3), "result")
    assert tight.starts == 1


def test_what_fits_beside_it_does_not_wait(bench, tmp_path):
    tight = bench(2, 10)
    tight.add("meets", memory=6, other=str(tmp_path / "2.here"))
    tight.add(memory=6)
    tight.add("meets", memory=4, other=str(tmp_path / "0.here"))
    tight.run()
    assert tight.ends() == dict.fromkeys(range(3), "result")


def test_a_worker_that_dies_takes_no_other_job_with_it(bench):
    mixed = bench(2)
    mixed.add("dies")
    rest = [mixed.add() for _ in range(4)]
    mixed.run()
    assert mixed.ends() == {0: "failure", **dict.fromkeys(rest, "result")}
    (failure,) = mixed.of("failure")
    assert failure["kind"] == "worker"
    assert "ended from outside" in failure["message"]


def test_a_job_is_run_once_more_on_a_fresh_worker(bench):
    one = bench(1)
    one.add("dies once")
    one.run()
    assert one.ends() == {0: "result"}
    assert one.starts == 2
    (note,) = one.of("log")
    assert note["level"] == "warning"
    assert note["message"].endswith("It is run once more.")


def test_a_job_that_fails_is_not_run_again(bench):
    one = bench(1)
    one.add("fails")
    one.add()
    one.run()
    assert one.ends() == {0: "failure", 1: "result"}
    assert (one.starts, len(one.of("progress"))) == (1, 2)


def test_where_no_worker_starts_no_job_is_tried_after_the_first(bench):
    broken = bench(1, behavior="never starts")
    for _ in range(5):
        broken.add()
    broken.run()
    assert broken.ends() == dict.fromkeys(range(5), "failure")
    assert broken.starts == 2
    assert {event["message"] for event in broken.of("failure")} == {
        "The engine ended by itself with code 3."
    }


def test_a_checkpoint_is_gone_on_from(bench, tmp_path):
    one = bench(1)
    (tmp_path / "0.png.checkpoint").touch()
    one.add()
    one.add()
    one.run()
    assert [event["job"]["resume"] for event in one.of("result")] == [True, False]


def test_a_checkpoint_of_another_job_is_not(bench, tmp_path):
    one = bench(1)
    (tmp_path / "0.png.checkpoint").touch()
    one.add("no checkpoint of mine")
    one.run()
    assert one.ends() == {0: "result"}
    assert not one.of("result")[0]["job"]["resume"]


def test_cancelled_jobs_end_and_no_other_begins(bench):
    some = bench(2)
    for _ in range(5):
        some.add("is cancelled")
    some.until("progress")
    some.pool.cancel()
    some.run()
    assert some.ends() == dict.fromkeys(range(5), "cancelled")
    assert len({number for number, _, event in some.told if event["event"] == "progress"}) <= 2


def test_a_second_cancel_ends_what_does_not_listen(bench):
    deaf = bench(1)
    deaf.add("is deaf")
    deaf.until("progress")
    deaf.pool.cancel()
    deaf.pool.step(0.05)
    assert deaf.pool.busy
    deaf.pool.cancel()
    assert deaf.ends() == {0: "cancelled"}
    deaf.run()


def test_more_workers_may_be_had_later(bench, tmp_path):
    """The first job waits for one that only a second worker can run."""
    grown = bench(1)
    grown.add("meets", other=str(tmp_path / "1.here"))
    grown.add("meets", other=str(tmp_path / "0.here"))
    grown.until("progress")
    grown.pool.workers = 2
    grown.run()
    assert grown.ends() == {0: "result", 1: "result"}
