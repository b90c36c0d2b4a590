"""What comes through the pipe, at the worker's end and, in pieces, at the client's."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import judge

from maya_stylize import events
from maya_stylize.errors import StylizeError
from maya_stylize.worker import protocol
from maya_stylize.worker.client import Client
from maya_stylize.worker.launch import Launch

_HELLO = protocol.Hello(protocol.VERSION, "0", {"jax": "1"}, "cpu", 1, "log")


def seeds() -> Mapping[str, bytes]:
    said = (
        *(events.Progress("a", 0.5, 1.0, 2.0), events.Preview("p.png"), protocol.Busy()),
        events.Result("o.png", None, {"kind": "synthesize"}, 1.0, {"pool1": 0.5}),
        *(events.Failure("job", "m", "h"), events.Log("l", "info"), protocol.Cancelled()),
        *(protocol.Device("jax", "cpu:0", "cpu", 1), protocol.Reply({"width": 1})),
        protocol.NeedsFreshWorker("engine", "m", "h"),
    )
    lines = [protocol.encode_event(event, 1) for event in said]
    asked = {name: protocol.Command(7, name, {"path": "a.png"}) for name in protocol.COMMANDS}
    return {
        **{f"command-{name}": protocol.encode_command(each) for name, each in asked.items()},
        "events": protocol.encode_event(_HELLO) + b"".join(lines),
        "answer": protocol.encode_event(_HELLO) + protocol.encode_event(said[8], 2),
        "deep": b"[" * 5000,
        "digits": b'{"id": ' + b"9" * 5000 + b"}",
        "old": json.dumps({"event": "hello", "version": 0}).encode() + b"\n",
    }


def feed(data: bytes, folder: Path) -> None:
    _talk(data, folder / "worker.log")
    judge.attempt(lambda: _command(data), lambda: _event(data))


def _command(data: bytes) -> None:
    command = protocol.decode_command(data)
    if repr(protocol.decode_command(protocol.encode_command(command))) != repr(command):
        raise judge.Misdeed("a command that is another one after the pipe")


def _event(data: bytes) -> None:
    event, number = protocol.decode_event(data)
    if repr(protocol.decode_event(protocol.encode_event(event, number))) != repr((event, number)):
        raise judge.Misdeed("an event that is another one after the pipe")


class _Connection:
    """A worker that says what the fuzzer wants."""

    def send(self, data: bytes) -> None:
        """Hear nothing."""

    def kill(self) -> None:
        """End it; the client is told nothing."""

    def close(self) -> None:
        """The same."""


def _talk(data: bytes, log: Path) -> None:
    heard: list[Any] = []
    receivers: list[Callable[[bytes], None]] = []

    def connect(
        launch: Launch, received: Callable[[bytes], None], ended: Callable[[int | None], None]
    ) -> _Connection:
        receivers.append(received)
        return _Connection()

    client = Client(connect, lambda: Launch(("python",), {}, log), lambda: 0.0)
    client.run({}, None, heard.append)
    client.request("probe", {"path": "a.png"}, heard.append)
    receivers[0](protocol.encode_event(_HELLO))
    for start in range(0, len(data), 997):
        receivers[-1](data[start : start + 997])
    for each in heard:
        if not (each is None or isinstance(each, (Mapping, StylizeError))):
            raise judge.Misdeed(f"a listener was told {each!r}")
    client.shutdown()
