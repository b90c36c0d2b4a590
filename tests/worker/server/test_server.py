"""A real worker: jobs, questions beside them, cancelling, the queue."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
import time

import pytest

from maya_stylize import __version__, settings
from maya_stylize.convert import keras_h5, provenance
from maya_stylize.convert.fingerprint import fingerprint
from maya_stylize.convert.network import Network
from maya_stylize.engine import backend
from maya_stylize.engine.backend import machine
from maya_stylize.engine.backend.types import processor
from maya_stylize.errors import StylizeError
from maya_stylize.images import reader
from maya_stylize.worker import launch, protocol
from maya_stylize.worker.client import Client
from maya_stylize.worker.pipe_transport import Pipes


def kinds(heard):
    return [event["event"] for event in heard]


def test_hello_says_what_there_is(side):
    side.start()
    hello = side.client.hello
    assert hello.version == protocol.VERSION
    assert hello.package == __version__
    assert hello.backends == backend.installed()
    assert hello.memory > 1 << 28
    assert hello.log == str(side.client.log)


def test_a_job_from_beginning_to_end(side, job, tmp_path):
    previews = tmp_path / "new" / "previews"
    heard = side.finish(job(size=(67, 53)), previews)
    assert heard[0]["stage"] == "starting jax"
    assert heard[1]["event"] == "device"
    assert heard[1]["device"] == "cpu:0"
    fractions = [event["fraction"] for event in heard if event["event"] == "progress"]
    assert fractions == sorted(fractions)
    shown = [event["path"] for event in heard if event["event"] == "preview"]
    assert len(shown) == 2  # of the two stages of its only octave
    assert all(reader.read(path).pixels.shape == (53, 67, 3) for path in shown)
    result = heard[-1]
    assert result["event"] == "result"
    assert reader.read(result["path"]).pixels.shape == (53, 67, 3)


def test_the_worker_gives_the_same_bytes_as_the_engine_by_itself(side, job, tmp_path, small_model):
    side.finish(job("worker.png"))
    code = """
import sys, json
from pathlib import Path
from maya_stylize.engine.backend import choose
from maya_stylize.jobs import from_json
choose("jax")
from maya_stylize.engine.run import run
list(run(from_json(json.loads(sys.argv[1])), Path(sys.argv[2])))
"""
    alone = job("alone.png")
    command = [sys.executable, "-c", code, json.dumps(alone.to_json()), str(small_model)]
    subprocess.run(command, check=True)
    first, second = (tmp_path / name for name in ("worker.png", "alone.png"))
    assert (reader.read(first).pixels == reader.read(second).pixels).all()


def test_the_worker_stays_warm_and_jobs_run_in_order(side, job, tmp_path):
    side.finish(job())
    before, order = side.process, []
    for name in "abc":
        number, _ = side.run(
            job(f"{name}.png"), None, lambda event, name=name: order.append((name, event["event"]))
        )
    side.until(lambda: number not in side.client.queue)
    assert [name for name, kind in order if kind == "result"] == ["a", "b", "c"]
    assert [name for name, _ in order] == sorted(name for name, _ in order)
    assert side.process == before
    assert all((tmp_path / f"{name}.png").exists() for name in "abc")


def test_one_thread_feeds_the_client(side, job):
    threads = set()
    number, _ = side.run(job(), None, lambda _: threads.add(threading.current_thread()))
    side.until(lambda: number not in side.client.queue)
    assert threads == {threading.main_thread()}


def test_questions_are_answered_while_a_job_runs(side, long_job, exemplar):
    number, heard = side.run(long_job)
    side.until(lambda: "device" in kinds(heard))
    facts = side.ask("probe", path=str(exemplar))
    assert (facts["width"], facts["height"], facts["depth"]) == (48, 64, "uint8")
    small = side.ask("thumbnail", path=str(exemplar), size=32)
    assert reader.read(small["path"]).pixels.shape == (32, 24, 3)
    plan = side.ask("plan", job=long_job.to_json())
    assert (plan["width"], plan["height"]) == (512, 512)
    assert (plan["tile"], plan["history"]) == (0, 20)
    assert plan["memory"] > 512 * 512 * 1000
    assert side.ask("model", action="state", source=None)["origin"] == "shared"
    assert side.client.queue == (number,)
    side.client.cancel(number)
    side.until(lambda: not side.client.queue)
    assert heard[-1] == {"event": "cancelled"}


def test_a_plan_has_a_time_once_a_job_ran(side, job):
    assert side.ask("plan", job=job(backend="torch").to_json())["seconds"] is None
    side.finish(job(size=(40, 40)))
    short, long = (side.ask("plan", job=job(size=(s, s)).to_json())["seconds"] for s in (40, 400))
    assert 0 < short < long


@pytest.mark.parametrize(
    ("command", "arguments", "said"),
    [
        ("probe", {}, "path"),
        ("probe", {"path": 7}, "path"),
        ("probe", {"path": "/nowhere/a.png"}, "/nowhere/a.png"),
        ("thumbnail", {"path": "/nowhere/a.png", "size": 64}, "/nowhere/a.png"),
        ("thumbnail", {"path": "a.png", "size": 0}, "size"),
        ("thumbnail", {"path": "a.png", "size": "large"}, "size"),
        ("thumbnail", {"path": "a.png", "size": 64, "color_space": 3}, "color_space"),
        ("plan", {"job": None}, "job"),
        ("plan", {"job": {"kind": "synthesize", "version": 1, "output": "o"}}, "exemplar"),
        ("model", {"action": "destroy"}, "action"),
        ("model", {"action": "fetch", "source": "/nowhere/a.whl"}, "a.whl"),
    ],
)
def test_bad_questions_get_one_clear_answer(side, command, arguments, said):
    error = side.ask(command, **arguments)
    assert isinstance(error, StylizeError)
    assert said in error.message
    assert error.hint
    assert error.kind != "bug"


def test_a_bad_job_fails_with_its_field_and_the_worker_lives(side, job):
    side.start()
    before = side.process
    for wrong, said in (
        ({"kind": "synthesize", "version": 1, "output": "o.png"}, "exemplar"),
        ({**job().to_json(), "exemplar": "/nowhere/a.png"}, "/nowhere/a.png"),
        ({**job().to_json(), "output": "/nowhere/a.png"}, "/nowhere"),
        ({"kind": "paint"}, "kind"),
    ):
        heard = []
        side.client.run(wrong, None, heard.append)
        side.until(lambda: not side.client.queue)
        assert heard[-1]["event"] == "failure"
        assert said in heard[-1]["message"]
    assert side.process == before


def test_a_job_cancelled_while_it_waits_in_the_worker_never_starts(strange):
    side = strange("steps")
    side.start()
    ends = []
    for number in (1001, 1002):
        command = protocol.Command(number, "run", {"job": {}, "previews": None})
        request = side.client._request("run", {}, lambda event: ends.append(event))
        request.command = command
        side.client._worker.send(request)
    for number in (1002, 1001):
        request = side.client._request("cancel", {"run": number}, lambda _: None)
        side.client._worker.send(request)
    side.until(lambda: sum(isinstance(event, protocol.Cancelled) for event in ends) == 2)
    assert side.ask("probe", path="/nowhere") is not None


def test_a_backend_that_is_not_installed_is_told(side, job):
    missing = [name for name in backend.NAMES if name not in backend.installed()]
    if not missing:
        pytest.skip("every backend is installed")
    assert "not installed" in side.finish(job(backend=missing[0]))[-1]["message"]


def test_a_model_that_is_not_there_is_told(job, tmp_path, monkeypatch):
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.delenv(settings.MODEL_VARIABLE)
    pipes = Pipes()
    client = Client(pipes.connect)
    heard, answers = [], []
    client.run(job().to_json(), None, heard.append)
    client.request("model", {"action": "state", "source": None}, answers.append)
    while client.queue or not answers:
        pipes.deliver(1.0)
    client.shutdown()
    assert heard[-1]["kind"] == "model"
    assert answers == [None]


def test_what_is_printed_natively_never_reaches_the_pipe(strange, job):
    side = strange("prints")
    heard = side.finish(job())
    assert kinds(heard) == ["progress", "log", "failure"]
    assert heard[1]["message"] == "stdin holds ''"
    log = side.client.log.read_text()
    for line in ("from Python", "from a system call", "from C", "from a child", "an error"):
        assert line in log


def test_a_bug_is_told_as_one_with_its_details_in_the_log(strange, job):
    side = strange("bug")
    failure = side.finish(job())[-1]
    assert failure["kind"] == "bug"
    assert len(failure["message"]) < 200
    assert "Traceback" not in failure["message"] + failure["hint"]
    assert str(side.client.log) in failure["hint"]
    assert "Traceback" in side.client.log.read_text()
    assert side.client.hello is not None


@pytest.mark.parametrize("behavior", ["no memory", "no memory on the device"])
def test_too_little_memory_is_a_failure_and_the_worker_lives(strange, job, behavior):
    side = strange(behavior)
    failure = side.finish(job())[-1]
    assert failure["kind"] == "engine"
    assert "too little memory" in failure["message"]
    assert "smaller" in failure["hint"]
    before = side.process
    side.finish(job())
    assert side.process == before


def test_garbage_from_the_client_is_noted_and_passed_over(strange):
    side = strange("steps")
    side.start()
    for line in (
        b"\xff\xfe",
        b"[]",
        b'{"id": 7, "command": "destroy"}',
        b'{"id": 7, "command": "cancel", "run": []}',
        b'{"id": 7, "command": "cancel", "run": 4711}',
        b'{"id": 7, "command": "probe"}',
        b'{"id": 7, "command": "probe", "path": []}',
        b"x" * 3_000_000,
    ):
        side.client._worker.connection.send(line + b"\n")
    error = side.ask("probe", path="/nowhere/a.png")
    assert "/nowhere/a.png" in error.message
    assert side.client.hello is not None


def test_the_client_imports_nothing_of_the_engine():
    code = """
import sys
from maya_stylize.worker import client, launch, pipe_transport, protocol
print(*sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = {name.partition(".")[0] for name in found.stdout.split()}
    assert not names & {"numpy", "keras", "h5py", "OpenImageIO", "rich", "tensorflow", "jax"}
    assert "maya_stylize.engine" not in found.stdout.split()


def test_another_model_under_the_same_name_is_noticed(side, job, small_model):
    """The network is kept between jobs, but not beyond its file."""
    first = side.finish(job())[-1]["job"]["resolution"]["model"]
    assert side.finish(job())[-1]["job"]["resolution"]["model"] == first
    network = keras_h5.read(small_model)
    kept = small_model.read_bytes()
    bias = network.layers[0].bias + 1
    changed = Network((dataclasses.replace(network.layers[0], bias=bias), *network.layers[1:]))
    keras_h5.write(small_model, changed, provenance.describe(changed, "random", "0" * 64))
    try:
        second = side.finish(job())[-1]["job"]["resolution"]["model"]
    finally:
        small_model.write_bytes(kept)
    assert second == fingerprint(changed) != first


def test_a_warm_worker_has_its_backend_before_the_first_job(side_of, job):
    side = side_of(launch.find)
    side.start()
    side.client.warm("caffe")  # told to nobody, and harmless
    side.client.warm("jax")
    side.until(lambda: side.client.device)
    assert side.client.device == protocol.Device(
        "jax", "cpu:0", processor(), machine.memory().total
    )
    before = side.process
    heard = side.finish(job())
    assert heard[-1]["event"] == "result"
    assert side.process == before
    assert "Traceback" not in side.client.log.read_text()


def test_a_warm_worker_of_another_backend_is_exchanged(side_of, job):
    side = side_of(launch.find)
    side.start()
    side.client.warm("jax")
    before = side.process
    heard = side.finish(job(backend="tensorflow", size=(16, 16)))  # while it warms up
    assert heard[-1]["event"] == "result"
    assert heard[-1]["job"]["resolution"]["backend"] == "tensorflow"
    assert side.client.device.backend == "tensorflow"
    assert side.process != before


def test_a_job_on_another_backend_gets_a_new_worker_by_itself(side, job):
    if "torch" not in backend.installed():
        pytest.skip("torch is not installed")
    side.finish(job())
    before = side.process
    heard = side.finish(job(backend="torch", size=(16, 16)))
    assert heard[-1]["event"] == "result"
    assert heard[-1]["job"]["resolution"]["backend"] == "torch"
    assert side.process != before


@pytest.mark.parametrize(("behavior", "busy"), [("computes", True), ("native", False)])
def test_a_silent_job_that_computes_says_so_and_one_that_sleeps_does_not(
    strange, job, monkeypatch, behavior, busy
):
    """As the worker's lines say; the client keeps it from its listeners."""
    side, said = strange(behavior), []
    side.start()
    handle = side.client._handle

    def note(worker, event, number):
        said.append(event)
        handle(worker, event, number)

    monkeypatch.setattr(side.client, "_handle", note)
    number, heard = side.run(job())
    side.until(lambda: heard)
    start = time.monotonic()
    if busy:
        side.until(lambda: len(said) > len(heard))
    else:  # several beats long
        side.until(lambda: time.monotonic() > start + 1.6)
    assert (protocol.Busy() in said) == busy
    assert "busy" not in kinds(heard)
    side.client.cancel(number)
    side.client.cancel(number)
