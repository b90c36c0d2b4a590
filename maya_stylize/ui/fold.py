"""A line that shows and hides what is below it."""

from __future__ import annotations

from typing import Any

from maya_stylize.ui.qt import Qt, QtWidgets


class Fold(QtWidgets.QToolButton):
    """A heading with an arrow; folded to begin with.

    Args:
        text: The heading.
        tooltip: What is below it.
        content: The widget that is shown and hidden.
    """

    def __init__(self, text: str, tooltip: str, content: Any) -> None:
        super().__init__()
        self._content = content
        self.setText(text)
        self.setToolTip(tooltip)
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggled.connect(self._show)
        self._show(False)

    def _show(self, shown: bool) -> None:
        self.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self._content.setVisible(shown)
