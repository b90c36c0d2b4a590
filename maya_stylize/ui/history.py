"""The results so far: what each was made from, kept on disk between sessions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from maya_stylize.errors import StylizeError
from maya_stylize.ui import stored
from maya_stylize.ui.modes import MODES
from maya_stylize.ui.qt import Qt, QtCore
from maya_stylize.ui.texture_model import THUMBNAIL, name_of
from maya_stylize.ui.thumbnails import Thumbnails

KEPT = 100
EntryRole = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Entry:
    """One result.

    Attributes:
        path: The picture.
        source: The picture it is compared with.
        node: The texture it was made for, "" if none.
        mode: The panel's mode that made it.
        job: The resolved job, as plain data.
    """

    path: str
    source: str
    node: str
    mode: str
    job: dict[str, Any]


class History(QtCore.QAbstractListModel):
    """The results as a Qt model, the latest first."""

    def __init__(self, thumbnails: Thumbnails, parent: Any = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._entries: list[Entry] = []
        thumbnails.changed.connect(self._changed)

    def load(self) -> None:
        """Show what earlier sessions kept.

        Raises:
            StylizeError: The file is damaged; the list is empty then.
        """
        data = stored.read(stored.history_file())
        if data is None:
            return
        entries = [_entry(item) for item in data] if isinstance(data, list) else [None]
        if None in entries:
            raise StylizeError(
                f"{stored.history_file()}: the list of results is damaged.",
                "It begins anew; the pictures themselves are where they were.",
            )
        self.beginResetModel()
        self._entries = [entry for entry in entries if entry is not None]
        self.endResetModel()

    def add(self, entry: Entry) -> None:
        """Put a result first, and keep the list.

        Raises:
            StylizeError: The list cannot be written; the result is shown all the same.
        """
        self._thumbnails.forget(entry.path)
        self.beginResetModel()
        self._entries = [entry, *(old for old in self._entries if old.path != entry.path)][:KEPT]
        self.endResetModel()
        stored.write(stored.history_file(), [dataclasses.asdict(entry) for entry in self._entries])

    def rowCount(self, parent: Any = None) -> int:  # noqa: N802
        """Return the number of results."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what the view asks of a result."""
        entry = self._entries[index.row()]
        answers: dict[Any, Callable[[], Any]] = {
            Qt.ItemDataRole.DisplayRole: lambda: name_of(entry.path),
            Qt.ItemDataRole.DecorationRole: lambda: self._thumbnails.get(entry.path, THUMBNAIL),
            Qt.ItemDataRole.ToolTipRole: lambda: _described(entry),
            EntryRole: lambda: entry,
        }
        answer = answers.get(role)
        return answer() if answer else None

    def _changed(self, path: str) -> None:
        for row, entry in enumerate(self._entries):
            if entry.path == path:
                self.dataChanged.emit(self.index(row), self.index(row))


def _entry(data: Any) -> Entry | None:
    names = {item.name for item in dataclasses.fields(Entry)}
    if not isinstance(data, dict) or set(data) != names or not isinstance(data["job"], dict):
        return None
    if not all(isinstance(data[name], str) for name in names - {"job"}):
        return None
    if data["mode"] not in [mode.name for mode in MODES]:
        return None
    return Entry(**data)


def _described(entry: Entry) -> str:
    job = entry.job
    details = f"{entry.mode}, {job.get('quality')}, seed {job.get('seed')}"
    return f"{entry.path}\nmade from {name_of(entry.source)}: {details}"
