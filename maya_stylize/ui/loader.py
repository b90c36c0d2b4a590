"""Loads picture files that Qt can read, such as thumbnails and previews, in a thread."""

from __future__ import annotations

import functools
import gc
import itertools
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from maya_stylize.ui.qt import QtCore, QtGui, Signal, is_alive

Ready = Callable[[Any], None]


# Held while one reads: how the collecting of garbage was is put back by who has changed it.
_READING = threading.Lock()


def read(path: str) -> Any:
    """Return a picture file as QImage; a null one where it cannot be read."""
    reader = QtGui.QImageReader(path)
    reader.setAutoTransform(True)
    return reader.read()


class Loader(QtCore.QObject):
    """One thread that reads pictures, one after the other; it lives as long as the process."""

    _loaded = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._tickets = itertools.count()
        self._waiting: dict[int, tuple[Any, Ready]] = {}
        self._queue: SimpleQueue[tuple[int, str]] = SimpleQueue()
        # Sent from the thread, received in this object's.
        self._loaded.connect(self._receive)
        threading.Thread(target=self._work, name="maya-stylize-loader", daemon=True).start()

    def load(self, path: str, owner: Any, ready: Ready) -> None:
        """Load a file.

        Args:
            path: The file.
            owner: A QObject; nobody is told once that is deleted.
            ready: Gets the QImage, on the main thread.
        """
        ticket = next(self._tickets)
        self._waiting[ticket] = (owner, ready)
        self._queue.put((ticket, path))

    def _work(self) -> None:
        while True:
            ticket, path = self._queue.get()
            # Garbage must not be collected here: widgets die in the main thread only.
            with _READING:
                collecting = gc.isenabled()
                gc.disable()
                try:
                    self._loaded.emit(ticket, read(path))
                finally:
                    if collecting:
                        gc.enable()

    def _receive(self, ticket: int, image: Any) -> None:
        owner, ready = self._waiting.pop(ticket)
        if is_alive(owner):
            ready(image)


@functools.cache
def shared() -> Loader:
    """Return the one loader of this process."""
    return Loader()
