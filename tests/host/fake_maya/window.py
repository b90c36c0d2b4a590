"""The stand-in's window: docks with Qt widgets in them, and shelves."""

from __future__ import annotations

from typing import Any


class Window:
    SHELVES = "MayaWindow|toolBar2|ShelfLayout"

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.controls: dict[str, dict[str, Any]] = {}
        self.current_parent = 0
        self.shelves: dict[str, list[str]] = {"Polygons": [], "Rendering": []}
        self.buttons: dict[str, dict[str, Any]] = {}
        self.in_front = "Rendering"
        self.docks: dict[str, Any] = {}  # Qt widgets by control

    def run_script(self, control: str) -> None:
        """Make a control's widget and what belongs in it, as Maya does at its start too."""
        from maya_stylize.ui.qt import QtWidgets

        dock = QtWidgets.QWidget()
        dock.setObjectName(control)
        QtWidgets.QVBoxLayout(dock)
        self.docks[control] = dock
        self.current_parent = id(dock)
        try:
            exec(self.controls[control]["uiScript"], {})
        finally:
            self.current_parent = 0

    def restart(self) -> None:
        """Leave Maya and start it: only what its preferences keep is left."""
        for dock in self.docks.values():
            _delete(dock)
        self.docks.clear()
        for control in self.controls:
            self.run_script(control)


def _delete(widget: Any) -> None:
    from maya_stylize.ui.qt import IS_QT6

    if IS_QT6:
        import shiboken6 as shiboken
    else:
        import shiboken2 as shiboken
    shiboken.delete(widget)


window = Window()
