"""The engine at work for a batch: in a process of its own, started once and kept warm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from maya_stylize.errors import ModelError, StylizeError
from maya_stylize.jobs import Job
from maya_stylize.scenes.interrupt import Stop
from maya_stylize.worker.client import Answer, Client
from maya_stylize.worker.pipe_transport import Pipes
from maya_stylize.worker.pool import Pool

_STEP_SECONDS = 0.5


class Workers:
    """Runs jobs, and waits for them.

    Args:
        told: Called with lines for the user.
    """

    def __init__(self, told: Callable[[str], None]) -> None:
        self._told = told
        self._pool = Pool(self._take, workers=1, memory=0)
        self._jobs: dict[int, tuple[Job, Callable[[Job, str], None]]] = {}
        self._stages: dict[int, str] = {}

    def model(self) -> str:
        """Return the fingerprint of the network that results are made with.

        Raises:
            ModelError: There is none on this machine yet.
            StylizeError: The engine cannot be started.
        """
        pipes, answers = Pipes(), list[Answer]()
        client = Client(pipes.connect)
        try:
            client.request("model", {"action": "state", "source": None}, answers.append)
            while not answers:
                pipes.deliver(_STEP_SECONDS)
                client.tick()
        finally:
            client.shutdown()
        answer = answers[0]
        if isinstance(answer, StylizeError):
            raise answer
        if answer is None:
            raise ModelError(
                "There is no model on this machine yet.", "Run: maya-stylize model fetch."
            )
        return str(answer["provenance"]["fingerprint"])

    def make(self, jobs: list[Job], ended: Callable[[Job, str], None], stop: Stop) -> None:
        """Run jobs, the results of which lie on disk afterwards.

        A job that an earlier run has left unfinished goes on from its checkpoint.

        Args:
            jobs: The jobs.
            ended: Called with each one as it ends, and with why it failed; "" where it did not.
            stop: Whether to break off; the running job then leaves a checkpoint.

        Raises:
            KeyboardInterrupt: It was broken off.
        """
        for job in jobs:
            number = self._pool.add(job.to_json(), job.outputs[0], memory=0)
            self._jobs[number] = (job, ended)
        try:
            while self._pool.busy:
                stop.check()
                self._pool.step(_STEP_SECONDS)
        except KeyboardInterrupt:
            self._cancel()
            raise

    def end(self) -> None:
        """End the engine's process."""
        self._pool.shutdown()

    def _cancel(self) -> None:
        self._told("Stopping: the work so far is kept, so that the next run goes on from there.")
        try:
            self._pool.cancel()
            while self._pool.busy:
                self._pool.step(_STEP_SECONDS)
        except KeyboardInterrupt:  # the user is in a hurry
            self._pool.cancel()

    def _take(self, number: int, _worker: int, event: Mapping[str, Any]) -> None:
        job, ended = self._jobs[number]
        name = Path(job.output).name
        if event["event"] == "progress" and event["stage"] != self._stages.get(number):
            self._stages[number] = event["stage"]
            self._told(f"{name}: {event['stage']}")
        elif event["event"] == "log":
            self._told(f"{name}: {event['message']}")
        elif event["event"] == "result":
            ended(job, "")
        elif event["event"] == "failure":
            ended(job, f"{event['message']} {event['hint']}".strip())
