"""Whether a whole set of tiles is made, or one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from maya_stylize.host.scene import Texture
from maya_stylize.tile_sets import MUDBOX, UDIM, ZBRUSH
from maya_stylize.ui.qt import QtWidgets

NUMBERED = (ZBRUSH, MUDBOX, UDIM)


class AllTiles(QtWidgets.QCheckBox):
    """Offers the other tiles where the picture to repaint is one of a set's."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.setToolTip(
            "Repaint every tile of the set that is there, one after the other, in the same style. "
            "Together they can be applied to the texture."
        )
        self.setChecked(True)
        self._tiles: tuple[str, ...] = ()
        self.offer("", ())

    def offer(self, picture: str, textures: Iterable[Texture]) -> None:
        """Show the choice where a picture is a tile of a set.

        Args:
            picture: What is to be repainted; "" for nothing.
            textures: The scene's.
        """
        # The files of explicit tiles have no numbers that a result could take over.
        numbered = (each.tiles for each in textures if each.tiling in NUMBERED)
        self._tiles = next((tiles for tiles in numbered if picture in tiles), ())
        self.setText(f"All {len(self._tiles)} &tiles of the set")
        self.setVisible(len(self._tiles) > 1)

    def pictures(self, picture: str) -> tuple[str, ...]:
        """Return the pictures that are to be repainted: the one given, or its whole set."""
        several = len(self._tiles) > 1 and picture in self._tiles and self.isChecked()
        return self._tiles if several else (picture,)
