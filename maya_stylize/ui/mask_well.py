"""A well for a mask, which is painted over the picture of another well."""

from __future__ import annotations

from maya_stylize.errors import JobError
from maya_stylize.ui.ground import Ground
from maya_stylize.ui.mask_dialog import paint
from maya_stylize.ui.mode import Well
from maya_stylize.ui.qt import QtWidgets
from maya_stylize.ui.slots import slot
from maya_stylize.ui.thumbnails import Thumbnails
from maya_stylize.ui.wells import PictureWell


class MaskWell(PictureWell):
    """Takes a mask: painted, dropped, or picked."""

    invitation = "Paint a mask, or drop one here"

    def __init__(self, well: Well, thumbnails: Thumbnails, over: PictureWell) -> None:
        """Make an empty well.

        Args:
            well: What it is for.
            thumbnails: Where pictures come from.
            over: The well whose picture is painted over.
        """
        super().__init__(well, thumbnails, None)
        self._over = over
        button = QtWidgets.QPushButton("Paint…")
        button.setToolTip("Paint the mask over the picture with a brush.")
        button.clicked.connect(self._paint)
        self._header.insertWidget(1, button)
        self._label.setBuddy(button)
        self.setTabOrder(button, self._pick_button)

    @slot
    def _paint(self) -> None:
        below = self._over.pictures()
        if not below:
            raise JobError(
                "There is no picture to paint a mask over.",
                f"Put one into “{self._over.accessibleName()}” first.",
            )
        mask = self.pictures()
        before = mask[0].path if mask else ""
        ground = Ground(below[0].path)
        paint(self, ground, before, self.well.inside, self._thumbnails, self._painted)

    @slot
    def _painted(self, path: str) -> None:
        self.add([path] if path else [])
