"""A short soak: workers killed in the midst of files that a seed chose.

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
BOUND = 600  # seconds; a hang is the bug
JOBS, KILLS = 12, 5
PIECES = 40  # of a job that is not broken off: four of each of six checkpoints, then the result's


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
        self._stop = folder / "stop"

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

    def run_to(self, job, piece):
        """Put a job in the queue that stops for good after a piece of what it writes; 0: now."""
        if piece:
            self._stop.write_text(str(piece))
        number, heard = self.run(job)
        self.until(lambda: not self._stop.exists())
        return number, heard

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


def test_killed_in_the_midst_of_files_nothing_is_left_and_all_comes_to_its_end(
    side, job, exemplar, tmp_path
):
    numbers, out = random.Random(0), tmp_path / "out"
    source, one = sha256(exemplar), side()
    # Where it starts, in the first file, the last piece of one, and in the result's.
    moments = [0, 2, 4, *numbers.sample(range(5, 25), 1), *numbers.sample(range(25, PIECES), 1)]
    killed = dict(zip(numbers.sample(range(JOBS), KILLS), moments, strict=True))
    began, open_files = set(), []
    for index in range(JOBS):
        each = replace(job, output=str(out / f"{index}.png"), seed=index)
        resume = False
        if index in killed:
            number, heard = one.run_to(each, killed[index])
            began.add(one.process)
            os.kill(one.process, signal.SIGKILL)
            one.until(lambda: number not in one.client.queue)  # noqa: B023
            assert (heard[-1]["event"], heard[-1]["kind"]) == ("failure", "worker")
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
    assert len(began) >= KILLS
    assert names(out) == sorted(f"{index}.png" for index in range(JOBS))
    assert sha256(exemplar) == source
    assert max(open_files[2:]) <= open_files[1] + 2


def test_cancelled_twice_while_it_writes(side, job, tmp_path):
    one = side()
    number, heard = one.run_to(job, 10)
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
