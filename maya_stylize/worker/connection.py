"""One worker process as the client sees it: what it was asked, and the lines that it writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from maya_stylize.files import sweep
from maya_stylize.worker import protocol
from maya_stylize.worker.launch import Launch


class Connection(Protocol):
    """A worker process and its pipes."""

    def send(self, data: bytes) -> None:
        """Write to its stdin; nothing happens where it has ended."""

    def kill(self) -> None:
        """End it and its children at once."""

    def close(self) -> None:
        """Close its stdin and see that it ends, within two seconds."""


class Connect(Protocol):
    """Starts a worker; a transport.

    The two callbacks are called on the client's thread, never before this has returned: `received`
    with what comes from its stdout, `ended` with its exit code, minus the number of the signal that
    ended it, or None where it could not be started.
    """

    def __call__(
        self,
        launch: Launch,
        received: Callable[[bytes], None],
        ended: Callable[[int | None], None],
    ) -> Connection:
        """Start it."""


@dataclass
class Request:
    """A command on its way: waiting for the worker, or sent.

    Attributes:
        command: What is asked.
        told: Called with what the worker says to it.
        cancelled: Whether it has been cancelled once.
        renewed: Whether a worker was renewed for it.
    """

    command: protocol.Command
    told: Callable[[protocol.Event], None]
    cancelled: bool = False
    renewed: bool = False

    @property
    def is_job(self) -> bool:
        """Whether it is a job, of which a worker runs one at a time."""
        return self.command.command == "run"


class Worker:
    """One worker's life.

    Args:
        log: The file that takes its stderr.
        heard: The moment of its start.

    Attributes:
        heard: When it last said something of its start or of its job.
        hello: What it said first; None before that.
        to_warm: The backend that it is to start once there is nothing else to do; None for none.
        device: What its jobs run on, as it said last; None before its backend runs.
        sent: The commands that it has not answered, by number.
        connection: Its process; there once `connect` was called.
    """

    connection: Connection

    def __init__(self, log: Path, heard: float) -> None:
        self.log, self.heard = log, heard
        self.hello: protocol.Hello | None = None
        self.to_warm: str | None = None
        self.device: protocol.Device | None = None
        self.sent: dict[int, Request] = {}
        self._rest = b""
        self._folders: set[Path] = set()

    def connect(
        self,
        connect: Connect,
        launch: Launch,
        received: Callable[[Worker, bytes], None],
        ended: Callable[[Worker, int | None], None],
    ) -> None:
        """Start the process, its callbacks saying which worker they are of."""
        self.connection = connect(
            launch, lambda data: received(self, data), lambda code: ended(self, code)
        )

    @property
    def has_job(self) -> bool:
        """Whether a job was sent and has not ended."""
        return any(request.is_job for request in self.sent.values())

    def send(self, request: Request) -> None:
        """Send a command."""
        self.sent[request.command.id] = request
        if request.is_job:
            arguments = request.command.arguments
            output, previews = arguments["job"].get("output"), arguments["previews"]
            if isinstance(output, str):
                self._folders.add(Path(output).parent)
            if previews is not None:
                self._folders.add(Path(previews))
        self.connection.send(protocol.encode_command(request.command))

    def clean(self) -> None:
        """Remove what its jobs have left half written; call it once the process has ended."""
        for folder in self._folders:
            sweep(folder)

    def lines(self, data: bytes) -> list[bytes]:
        """Take bytes from its stdout; return the lines that are whole, or too long to become so."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > protocol.LONGEST_LINE:
            lines.append(self._rest)
            self._rest = b""
        return lines
