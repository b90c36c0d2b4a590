"""However a worker, or who started it, ends: no process stays, and the next job works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from maya_stylize.errors import StylizeError
from maya_stylize.files import checkpoint_of
from maya_stylize.images import reader

WORKERS = Path(__file__).with_name("workers")
HANGING_SECONDS = 600

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and groups are Unix's")


def kill(side):
    os.kill(side.process, signal.SIGKILL)


def stopped(process):
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_killed_at_several_moments_the_next_job_works(side, job, long_job, alive):
    """Kill while it starts, idles, begins a job, and computes; nothing half-written stays."""
    processes = []
    for begin in (side.client.start, side.start):  # it starts, it is idle
        begin()
        processes.append(side.process)
        kill(side)
        side.until(lambda: side.client._worker is None)
    for events in (1, 3, 20):  # it starts its backend, it computes, it computes for a while
        number, heard = side.run(long_job)
        side.until(lambda: len(heard) >= events)  # noqa: B023
        processes.append(side.process)
        kill(side)
        side.until(lambda: number not in side.client.queue)  # noqa: B023
        assert heard[-1]["event"] == "failure"
        assert heard[-1]["kind"] == "worker"
        assert "ended from outside" in heard[-1]["message"]
    # On a slow machine a checkpoint may have been due, and it is whole.
    left = {path.name for path in Path(long_job.output).parent.iterdir()}
    assert left <= {checkpoint_of(long_job.output).name}
    result = side.finish(job())[-1]
    assert result["event"] == "result"
    assert reader.read(result["path"]).pixels.shape == (32, 32, 3)
    assert not any(alive(process) for process in processes)
    assert len(set(processes)) == 5


def test_a_picture_that_crashes_the_library_ends_the_job_in_words_and_the_next_one_runs(
    strange, alive, job, exemplar
):
    side = strange("steps")
    number, heard = side.run(job())
    side.until(lambda: len(heard) > 1)
    worker = side.process
    answer = side.ask("thumbnail", path=str(exemplar), size=64)
    side.until(lambda: number not in side.client.queue)
    assert isinstance(answer, StylizeError)
    assert "The engine crashed (signal SIGSEGV)." in answer.message
    assert heard[-1]["event"] == "failure"
    assert heard[-1]["kind"] == "worker"
    assert heard[-1]["message"] == answer.message
    assert str(side.client.log) in heard[-1]["hint"]
    assert not alive(worker)
    _, heard = side.run(job())
    side.until(lambda: len(heard) > 1)
    assert heard[-1]["event"] == "progress"
    assert side.ask("probe", path=str(exemplar))["width"] == 48


def test_the_second_cancel_ends_a_native_computation_and_its_children(strange, alive, job):
    side = strange("native")
    number, heard = side.run(job())
    side.until(lambda: heard and heard[-1]["event"] == "preview")
    worker, child = side.process, int(heard[-1]["path"])
    side.client.cancel(number)
    side.client.cancel(number)
    assert heard[-1] == {"event": "cancelled"}
    side.until(lambda: not alive(worker) and not alive(child))


@pytest.mark.parametrize("behavior", ["native", "steps"])
def test_shutdown_ends_it_in_the_midst_of_a_job(strange, alive, job, behavior):
    side = strange(behavior)
    _, heard = side.run(job())
    side.until(lambda: len(heard) > 1)
    worker = side.process
    side.client.shutdown()
    assert heard[-1] == {"event": "cancelled"}
    processes = [worker]
    if behavior == "native":
        processes.append(int(heard[-2]["path"]))
    side.until(lambda: not any(map(alive, processes)))


@pytest.mark.parametrize(("behavior", "code"), [("steps", 0), ("native", -signal.SIGKILL)])
def test_the_command_shutdown_ends_it_too(strange, job, behavior, code):
    side = strange(behavior)
    _, heard = side.run(job())
    side.until(lambda: len(heard) > 1)
    process = side.client._worker.connection._process
    side.client._worker.connection.send(b'{"id": 99, "command": "shutdown"}\n')
    assert process.wait(HANGING_SECONDS) == code


@pytest.mark.parametrize("holder", ["free", "held", "suspended"])
def test_killed_with_its_parent_even_in_a_native_computation(tmp_path, alive, holder):
    """Also where another process holds the pipe open, or where it was suspended."""
    if holder == "suspended" and sys.platform != "linux":
        pytest.skip("only Linux tells a process that is suspended of its parent's end")
    worker = [sys.executable, str(WORKERS / "strange.py"), "native"]
    worker += ["--parent", "PARENT", "--log", str(tmp_path / "log")]
    command = [sys.executable, str(WORKERS / "parent.py"), holder, *worker]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        sleeper = int(parent.stdout.readline()) if holder == "held" else None
        process, child = map(int, parent.stdout.readline().split())
        assert alive(process)
        assert alive(child)
        if holder == "suspended":
            os.killpg(process, signal.SIGSTOP)
            while not stopped(process):
                pass
        parent.kill()
    end = time.monotonic() + HANGING_SECONDS
    while alive(process) or alive(child):
        assert time.monotonic() < end
        time.sleep(0.01)
    if sleeper:
        os.kill(sleeper, signal.SIGKILL)


def test_a_worker_whose_parent_is_long_gone_ends_at_once(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    worker = [sys.executable, str(WORKERS / "strange.py"), "steps"]
    command = [*worker, "--parent", str(gone.pid), "--log", str(tmp_path / "log")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.wait(HANGING_SECONDS) == 0


def test_a_grown_log_is_moved_aside(strange, job):
    side = strange("bug")
    side.finish(job())
    with side.client.log.open("ab") as log:
        log.write(b"x" * (5 << 20))
    side.finish(job())
    assert side.client.log.stat().st_size < 1 << 20
    assert "Traceback" in side.client.log.read_text()
    assert side.client.log.with_suffix(".older.log").stat().st_size > 5 << 20
