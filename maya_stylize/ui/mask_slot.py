"""A small place for one mask: what it looks like, and a button to paint it."""

from __future__ import annotations

from collections.abc import Callable

from maya_stylize.ui import look
from maya_stylize.ui.ground import Ground
from maya_stylize.ui.mask_dialog import paint
from maya_stylize.ui.picture_label import PictureLabel
from maya_stylize.ui.qt import QtWidgets, Signal
from maya_stylize.ui.slots import slot
from maya_stylize.ui.thumbnails import Thumbnails


class MaskSlot(QtWidgets.QWidget):
    """A mask, or none.

    Signals:
        changed: It has another mask.
    """

    changed = Signal()

    def __init__(
        self,
        caption: str,
        inside: str,
        empty: str,
        ground: Callable[[], Ground],
        thumbnails: Thumbnails,
    ) -> None:
        """Make an empty slot.

        Args:
            caption: What the mask lies over, for people.
            inside: What happens inside the mask, in a sentence.
            empty: What there is without a mask, in a word.
            ground: Gives what is under the mask; raises `JobError` where there is nothing.
            thumbnails: Where pictures come from.
        """
        super().__init__()
        self._inside, self._empty, self._ground = inside, empty, ground
        self._thumbnails = thumbnails
        self._path = ""
        self._thumbnail = PictureLabel(thumbnails, look.em(self) * 3)
        button = QtWidgets.QPushButton("Paint…")
        button.setAccessibleName(f"Paint the mask: {caption}")
        button.setToolTip(f"Paint with a brush. {inside}")
        button.clicked.connect(self._paint)
        self._none = QtWidgets.QPushButton(empty.capitalize())
        self._none.setAccessibleName(f"{empty.capitalize()}: {caption}")
        self._none.setToolTip("Take the mask out.")
        self._none.clicked.connect(lambda: self._painted(""))
        buttons = QtWidgets.QVBoxLayout()
        buttons.addWidget(button)
        buttons.addWidget(self._none)
        row = QtWidgets.QHBoxLayout()
        row.addWidget(self._thumbnail)
        row.addLayout(buttons, 1)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(look.labelled(caption, "faint"))
        column.addLayout(row)
        self.set_path("")

    def path(self) -> str:
        """Return the mask's path, "" for none."""
        return self._path

    def set_path(self, path: str) -> None:
        """Show a mask, "" for none."""
        self._path = path
        self._none.setEnabled(bool(path))
        if path:
            self._thumbnail.show_picture(path)
        else:
            self._thumbnail.show_words(self._empty)

    @slot
    def _paint(self) -> None:
        paint(self, self._ground(), self._path, self._inside, self._thumbnails, self._painted)

    @slot
    def _painted(self, path: str) -> None:
        self.set_path(path)
        self.changed.emit()
