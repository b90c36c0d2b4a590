"""Starts a worker with QProcess, whose signals arrive in Qt's event loop: for the panel."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from maya_stylize.ui.qt import QtCore
from maya_stylize.worker.client import Client
from maya_stylize.worker.connection import Connection
from maya_stylize.worker.launch import Launch

CLOSE_MILLISECONDS = 2000
TICK_MILLISECONDS = 1000


def make_client(parent: Any) -> Client:
    """Return a client that lives as long as a Qt object; its worker ends with the application.

    Args:
        parent: A QObject.
    """
    client = Client(connect)
    timer = QtCore.QTimer(parent)
    timer.timeout.connect(client.tick)
    timer.start(TICK_MILLISECONDS)
    QtCore.QCoreApplication.instance().aboutToQuit.connect(client.shutdown)
    return client


def connect(
    launch: Launch,
    received: Callable[[bytes], None],
    ended: Callable[[int | None], None],
) -> Connection:
    """Start a worker; a transport for `Client`."""
    return _Process(launch, received, ended)


# Qt complains when it loses a process that runs, and connections do not keep it.
_RUNNING: set[_Process] = set()


class _Process:
    def __init__(
        self,
        launch: Launch,
        received: Callable[[bytes], None],
        ended: Callable[[int | None], None],
    ) -> None:
        self._received, self._told_ended = received, ended
        self._group = 0
        _RUNNING.add(self)
        self._process = process = QtCore.QProcess()
        environment = QtCore.QProcessEnvironment()
        for name, value in launch.environment.items():
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        process.setStandardErrorFile(str(launch.log), QtCore.QIODevice.OpenModeFlag.Append)
        process.started.connect(self._started)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._failed)
        process.start(launch.command[0], list(launch.command[1:]))

    def send(self, data: bytes) -> None:
        self._process.write(data)

    def kill(self) -> None:
        if sys.platform != "win32" and self._group:
            # The worker has made a group of its own, once it came that far.
            with suppress(ProcessLookupError):
                os.killpg(self._group, signal.SIGKILL)
        self._process.kill()

    def close(self) -> None:
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(CLOSE_MILLISECONDS):
            self.kill()
            self._process.waitForFinished(CLOSE_MILLISECONDS)

    def _started(self) -> None:
        self._group = int(self._process.processId())

    def _read(self) -> None:
        self._received(self._process.readAllStandardOutput().data())

    def _finished(self, code: int, status: Any) -> None:
        self._read()
        _RUNNING.discard(self)
        crashed = status == QtCore.QProcess.ExitStatus.CrashExit
        # Where there are signals, QProcess gives the number of the one that ended it.
        self._told_ended(-code if crashed and sys.platform != "win32" else code)

    def _failed(self, error: Any) -> None:
        if error == QtCore.QProcess.ProcessError.FailedToStart:
            _RUNNING.discard(self)
            # Later, for this may be said before `connect` has returned.
            QtCore.QTimer.singleShot(0, lambda: self._told_ended(None))
