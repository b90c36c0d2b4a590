"""One line of JSON per message, over the worker's stdin and stdout.

The client writes commands, each with a number of its own; the worker writes events. An event that
answers a command, or belongs to a job that a command started, carries that command's number under
"id". The first event is always a hello.

Commands, with their arguments beside "id" and "command":
    run: {"job": a job as `jobs.from_json` takes it, "previews": a folder, or null for none,
        "resume": whether to go on from the checkpoint beside the job's output}. Its events are a
        device and those of `events`; the last one is a result, a failure, or cancelled. Jobs run
        one at a time, in order. While one computes for long without an event, the worker says
        that it is busy.
    cancel: {"run": the number of a run or model command}. Answered at once with null; that command
        ends with cancelled at its next evaluation, or with what it had just finished.
    warm: {"backend"}. Starts the backend on the device that "auto" names, so that the first job
        finds it running; says that device, or fails. Waits for what runs before it.
    probe: {"path"}. Answered with width, height, channels, depth, color_space and format.
    thumbnail: {"path", "size": longer side in pixels, and perhaps "color_space" and "color_config"
        as in a job}. Answered with {"path"}: a PNG on disk, display-referred, of at most that size.
    plan: {"job"}. Answered with {"width", "height", "octaves": [[width, height, evaluations]],
        "tile": 0 for whole pictures, "history", "memory": the process's peak in bytes, "seconds"},
        the last two estimated; seconds are null where this machine has not been measured yet.
        Nothing is started and nothing measured for it.
    model: {"action": "state" or "fetch", "source": a file to take it from, or null}. Fetching says
        progress on the way. Answered with the facts of `sources.ModelInfo`, or null if there is no
        model.
    shutdown: {}. The worker ends its job and exits.

Every command but run, warm and shutdown is answered by one reply, or by a failure, also while a
job runs.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Union

from maya_stylize import events
from maya_stylize.errors import WorkerError

VERSION = 1
COMMANDS = ("run", "cancel", "warm", "probe", "thumbnail", "plan", "model", "shutdown")
LONGEST_LINE = 1 << 20


@dataclass(frozen=True)
class Hello:
    """The worker is there.

    Attributes:
        version: Of this protocol.
        package: Version of the package.
        backends: Version of each backend that is installed, by name.
        processor: What the CPU calls itself.
        memory: Of the machine, in bytes; 0 where the system does not say.
        log: The file that takes the worker's stderr.
    """

    version: int
    package: str
    backends: dict[str, str]
    processor: str
    memory: int
    log: str
    event: ClassVar[str] = "hello"


@dataclass(frozen=True)
class Device:
    """What jobs run on.

    Attributes:
        backend: "tensorflow", "torch" or "jax".
        device: Keras's name of it, such as "gpu:0".
        name: What the device calls itself.
        memory: Of the device, in bytes; 0 where it is not known.
    """

    backend: str
    device: str
    name: str
    memory: int
    event: ClassVar[str] = "device"


@dataclass(frozen=True)
class Busy:
    """The processor works on a job that has nothing to say yet: it is slow, and does not hang."""

    event: ClassVar[str] = "busy"


@dataclass(frozen=True)
class Reply:
    """The answer to a small command."""

    answer: Any
    event: ClassVar[str] = "reply"


@dataclass(frozen=True)
class Cancelled:
    """A job, or a fetch, that was cancelled; a job leaves its checkpoint beside its output."""

    event: ClassVar[str] = "cancelled"


@dataclass(frozen=True)
class NeedsFreshWorker(events.Failure):
    """A job that this worker cannot run after what it ran before, but a new one may."""

    event: ClassVar[str] = "needs_fresh_worker"


Event = Union[Hello, Device, Busy, Reply, Cancelled, events.Event]
# What ends a job, as the client tells it.
JOB_ENDS = ("result", "failure", "cancelled")

_EVENTS: dict[str, type[Event]] = {
    kind.event: kind
    for kind in (
        *(Hello, Device, Busy, Reply, Cancelled, NeedsFreshWorker),
        *(events.Progress, events.Preview, events.Result, events.Failure, events.Log),
    )
}
# What JSON may hold where a field has this annotation.
_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str, type(None)),
    "int": (int,),
    "float": (int, float),
    "float | None": (int, float, type(None)),
    "dict[str, Any]": (dict,),
    "dict[str, float]": (dict,),
    "dict[str, str]": (dict,),
    "Any": (object,),
}


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        id: A number that no other command of this client has.
        command: One of COMMANDS.
        arguments: What it needs, as the module says.
    """

    id: int
    command: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


def encode_command(command: Command) -> bytes:
    """Return a command as one line of ASCII."""
    return _encode({"id": command.id, "command": command.command, **command.arguments})


def decode_command(line: bytes) -> Command:
    """Return the command in a line.

    Raises:
        WorkerError: The line is no command of this version.
    """
    message = _decode(line)
    number, name = message.pop("id", None), message.pop("command", None)
    if type(number) is not int or name not in COMMANDS:
        raise WorkerError(f"Not a command: {name!r}.", "Use the client of the same version.")
    return Command(number, name, message)


def to_json(event: Event) -> dict[str, Any]:
    """Return an event as plain data, its kind under "event"."""
    return {"event": event.event, **dataclasses.asdict(event)}


def encode_event(event: Event, number: int | None = None) -> bytes:
    """Return an event, with the number of the command it belongs to, as one line of ASCII."""
    ours = {} if number is None else {"id": number}
    return _encode({**to_json(event), **ours})


def decode_event(line: bytes) -> tuple[Event, int | None]:
    """Return the event in a line, and the number of the command it belongs to.

    Raises:
        WorkerError: The line is no event of this version.
    """
    message = _decode(line)
    name, number = message.pop("event", None), message.pop("id", None)
    kind = _EVENTS.get(name) if isinstance(name, str) else None
    if kind is None or not (number is None or type(number) is int):
        raise _garbage(line)
    if kind is Hello and message.get("version") != VERSION:
        raise WorkerError(
            f"The engine is of another version: {message.get('package')!r}.",
            "Run the installer again and restart Maya.",
        )
    fields = {item.name: item for item in dataclasses.fields(kind)}
    if set(message) != set(fields):
        raise _garbage(line)
    for key, value in message.items():
        if not isinstance(value, _TYPES[str(fields[key].type)]):
            raise _garbage(line)
    return kind(**message), number


def _encode(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message).encode("ascii") + b"\n"


def _decode(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise _garbage(line)
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _garbage(line) from error
    if not isinstance(message, dict):
        raise _garbage(line)
    return message


def _garbage(line: bytes) -> WorkerError:
    shown = line[:60].decode("ascii", "backslashreplace").strip()
    return WorkerError(f"The pipe carried something strange: {shown!r}.", "Run it again.")
