"""Widgets by numbers, as Maya hands them out."""

from __future__ import annotations

from typing import Any

from window import window


class MQtUtil:
    @staticmethod
    def getCurrentParent() -> int:
        return window.current_parent

    @staticmethod
    def findControl(name: str) -> int | None:
        widget = _named(name)
        return id(widget) if widget else None

    @staticmethod
    def addWidgetToMayaLayout(widget: int, parent: int) -> None:
        if type(widget) is not int or type(parent) is not int or not parent:
            raise TypeError("Maya takes numbers here.")
        _numbered(parent).layout().addWidget(_numbered(widget))


def _named(name: str) -> Any:
    return next((widget for widget in _widgets() if widget.objectName() == name), None)


def _numbered(number: int) -> Any:
    return next(widget for widget in _widgets() if id(widget) == number)


def _widgets() -> list[Any]:
    from maya_stylize.ui.qt import QtWidgets

    return QtWidgets.QApplication.allWidgets()
