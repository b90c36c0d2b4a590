"""Several workers at once, each on jobs of its own, as many as memory allows."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from maya_stylize import events
from maya_stylize.errors import WorkerError
from maya_stylize.files import checkpoint_of
from maya_stylize.worker import launch, protocol
from maya_stylize.worker.client import Client
from maya_stylize.worker.launch import Launch
from maya_stylize.worker.pipe_transport import Pipes

Told = Callable[[int, int, Mapping[str, Any]], None]


@dataclass
class _Task:
    """A job on its way.

    Attributes:
        number: Of the job, from 0 in the order in which they were added.
        job: Plain data.
        output: The first picture that it writes.
        memory: Bytes at its peak.
        request: Its number with the client that runs it.
        resuming: Whether it goes on from a checkpoint.
        anew: Whether it is not to go on from one, for that has failed.
        died: Whether a worker has ended under it.
    """

    number: int
    job: Mapping[str, Any]
    output: str
    memory: int
    request: int | None = None
    resuming: bool = False
    anew: bool = False
    died: bool = False


class Pool:
    """Runs jobs in several workers; one that dies takes no other job with it.

    A job goes on from the checkpoint that an earlier run of it has left. Where its worker dies, or
    that checkpoint does not suit it, it is run once more. Everything is called, and calls back, on
    the thread of whoever calls `step`.

    Args:
        told: Called with a job's number, the number of its worker from 0, and each of its events,
            the last one a result, a failure or cancelled.
        workers: How many at most.
        memory: Bytes for all jobs that run at once; one job runs however much it needs. 0 where
            that is not known, which is taken for enough.
        find: Says how a worker is started.

    Attributes:
        workers: As above; may be changed at any time, as `memory` may.
    """

    def __init__(
        self, told: Told, workers: int, memory: int, find: Callable[[], Launch] = launch.find
    ) -> None:
        self.workers, self.memory = workers, memory
        self._told, self._find = told, find
        self._pipes = Pipes()
        self._clients: dict[int, Client] = {}  # by worker
        self._running: dict[int, _Task] = {}  # by worker
        self._waiting: list[_Task] = []
        self._added = 0
        self._heard = False
        self._cancelled = False

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return bool(self._running or self._waiting)

    def add(self, job: Mapping[str, Any], output: str, memory: int) -> int:
        """Put a job at the queue's end and return its number.

        Args:
            job: As `jobs.from_json` takes it.
            output: The first picture that it writes.
            memory: Bytes that it takes at its peak, its process included.
        """
        self._waiting.append(_Task(self._added, job, output, memory))
        self._added += 1
        return self._added - 1

    def step(self, timeout: float) -> None:
        """Start what can be started, and hand over what workers say.

        Args:
            timeout: Seconds to wait for that.
        """
        for worker in range(self.workers):
            if worker not in self._running:
                self._start(worker)
        self._pipes.deliver(timeout)
        for client in list(self._clients.values()):
            client.tick()

    def cancel(self) -> None:
        """End all jobs: those that run leave a checkpoint. A second call ends them at once."""
        self._cancelled = True
        waiting, self._waiting = self._waiting, []
        for task in waiting:
            self._told(task.number, 0, protocol.to_json(protocol.Cancelled()))
        for worker, task in list(self._running.items()):
            if task.request is not None:
                self._clients[worker].cancel(task.request)

    def suspend(self) -> None:
        """Let no worker compute until `resume`; not on Windows."""
        self._pipes.suspend()

    def resume(self) -> None:
        """Let the workers that were suspended go on."""
        self._pipes.resume()

    def shutdown(self) -> None:
        """End the workers."""
        for worker in list(self._clients):
            self._end(worker)

    def _start(self, worker: int) -> None:
        """Give a worker that is free its next job; one without a job gives back its memory."""
        task = self._next()
        if task is None:
            self._end(worker)
            return
        self._waiting.remove(task)
        self._running[worker] = task
        if worker not in self._clients:
            self._clients[worker] = Client(self._pipes.connect, self._find)
        left = os.path.exists(checkpoint_of(task.output))  # noqa: PTH110  # of a name too long too
        task.resuming = left and not task.anew
        task.request = None
        task.request = self._clients[worker].run(
            task.job, None, lambda event: self._take(worker, task, event), task.resuming
        )

    def _next(self) -> _Task | None:
        taken = sum(task.memory for task in self._running.values())
        for task in self._waiting:
            if not self._running or not self.memory or taken + task.memory <= self.memory:
                return task
        return None

    def _end(self, worker: int) -> None:
        client = self._clients.pop(worker, None)
        if client is not None:
            client.shutdown()

    def _take(self, worker: int, task: _Task, event: Mapping[str, Any]) -> None:
        if event["event"] not in protocol.JOB_ENDS:
            self._heard = True
            self._told(task.number, worker, event)
            return
        del self._running[worker]
        if event["event"] == "failure" and self._again(task, event):
            note = f"{event['message']} It is run once more."
            self._told(task.number, worker, events.to_json(events.Log(note, "warning")))
            self._waiting.insert(0, task)
            return
        self._told(task.number, worker, event)
        if event.get("kind") == WorkerError.kind and not self._heard:
            # No worker has ever said a word: none will.
            waiting, self._waiting = self._waiting, []
            for other in waiting:
                self._told(other.number, worker, event)

    def _again(self, task: _Task, failure: Mapping[str, Any]) -> bool:
        """Return whether a job that failed is to be run once more."""
        if self._cancelled:
            return False
        if failure["kind"] == WorkerError.kind and not task.died:
            task.died = True
            return True
        if failure["kind"] != WorkerError.kind and task.resuming:
            task.anew = True
            return True
        return False
