"""The regions of a result, each with what it is to look like; folded away."""

from __future__ import annotations

from collections.abc import Callable

from maya_stylize.jobs import Region
from maya_stylize.ui import look
from maya_stylize.ui.fold import Fold
from maya_stylize.ui.ground import Ground
from maya_stylize.ui.qt import QtWidgets, Signal
from maya_stylize.ui.region_row import RegionRow
from maya_stylize.ui.slots import slot
from maya_stylize.ui.thumbnails import Thumbnails
from maya_stylize.ui.wells import PictureWell

WHAT = (
    "Each region of the result looks like a region of an example: grass where the grass was, sky "
    "where the sky was. What no region covers looks like the rest."
)


class Regions(QtWidgets.QWidget):
    """A list of regions that one adds to and takes from.

    Signals:
        changed: A region came, went, or is another.
    """

    changed = Signal()

    def __init__(
        self, ground: Callable[[], Ground], examples: PictureWell, thumbnails: Thumbnails
    ) -> None:
        """Make an empty list.

        Args:
            ground: Gives what is under a mask over the result.
            examples: The well with the pictures that regions can look like.
            thumbnails: Where pictures come from.
        """
        super().__init__()
        self._ground, self._examples, self._thumbnails = ground, examples, thumbnails
        self._rows: list[RegionRow] = []
        what = look.labelled(WHAT, "faint")
        what.setWordWrap(True)
        self.add = QtWidgets.QPushButton("Add region")
        self.add.setToolTip("Add a region, and paint where it lies.")
        self.add.clicked.connect(self._add)
        content = QtWidgets.QWidget()
        self._column = QtWidgets.QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(what)
        self._column.addWidget(self.add)
        tooltip = "Areas of the result that look like areas of an example."
        self.fold = Fold("Regions", tooltip, content)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.fold)
        column.addWidget(content)

    def regions(self) -> tuple[Region, ...]:
        """Return the regions; raise `JobError` where one is not complete."""
        return tuple(row.region() for row in self._rows)

    def rows(self) -> list[RegionRow]:
        """Return the rows, in order."""
        return list(self._rows)

    def state(self) -> list[list[str]]:
        """Return everything as plain data."""
        return [row.state() for row in self._rows]

    def set_state(self, state: list[list[str]]) -> None:
        """Set what `state` returned; raise `TypeError` or `ValueError` for something else."""
        regions = [(str(target), str(source), str(chosen)) for target, source, chosen in state]
        for row in self.rows():
            self._take_out(row)
        for region in regions:
            self._append().set_state(*region)
        self._number()

    @slot
    def _add(self) -> None:
        self._append()
        self._number()

    def _append(self) -> RegionRow:
        row = RegionRow(self._ground, self._examples, self._thumbnails)
        row.changed.connect(self.changed)
        row.removed.connect(self._removing(row))
        self._rows.append(row)
        self._column.insertWidget(self._column.count() - 1, row)
        return row

    def _removing(self, row: RegionRow) -> Callable[[], None]:
        def remove() -> None:
            self._take_out(row)
            self._number()

        return remove

    def _take_out(self, row: RegionRow) -> None:
        self._rows.remove(row)
        row.hide()
        row.deleteLater()

    def _number(self) -> None:
        """Number the regions anew, and say how many there are."""
        for number, row in enumerate(self._rows, 1):
            row.set_number(number)
        self.fold.setText(f"Regions ({len(self._rows)})" if self._rows else "Regions")
        self.changed.emit()
