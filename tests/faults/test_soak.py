"""A short soak: workers killed at moments that a seed chose.

The long one, with the real engine, is `benchmarks/soak.py`.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from fault_tools import names

from maya_stylize.files import checkpoint_of, sha256
from maya_stylize.jobs import SynthesizeJob
from maya_stylize.worker import launch, pipes
from maya_stylize.worker.client import Client
from maya_stylize.worker.launch import Launch
from maya_stylize.worker.pipe_transport import Pipes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

SMALL = Path(__file__).parent / "workers" / "small.py"
MARK = "MAYA_STYLIZE_FAULTS"
BOUND = 300  # seconds; a hang is the bug
JOBS, KILLS = 12, 5


class Side:
    """A client of small workers."""

    def __init__(self, folder, *prefix, behavior="works"):
        log = folder / "worker.log"
        log.touch()
        arguments = (behavior, "--parent", str(os.getpid()), "--log", str(log))
        command = (*prefix, sys.executable, str(SMALL), *arguments)
        root = str(Path(launch.__file__).parents[2])
        environment = {**os.environ, "PYTHONPATH": root, MARK: str(folder)}
        self.pipes = Pipes()
        self.client = Client(self.pipes.connect, lambda: Launch(command, environment, log))

    @property
    def process(self):
        return self.client._worker.connection._process.pid

    def until(self, done):
        end = time.monotonic() + BOUND
        while not done():
            assert time.monotonic() < end, "nothing happened"
            self.pipes.deliver(0.002)

    def run(self, job, resume=False):
        heard = []
        return self.client.run(job.to_json(), None, heard.append, resume), heard

    def finish(self, job, resume=False):
        number, heard = self.run(job, resume)
        self.until(lambda: number not in self.client.queue)
        return heard[-1]


@pytest.fixture
def side(tmp_path):
    made = []

    def make(*prefix, **settings):
        made.append(Side(tmp_path, *prefix, **settings))
        return made[-1]

    yield make
    for one in made:
        one.client.shutdown()


@pytest.fixture
def job(exemplar, tmp_path):
    (tmp_path / "out").mkdir()
    return SynthesizeJob(exemplar=str(exemplar), output=str(tmp_path / "out" / "new.png"))


def processes(folder):
    """Return the processes of workers and their children."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if f"{MARK}={folder}".encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except (OSError, ValueError):
            continue
    return found


def handles():
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def test_killed_at_random_moments_nothing_is_left_and_all_comes_to_its_end(
    side, job, exemplar, tmp_path
):
    numbers, out = random.Random(0), tmp_path / "out"
    source, one = sha256(exemplar), side()
    killed = set(numbers.sample(range(JOBS), KILLS))
    began, open_files, met = set(), [], 0
    for index in range(JOBS):
        each = replace(job, output=str(out / f"{index}.png"), seed=index)
        resume = False
        if index in killed:
            number, heard = one.run(each)
            steps = numbers.randrange(8)  # none: it starts; the last: it writes the result
            one.until(lambda: len(heard) >= steps)  # noqa: B023
            end = time.monotonic() + numbers.uniform(0, 0.02)
            one.until(lambda: time.monotonic() > end)  # noqa: B023
            began.add(one.process)
            os.kill(one.process, signal.SIGKILL)
            one.until(lambda: number not in one.client.queue)  # noqa: B023
            # Also where the job had ended just before; else the next one is lost with this worker.
            one.until(lambda: one.client.hello is None)
            met += heard[-1]["event"] == "failure"
            assert heard[-1]["event"] == "result" or heard[-1]["kind"] == "worker"
            left = checkpoint_of(each.output)
            resume = left.exists()
            # Half of a file is nowhere, though nothing was written since.
            assert set(names(out)) <= {
                left.name,
                *(f"{before}.png" for before in range(index + 1)),
            }
        assert one.finish(each, resume)["event"] == "result"
        began.add(one.process)
        assert Path(each.output).read_bytes() == (source.encode() + b"%d" % index) * 1000
        open_files.append(handles())
    one.client.shutdown()
    one.until(lambda: not processes(tmp_path))
    assert met >= KILLS // 2  # on a busy machine a job may end before it is killed
    assert len(began) >= KILLS
    assert names(out) == sorted(f"{index}.png" for index in range(JOBS))
    assert sha256(exemplar) == source
    assert max(open_files[2:]) <= open_files[1] + 2


def test_cancelled_twice_while_it_writes(side, job, tmp_path):
    one = side()
    number, heard = one.run(job)
    one.until(lambda: len(heard) > 2)
    one.client.cancel(number)
    one.client.cancel(number)
    assert heard[-1] == {"event": "cancelled"}
    one.until(lambda: not processes(tmp_path))
    one.until(lambda: set(names(tmp_path / "out")) <= {"new.png", "new.png.checkpoint"})


def test_what_a_worker_killed_with_its_parent_left_goes_with_the_next_job(side, job, tmp_path):
    """Nobody is there to clean up."""
    half = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, sys.argv[1]);"
         "from pathlib import Path; from maya_stylize.files import temporary_beside;"
         "temporary_beside(Path(sys.argv[2])).write_bytes(b'half')",
         str(Path(launch.__file__).parents[2]), job.output],
        check=True,
    )  # fmt: skip
    assert half.returncode == 0
    assert len(names(tmp_path / "out")) == 1
    assert side().finish(job)["event"] == "result"
    assert names(tmp_path / "out") == ["new.png"]


def test_a_worker_whose_log_has_no_room_goes_on(side, job):
    """A bug's details do not fit; its message comes all the same, and the next job is run."""
    one = side("/bin/sh", "-c", 'ulimit -f 1; exec "$@"', "sh", behavior="bug")
    for _ in range(2):
        failure = one.finish(job)
        assert failure["event"] == "failure"
        assert failure["kind"] == "bug"
        process = one.process
    assert one.process == process


def test_a_worker_whose_log_was_removed_goes_on(side, job):
    one = side()
    one.finish(job)
    process, log = one.process, one.client.log
    with log.open("ab") as file:
        file.truncate(pipes.LARGEST_LOG + 1)
    log.unlink()
    assert one.finish(job)["event"] == "result"
    assert one.process == process
