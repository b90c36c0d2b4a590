"""The line that says what the engine is, or that it is not running."""

from __future__ import annotations

from typing import Any

from maya_stylize import jobs
from maya_stylize.ui.calls import Client
from maya_stylize.ui.qt import QtWidgets, Signal
from maya_stylize.ui.slots import slot


class EngineLine(QtWidgets.QLabel):
    """Follows the worker, and lets a new one start its backend while nothing else is to do.

    Signals:
        came: There is a worker again, after there was none.

    Attributes:
        backend: What jobs are computed with: the first of the backends that is installed.
    """

    came = Signal()

    def __init__(self, client: Client, parent: Any = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "faint")
        self.backend = jobs.BACKENDS[0]
        self._client = client
        self._there = False

    @slot
    def refresh(self) -> None:
        """Show how things stand."""
        hello, was_there = self._client.hello, self._there
        self.setToolTip(f"The engine's log: {self._client.log or 'none yet'}")
        self._there = hello is not None
        if hello is None:
            self.setText("The engine is not running; it starts with the next job.")
            return
        installed = [name for name in jobs.BACKENDS if name in hello.backends]
        self.backend = installed[0] if installed else jobs.BACKENDS[0]
        device = self._client.device
        name = device.backend if device else self.backend
        version = hello.backends.get(name, "(not installed)")
        place, memory = (
            (f" on {device.name}", device.memory)
            if device
            else (f" · {hello.processor}", hello.memory)
        )
        gigabytes = f", {memory / 2**30:.0f} GB" if memory else ""
        self.setText(f"Engine: {name} {version}{place}{gigabytes}")
        if not was_there:
            self.came.emit()
            if self.backend in hello.backends:
                self._client.warm(self.backend)
