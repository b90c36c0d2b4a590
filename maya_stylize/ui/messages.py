"""A bar for one message: what happened, and what to do about it."""

from __future__ import annotations

from typing import Any

from maya_stylize.ui import look
from maya_stylize.ui.qt import Qt, QtWidgets, Signal


class MessageBar(QtWidgets.QFrame):
    """Shows the latest error or warning until it is dismissed; hidden while there is none."""

    copy_report = Signal()

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "message")
        self.setAccessibleName("Message")
        self._message = look.labelled("", "heading")
        self._hint = QtWidgets.QLabel()
        for label in (self._message, self._hint):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        copy = QtWidgets.QPushButton("Copy report")
        copy.setToolTip("Puts what support needs to know on the clipboard.")
        copy.clicked.connect(lambda: self.copy_report.emit())
        dismiss = QtWidgets.QPushButton("Dismiss")
        dismiss.setToolTip("Take this message away.")
        dismiss.clicked.connect(self.hide)
        words = QtWidgets.QVBoxLayout()
        words.addWidget(self._message)
        words.addWidget(self._hint)
        icon = QtWidgets.QLabel()
        kind = QtWidgets.QStyle.StandardPixmap.SP_MessageBoxWarning
        icon.setPixmap(self.style().standardIcon(kind).pixmap(look.em(self) * 2))
        row = QtWidgets.QHBoxLayout(self)
        row.addWidget(icon)
        row.addLayout(words, 1)
        row.addWidget(copy)
        row.addWidget(dismiss)
        self.hide()

    def tell(self, message: str, hint: str = "") -> None:
        """Show what happened, and what to do about it where there is something."""
        self._message.setText(message)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.show()

    def text(self) -> str:
        """Return what is shown; empty while nothing is."""
        if self.isHidden():
            return ""
        return f"{self._message.text()} {self._hint.text()}".strip()
