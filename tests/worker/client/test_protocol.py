"""Messages there and back, and what is no message."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize import events
from maya_stylize.errors import WorkerError
from maya_stylize.worker import protocol

TEXT = st.text(max_size=20)
NUMBER = st.floats(allow_nan=False)
MAYBE = st.none() | NUMBER
EVENTS = st.one_of(
    st.builds(events.Progress, TEXT, NUMBER, MAYBE, MAYBE),
    st.builds(events.Preview, TEXT),
    st.builds(
        *(events.Result, TEXT, st.none() | TEXT, st.dictionaries(TEXT, NUMBER | TEXT), NUMBER),
        st.dictionaries(TEXT, NUMBER),
    ),
    st.builds(events.Failure, TEXT, TEXT, TEXT),
    st.builds(protocol.NeedsFreshWorker, TEXT, TEXT, TEXT),
    st.builds(events.Log, TEXT, TEXT),
    st.builds(protocol.Device, TEXT, TEXT, TEXT, st.integers(0, 2**60)),
    st.builds(protocol.Reply, st.none() | st.dictionaries(TEXT, NUMBER | TEXT)),
    st.sampled_from([protocol.Cancelled(), protocol.Busy()]),
    st.builds(
        *(protocol.Hello, st.just(protocol.VERSION), TEXT, st.dictionaries(TEXT, TEXT), TEXT),
        *(st.integers(0, 2**60), TEXT),
    ),
)


@given(EVENTS, st.none() | st.integers())
def test_events_survive_the_pipe_on_one_line_of_ascii(event, number):
    line = protocol.encode_event(event, number)
    assert line.isascii()
    assert line.index(b"\n") == len(line) - 1
    assert protocol.decode_event(line) == (event, number)


@given(
    st.integers(),
    st.sampled_from(protocol.COMMANDS),
    st.dictionaries(TEXT.filter(lambda key: key not in ("id", "command")), TEXT | NUMBER),
)
def test_commands_survive_the_pipe(number, name, arguments):
    command = protocol.Command(number, name, arguments)
    assert protocol.decode_command(protocol.encode_command(command)) == command


def test_the_kind_of_an_event_cannot_be_mistaken_for_its_parents():
    worn = protocol.NeedsFreshWorker("engine", "a", "b")
    failure = events.Failure("engine", "a", "b")
    assert type(protocol.decode_event(protocol.encode_event(worn))[0]) is type(worn)
    assert type(protocol.decode_event(protocol.encode_event(failure))[0]) is type(failure)


@given(st.binary(max_size=80))
def test_garbage_is_refused_by_both_sides(data):
    for decode in (protocol.decode_event, protocol.decode_command):
        with pytest.raises(WorkerError):
            decode(data)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b"{}",
        b'{"event": []}',
        b'{"event": {}}',
        b'{"event": "unheard"}',
        b'{"event": "preview"}',
        b'{"event": "preview", "path": 7}',
        b'{"event": "preview", "path": "a", "more": 1}',
        b'{"event": "preview", "path": "a", "id": "1"}',
        b'{"event": "preview", "path": "a", "id": true}',
        b'{"event": "progress", "stage": "a", "fraction": "b", "loss": null, "seconds_left": null}',
        b"[" * 100_000,
        b'{"event": "log", "level": "info", "message": "' + b"x" * (1 << 20) + b'"}',
    ],
    ids=lambda line: line[:30].decode(),
)
def test_what_is_no_event(line):
    with pytest.raises(WorkerError) as caught:
        protocol.decode_event(line)
    assert len(caught.value.message) < 200
    assert caught.value.hint


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": 1}',
        b'{"id": 1, "command": []}',
        b'{"id": 1, "command": "destroy"}',
        b'{"id": "1", "command": "probe"}',
        b'{"id": true, "command": "probe"}',
        b'{"command": "probe"}',
    ],
)
def test_what_is_no_command(line):
    with pytest.raises(WorkerError):
        protocol.decode_command(line)


def test_every_field_of_every_event_is_checked():
    for kind in (*protocol._EVENTS.values(),):
        for item in dataclasses.fields(kind):
            assert item.type in protocol._TYPES, (kind, item.name)
