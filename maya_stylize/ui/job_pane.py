"""The running job's progress and the queue behind it."""

from __future__ import annotations

from typing import Any

from maya_stylize.ui import look
from maya_stylize.ui.qt import Qt, QtWidgets
from maya_stylize.ui.runs import Run, Runs, duration
from maya_stylize.ui.slots import slot


class JobPane(QtWidgets.QWidget):
    """Progress with time left, cancel, and what waits."""

    def __init__(self, runs: Runs, parent: Any = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._title = look.labelled("", "heading")
        self.details = look.labelled("", "faint")
        self.bar = QtWidgets.QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Progress")
        self.cancel = QtWidgets.QPushButton("Cance&l")
        self.cancel.setToolTip(
            "Stop this job; once begun, it stays among the results and can be continued."
        )
        self.cancel.clicked.connect(self._cancel)
        self.queue = QtWidgets.QListWidget()
        self.queue.setAccessibleName("Waiting jobs")
        self.queue.setToolTip("What runs after this job, in order.")
        self.queue.setMaximumHeight(look.em(self) * 4)
        self.remove = QtWidgets.QPushButton("Remove")
        self.remove.setToolTip("Take the selected job out of the queue.")
        self.remove.clicked.connect(self._remove)
        top = QtWidgets.QHBoxLayout()
        for label in (self._title, self.details):
            label.setTextFormat(Qt.TextFormat.PlainText)
        top.addWidget(self._title)
        top.addWidget(self.details, 1)
        row = QtWidgets.QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        self._waiting = QtWidgets.QWidget()
        waiting = QtWidgets.QHBoxLayout(self._waiting)
        waiting.setContentsMargins(0, 0, 0, 0)
        waiting.addWidget(self.queue, 1)
        waiting.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addLayout(row)
        column.addWidget(self._waiting)
        runs.changed.connect(self.refresh)
        self.refresh()

    @slot
    def refresh(self) -> None:
        """Show how things stand."""
        run = self._runs.running()
        self.setVisible(run is not None)
        if run is None:
            return
        self._title.setText(run.title)
        self.details.setText(_details(run))
        self.bar.setValue(round(run.fraction * 1000))
        self.cancel.setText("Stop now" if run.cancelling else "Cance&l")
        self._refresh_queue()

    def _refresh_queue(self) -> None:
        waiting = self._runs.waiting()
        self._waiting.setVisible(bool(waiting))
        titles = [f"{place}. {run.title}" for place, run in enumerate(waiting, 1)]
        if titles == [self.queue.item(row).text() for row in range(self.queue.count())]:
            return
        row = self.queue.currentRow()
        self.queue.clear()
        self.queue.addItems(titles)
        self.queue.setCurrentRow(min(max(row, 0), len(titles) - 1))

    @slot
    def _cancel(self) -> None:
        run = self._runs.running()
        if run is not None:
            self._runs.cancel(run)

    @slot
    def _remove(self) -> None:
        waiting = self._runs.waiting()
        if 0 <= self.queue.currentRow() < len(waiting):
            self._runs.cancel(waiting[self.queue.currentRow()])


def _details(run: Run) -> str:
    left = "" if run.seconds_left is None else f"{duration(run.seconds_left)} left"
    stage = "cancelling" if run.cancelling else run.stage or "starting"
    return " · ".join(filter(None, (stage, left, run.device)))
