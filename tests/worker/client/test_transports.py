"""Both transports with real processes that behave in odd ways."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from maya_stylize import settings
from maya_stylize.errors import StylizeError
from maya_stylize.ui.qt import QtCore, application
from maya_stylize.worker import launch, protocol, qt_transport
from maya_stylize.worker.client import Client
from maya_stylize.worker.launch import Launch
from maya_stylize.worker.pipe_transport import Pipes

ODD = Path(__file__).with_name("workers") / "odd.py"
BOUND = 600  # seconds; a hang is the bug


@pytest.fixture(scope="session")
def app():
    return application()  # which the panel's tests can use too, in whatever order


class Bench:
    """A client over one transport, and a way to wait for what it is told."""

    def __init__(self, transport: str, app, find) -> None:
        self.app = app
        self.pipes = Pipes() if transport == "pipes" else None
        connect = self.pipes.connect if self.pipes else qt_transport.connect
        self.now = None
        self.client = Client(connect, find, lambda: self.now or time.monotonic(), silence=1000)

    def until(self, done) -> None:
        end = time.monotonic() + BOUND
        while not done():
            assert time.monotonic() < end, "nothing happened"
            if self.pipes:
                self.pipes.deliver(0.1)
            else:
                QtCore.QTimer.singleShot(100, lambda: None)  # so that it does not wait forever
                self.app.processEvents(QtCore.QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def run(self, previews=None):
        heard = []
        number = self.client.run({}, previews, heard.append)
        return number, heard

    def finish(self):
        number, heard = self.run()
        self.until(lambda: number not in self.client.queue)
        return heard

    def ask(self):
        answers = []
        self.client.request("probe", {}, answers.append)
        self.until(lambda: answers)
        return answers[0]


@pytest.fixture(params=["pipes", "qt"])
def bench(request, app, tmp_path):
    benches = []

    def make(behavior: str, python: str = sys.executable) -> Bench:
        environment = {**os.environ, "MARK": "ä"}
        command = (python, str(ODD), behavior)
        started = Launch(command, environment, tmp_path / "worker.log")
        benches.append(Bench(request.param, app, lambda: started))
        return benches[-1]

    yield make
    for each in benches:
        each.client.shutdown()


def alive(process: int) -> bool:
    """Say whether a process that is nobody's zombie is there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/status")
    try:
        return "State:\tZ" not in status.read_text()
    except (FileNotFoundError, ProcessLookupError):  # it has ended, or there are no such files
        return not Path("/proc/self").exists()


def test_much_talk_arrives_whole_and_in_order(bench):
    *previews, end = bench("talks much").finish()
    assert [event["path"].rstrip("x") for event in previews] == [str(i) for i in range(2000)]
    assert end == {"event": "cancelled"}


def test_the_environment_is_the_launchs(bench):
    assert bench("talks much").ask()["environment"]["MARK"] == "ä"


def test_a_worker_that_dies_at_once_is_explained_and_its_words_are_in_the_log(bench, tmp_path):
    (failure,) = bench("dies at once").finish()
    assert "code 3" in failure["message"]
    assert str(tmp_path / "worker.log") in failure["hint"]
    assert "no module named numpy" in (tmp_path / "worker.log").read_text()


def test_an_interpreter_that_is_none_is_told(bench, tmp_path):
    (tmp_path / "python").write_text("not a program")
    (failure,) = bench("talks much", str(tmp_path / "python")).finish()
    assert "cannot be started" in failure["message"] or "could not be" in failure["message"]


def test_a_crash_is_told_as_one(bench):
    (failure,) = bench("crash").finish()
    assert "crashed (signal SIGSEGV)" in failure["message"]


def test_after_garbage_the_next_job_has_a_new_worker(bench):
    side = bench("garbage")
    first = side.ask()["pid"]
    (failure,) = side.finish()
    assert "libfoo: warning: something" in failure["message"]
    side.until(lambda: not alive(first))
    assert side.ask()["pid"] != first


def test_a_hang_is_ended(bench):
    side = bench("silent")
    process = side.ask()["pid"]
    _, heard = side.run()
    side.client.tick()
    assert heard == []
    began = time.monotonic()
    for passed in range(0, 1021, 20):
        side.now = began + passed
        side.client.tick()
    assert "said nothing" in heard[0]["message"]
    side.until(lambda: not alive(process))


def test_the_second_cancel_kills(bench):
    side = bench("silent")
    process = side.ask()["pid"]
    number, heard = side.run()
    side.client.cancel(number)
    side.client.cancel(number)
    assert heard == [{"event": "cancelled"}]
    side.until(lambda: not alive(process))


def test_a_child_that_holds_the_pipe_open_does_not_hide_the_death_and_ends_too(bench):
    side = bench("leaves a child")
    number, heard = side.run()
    side.until(lambda: heard)
    side.client.cancel(number)  # it dies of that
    side.until(lambda: number not in side.client.queue)
    preview, failure = heard
    assert "ended from outside" in failure["message"]
    side.until(lambda: not alive(int(preview["path"])))


def test_shutdown_ends_a_worker_that_does_not_hear(bench):
    side = bench("deaf")
    process = side.ask()["pid"]
    side.client.shutdown()
    side.until(lambda: not alive(process))


def test_the_panels_client_ends_its_worker_with_the_application(app, tmp_path):
    started = Launch((sys.executable, str(ODD), "silent"), dict(os.environ), tmp_path / "log")
    owner = QtCore.QObject()
    side = Bench("qt", app, None)
    side.client = qt_transport.make_client(owner)
    side.client._find = lambda: started
    process = side.ask()["pid"]
    app.aboutToQuit.emit()
    side.until(lambda: not alive(process))


def test_a_real_worker_answers_through_either_transport(bench, tmp_path, monkeypatch):
    if launch.PYTHON_VARIABLE not in os.environ:
        pytest.skip(f"{launch.PYTHON_VARIABLE} names no Python that has the engine")
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path))
    side = bench("talks much")
    side.client._find = launch.find
    side.client.start()
    side.until(lambda: side.client.hello or side.client._worker is None)
    assert side.client.hello is not None, side.client.log.read_text()
    hello = side.client.hello
    assert hello.version == protocol.VERSION
    assert Path(hello.log) == side.client.log
    assert isinstance(side.ask(), StylizeError)  # a probe of nothing
    (failure,) = side.finish()
    assert failure["kind"] == "job"
    engine = {"numpy", "keras", "tensorflow", "jax", "torch", "h5py", "OpenImageIO", "rich"}
    assert not engine & {name.partition(".")[0] for name in sys.modules}
