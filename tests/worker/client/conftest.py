"""A client whose worker is played by the test, by hand and by the clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from maya_stylize.errors import WorkerError
from maya_stylize.worker import protocol
from maya_stylize.worker.client import Client
from maya_stylize.worker.launch import Launch

HELLO = protocol.Hello(protocol.VERSION, "0.1.0", {"jax": "1"}, "cpu", 1 << 30, "/log")


class FakeWorker:
    """One start of a worker: what it was sent, and what the test lets it say."""

    def __init__(self, received, ended) -> None:
        self.received, self.ended = received, ended
        self.sent: list[dict[str, Any]] = []
        self.killed = self.closed = False

    def send(self, data: bytes) -> None:
        assert not self.killed
        assert data.endswith(b"\n")
        self.sent.append(json.loads(data))

    def kill(self) -> None:
        self.killed = True

    def close(self) -> None:
        self.closed = True

    def hello(self) -> None:
        self.say(HELLO)

    def say(self, event: protocol.Event, number: int | None = None) -> None:
        self.received(protocol.encode_event(event, number))

    def commands(self, name: str) -> list[dict[str, Any]]:
        return [each for each in self.sent if each["command"] == name]


class Bench:
    """A client, the workers it has started, a clock, and what each request was told."""

    def __init__(self, folder: Path) -> None:
        self.workers: list[FakeWorker] = []
        self.now = 0.0
        self.broken = False
        self.told: dict[int, list[Mapping[str, Any]]] = {}
        self.answers: dict[int, list[Any]] = {}
        self.launch = Launch(("python",), {}, folder / "worker.log")
        self.client = Client(self._connect, lambda: self.launch, lambda: self.now, silence=100)

    @property
    def worker(self) -> FakeWorker:
        return self.workers[-1]

    def _connect(self, launch: Launch, received, ended) -> FakeWorker:
        if self.broken:
            raise WorkerError("It cannot be started.", "Mend it.")
        self.workers.append(FakeWorker(received, ended))
        return self.worker

    def wait(self, until: float) -> None:
        """Let time pass, and the client look every ten seconds and at the end."""
        while self.now < until:
            self.now = min(self.now + 10, until)
            self.client.tick()

    def run(self, **job: Any) -> int:
        heard: list[Mapping[str, Any]] = []
        number = self.client.run(job, None, heard.append)
        self.told[number] = heard
        return number

    def ask(self, command: str = "probe", **arguments: Any) -> int:
        heard: list[Any] = []
        number = self.client.request(command, arguments, heard.append)
        self.answers[number] = heard
        return number

    def kinds(self, number: int) -> list[str]:
        return [event["event"] for event in self.told[number]]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def new_bench(tmp_path: Path):
    """Make benches, one for each example of a property."""
    return lambda: Bench(tmp_path)
