"""The strip of results, and what can be done with one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from maya_stylize.errors import ImageError
from maya_stylize.ui import look
from maya_stylize.ui.history import Entry, EntryRole, History
from maya_stylize.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from maya_stylize.ui.slots import slot
from maya_stylize.ui.texture_list import draw_thumbnail

TALL = 7.2  # of a result, in heights of the font


class ResultDelegate(QtWidgets.QStyledItemDelegate):
    """Draws a result: its thumbnail above its name."""

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
        draw_thumbnail(painter, square, index.data(Qt.ItemDataRole.DecorationRole), text)
        painter.setPen(text)
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
        comparing: The picture to show as before, and the one as after.
        repeating: A result's job is to be run again.
    """

    applying = Signal(object)
    reverting = Signal()
    comparing = Signal(str, str)
    repeating = Signal(object)

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
            "Put this result in the place of the texture selected in the list; undo takes it away.",
            self._apply,
        )
        self.revert = _button(
            "&Revert",
            "Put the original back in the place of the selected texture's result.",
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
        row = QtWidgets.QHBoxLayout()
        row.addWidget(title, 1)
        for button in (self.apply, self.revert, self.compare, self.reveal, self.again):
            row.addWidget(button)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.view)
        self._selected()

    def entries(self) -> list[Entry]:
        """Return the selected results, in the list's order."""
        rows = sorted(self.view.selectionModel().selectedIndexes(), key=lambda index: index.row())
        return [index.data(EntryRole) for index in rows]

    def select_first(self) -> None:
        """Select the latest result."""
        self.view.setCurrentIndex(self.view.model().index(0, 0))

    @slot
    def _selected(self) -> None:
        count = len(self.entries())
        for button in (self.apply, self.reveal, self.again):
            button.setEnabled(count == 1)
        self.compare.setEnabled(count in (1, 2))

    @slot
    def _apply(self) -> None:
        self.applying.emit(self.entries()[0])

    @slot
    def _compare(self) -> None:
        chosen = self.entries()
        before = chosen[0].source if len(chosen) == 1 else chosen[1].path
        self.comparing.emit(before, chosen[0].path)

    @slot
    def _reveal(self) -> None:
        reveal(Path(self.entries()[0].path))

    @slot
    def _repeat(self) -> None:
        self.repeating.emit(self.entries()[0])


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
