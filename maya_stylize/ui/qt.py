"""The Qt that is there, PySide6 or PySide2, and the few things in which they differ.

Enumerations are written with their scope (``Qt.AlignmentFlag.AlignLeft``), which both take.
"""

from __future__ import annotations

from typing import Any

try:
    from PySide6 import QtCore, QtGui, QtWidgets
    from shiboken6 import isValid
except ImportError:
    from PySide2 import QtCore, QtGui, QtWidgets
    from shiboken2 import isValid

__all__ = ["Qt", "QtCore", "QtGui", "QtWidgets", "Signal", "is_alive"]

IS_QT6 = int(QtCore.qVersion().split(".")[0]) >= 6

Qt = QtCore.Qt
Signal = QtCore.Signal
is_alive = isValid  # whether Qt has not deleted an object yet


def application() -> Any:
    """Return the running application, or make one that follows the screen's scale."""
    running = QtWidgets.QApplication.instance()
    if running is not None:
        return running
    if not IS_QT6:  # Qt 6 does so by itself
        QtCore.QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_EnableHighDpiScaling)
        QtCore.QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_UseHighDpiPixmaps)
    return QtWidgets.QApplication([])


def execute(loop: Any) -> int:
    """Run an application or an event loop until it quits; return its exit code."""
    code: int = loop.exec() if IS_QT6 else loop.exec_()
    return code


def position(event: Any) -> Any:
    """Return where in the widget a mouse or drop event happened, as a QPoint."""
    return event.position().toPoint() if IS_QT6 else event.pos()
