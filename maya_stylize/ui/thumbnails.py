"""Pictures for the screen: asked of the worker, loaded beside the main thread, kept for a while."""

from __future__ import annotations

import functools
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from maya_stylize.errors import StylizeError
from maya_stylize.ui.calls import Answer, Client
from maya_stylize.ui.loader import Loader
from maya_stylize.ui.qt import QtCore, QtGui, Signal

KEPT = 400
# More than the worker answers at once would keep what is scrolled to from coming soon.
IN_FLIGHT = 4
# A picture that ends a worker each time is not looked at again: jobs would end with it.
MOST_ENDS = 2

Key = tuple[str, int]


class Thumbnails(QtCore.QObject):
    """Thumbnails by path and size; those asked for last come first."""

    changed = Signal(str)

    def __init__(self, client: Client, loader: Loader, parent: Any = None) -> None:
        super().__init__(parent)
        self._client = client
        self._loader = loader
        self._pictures: OrderedDict[Key, Any] = OrderedDict()
        self._wanted: OrderedDict[Key, None] = OrderedDict()
        self._asked: set[Key] = set()
        self._failures: dict[Key, StylizeError] = {}
        self._lost: set[Key] = set()
        self._stale: set[Key] = set()
        # How often a worker that had begun ended while it was to look at a picture.
        self._ends: Counter[Key] = Counter()
        # Gives what the worker is told of a picture's colors.
        self.colors: Callable[[str], Mapping[str, Any]] = lambda _: {}

    def get(self, path: str, size: int) -> Any:
        """Return a QPixmap, or None while it is on its way; `changed` tells when it came.

        Args:
            path: Any picture that the worker reads.
            size: Longer side in pixels.
        """
        key = (path, size)
        if key in self._pictures:
            self._pictures.move_to_end(key)
            if key in self._stale:
                self._stale.remove(key)
                self._want(key)
        elif key not in self._failures:
            self._want(key)
        return self._pictures.get(key)

    def failure(self, path: str, size: int) -> StylizeError | None:
        """Return why a picture has no thumbnail, None while none is known."""
        return self._failures.get((path, size))

    def renew(self) -> None:
        """Ask again for what is looked at: files may have changed; old pictures stay meanwhile."""
        self._stale |= set(self._pictures)
        failed, self._failures = self._failures, {}
        self._ends.clear()
        for path in {key[0] for key in (*self._stale, *failed)}:
            self.changed.emit(path)

    def forget(self, path: str) -> None:
        """Drop what is known of a picture, or on its way: it may be another one by now."""
        self._stale |= {key for key in self._asked if key[0] == path}
        for key in {*self._pictures, *self._failures}:
            if key[0] == path:
                self._pictures.pop(key, None)
                self._failures.pop(key, None)

    def retry(self) -> None:
        """Let what was lost with a worker be asked again, now that there is another one."""
        lost, self._lost = self._lost, set()
        for path in {key[0] for key in lost}:
            self.changed.emit(path)

    def _want(self, key: Key) -> None:
        if self._ends[key] >= MOST_ENDS:
            return
        if self._lost:
            self._lost.add(key)
        elif key not in self._asked:
            self._wanted[key] = None
            self._wanted.move_to_end(key)
            self._ask()

    def _ask(self) -> None:
        while self._wanted and len(self._asked) < IN_FLIGHT:
            key, _ = self._wanted.popitem()
            self._asked.add(key)
            answered = functools.partial(self._answered, key, self._client.hello is not None)
            wanted = {"path": key[0], "size": key[1], **self.colors(key[0])}
            self._client.request("thumbnail", wanted, answered)

    def _answered(self, key: Key, begun: bool, answer: Answer) -> None:
        if self._client.hello is None:  # the worker is gone, and asking would start it again
            self._asked.discard(key)
            self._ends[key] += begun
            if isinstance(answer, StylizeError) and self._ends[key] >= MOST_ENDS:
                self._failures[key] = answer
            self._lost |= {key, *self._wanted}
            self._wanted.clear()
            return
        if answer is None or isinstance(answer, StylizeError):
            self._done(key, None, answer)
            return
        self._loader.load(str(answer["path"]), self, lambda image: self._done(key, image, None))

    def _done(self, key: Key, image: Any, error: StylizeError | None) -> None:
        self._asked.discard(key)
        if image is None or image.isNull():
            self._pictures.pop(key, None)
            if key in self._stale:
                self._stale.remove(key)
            else:
                self._failures[key] = error or StylizeError(f"{key[0]} cannot be shown.")
        else:
            self._ends.pop(key, None)
            self._pictures[key] = QtGui.QPixmap.fromImage(image)
            while len(self._pictures) > KEPT:
                self._pictures.popitem(last=False)
        self.changed.emit(key[0])
        self._ask()
