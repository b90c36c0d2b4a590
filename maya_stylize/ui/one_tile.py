"""Says that a material is learned from a single tile of a set."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from maya_stylize.host.scene import Texture
from maya_stylize.tile_sets import tile_of
from maya_stylize.ui.qt import QtWidgets


class OneTile(QtWidgets.QLabel):
    """A line that is there where a picture to learn from is one of a set's tiles."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setToolTip(
            "The new maps are one texture that fills the whole of a tile, for any number of tiles. "
            "To learn from another tile, drop its maps above."
        )
        self.tell((), ())

    def tell(self, pictures: Iterable[str], textures: Iterable[Texture]) -> None:
        """Show the line, or hide it.

        Args:
            pictures: What is learned from.
            textures: The scene's.
        """
        sets = [each for each in textures if each.tiling and len(each.tiles) > 1]
        found = ((path, each) for path in pictures for each in sets if path in each.tiles)
        path, texture = next(found, ("", None))
        if texture is not None:
            # The files of explicit tiles have no numbers.
            tile = tile_of(Path(path).name, texture.tiling) or Path(path).name
            count = len(texture.tiles)
            self.setText(
                f"Learned from tile {tile} alone, of {count}. The result is one texture, no set."
            )
        self.setVisible(texture is not None)
