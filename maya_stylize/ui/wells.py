"""Wells: places to drop pictures on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from maya_stylize.jobs import Style
from maya_stylize.ui import drops, look
from maya_stylize.ui.mode import Well, plain
from maya_stylize.ui.picture_label import PictureLabel
from maya_stylize.ui.qt import Qt, QtWidgets, Signal
from maya_stylize.ui.slots import slot
from maya_stylize.ui.texture_model import name_of
from maya_stylize.ui.thumbnails import Thumbnails


class PictureRow(QtWidgets.QWidget):
    """One picture in a well: thumbnail, name, its weight where there may be several, remove."""

    removed = Signal()
    changed = Signal()

    def __init__(self, style: Style, well: Well, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._path = style.path
        side = look.em(self) * (3 if well.small else 4)
        thumbnail = PictureLabel(thumbnails, side)
        thumbnail.show_picture(style.path)
        self._weight = QtWidgets.QDoubleSpinBox()
        self._weight.setRange(0, 10)
        self._weight.setSingleStep(0.1)
        self._weight.setValue(style.weight)
        self._weight.setPrefix("Weight ")
        self._weight.setAccessibleName(f"Weight of {name_of(style.path)}")
        self._weight.setToolTip("This picture's share of the style, relative to the others'.")
        self._weight.setVisible(well.many)
        self._weight.valueChanged.connect(lambda _: self.changed.emit())
        name = QtWidgets.QLabel(name_of(style.path))
        name.setToolTip(style.path)
        name.setMinimumWidth(side)
        name.setTextFormat(Qt.TextFormat.PlainText)
        policy = QtWidgets.QSizePolicy.Policy
        name.setSizePolicy(policy.Ignored, policy.Preferred)
        remove = QtWidgets.QToolButton()
        remove.setText("✕")
        remove.setAutoRaise(True)
        remove.setAccessibleName(f"Remove {name_of(style.path)}")
        remove.setToolTip("Take this picture out.")
        remove.clicked.connect(lambda: self.removed.emit())
        words = QtWidgets.QVBoxLayout()
        words.addWidget(name)
        words.addWidget(self._weight)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(thumbnail)
        row.addLayout(words, 1)
        row.addWidget(remove)

    def picture(self) -> Style:
        """Return the picture and its weight."""
        return Style(self._path, self._weight.value())


class PictureWell(QtWidgets.QFrame):
    """Takes one picture, or several with weights: dropped, from the list, or picked.

    Signals:
        changed: Other pictures are in it.
        taken: Someone put a picture into it.
    """

    changed = Signal()
    taken = Signal(str)
    invitation = "Drop a picture here"

    def __init__(
        self, well: Well, thumbnails: Thumbnails, selected: Callable[[], str | None] | None
    ) -> None:
        """Make an empty well.

        Args:
            well: What it is for.
            thumbnails: Where pictures come from.
            selected: Gives the file of the texture that is selected in the list; None where a
                texture is not what is wanted.
        """
        super().__init__()
        self.well = well
        self._thumbnails = thumbnails
        self._selected = selected
        self._rows: list[PictureRow] = []
        self.setProperty("role", "well")
        self.setObjectName(well.name)
        self.setAcceptDrops(True)
        self.setToolTip(well.tooltip)
        self.setAccessibleName(plain(well.label))
        self._column = QtWidgets.QVBoxLayout()
        self._hint = look.labelled("\n".join(filter(None, (self.invitation, well.empty))), "faint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setMinimumHeight(look.em(self) * 2)
        self._pick_button = _button("Browse…", "…", well.small)
        self._pick_button.setToolTip(f"Choose a file. {well.tooltip}")
        self._pick_button.clicked.connect(self._pick)
        self._label = look.labelled(well.label, "heading")
        self._label.setBuddy(self._pick_button)
        self._header = QtWidgets.QHBoxLayout()
        self._header.addWidget(self._label, 1)
        if selected is not None:
            take = _button("Use selected", "Use", well.small)
            take.setToolTip("Take the texture that is selected in the list.")
            take.clicked.connect(self._take)
            self._header.addWidget(take)
        self._header.addWidget(self._pick_button)
        column = QtWidgets.QVBoxLayout(self)
        if well.small:
            gap = look.em(self) // 3
            column.setContentsMargins(gap, gap, gap, gap)
            column.setSpacing(gap)
            self._header.setSpacing(gap)
            self._hint.setMinimumHeight(look.em(self) * 3)  # a picture's, so that nothing jumps
        column.addLayout(self._header)
        column.addWidget(self._hint)
        column.addLayout(self._column)

    def pictures(self) -> tuple[Style, ...]:
        """Return the pictures with their weights."""
        return tuple(row.picture() for row in self._rows)

    def set_pictures(self, pictures: tuple[Style, ...]) -> None:
        """Show these pictures instead of those that are there."""
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = []
        for style in pictures:
            row = PictureRow(style, self.well, self._thumbnails)
            row.removed.connect(self._removing(row))
            row.changed.connect(lambda: self.changed.emit())
            self._rows.append(row)
            self._column.addWidget(row)
        self._hint.setVisible(not pictures)
        self.changed.emit()

    def add(self, paths: list[str]) -> None:
        """Take pictures: all of them where there may be several, else the first."""
        new = tuple(Style(path) for path in paths)
        self.set_pictures((*self.pictures(), *new) if self.well.many else new[:1])
        if new:
            self.taken.emit(new[0].path)

    def dragEnterEvent(self, event: Any) -> None:  # noqa: N802
        """Light up for a picture."""
        if drops.accepts(event.mimeData()):
            event.acceptProposedAction()
            self._light(True)

    def dragLeaveEvent(self, event: Any) -> None:  # noqa: N802
        """Go out again."""
        self._light(False)

    def dropEvent(self, event: Any) -> None:  # noqa: N802
        """Take what was dropped."""
        event.acceptProposedAction()
        self._light(False)
        self._drop(event.mimeData())

    @slot
    def _drop(self, data: Any) -> None:
        self.add(drops.paths(data))

    @slot
    def _take(self) -> None:
        path = self._selected() if self._selected else None
        if path:
            self.add([path])

    @slot
    def _pick(self) -> None:
        dialog = QtWidgets.QFileDialog(self, f"{plain(self.well.label)}", "", drops.FILTER)
        modes = QtWidgets.QFileDialog.FileMode
        dialog.setFileMode(modes.ExistingFiles if self.well.many else modes.ExistingFile)
        dialog.filesSelected.connect(lambda files: self.add(list(files)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _removing(self, row: PictureRow) -> Callable[[], None]:
        def remove() -> None:
            kept = [other for other in self._rows if other is not row]
            self.set_pictures(tuple(other.picture() for other in kept))

        return remove

    def _light(self, on: bool) -> None:
        self.setProperty("dropping", "true" if on else "false")
        look.repolish(self)


def _button(text: str, short: str, small: bool) -> Any:
    button: Any = QtWidgets.QToolButton() if small else QtWidgets.QPushButton()
    button.setText(short if small else text)
    button.setAccessibleName(text)
    return button
