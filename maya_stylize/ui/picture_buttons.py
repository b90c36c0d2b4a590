"""Without Maya the list is the artist's own: pictures are added to it and taken off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maya_stylize.host.no_scene import PictureList
from maya_stylize.ui import drops
from maya_stylize.ui.qt import Qt, QtCore, QtWidgets
from maya_stylize.ui.slots import slot
from maya_stylize.ui.texture_list import TextureList


class PictureButtons(QtWidgets.QWidget):
    """Add and remove below the list; pictures can be dropped on the list as well."""

    def __init__(self, pictures: PictureList, textures: TextureList) -> None:
        super().__init__()
        self._pictures = pictures
        self._textures = textures
        add = QtWidgets.QPushButton("Add pictures…")
        add.setToolTip("Put picture files on the list; they can be dropped on it as well.")
        add.clicked.connect(self._pick)
        remove = QtWidgets.QPushButton("Take off")
        remove.setToolTip("Take the selected picture off the list; the file stays.")
        remove.clicked.connect(self._remove)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(add)
        row.addWidget(remove)
        textures.view.setAcceptDrops(True)
        textures.view.viewport().installEventFilter(self)

    def eventFilter(self, watched: Any, event: Any) -> bool:  # noqa: N802
        """Take what is dropped on the list."""
        types = QtCore.QEvent.Type
        if event.type() not in (types.DragEnter, types.DragMove, types.Drop):
            return False
        if event.source() is self._textures.view or not drops.accepts(event.mimeData()):
            event.ignore()
            return True
        event.acceptProposedAction()
        if event.type() == types.Drop:
            self._drop(event.mimeData())
        return True

    @slot
    def add(self, paths: list[str]) -> None:
        """Put pictures on the list, and select the first of them."""
        self._pictures.add([Path(drops.checked(path)) for path in paths])
        self._textures.select(Path(paths[0]).absolute().as_posix())

    @slot
    def _drop(self, data: Any) -> None:
        self.add(drops.paths(data))

    def _pick(self) -> None:
        dialog = QtWidgets.QFileDialog(self, "Add pictures", "", drops.FILTER)
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda files: self.add(list(files)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @slot
    def _remove(self) -> None:
        texture = self._textures.texture()
        if texture is not None:
            self._pictures.remove(texture)
