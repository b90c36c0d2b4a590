"""The Qt that is there, PySide6 or PySide2, and the few things in which they differ.

Enumerations are written with their scope (``Qt.AlignmentFlag.AlignLeft``), which both take.
"""

from __future__ import annotations

from typing import Any

try:
    from PySide6 import QtCore, QtGui, QtWidgets
except ImportError:
    from PySide2 import QtCore, QtGui, QtWidgets

__all__ = ["QAction", "QShortcut", "Qt", "QtCore", "QtGui", "QtWidgets", "Signal"]

IS_QT6 = int(QtCore.qVersion().split(".")[0]) >= 6
# Qt 6 moved them from the widgets to the user interface's base.
QAction = QtGui.QAction if IS_QT6 else QtWidgets.QAction
QShortcut = QtGui.QShortcut if IS_QT6 else QtWidgets.QShortcut

Qt = QtCore.Qt
Signal = QtCore.Signal


def application() -> Any:
    """Return the running application, or make one that follows the screen's scale."""
    running = QtWidgets.QApplication.instance()
    if running is not None:
        return running
    if not IS_QT6:  # Qt 6 does so by itself
        QtCore.QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_EnableHighDpiScaling)
        QtCore.QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_UseHighDpiPixmaps)
    return QtWidgets.QApplication([])


def execute(app: Any) -> int:
    """Run the application until it quits; return its exit code."""
    code: int = app.exec() if IS_QT6 else app.exec_()
    return code


def position(event: Any) -> Any:
    """Return where in the widget a mouse or drop event happened, as a QPoint."""
    return event.position().toPoint() if IS_QT6 else event.pos()
