"""The preview: before and after, from files or from the running job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maya_stylize.ui import look
from maya_stylize.ui.loader import Loader
from maya_stylize.ui.preview_view import ZOOMS, PreviewView
from maya_stylize.ui.qt import Qt, QtGui, QtWidgets
from maya_stylize.ui.texture_model import name_of
from maya_stylize.ui.thumbnails import Thumbnails

# Longer side of what is shown; larger pictures are shrunk by the worker.
SHOWN = 1024


class Preview(QtWidgets.QWidget):
    """The view with its buttons, and the pictures in it."""

    def __init__(self, thumbnails: Thumbnails, loader: Loader, parent: Any = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._loader = loader
        self._before = self._after = ""
        self._pairs: Mapping[str, tuple[str, str]] = {}
        self._live: Any = None
        self.view = PreviewView()
        title = look.labelled("Pre&view", "title")
        title.setBuddy(self.view)
        self.zoom = QtWidgets.QComboBox()
        self.zoom.setAccessibleName("Zoom")
        self.zoom.setToolTip("Screen pixels per pixel of the picture.")
        for zoom in ZOOMS:
            self.zoom.addItem(f"{zoom:.0%}" if zoom else "Fit", zoom)
        self.zoom.activated.connect(lambda _: self.view.set_zoom(self.zoom.currentData()))
        self.view.zoomed.connect(self._zoomed)
        self.tiled = QtWidgets.QCheckBox("Tiled &2 × 2")
        self.tiled.setToolTip("Repeat the picture twice each way, to see its seams.")
        self.tiled.toggled.connect(self.view.set_tiled)
        self.map = QtWidgets.QComboBox()
        self.map.setAccessibleName("Map")
        self.map.setToolTip("Which of the material's maps is shown.")
        self.map.activated.connect(lambda _: self._show_map())
        self.map.hide()
        row = QtWidgets.QHBoxLayout()
        row.addWidget(title, 1)
        row.addWidget(self.map)
        row.addWidget(self.tiled)
        row.addWidget(self.zoom)
        self.caption = look.labelled("", "faint")
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        policy = QtWidgets.QSizePolicy.Policy
        self.caption.setSizePolicy(policy.Ignored, policy.Preferred)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        column.addWidget(self.caption)
        thumbnails.changed.connect(self._changed)

    def compare(self, before: str, after: str) -> None:
        """Show two picture files, either of which may be "" for none."""
        self.compare_maps({"": (before, after)})

    def compare_maps(self, pairs: Mapping[str, tuple[str, str]]) -> None:
        """Show two picture files of one kind of map, with the other kinds to choose from.

        Args:
            pairs: Before and after by the kind of map; by "" where there is one picture only.
        """
        self._pairs = pairs
        chosen = self.map.currentData()
        self.map.clear()
        for kind in pairs:
            self.map.addItem(kind.capitalize(), kind)
        self.map.setCurrentIndex(max(0, self.map.findData(chosen)))
        self.map.setVisible(len(pairs) > 1)
        self._show_map()

    def _show_map(self) -> None:
        before, after = self._pairs[self.map.currentData()]
        self._before, self._after, self._live = before, after, None
        names = [name_of(path) for path in (before, after) if path]
        self.caption.setText("  →  ".join(names))
        self._show()

    def follow(self, before: str, picture: str, caption: str) -> None:
        """Show a picture of the work so far, a file that Qt can read, beside its source."""

        def ready(image: Any) -> None:
            if not image.isNull():
                self._before, self._after = before, ""
                self.map.hide()
                self._live = QtGui.QPixmap.fromImage(image)
                self.caption.setText(caption)
                self._show()

        self._loader.load(picture, self, ready)

    def _changed(self, path: str) -> None:
        if path in (self._before, self._after):
            self._show()

    def _show(self) -> None:
        self.view.set_before(self._picture(self._before))
        self.view.set_after(self._picture(self._after) if self._after else self._live)

    def _picture(self, path: str) -> Any:
        return self._thumbnails.get(path, SHOWN) if path else None

    def _zoomed(self, zoom: float) -> None:
        self.zoom.setCurrentIndex(self.zoom.findData(zoom))
