"""Starts a worker with `subprocess`, where no Qt runs: in mayapy, on a farm, in tests."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from maya_stylize.errors import WorkerError
from maya_stylize.worker.connection import Connection
from maya_stylize.worker.launch import Launch

CLOSE_SECONDS = 2.0


class Pipes:
    """Workers whose output waits until the client's thread asks for it: `Client(pipes.connect)`."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._processes: list[_Process] = []

    def connect(
        self,
        launch: Launch,
        received: Callable[[bytes], None],
        ended: Callable[[int | None], None],
    ) -> Connection:
        """Start a worker; what it says waits for `deliver`.

        Raises:
            WorkerError: It cannot be started.
        """
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW
        try:
            with launch.log.open("ab") as log:
                process = subprocess.Popen(
                    launch.command,
                    env=launch.environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    creationflags=flags,
                    start_new_session=True,  # no Ctrl-C of this terminal
                )
        except OSError as error:
            raise WorkerError(
                f"{launch.command[0]} cannot be started: {error.strerror}.",
                "Run the installer again; it mends that.",
            ) from error

        def listen() -> None:
            assert process.stdout is not None
            while data := os.read(process.stdout.fileno(), 1 << 16):
                self._waiting.put(partial(received, data))

        listening = threading.Thread(target=listen, daemon=True)

        def wait() -> None:
            code = process.wait()
            listening.join(1.0)  # a child that outlives the worker would keep the pipe open
            self._waiting.put(partial(ended, code))

        listening.start()
        threading.Thread(target=wait, daemon=True).start()
        self._processes = [each for each in self._processes if each.runs] + [_Process(process)]
        return self._processes[-1]

    def deliver(self, timeout: float) -> None:
        """Hand over what has come, at most one batch; wait for it so many seconds if need be."""
        with suppress(queue.Empty):
            self._waiting.get(timeout=timeout)()
            while True:
                self._waiting.get_nowait()()

    def suspend(self) -> None:
        """Let no worker compute until `resume`; not on Windows."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the workers that were suspended go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        for each in self._processes:
            each.pass_on(number)


class _Process:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @property
    def runs(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self._process.returncode is None

    def send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # it has ended, which the client is told of
            self._process.stdin.write(data)
            self._process.stdin.flush()

    def pass_on(self, number: int) -> None:
        """Send a signal to it and what it has started."""
        if self.runs:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def kill(self) -> None:
        if sys.platform != "win32":
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def close(self) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(CLOSE_SECONDS)
