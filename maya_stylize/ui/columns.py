"""The panel's columns: side by side, or on top of each other where there is little room."""

from __future__ import annotations

from typing import Any

from maya_stylize.ui import look
from maya_stylize.ui.qt import Qt, QtWidgets

# Below this width, in heights of the font, the columns are put on top of each other.
NARROW = 66
# Widths to begin with, in heights of the font.
_SHARES = (21, 24, 40)


class Columns(QtWidgets.QSplitter):
    """Three widgets, the last of which takes what room is left.

    Args:
        left: Of its own size.
        middle: Scrolls where it is too tall.
        right: The widgets of the last column, the first of which stretches.
    """

    def __init__(self, left: Any, middle: Any, right: tuple[Any, ...]) -> None:
        super().__init__()
        self.setChildrenCollapsible(False)
        last = QtWidgets.QWidget()
        column = QtWidgets.QVBoxLayout(last)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in right:
            column.addWidget(widget, 1 if widget is right[0] else 0)
        area = scrolled(middle)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumWidth(middle.minimumSizeHint().width())
        area.setMinimumHeight(look.em(middle) * 20)
        for widget in (left, area, last):
            self.addWidget(widget)
        self.setStretchFactor(2, 1)
        self.setSizes([look.em(middle) * share for share in _SHARES])

    def fit(self, width: int) -> None:
        """Put the columns as they fit into a width in pixels."""
        narrow = width < look.em(self) * NARROW
        orientation = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.orientation() != orientation:
            self.setOrientation(orientation)


def scrolled(content: Any) -> Any:
    """Return a widget in an area that scrolls where there is too little room."""
    area = QtWidgets.QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
    return area
