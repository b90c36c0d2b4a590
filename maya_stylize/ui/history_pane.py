"""The strip of results, and what can be done with one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from maya_stylize.errors import ImageError
from maya_stylize.files import checkpoint_of
from maya_stylize.ui import look
from maya_stylize.ui.history import Entry, EntryRole, History
from maya_stylize.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from maya_stylize.ui.slots import slot
from maya_stylize.ui.texture_list import draw_thumbnail

TALL = 7.2  # of a result, in heights of the font
DIMMED = 0.3


class ResultDelegate(QtWidgets.QStyledItemDelegate):
    """Draws a result: its thumbnail above its name; of an unfinished job its source, dimmed."""

    def sizeHint(self, option: Any, index: Any) -> Any:  # noqa: N802
        """Return room for a thumbnail and one line."""
        unit = option.fontMetrics.height()
        return QtCore.QSize(round(unit * 8), round(unit * TALL))

    def paint(self, painter: Any, option: Any, index: Any) -> None:
        """Draw one result."""
        roles, states = QtGui.QPalette.ColorRole, QtWidgets.QStyle.StateFlag
        selected = bool(option.state & states.State_Selected)
        unit = option.fontMetrics.height()
        gap = unit // 4
        text = option.palette.color(roles.HighlightedText if selected else roles.Text)
        painter.save()
        if selected:
            painter.fillRect(option.rect, option.palette.color(roles.Highlight))
        area = option.rect.adjusted(gap, gap, -gap, -gap)
        side = min(area.width(), area.height() - unit - gap)
        square = QtCore.QRect(area.left() + (area.width() - side) // 2, area.top(), side, side)
        unfinished = index.data(EntryRole).unfinished
        painter.setOpacity(DIMMED if unfinished else 1.0)
        draw_thumbnail(painter, square, index.data(Qt.ItemDataRole.DecorationRole), text)
        painter.setOpacity(1.0)
        painter.setPen(text)
        if unfinished:
            painter.drawText(square, Qt.AlignmentFlag.AlignCenter, "unfinished")
        row = QtCore.QRect(area.left(), area.bottom() - unit, area.width(), unit)
        name = option.fontMetrics.elidedText(
            index.data(), Qt.TextElideMode.ElideMiddle, row.width()
        )
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, name)
        painter.restore()


class HistoryPane(QtWidgets.QWidget):
    """The results with their buttons; what they do is the panel's.

    Signals:
        applying: A result is to take a texture's place.
        reverting: The selected texture's result is to be taken away.
        comparing: The pictures to show as before and after, by the kind of map.
        repeating: A result's job is to be run again.
        continuing: An unfinished job is to go on.
        removing: An unfinished job is to be taken off the list.
    """

    applying = Signal(object)
    reverting = Signal()
    comparing = Signal(object)
    repeating = Signal(object)
    continuing = Signal(object)
    removing = Signal(object)

    def __init__(self, history: History, parent: Any = None) -> None:
        super().__init__(parent)
        self.view = QtWidgets.QListView()
        self.view.setModel(history)
        self.view.setItemDelegate(ResultDelegate(self.view))
        self.view.setFlow(QtWidgets.QListView.Flow.LeftToRight)
        self.view.setHorizontalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setFixedHeight(round(look.em(self) * (TALL + 1.5)))
        self.view.setAccessibleName("Results")
        self.view.selectionModel().selectionChanged.connect(self._selected)
        history.modelReset.connect(self._selected)
        title = look.labelled("Res&ults", "title")
        title.setBuddy(self.view)
        self.apply = _button(
            "A&pply",
            "Put this result in the place of the texture selected in the list, a material's maps "
            "in the place of those of its material; undo takes it away.",
            self._apply,
        )
        self.revert = _button(
            "&Revert",
            "Put the original back in the place of the selected texture's result, and of the maps "
            "made with it.",
            lambda: self.reverting.emit(),
        )
        self.compare = _button(
            "Compare",
            "Show the result beside its source; with two results selected, beside each other.",
            self._compare,
        )
        self.reveal = _button("Show on disk", "Open the folder of the picture.", self._reveal)
        self.again = _button(
            "Run again", "Run the very same job again, into a new file.", self._repeat
        )
        self.go_on = _button(
            "Continue",
            "Go on with this job where it was broken off; its picture will be the same.",
            self._go_on,
        )
        self.remove = _button(
            "Remove…",
            "Take this unfinished job off the list, and delete what it has come to.",
            self._ask_to_remove,
        )
        self._of_results = (self.apply, self.compare, self.reveal)
        self._of_unfinished = (self.go_on, self.remove)
        row = QtWidgets.QHBoxLayout()
        row.addWidget(title, 1)
        row.addWidget(self.go_on)
        for button in (self.apply, self.revert, self.compare, self.reveal, self.again):
            row.addWidget(button)
        row.addWidget(self.remove)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.view)
        self._selected()

    def entries(self) -> list[Entry]:
        """Return the selected results, in the list's order."""
        rows = sorted(self.view.selectionModel().selectedIndexes(), key=lambda index: index.row())
        return [index.data(EntryRole) for index in rows]

    def select(self, path: str) -> None:
        """Select the entry of a picture, if there is one."""
        model = self.view.model()
        for row in range(model.rowCount()):
            if model.index(row, 0).data(EntryRole).path == path:
                self.view.setCurrentIndex(model.index(row, 0))

    @slot
    def _selected(self) -> None:
        chosen = self.entries()
        one, results = len(chosen) == 1, not any(entry.unfinished for entry in chosen)
        for button in self._of_results:
            button.setVisible(results or not one)
            button.setEnabled(one and results)
        for button in self._of_unfinished:
            button.setVisible(one and not results)
        self.compare.setEnabled(len(chosen) in (1, 2) and results)
        self.again.setEnabled(one)

    @slot
    def _apply(self) -> None:
        self.applying.emit(self.entries()[0])

    @slot
    def _compare(self) -> None:
        new, *rest = self.entries()
        pairs = new.pairs()
        if rest:
            old = {kind: path for kind, (_, path) in rest[0].pairs().items()}
            both = {kind: (old[kind], path) for kind, (_, path) in pairs.items() if kind in old}
            pairs = both or {"": (rest[0].path, new.path)}
        self.comparing.emit(pairs)

    @slot
    def _reveal(self) -> None:
        reveal(Path(self.entries()[0].path))

    @slot
    def _repeat(self) -> None:
        self.repeating.emit(self.entries()[0])

    @slot
    def _go_on(self) -> None:
        self.continuing.emit(self.entries()[0])

    @slot
    def _ask_to_remove(self) -> None:
        entry = self.entries()[0]
        box = QtWidgets.QMessageBox(self)
        box.setIcon(QtWidgets.QMessageBox.Icon.Question)
        box.setWindowTitle("Remove")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"Give up the unfinished job of {Path(entry.path).name}?")
        box.setInformativeText(
            f"{checkpoint_of(entry.path)} is deleted, and the job cannot go on from there. "
            "Pictures stay as they are."
        )
        remove = box.addButton("Remove", QtWidgets.QMessageBox.ButtonRole.DestructiveRole)
        remove.setToolTip("Delete the checkpoint and take the job off the list.")
        remove.clicked.connect(lambda: self.removing.emit(entry))
        keep = box.addButton("Keep", QtWidgets.QMessageBox.ButtonRole.RejectRole)
        keep.setToolTip("Change nothing.")
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()


def _button(text: str, tooltip: str, pressed: Any) -> Any:
    button = QtWidgets.QToolButton()
    button.setText(text)
    button.setToolTip(tooltip)
    button.clicked.connect(lambda: pressed())
    return button


def reveal(path: Path) -> None:
    """Show a file in the system's file browser.

    Raises:
        ImageError: The file is not there any more.
    """
    if not path.exists():
        raise ImageError(f"{path} is not there any more.", "Run its job again to get it back.")
    if sys.platform == "win32":
        subprocess.Popen(["explorer", "/select,", str(path)])
    elif sys.platform == "darwin":
        subprocess.Popen(["open", "-R", str(path)])
    else:
        QtGui.QDesktopServices.openUrl(QtCore.QUrl.fromLocalFile(str(path.parent)))
