"""One line of JSON per message, over the worker's stdin and stdout.

The client writes commands, each with a number of its own; the worker writes events. An event that
answers a command, or belongs to a job that a command started, carries that command's number under
"id". The first event is always a hello.

Commands:
    run: {"job": a job as `jobs.from_json` takes it, "previews": a folder, or null for none}. Its
        events are those of `events`; the last one is a result, a failure, or cancelled.
    cancel: {"run": the number of a run command}. Answered at once; the run ends with cancelled at
        its next evaluation.
    probe: {"path"}. Answered with width, height, channels, depth, color_space and format.
    thumbnail: {"path", "size": longer side in pixels}. Answered with the path of a PNG on disk.
    plan: {"job"}. Answered with the octaves and the size of the result.
    model: {"action": "state" or "fetch", "source": a file to take it from, or null}. Fetching says
        progress on the way. Answered with the model's facts, or with null where there is none.
    shutdown: {}. The worker ends its job and exits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from maya_stylize.errors import WorkerError

VERSION = 1
COMMANDS = ("run", "cancel", "probe", "thumbnail", "plan", "model", "shutdown")
# Events beside those of a job: `events.Progress`, `Preview`, `Result`, `Failure` and `Log`.
HELLO, REPLY, CANCELLED = "hello", "reply", "cancelled"
JOB_ENDS = ("result", "failure", CANCELLED)
LONGEST_LINE = 1 << 20


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


def encode(message: Mapping[str, Any]) -> bytes:
    """Return a message as one line of ASCII."""
    return json.dumps(message).encode("ascii") + b"\n"


def encode_command(command: Command) -> bytes:
    """Return a command as one line."""
    return encode({"id": command.id, "command": command.command, **command.arguments})


def decode(line: bytes) -> dict[str, Any]:
    """Return the message in a line.

    Raises:
        WorkerError: The line is not a JSON object, or is longer than any message.
    """
    if len(line) > LONGEST_LINE:
        raise WorkerError("A message is too long to be one.", "Start the worker again.")
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        shown = line[:60].decode("ascii", "backslashreplace").strip()
        raise WorkerError(f"Not a message: {shown!r}.", "Start the worker again.") from error
    if not isinstance(message, dict):
        raise WorkerError("A message is not a JSON object.", "Start the worker again.")
    return message


def decode_command(line: bytes) -> Command:
    """Return the command in a line.

    Raises:
        WorkerError: The line is no command of this version.
    """
    message = decode(line)
    number, name = message.pop("id", None), message.pop("command", None)
    if type(number) is not int or name not in COMMANDS:
        raise WorkerError(f"Not a command: {name!r}.", "Use the client of the same version.")
    return Command(number, name, message)
