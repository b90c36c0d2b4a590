"""Wells for the maps of one material, filled together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from maya_stylize.jobs import Style
from maya_stylize.ui import look
from maya_stylize.ui.qt import QtWidgets
from maya_stylize.ui.slots import slot
from maya_stylize.ui.wells import PictureWell

_COLUMNS = 2


class FoundMaps(QtWidgets.QWidget):
    """The wells of a material's maps in a grid, with a button that fills them anew.

    They follow the texture that is selected in the list until someone fills or clears one.

    Args:
        find: Gives the pictures by well, of one of them and of what the scene knows.
        wells: By name, in order.
    """

    def __init__(
        self,
        find: Callable[[str, Mapping[str, str]], dict[str, str]],
        wells: Mapping[str, PictureWell],
        parent: Any = None,
    ) -> None:
        super().__init__(parent)
        self._find, self._wells = find, wells
        self._selected: dict[str, str] = {}  # what was found for the texture in the list
        self._filled: dict[str, str] = {}  # what the wells have of it
        self.again = QtWidgets.QPushButton("Maps of the selected te&xture")
        self.again.setToolTip(
            "Fill every place with the map that belongs to the texture selected in the list: of "
            "the same material in the scene, or beside it on disk and named alike."
        )
        self.again.clicked.connect(self._fill_again)
        grid = QtWidgets.QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(look.em(self) // 2)
        grid.addWidget(self.again, 0, 0, 1, _COLUMNS)
        for place, well in enumerate(wells.values()):
            grid.addWidget(well, 1 + place // _COLUMNS, place % _COLUMNS)
            grid.setColumnStretch(place % _COLUMNS, 1)
            well.taken.connect(self._complete)
        self.again.setEnabled(False)

    def follow(self, path: str, network: Mapping[str, str]) -> None:
        """Show the maps of a texture, unless the wells were filled by hand.

        A texture that stands alone empties them: it may be about to be dropped on one.

        Args:
            path: Its picture.
            network: The pictures of its material's maps by kind, as far as the scene knows them.
        """
        untouched = self._paths() in ({}, self._filled)
        self._selected = self._find(path, network)
        self.again.setEnabled(True)
        if untouched:
            self._fill(self._selected if len(self._selected) > 1 else {})

    @slot
    def _fill_again(self) -> None:
        self._fill(self._selected)

    @slot
    def _complete(self, path: str) -> None:
        """Find the maps that go with the first picture that was dropped."""
        given = self._paths()
        if len(given) == 1:
            for name, picture in self._find(path, given).items():
                if name not in given:
                    self._wells[name].set_pictures((Style(picture),))

    def _fill(self, paths: dict[str, str]) -> None:
        self._filled = paths
        for name, well in self._wells.items():
            pictures = (Style(paths[name]),) if name in paths else ()
            if pictures != well.pictures():
                well.set_pictures(pictures)

    def _paths(self) -> dict[str, str]:
        return {
            name: well.pictures()[0].path for name, well in self._wells.items() if well.pictures()
        }
