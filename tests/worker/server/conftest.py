"""Real workers on a small network, and a client over pipes to each."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from maya_stylize import settings
from maya_stylize.convert import keras_h5, provenance
from maya_stylize.convert.network import Convolution, Network, Pool
from maya_stylize.images import writer
from maya_stylize.jobs import SynthesizeJob
from maya_stylize.worker import launch
from maya_stylize.worker.client import Client
from maya_stylize.worker.launch import Launch
from maya_stylize.worker.pipe_transport import Pipes

WORKERS = Path(__file__).with_name("workers")
BOUND = 600  # seconds; a hang is the bug


@pytest.fixture(scope="module", autouse=True)
def compiled_once(tmp_path_factory):
    """What one worker's JAX has compiled, those after it in a file load."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path_factory.mktemp("compiled")))
        patch.setenv("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
        patch.setenv("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
        yield


@pytest.fixture(scope="module", autouse=True)  # not the session's: others are to have no studio
def small_model(tmp_path_factory):
    """A studio's model with two layers, which compiles fast."""
    random = np.random.default_rng(0)
    weight = random.normal(0, 0.003, (4, 3, 3, 3)).astype(np.float32)
    layers = (Convolution("conv1_1", weight, np.zeros(4, np.float32)), Pool("pool1", "average"))
    path = tmp_path_factory.mktemp("model") / "small.h5"
    network = Network(layers)
    keras_h5.write(path, network, provenance.describe(network, "random", "0" * 64))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(settings.MODEL_VARIABLE, str(path))
        patch.setenv(launch.PYTHON_VARIABLE, sys.executable)
        # Where no job of another file's has left how long it took.
        patch.setenv(settings.HOME_VARIABLE, str(tmp_path_factory.mktemp("home")))
        yield path


@pytest.fixture(scope="session")
def exemplar(tmp_path_factory):
    path = tmp_path_factory.mktemp("pictures") / "模様 ä.png"
    pixels = np.random.default_rng(0).random((64, 48, 3), np.float32)
    writer.write(path, pixels)
    return path


class Side:
    """A client over pipes, and ways to wait for what it is told."""

    def __init__(self, find=launch.find) -> None:
        self.pipes = Pipes()
        self.client = Client(self.pipes.connect, find)

    @property
    def process(self) -> int:
        """The worker's number."""
        return self.client._worker.connection._process.pid

    def until(self, done) -> None:
        end = time.monotonic() + BOUND
        while not done():
            assert time.monotonic() < end, "nothing happened"
            self.pipes.deliver(0.1)

    def start(self) -> None:
        self.client.start()
        self.until(lambda: self.client.hello)

    def run(self, job, previews=None, told=None, resume=False):
        """Put a job in the queue; return its number and the list that its events go to."""
        heard = []

        def hear(event):
            heard.append(event)
            if told:
                told(event)

        return self.client.run(job.to_json(), previews, hear, resume), heard

    def finish(self, job, previews=None, resume=False):
        number, heard = self.run(job, previews, resume=resume)
        self.until(lambda: number not in self.client.queue)
        return heard

    def ask(self, command, **arguments):
        answers = []
        self.client.request(command, arguments, answers.append)
        self.until(lambda: answers)
        return answers[0]


@pytest.fixture(scope="module")
def side():
    """One worker for all tests of a file, warm after the first job."""
    one = Side()
    yield one
    one.client.shutdown()


def odd_launch(script, *arguments, log):
    """Say how one of the scripts beside this file is started as a worker."""
    ours = ("--parent", str(os.getpid()), "--log", str(log))
    command = (sys.executable, str(WORKERS / script), *arguments, *ours)
    return Launch(command, dict(os.environ), log)


@pytest.fixture(scope="module")
def pausing_side(tmp_path_factory):
    """One worker for all tests of a file, whose jobs wait where they are told to (`pause`)."""
    log = tmp_path_factory.mktemp("pausing") / "worker.log"
    one = Side(lambda: odd_launch("pausing.py", log=log))
    yield one
    one.client.shutdown()


@pytest.fixture
def pause():
    """Let the next run of a job wait after some steps to be told to stop; say whether it does."""

    def tell(job, steps):
        file = Path(f"{job.output}.pause")
        file.write_text(str(steps))
        return lambda: not file.exists()

    return tell


@pytest.fixture
def side_of():
    """Make clients of workers that are started in ways of their own."""
    made = []

    def make(find):
        made.append(Side(find))
        return made[-1]

    yield make
    for one in made:
        one.client.shutdown()


@pytest.fixture
def strange(tmp_path, side_of):
    """Make the client of a worker whose job behaves as it is told."""

    def make(behavior):
        log = tmp_path / "worker.log"
        return side_of(lambda: odd_launch("strange.py", behavior, log=log))

    return make


@pytest.fixture
def job(exemplar, tmp_path):
    """Make small jobs; each setting may be another."""

    def make(name="out.png", **changes):
        usual = {"layers": {"conv1_1": 1e9, "pool1": 1e9}, "size": (32, 32), "backend": "jax"}
        usual |= {"quality": "draft", "device": "cpu"}
        return SynthesizeJob(
            **{"exemplar": str(exemplar), "output": str(tmp_path / name), **usual, **changes}
        )

    return make


@pytest.fixture
def long_job(job):
    """A job that takes minutes if nobody stops it."""
    return job("long.png", size=(512, 512), quality="final")


@pytest.fixture
def alive():
    """Say whether a process that is nobody's zombie is there."""

    def is_alive(process):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        status = Path(f"/proc/{process}/status")
        try:
            return "State:\tZ" not in status.read_text()
        except (FileNotFoundError, ProcessLookupError):  # it has ended, or there are no such files
            return not Path("/proc/self").exists()

    return is_alive
