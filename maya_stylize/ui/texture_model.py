"""The scene's textures as a Qt model, with what the worker knows of their files."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maya_stylize.errors import StylizeError
from maya_stylize.host.scene import Texture
from maya_stylize.ui.calls import Answer, Client
from maya_stylize.ui.qt import Qt, QtCore
from maya_stylize.ui.thumbnails import Thumbnails

THUMBNAIL = 128
TextureRole = Qt.ItemDataRole.UserRole
SearchRole = Qt.ItemDataRole.UserRole + 1
FactsRole = Qt.ItemDataRole.UserRole + 2


class TextureModel(QtCore.QAbstractListModel):
    """One row per texture; thumbnails and facts are asked for once they are looked at."""

    def __init__(self, client: Client, thumbnails: Thumbnails, parent: Any = None) -> None:
        super().__init__(parent)
        self._client = client
        self._thumbnails = thumbnails
        self._textures: list[Texture] = []
        self._facts: dict[str, str] = {}
        self._lost: set[str] = set()
        self._stale: set[str] = set()
        thumbnails.changed.connect(self._changed)

    def set_textures(self, textures: list[Texture]) -> None:
        """Show these textures; pictures may have changed on disk, so facts are asked anew."""
        spaces = {shown(texture): texture.color_space for texture in self._textures}
        for texture in textures:
            path = shown(texture)
            if spaces.get(path, texture.color_space) != texture.color_space:
                self._thumbnails.forget(path)
        self.beginResetModel()
        self._textures = textures
        self._facts.clear()
        self.endResetModel()

    def textures(self) -> list[Texture]:
        """Return all textures, in the rows' order."""
        return self._textures

    def retry(self) -> None:
        """Ask again for what was lost with a worker, now that there is another one."""
        lost, self._lost = self._lost, set()
        for path in lost:
            self._facts.pop(path, None)
            self._changed(path)

    def renew(self) -> None:
        """Ask again for the facts of what is looked at: files may have changed on disk."""
        self._stale = set(self._facts)
        for path in self._stale.copy():
            self._changed(path)

    def rowCount(self, parent: Any = None) -> int:  # noqa: N802
        """Return the number of textures."""
        return 0 if parent is not None and parent.isValid() else len(self._textures)

    def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a view, the delegate or the search asks of a row."""
        texture = self._textures[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return texture.node
        if role == Qt.ItemDataRole.DecorationRole:
            return None if texture.missing else self._thumbnails.get(shown(texture), THUMBNAIL)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            still = "A result is shown at every frame of this sequence." if texture.frame else ""
            lines = (texture.pattern, self._line(texture), still, texture.refusal)
            return "\n".join(filter(None, lines))
        if role == TextureRole:
            return texture
        if role == SearchRole:
            return " ".join((texture.node, texture.pattern, *texture.materials))
        if role == FactsRole:
            return self._line(texture)
        return None

    def flags(self, index: Any) -> Any:
        """Let textures be dragged onto the wells."""
        flags = super().flags(index)
        if index.isValid() and not self._textures[index.row()].missing:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def mimeData(self, indexes: Any) -> Any:  # noqa: N802
        """Return the dragged textures as files."""
        data = QtCore.QMimeData()
        paths = [shown(self._textures[index.row()]) for index in indexes]
        data.setUrls([QtCore.QUrl.fromLocalFile(path) for path in paths])
        return data

    def _line(self, texture: Texture) -> str:
        """Return size, depth, color space, frame, tiles and materials in one line."""
        known = "File not found" if texture.missing else self._probed(shown(texture))
        tiles = f"{len(texture.tiles)} tiles" if texture.tiling else ""
        frame = f"sequence, frame {texture.frame}" if texture.frame else ""
        materials = ", ".join(texture.materials) or "no material"
        return " · ".join(filter(None, (known, texture.color_space, frame, tiles, materials)))

    def _probed(self, path: str) -> str:
        if path not in self._facts or path in self._stale:
            self._stale.discard(path)
            self._facts.setdefault(path, "")
            if self._lost:
                self._lost.add(path)
            else:
                learn = functools.partial(self._learn, path)
                self._client.request("probe", {"path": path}, learn)
        return self._facts[path]

    def _learn(self, path: str, answer: Answer) -> None:
        if self._client.hello is None:  # the worker is gone, and asking would start it again
            self._lost.add(path)
        elif isinstance(answer, StylizeError):
            self._facts[path] = "unreadable"
        elif answer is not None:
            self._facts[path] = described(answer)
        self._changed(path)

    def _changed(self, path: str) -> None:
        for row, texture in enumerate(self._textures):
            if shown(texture) == path:
                index = self.index(row)
                self.dataChanged.emit(index, index)


def shown(texture: Texture) -> str:
    """Return the file that stands for a texture: the first tile of a set."""
    return texture.tiles[0] if texture.tiles else texture.path


def described(facts: Mapping[str, Any]) -> str:
    """Return what probe answers as an artist reads it, such as "2048 × 2048 · 16 bit · EXR"."""
    depths = {"uint8": "8 bit", "uint16": "16 bit", "half": "16 bit float", "float": "32 bit float"}
    depth = depths.get(str(facts["depth"]), str(facts["depth"]))
    return f"{facts['width']} × {facts['height']} · {depth}"


def name_of(path: str) -> str:
    """Return a path's file name."""
    return Path(path).name
