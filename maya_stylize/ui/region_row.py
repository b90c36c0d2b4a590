"""One region: a mask over the result, and one over the example that it is to look like."""

from __future__ import annotations

from collections.abc import Callable

from maya_stylize.errors import JobError
from maya_stylize.jobs import Region
from maya_stylize.ui import look
from maya_stylize.ui.form import stretch
from maya_stylize.ui.ground import Ground
from maya_stylize.ui.mask_slot import MaskSlot
from maya_stylize.ui.qt import QtWidgets, Signal
from maya_stylize.ui.slots import slot
from maya_stylize.ui.texture_model import name_of
from maya_stylize.ui.thumbnails import Thumbnails
from maya_stylize.ui.wells import PictureWell


class RegionRow(QtWidgets.QFrame):
    """A region's two masks, and its example where there are several to choose from.

    Signals:
        changed: A mask or the example is another.
        removed: It is to go.
    """

    changed = Signal()
    removed = Signal()

    def __init__(
        self, ground: Callable[[], Ground], examples: PictureWell, thumbnails: Thumbnails
    ) -> None:
        """Make a region without masks, which looks like the first example.

        Args:
            ground: Gives what is under the mask over the result.
            examples: The well with the pictures that it can look like.
            thumbnails: Where pictures come from.
        """
        super().__init__()
        self._examples = examples
        self._number = 0
        self.setProperty("role", "card")
        self._title = look.labelled("", "heading")
        self.example = QtWidgets.QComboBox()
        self.example.setAccessibleName("Style of the region")
        self.example.setToolTip("Which of the styles the region is painted in.")
        stretch(self.example)
        if not examples.well.many:
            self.example.hide()
        remove = QtWidgets.QToolButton()
        remove.setText("✕")
        remove.setAutoRaise(True)
        remove.setAccessibleName("Remove the region")
        remove.setToolTip("Take this region out.")
        remove.clicked.connect(lambda: self.removed.emit())
        self.target = MaskSlot(
            "In the result", "What is red is the region.", "none", ground, thumbnails
        )
        self.source = MaskSlot(
            "Looks like",
            "The region is to look like what is red here.",
            "all",
            self._example_ground,
            thumbnails,
        )
        top = QtWidgets.QHBoxLayout()
        top.addWidget(self._title, 0 if examples.well.many else 1)
        top.addWidget(self.example, 1)
        top.addWidget(remove)
        masks = QtWidgets.QHBoxLayout()
        masks.addWidget(self.target)
        masks.addWidget(self.source)
        column = QtWidgets.QVBoxLayout(self)
        column.addLayout(top)
        column.addLayout(masks)
        for each in (self.target, self.source):
            each.changed.connect(self.changed)
        self.example.activated.connect(self._choose)
        examples.changed.connect(self._offer)
        self._chosen = ""
        self._offer()

    def set_number(self, number: int) -> None:
        """Say which of the regions it is, counted from 1."""
        self._number = number
        self._title.setText(f"Region {number}")

    def region(self) -> Region:
        """Return the region.

        Raises:
            JobError: It has no mask over the result, or its example is gone.
        """
        if not self.target.path():
            raise JobError(
                f"Region {self._number} has no place in the result.",
                "Paint where it lies, or remove it.",
            )
        place = self._place()
        if place < 0:
            raise JobError(
                f"The style of region {self._number} is gone.",
                "Choose one of those there are, or remove the region.",
            )
        return Region(self.target.path(), self.source.path() or None, place)

    def state(self) -> list[str]:
        """Return both masks and the example as plain data."""
        return [self.target.path(), self.source.path(), self._chosen]

    def set_state(self, target: str, source: str, chosen: str) -> None:
        """Set what `state` returned."""
        self._chosen = chosen
        self.target.set_path(target)
        self.source.set_path(source)
        self._offer()

    @slot
    def _offer(self) -> None:
        """Offer the examples there are; one keeps its region when others come or go."""
        paths = [picture.path for picture in self._examples.pictures()]
        if not self._chosen and paths:
            self._chosen = paths[0]
        self.example.clear()
        for place, path in enumerate(paths, 1):
            self.example.addItem(f"{place}. {name_of(path)}", path)
        self.example.setCurrentIndex(paths.index(self._chosen) if self._chosen in paths else -1)

    @slot
    def _choose(self) -> None:
        chosen = self.example.currentData()
        if chosen != self._chosen:
            self._chosen = chosen
            self.source.set_path("")  # it was painted over another picture
            self.changed.emit()

    def _place(self) -> int:
        """Return which of the examples it is, -1 where that is gone."""
        return self.example.currentIndex() if self._examples.well.many else 0

    def _example_ground(self) -> Ground:
        pictures = self._examples.pictures()
        place = self._place()
        if not pictures or place < 0:
            raise JobError(
                "There is no picture to paint a mask over.",
                f"Put one into “{self._examples.accessibleName()}” first.",
            )
        return Ground(pictures[place].path)
