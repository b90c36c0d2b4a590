"""What is to be made: a tab per mode with its wells and settings, the output, the start button."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from maya_stylize.errors import JobError
from maya_stylize.host.scene import Scene
from maya_stylize.host.scene_colors import SceneColors
from maya_stylize.jobs import MAP, Job, Style
from maya_stylize.ui.mode import Mode
from maya_stylize.ui.mode_page import ModePage
from maya_stylize.ui.modes import MODES
from maya_stylize.ui.output_form import OutputForm
from maya_stylize.ui.qt import QtWidgets, Signal
from maya_stylize.ui.thumbnails import Thumbnails


class Maker(QtWidgets.QWidget):
    """Everything that makes a job.

    Signals:
        started: The start button was pressed.
        changed: Another mode, picture or setting is shown.
        source_changed: A picture, a mask or a region is another.
    """

    started = Signal()
    changed = Signal()
    source_changed = Signal()

    def __init__(
        self,
        scene: Scene,
        thumbnails: Thumbnails,
        selected: Callable[[], str | None],
        colors: SceneColors,
        parent: Any = None,
    ) -> None:
        super().__init__(parent)
        self._colors = colors
        self.tabs = QtWidgets.QTabWidget()
        self.tabs.setAccessibleName("Modes")
        self.tabs.setDocumentMode(True)
        for mode in MODES:
            page = ModePage(mode, thumbnails, selected)
            page.changed.connect(self.source_changed)
            page.form.changed.connect(self.changed)
            self.tabs.addTab(page, mode.title)
            self.tabs.setTabToolTip(self.tabs.indexOf(page), mode.tooltip)
        self.tabs.currentChanged.connect(lambda _: self.source_changed.emit())
        self.source_changed.connect(self.changed)
        self.output = OutputForm(scene)
        self.start = QtWidgets.QPushButton("&Make texture")
        self.start.setProperty("role", "primary")
        self.start.setToolTip("Start, or wait in the queue while another job runs.")
        self.start.clicked.connect(lambda: self.started.emit())
        self._column = QtWidgets.QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.tabs, 1)
        self._column.addWidget(self.output)
        self._column.addWidget(self.start)

    def add_above_start(self, widget: Any) -> None:
        """Put a widget between the settings and the start button."""
        self._column.insertWidget(self._column.indexOf(self.start), widget)

    def page(self) -> ModePage:
        """Return the mode that is shown."""
        return self.tabs.currentWidget()

    def pages(self) -> list[ModePage]:
        """Return every mode."""
        return [self.tabs.widget(row) for row in range(self.tabs.count())]

    def show_mode(self, mode: Mode) -> ModePage:
        """Show a mode and return it."""
        page = next(page for page in self.pages() if page.mode.name == mode.name)
        self.tabs.setCurrentWidget(page)
        return page

    def job(self, backend: str, taken: list[Path], source: str) -> Job:
        """Return the job that is shown.

        Args:
            backend: What to compute with.
            taken: What waiting jobs are going to write.
            source: What its first well holds, or another tile of the same set.

        Raises:
            StylizeError: Something is missing, wrong, or cannot be written.
        """
        page = self.page()
        self.draft(backend)  # what is wrong with it is told before what is wrong with the output
        each = MAP if page.mode.found is not None else ""
        output = self.output.next_output(source, page.mode.name, taken, each=each)
        pictures = page.pictures()
        if source != page.source():
            pictures[page.mode.wells[0].name] = (Style(source),)
        return self._colors.told(page.job(pictures, str(output), backend))

    def draft(self, backend: str) -> Job:
        """Return the job that is shown, with an output that is of no account.

        Args:
            backend: What to compute with.

        Raises:
            JobError: Something is missing or wrong.
        """
        page = self.page()
        return self._colors.told(page.job(page.pictures(), f"draft{MAP}.png", backend))

    def state(self) -> dict[str, Any]:
        """Return everything set here as plain data."""
        return {
            "mode": self.page().mode.name,
            "modes": {page.mode.name: page.state() for page in self.pages()},
            "output": self.output.state(),
        }

    def set_state(self, state: Any) -> None:
        """Set what `state` returned.

        Raises:
            JobError: The data is something else.
        """
        if not isinstance(state, dict) or set(state) != {"mode", "modes", "output"}:
            raise JobError("The settings of the last session are damaged.")
        self.output.set_state(state["output"])
        for page in self.pages():
            if page.mode.name in state["modes"]:
                page.set_state(state["modes"][page.mode.name])
            if page.mode.name == state["mode"]:
                self.tabs.setCurrentWidget(page)
