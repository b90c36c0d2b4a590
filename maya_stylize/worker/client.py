"""The worker's client: starts it on demand, keeps the queue, and says what happens to it.

Everything is called, and calls back, on one thread: that of whoever feeds it (Qt's main thread, or
the loop of a batch). No call waits for the worker.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Union

from maya_stylize import events
from maya_stylize.errors import StylizeError, WorkerError
from maya_stylize.worker import death, launch, protocol
from maya_stylize.worker.connection import Connect, Request, Worker
from maya_stylize.worker.launch import Launch

# A worker that says nothing of its start or of its job for so long hangs; one that computes says
# that it is busy.
SILENCE_SECONDS = 300.0
# Who has not looked for so long was itself stopped, or the machine slept.
ABSENCE_SECONDS = 30.0

Told = Callable[[Mapping[str, Any]], None]
Answer = Union[Mapping[str, Any], StylizeError, None]
Answered = Callable[[Answer], None]


class Client:
    """Runs jobs and asks questions in a worker, which is started for the first of them.

    Args:
        connect: The transport.
        find: Says how a worker is started.
        clock: Seconds that only grow.
        silence: A worker silent for so many seconds hangs.

    Attributes:
        changed: Called after the queue, or what is known of the worker, has changed.
    """

    def __init__(
        self,
        connect: Connect,
        find: Callable[[], Launch] = launch.find,
        clock: Callable[[], float] = time.monotonic,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        self.changed: Callable[[], None] = _nothing
        self._connect, self._find = connect, find
        self._clock, self._silence = clock, silence
        self._looked = clock()
        self._worker: Worker | None = None
        self._log: Path | None = None
        self._last = 0
        self._jobs: dict[int, Request] = {}  # in the queue's order, the running one first
        self._asked: dict[int, Request] = {}  # small commands that wait for the worker

    @property
    def hello(self) -> protocol.Hello | None:
        """What the running worker said of itself; None while there is none."""
        return self._worker.hello if self._worker else None

    @property
    def device(self) -> protocol.Device | None:
        """What the running worker's jobs run on; None before its backend runs."""
        return self._worker.device if self._worker else None

    @property
    def log(self) -> Path | None:
        """The stderr of the worker that runs, or ran last; None before the first."""
        return self._log

    @property
    def queue(self) -> tuple[int, ...]:
        """The numbers of the jobs that have not ended, in order; the first is running."""
        return tuple(self._jobs)

    def start(self) -> None:
        """Start a worker if none is there, so that the first job finds it warm.

        Raises:
            WorkerError: It cannot be started.
        """
        if self._worker is None:
            self._start()
            self.changed()

    def warm(self, backend: str) -> None:
        """Let the worker, if one is there, start its backend before the first job.

        It does so once every question is answered. What comes of it `device` says; where it
        fails, the first job says why.

        Args:
            backend: "tensorflow", "torch" or "jax".
        """
        if self._worker:
            self._worker.to_warm = backend
            self._go_on()

    def run(
        self, job: Mapping[str, Any], previews: Path | None, told: Told, resume: bool = False
    ) -> int:
        """Put a job at the queue's end.

        Args:
            job: As `jobs.from_json` takes it.
            previews: A folder for pictures of the work; None for none.
            told: Called with each of its events, the last one a result, a failure or cancelled;
                before this returns where no worker can be started.
            resume: Whether to go on from what the job left beside its output when it was broken
                off.

        Returns:
            Its number.
        """
        folder = None if previews is None else str(previews)
        arguments = {"job": dict(job), "previews": folder, "resume": resume}
        request = self._request("run", arguments, lambda event: told(_plain(event)))
        self._jobs[request.command.id] = request
        self._go_on()
        return request.command.id

    def request(
        self,
        command: str,
        arguments: Mapping[str, Any],
        answered: Answered,
        progress: Told | None = None,
    ) -> int:
        """Send a small command; a running job is not disturbed.

        Args:
            command: "probe", "thumbnail", "plan" or "model".
            arguments: As `protocol` says.
            answered: Called once, with the answer or with why there is none; before this returns
                where no worker can be started.
            progress: Called with the progress of fetching a model.

        Returns:
            Its number.
        """

        def told(event: protocol.Event) -> None:
            if isinstance(event, protocol.Reply):
                answered(event.answer)
            elif isinstance(event, events.Failure):
                answered(_error(event))
            elif isinstance(event, protocol.Cancelled):
                answered(WorkerError("Cancelled."))
            elif progress is not None:
                progress(_plain(event))

        request = self._request(command, arguments, told)
        self._asked[request.command.id] = request
        self._go_on()
        return request.command.id

    def cancel(self, number: int) -> None:
        """Cancel a job or a fetch; one that has ended already is let be.

        A job that waits leaves the queue. One that runs ends at its next evaluation; cancelled a
        second time, it ends at once with its worker.
        """
        worker = self._worker
        request = worker.sent.get(number) if worker else None
        if worker is None or request is None:
            waiting = self._jobs.pop(number, None) or self._asked.pop(number, None)
            if waiting:
                waiting.told(protocol.Cancelled())
                self.changed()
        elif request.cancelled and request.is_job:
            del worker.sent[number], self._jobs[number]
            self._renew(worker)
            request.told(protocol.Cancelled())
            self._go_on()
        elif not request.cancelled:
            request.cancelled = True
            worker.send(self._request("cancel", {"run": number}, _ignore))

    def tick(self) -> None:
        """Look whether the worker hangs; call it every second or so."""
        now, worker = self._clock(), self._worker
        absent, self._looked = now - self._looked, now
        if worker is None or (worker.hello and not worker.has_job):
            return
        if absent > ABSENCE_SECONDS:  # what the worker said meanwhile has not been read yet
            worker.heard = now
        silent = now - worker.heard
        if silent > self._silence:
            doing = "while it ran the job" if worker.hello else "while it started"
            self._lose(
                worker,
                WorkerError(
                    f"The engine said nothing for {silent:.0f} seconds {doing} and was ended.",
                    f"Run it again. Details are in {worker.log}.",
                ),
            )
            self._go_on()

    def shutdown(self) -> None:
        """End the worker; what waits is cancelled."""
        worker, self._worker = self._worker, None
        requests = [*self._jobs.values(), *self._asked.values()]
        if worker:
            requests += [each for each in worker.sent.values() if not each.is_job]
            worker.connection.close()
            worker.clean()
        self._jobs.clear()
        self._asked.clear()
        for request in requests:
            request.told(protocol.Cancelled())
        self.changed()

    def _request(
        self, command: str, arguments: Mapping[str, Any], told: Callable[[protocol.Event], None]
    ) -> Request:
        self._last += 1
        return Request(protocol.Command(self._last, command, arguments), told)

    def _start(self) -> None:
        started = self._find()
        self._log = started.log
        worker = Worker(started.log, self._clock())
        worker.connect(self._connect, started, self._received, self._ended)
        self._worker = worker

    def _go_on(self) -> None:
        """Send what waits; start a worker for it if there is none."""
        if self._worker is None and (self._jobs or self._asked):
            try:
                self._start()
            except StylizeError as error:
                self._fail([*self._asked.values(), *self._jobs.values()], error)
        worker = self._worker
        if worker and worker.hello:
            asked, self._asked = self._asked, {}
            for request in asked.values():
                worker.send(request)
            if self._jobs:
                worker.to_warm = None
            if self._jobs and not worker.has_job:
                worker.heard = self._clock()
                worker.send(next(iter(self._jobs.values())))
            elif worker.to_warm and not worker.sent:
                command = self._request("warm", {"backend": worker.to_warm}, _ignore).command
                worker.to_warm = None
                worker.connection.send(protocol.encode_command(command))
        self.changed()

    def _received(self, worker: Worker, data: bytes) -> None:
        for line in worker.lines(data):
            # A listener may have ended this worker meanwhile; what it still said is void.
            if worker is not self._worker:
                return
            try:
                event, number = protocol.decode_event(line)
            except WorkerError as error:
                hint = f"{error.hint} Details are in {worker.log}."
                self._lose(worker, WorkerError(error.message, hint))
                self._go_on()
            else:
                self._handle(worker, event, number)

    def _handle(self, worker: Worker, event: protocol.Event, number: int | None) -> None:
        if isinstance(event, protocol.Hello):
            worker.hello = event
            self._go_on()
            return
        if isinstance(event, protocol.Device):
            worker.device = event
            self.changed()
        request = None if number is None else worker.sent.get(number)
        if request is None:
            return
        if request.is_job:
            worker.heard = self._clock()
        if isinstance(event, protocol.Busy):
            return
        if isinstance(event, protocol.NeedsFreshWorker) and request.cancelled:
            event = protocol.Cancelled()
        if isinstance(event, protocol.NeedsFreshWorker) and not request.renewed:
            request.renewed = True
            del worker.sent[request.command.id]
            self._renew(worker)
            self._go_on()
        elif isinstance(event, _ENDS):
            del worker.sent[request.command.id]
            self._jobs.pop(request.command.id, None)
            request.told(event)
            self._go_on()
        else:
            request.told(event)

    def _renew(self, worker: Worker) -> None:
        """End a worker and ask its unanswered questions of the next one."""
        self._worker = None
        worker.connection.kill()
        unanswered = [
            each
            for each in worker.sent.values()
            if not each.is_job and each.command.command != "cancel"  # what it ran is gone
        ]
        self._asked = {each.command.id: each for each in unanswered} | self._asked

    def _ended(self, worker: Worker, code: int | None) -> None:
        worker.clean()
        if worker is self._worker:
            self._lose(worker, death.explain(code, worker.log))
            self._go_on()

    def _lose(self, worker: Worker, error: WorkerError) -> None:
        """Give a worker up: what it was asked fails, and all that waited for its start."""
        if worker is not self._worker:
            return
        self._worker = None
        worker.connection.kill()
        lost = list(worker.sent.values())
        if worker.hello is None:
            lost += [*self._asked.values(), *self._jobs.values()]
        self._fail(lost, error)

    def _fail(self, requests: Iterable[Request], error: StylizeError) -> None:
        for request in requests:
            self._jobs.pop(request.command.id, None)
            self._asked.pop(request.command.id, None)
        for request in requests:
            request.told(events.Failure(error.kind, error.message, error.hint))


_ENDS = (protocol.Reply, protocol.Cancelled, events.Result, events.Failure)


def _plain(event: protocol.Event) -> Mapping[str, Any]:
    if isinstance(event, protocol.NeedsFreshWorker):  # and a fresh one says so too
        event = events.Failure(event.kind, event.message, event.hint)
    return protocol.to_json(event)


def _error(failure: events.Failure) -> StylizeError:
    error = StylizeError(failure.message, failure.hint)
    error.kind = failure.kind
    return error


def _nothing() -> None:
    """Tell nobody."""


def _ignore(event: protocol.Event) -> None:
    """Tell nobody of an event."""
