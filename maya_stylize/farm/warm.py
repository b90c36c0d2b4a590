"""The warm process of a session: it loads engine and model once and does the session's tasks.

It listens where a file in the session's folder says, takes one order at a time, and ends when it is
told to, when that file is gone (the session's folder goes with the session), on SIGTERM, or when it
has had nothing to do for long: the next task starts another one. A task that goes without a word,
because it was killed, is a cancelled one: its checkpoint is left.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import traceback
from contextlib import closing, suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from time import monotonic
from typing import Any

from maya_stylize.errors import StylizeError
from maya_stylize.farm import session
from maya_stylize.farm.tasks import FAIL, Order, Worker
from maya_stylize.files import replacing
from maya_stylize.worker.running import explain

LOOK_SECONDS = 2.0
POLL_SECONDS = 0.1
IDLE_SECONDS = 1800.0
# A job may write its checkpoint before the process ends by force.
GRACE_SECONDS = 60.0


class _Gone(Exception):  # noqa: N818  # not an error: it ends an order
    """Nobody hears any more what is told."""


# Whoever it was has gone, or is not one of us.
_NO_ORDER = (OSError, EOFError, AuthenticationError, ValueError, LookupError, TypeError, _Gone)


class Warm:
    """Serves one session.

    Args:
        folder: The session's.
        idle: Seconds without an order after which it ends.
    """

    def __init__(self, folder: Path, idle: float = IDLE_SECONDS) -> None:
        self._file = session.connection_file(folder)
        self._worker = Worker(session.log_file(folder))
        self._log = session.log_file(folder)
        self._stop = threading.Event()
        self._ending = threading.Event()
        self._busy = threading.Lock()
        self._idle, self._since = idle, monotonic()
        self._own = ""
        if sys.platform != "win32":  # in a folder of its own: a socket's path has to be short
            self._own = tempfile.mkdtemp(prefix="maya-stylize-")
        address = str(Path(self._own) / "socket") if self._own else None
        self._key = secrets.token_bytes(32)
        self._listener = Listener(address, backlog=8, authkey=self._key)

    def serve(self) -> None:
        """Do what is ordered until the end, which this does not return from."""
        # Before anybody knows of this process.
        signal.signal(signal.SIGTERM, lambda *_: self.end())
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is the task's to tell of
        with replacing(self._file) as temporary:
            temporary.touch(mode=0o600)
            told = {"address": self._listener.address, "key": self._key.hex(), "pid": os.getpid()}
            temporary.write_text(json.dumps(told), encoding="utf-8")
        threading.Thread(target=self._watch, daemon=True).start()
        while True:
            try:
                with self._listener.accept() as connection:
                    order = json.loads(connection.recv_bytes())
                    if order["do"] == "stop":
                        self._leave()  # with the connection open: its end is the process's end
                    with self._busy:
                        self._do(order, connection)
                        self._since = monotonic()
            except _NO_ORDER:
                continue
            finally:
                if self._ending.is_set():
                    self._leave()

    def end(self) -> None:
        """End the process: at once where it is idle, else when the job's checkpoint is left."""
        self._ending.set()
        self._stop.set()
        force = threading.Timer(GRACE_SECONDS, self._leave)
        force.daemon = True
        force.start()
        if self._busy.acquire(blocking=False):
            self._leave()

    def _do(self, order: dict[str, Any], connection: Connection) -> None:
        self._stop.clear()
        done = threading.Event()
        listening = threading.Thread(target=self._listen, args=(connection, done), daemon=True)
        listening.start()
        try:
            _send(connection, session.END, str(self._done(order, connection)))
        finally:
            # Once the connection is closed, its number is the next one's.
            done.set()
            listening.join()

    def _done(self, order: dict[str, Any], connection: Connection) -> int:
        """Do what is ordered and tell how it goes; return the code that the task ends with."""
        doing = {"targets": self._worker.targets, "tiles": self._worker.tiles}
        try:
            with closing(doing[order["do"]](Order(**order["order"]))) as work:
                for told in work:
                    _send(connection, *told)
                    if self._stop.is_set():
                        return session.CANCELLED
        except _Gone:
            raise
        except Exception as error:
            if not isinstance(error, StylizeError):
                traceback.print_exception(error)
            failure = explain(error, self._log)
            _send(connection, FAIL, f"{failure.message} {failure.hint}".strip())
            return session.FAILED
        return session.DONE

    def _listen(self, connection: Connection, done: threading.Event) -> None:
        """Stop the job when the task says so, or says nothing more."""
        with suppress(OSError, EOFError):
            while not done.is_set():
                if connection.poll(POLL_SECONDS):
                    connection.recv_bytes()
                    break
        self._stop.set()

    def _watch(self) -> None:
        while not self._ending.wait(min(LOOK_SECONDS, self._idle)):
            bored = not self._busy.locked() and monotonic() - self._since > self._idle
            if bored or not self._file.exists():
                self.end()

    def _leave(self) -> None:
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
        if self._own:
            shutil.rmtree(self._own, ignore_errors=True)
        sys.stderr.flush()
        os._exit(0)


def _send(connection: Connection, kind: str, text: str) -> None:
    try:
        connection.send_bytes(json.dumps([kind, text]).encode("utf-8"))
    except OSError as error:
        raise _Gone from error
