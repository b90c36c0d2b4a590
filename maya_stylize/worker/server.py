"""The worker process: commands in, events out; jobs on the main thread, the rest beside them."""

from __future__ import annotations

import argparse
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

from maya_stylize import __version__, events
from maya_stylize.engine import backend
from maya_stylize.engine.backend import machine
from maya_stylize.engine.backend.types import processor
from maya_stylize.errors import StylizeError, WorkerError
from maya_stylize.worker import parent, protocol, thumbnails
from maya_stylize.worker.answers import ANSWERS
from maya_stylize.worker.pipes import Pipes
from maya_stylize.worker.running import Runner, explain

# A job may finish writing its picture before the process ends by force.
GRACE_SECONDS = 1.0
# How often a silent job is looked at, and the processor time that it has used if it does not hang.
BEAT_SECONDS = 30.0
LEAST_WORK_SECONDS = 1.0


class _Stopped(Exception):  # noqa: N818  # not an error: it ends a fetch
    """The client has cancelled what runs."""


class Server:
    """Answers one client until it goes.

    Args:
        pipes: To the client.
        log: The file that takes stderr, named in messages.
    """

    def __init__(self, pipes: Pipes, log: Path) -> None:
        self._pipes, self._log = pipes, log
        self._runner = Runner()
        self._jobs: queue.SimpleQueue[protocol.Command | None] = queue.SimpleQueue()
        # Set when a run or a fetch is to stop; the key is its command's number.
        self._stops: dict[int, threading.Event] = {}
        # One thread each: a fetch takes minutes, and two large pictures at once much memory.
        self._threads = {name: ThreadPoolExecutor(1) for name in ANSWERS}
        self._ending = threading.Event()
        self._running: int | None = None

    def serve(self) -> None:
        """Say hello and run jobs on this thread until the client has gone or wants the end."""
        hello = protocol.Hello(
            version=protocol.VERSION,
            package=__version__,
            backends=backend.installed(),
            processor=processor(),
            memory=machine.memory().total,
            log=str(self._log),
        )
        self._pipes.send(hello)
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()
        self._threads["thumbnail"].submit(thumbnails.prune)
        while command := self._jobs.get():
            self._pipes.trim_log()
            if command.command == "warm":
                self._warm(command)
            else:
                self._run(command)
        for threads in self._threads.values():
            threads.shutdown(cancel_futures=True)

    def end(self) -> None:
        """Stop everything; end the process by force where that takes too long."""
        if self._ending.is_set():
            return
        self._ending.set()
        force = threading.Timer(GRACE_SECONDS, leave_by_force)
        force.daemon = True
        force.start()
        for stop in list(self._stops.values()):
            stop.set()
        self._jobs.put(None)

    def _listen(self) -> None:
        for line in self._pipes.lines():
            try:
                self._take(protocol.decode_command(line))
            except WorkerError as error:
                self._pipes.send(events.Log(str(error), "warning"))
        self.end()

    def _take(self, command: protocol.Command) -> None:
        if command.command == "shutdown":
            self.end()
        elif command.command == "cancel":
            number = command.arguments.get("run")
            stop = self._stops.get(number) if isinstance(number, int) else None
            if stop:
                stop.set()
            self._pipes.send(protocol.Reply(None), command.id)
        elif command.command == "run":
            self._stops[command.id] = threading.Event()
            self._jobs.put(command)
        elif command.command == "warm":
            self._jobs.put(command)
        else:
            self._stops[command.id] = threading.Event()
            self._threads[command.command].submit(self._answer, command)

    def _beat(self) -> None:
        used = time.process_time()
        while not self._ending.wait(BEAT_SECONDS):
            before, used = used, time.process_time()
            running = self._running
            if running is not None and used - before >= LEAST_WORK_SECONDS:
                self._pipes.send(protocol.Busy(), running)

    def _run(self, command: protocol.Command) -> None:
        stop = self._stops[command.id]
        self._running = command.id
        try:
            with closing(self._runner.run(command.arguments)) as stream:
                for event in stream:
                    self._pipes.send(event, command.id)
                    if isinstance(event, (events.Result, protocol.NeedsFreshWorker)):
                        return
                    if stop.is_set():
                        break
            self._pipes.send(protocol.Cancelled(), command.id)
        except Exception as error:
            self._fail(command, error)
        finally:
            self._running = None
            self._stops.pop(command.id, None)

    def _warm(self, command: protocol.Command) -> None:
        try:
            self._pipes.send(self._runner.warm(command.arguments), command.id)
        except Exception as error:
            self._fail(command, error)

    def _answer(self, command: protocol.Command) -> None:
        stop = self._stops[command.id]

        def report(progress: events.Progress) -> None:
            if stop.is_set():
                raise _Stopped
            self._pipes.send(progress, command.id)

        try:
            answer = ANSWERS[command.command](command.arguments, report)
            self._pipes.send(protocol.Reply(answer), command.id)
        except _Stopped:
            self._pipes.send(protocol.Cancelled(), command.id)
        except Exception as error:
            self._fail(command, error)
        finally:
            self._stops.pop(command.id, None)

    def _fail(self, command: protocol.Command, error: Exception) -> None:
        if not isinstance(error, StylizeError):
            with suppress(OSError):  # the disk may be full
                traceback.print_exception(error)
        self._pipes.send(explain(error, self._log), command.id)


def end_children() -> None:
    """End what this process has started and left running."""
    if sys.platform != "win32":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(os.getpgid(0), signal.SIGTERM)


def leave_by_force() -> None:
    """End this process in the midst of whatever it does, and its children with it."""
    if sys.platform != "win32":
        os.killpg(os.getpgid(0), signal.SIGKILL)
    os._exit(1)


def main(arguments: Sequence[str]) -> None:
    """Run a worker until its client goes."""
    parser = argparse.ArgumentParser(prog="maya_stylize.worker")
    parser.add_argument("--parent", type=int, required=True, metavar="PID")
    parser.add_argument("--log", type=Path, required=True, metavar="FILE")
    parsed = parser.parse_args(arguments)
    if sys.platform != "win32":
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # where it is ignored, no child's end is told
        if os.getpgid(0) != os.getpid():
            os.setpgid(0, 0)  # a group of its own, so that its children can be ended with it
    server = Server(Pipes(parsed.log), parsed.log)
    parent.watch(parsed.parent, server.end)
    server.serve()
    end_children()
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(0)
