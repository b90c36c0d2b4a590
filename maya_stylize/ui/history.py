"""The results so far, and the jobs broken off on the way to one, kept on disk between sessions."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maya_stylize.errors import StylizeError
from maya_stylize.files import checkpoint_of
from maya_stylize.ui import stored
from maya_stylize.ui.modes import MODES
from maya_stylize.ui.qt import Qt, QtCore
from maya_stylize.ui.runs import Run
from maya_stylize.ui.slots import slot
from maya_stylize.ui.texture_model import THUMBNAIL, name_of
from maya_stylize.ui.thumbnails import Thumbnails

KEPT = 100
EntryRole = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Entry:
    """One result, or a job that has none yet.

    Attributes:
        path: The picture; of an unfinished job where it is going to be. Of a material the first
            map's.
        source: The picture it is compared with.
        node: The texture it was made for, "" if none.
        mode: The panel's mode that made it.
        job: The resolved job, as plain data; an unfinished one as it was started.
        unfinished: Whether the job has not come to its end.
        maps: Of a material: the pictures of its maps by kind.
    """

    path: str
    source: str
    node: str
    mode: str
    job: dict[str, Any]
    unfinished: bool = False
    maps: dict[str, str] = field(default_factory=dict)

    def pairs(self) -> dict[str, tuple[str, str]]:
        """Return what is compared: before and after, by the kind of map; by "" for one picture."""
        learned = self.job.get("maps", {})
        made = {kind: (learned.get(kind, ""), path) for kind, path in self.maps.items()}
        return made or {"": (self.source, self.path)}

    @property
    def can_go_on(self) -> bool:
        """Whether it is unfinished and has left a checkpoint to go on from."""
        # Path.exists raises where a name is too long.
        return self.unfinished and os.path.exists(checkpoint_of(self.path))  # noqa: PTH110


class History(QtCore.QAbstractListModel):
    """The results as a Qt model, the latest first.

    A job is kept from its start on, so that it is found again after Maya or the worker has died.
    It is shown once it is no longer under way, if there is something to go on from.
    """

    def __init__(self, thumbnails: Thumbnails, parent: Any = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._entries: list[Entry] = []
        self._shown: list[Entry] = []
        self._under_way: set[str] = set()
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
        self._entries = [entry for entry in entries if entry is not None]
        self.refresh()

    @slot
    def begin(self, run: Run) -> None:
        """Keep a job that is about to start."""
        entry = _unfinished(run)
        self._under_way.add(entry.path)
        self._put_first(entry)

    @slot
    def end(self, run: Run, event: Mapping[str, Any]) -> None:
        """Keep what a job has come to; the list shows it even where it cannot be written."""
        entry = _unfinished(run)
        self._under_way.discard(entry.path)
        if event["event"] == "result":
            maps = event.get("maps", {})
            for path in (event["path"], *maps.values()):
                self._thumbnails.forget(path)
            entry = dataclasses.replace(
                entry, path=event["path"], job=event["job"], unfinished=False, maps=maps
            )
        self._put_first(entry)

    @slot
    def remove(self, entry: Entry) -> None:
        """Take an unfinished job off the list, and delete its checkpoint."""
        left = checkpoint_of(entry.path)
        try:
            left.unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise StylizeError(
                f"{left} cannot be deleted: {reason}.", "Check the folder's permissions."
            ) from error
        self._keep(old for old in self._entries if old.path != entry.path)

    def refresh(self) -> None:
        """Look anew which jobs can go on."""
        shown = [
            entry
            for entry in self._entries
            if not entry.unfinished or (entry.path not in self._under_way and entry.can_go_on)
        ]
        if shown != self._shown:
            self.beginResetModel()
            self._shown = shown
            self.endResetModel()

    def job_of(self, path: str) -> dict[str, Any] | None:
        """Return the job that made a picture; None where there is none."""
        made = (each for each in self._entries if path in (each.path, *each.maps.values()))
        return next((entry.job for entry in made), None)

    def rowCount(self, parent: Any = None) -> int:  # noqa: N802
        """Return the number of results."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what the view asks of a result."""
        entry = self._shown[index.row()]
        answers: dict[Any, Callable[[], Any]] = {
            Qt.ItemDataRole.DisplayRole: lambda: name_of(entry.path),
            Qt.ItemDataRole.DecorationRole: lambda: self._thumbnails.get(
                _picture(entry), THUMBNAIL
            ),
            Qt.ItemDataRole.AccessibleTextRole: lambda: _spoken(entry),
            Qt.ItemDataRole.ToolTipRole: lambda: _described(entry),
            EntryRole: lambda: entry,
        }
        answer = answers.get(role)
        return answer() if answer else None

    def _put_first(self, entry: Entry) -> None:
        self._keep([entry, *(old for old in self._entries if old.path != entry.path)])

    def _keep(self, entries: Iterable[Entry]) -> None:
        """Show entries and write them; those of which nothing is left are dropped.

        Raises:
            StylizeError: The list cannot be written.
        """
        self._entries = [
            entry
            for entry in entries
            if not entry.unfinished or entry.path in self._under_way or entry.can_go_on
        ][:KEPT]
        self.refresh()
        stored.write(stored.history_file(), [dataclasses.asdict(entry) for entry in self._entries])

    def _changed(self, path: str) -> None:
        for row, entry in enumerate(self._shown):
            if _picture(entry) == path:
                self.dataChanged.emit(self.index(row), self.index(row))


def _unfinished(run: Run) -> Entry:
    return Entry(run.path, run.source, run.node, run.mode, run.job, unfinished=True)


def _entry(data: Any) -> Entry | None:
    names = {item.name for item in dataclasses.fields(Entry)}
    if not isinstance(data, dict):
        return None
    data = {"unfinished": False, "maps": {}, **data}  # which earlier versions did not keep
    if set(data) != names or not isinstance(data["job"], dict):
        return None
    if not all(isinstance(data[name], str) for name in names - {"job", "unfinished", "maps"}):
        return None
    if not isinstance(data["maps"], dict) or not {*map(type, data["maps"].values())} <= {str}:
        return None
    if not isinstance(data["unfinished"], bool) or not Path(data["path"]).name:
        return None
    if data["mode"] not in [mode.name for mode in MODES]:
        return None
    return Entry(**data)


def _picture(entry: Entry) -> str:
    """Return the picture that stands for an entry."""
    return entry.source if entry.unfinished else entry.path


def _spoken(entry: Entry) -> str:
    return name_of(entry.path) + (", unfinished" if entry.unfinished else "")


def _described(entry: Entry) -> str:
    job = entry.job
    details = f"{entry.mode}, {job.get('quality')}, seed {job.get('seed')}"
    if entry.maps:
        details += f", {', '.join(entry.maps)}"
    made = "unfinished, to be made" if entry.unfinished else "made"
    return f"{entry.path}\n{made} from {name_of(entry.source)}: {details}"
