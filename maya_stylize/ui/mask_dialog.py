"""The window in which a mask is painted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from maya_stylize.errors import StylizeError
from maya_stylize.ui import look
from maya_stylize.ui.ground import Ground
from maya_stylize.ui.kept import keep
from maya_stylize.ui.mask_canvas import LARGEST, SMALLEST, MaskCanvas
from maya_stylize.ui.mask_image import MaskImage, gray
from maya_stylize.ui.preview import SHOWN
from maya_stylize.ui.qt import Qt, QtCore, QtWidgets, Signal
from maya_stylize.ui.slots import LOG, slot
from maya_stylize.ui.texture_model import name_of
from maya_stylize.ui.thumbnails import Thumbnails

FOLDER = "masks"
KEYS = (
    "Left button paints, right button or Alt erases. Wheel or [ ] sizes the brush. Ctrl+wheel "
    "zooms, 0 shows all; the middle button, or Space and the left, moves the picture."
)


class MaskDialog(QtWidgets.QDialog):
    """Paints a mask over a picture, and writes it to the user's folder.

    Signals:
        painted: The mask's path; "" where nothing is inside.
    """

    painted = Signal(str)

    def __init__(
        self, ground: Ground, mask: str, purpose: str, thumbnails: Thumbnails, parent: Any = None
    ) -> None:
        """Make the window; the pictures come in by and by.

        Args:
            ground: What is under the mask.
            mask: The mask to go on with, "" to begin with an empty one.
            purpose: What the red area is for, in a sentence.
            thumbnails: Where pictures come from.
            parent: The widget that it belongs to.
        """
        super().__init__(parent)
        self._ground, self._mask, self._thumbnails = ground, mask, thumbnails
        of = f" over {name_of(ground.picture)}" if ground.picture and ground.shown else ""
        self.setWindowTitle(f"Paint a mask{of}")
        self.canvas = MaskCanvas()
        self.size_slider = QtWidgets.QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(SMALLEST, LARGEST)
        self.size_slider.setAccessibleName("Brush size")
        self.size_slider.setToolTip("How wide the brush paints, in pixels of the mask.")
        self._size_number = QtWidgets.QLabel()
        self._size_number.setMinimumWidth(self.fontMetrics().horizontalAdvance("8888 px"))
        self.undo = _button("&Undo", "Take the last stroke back (Ctrl+Z).")
        self.redo = _button("&Redo", "Paint again what was taken back (Ctrl+Shift+Z or Ctrl+Y).")
        self.invert = _button("&Invert", "Put inside what is outside, and outside what is inside.")
        self.clear = _button("C&lear", "Take everything out of the mask.")
        self.fill = _button("&Fill", "Put everything into the mask.")
        self.fit = _button("Fi&t", "Show all of the picture, in the middle (0).")
        self._refusal = look.labelled("", "refusal")
        self._refusal.setTextFormat(Qt.TextFormat.PlainText)
        self._refusal.setWordWrap(True)
        self._refusal.hide()
        kinds = QtWidgets.QDialogButtonBox.StandardButton
        self.buttons = QtWidgets.QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.use = self.buttons.button(kinds.Ok)
        self.use.setText("Use &mask")
        self.use.setToolTip("Keep this mask, and put it where it was opened from.")
        self.buttons.button(kinds.Cancel).setToolTip("Leave the mask as it was before.")
        self._lay_out(purpose)
        self._connect()
        self.resize(look.em(self) * 60, look.em(self) * 52)
        self._refresh()
        self._load()

    def report_error(self, error: StylizeError) -> None:
        """Show an error below the canvas, and keep it in the log."""
        LOG.error("%s", error)
        self._refusal.setText(str(error))
        self._refusal.show()

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802
        """Take the canvas's keys wherever the focus is."""
        if not self.canvas.take_key(event):
            super().keyPressEvent(event)

    def reject(self) -> None:
        """Close without a new mask; ask first where something was painted."""
        if self.canvas.painted is None or not self.canvas.painted.can_undo():
            super().reject()
            return
        kinds = QtWidgets.QMessageBox.StandardButton
        box = QtWidgets.QMessageBox(
            QtWidgets.QMessageBox.Icon.Question,
            "Paint a mask",
            "Discard what you have painted?",
            kinds.Discard | kinds.Cancel,
            self,
        )
        box.button(kinds.Discard).clicked.connect(self._discard)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    @slot
    def _discard(self) -> None:
        super().reject()

    def _lay_out(self, purpose: str) -> None:
        label = QtWidgets.QLabel("Brush &size")
        label.setBuddy(self.size_slider)
        keys = look.labelled(KEYS, "faint")
        told = QtWidgets.QLabel(purpose)
        for each in (told, keys):
            each.setWordWrap(True)
        tools = QtWidgets.QHBoxLayout()
        tools.addWidget(label)
        tools.addWidget(self.size_slider, 1)
        tools.addWidget(self._size_number)
        for button in (self.undo, self.redo, self.invert, self.clear, self.fill, self.fit):
            tools.addWidget(button)
        column = QtWidgets.QVBoxLayout(self)
        column.addWidget(told)
        column.addWidget(self.canvas, 1)
        column.addLayout(tools)
        column.addWidget(keys)
        column.addWidget(self._refusal)
        column.addWidget(self.buttons)
        self.canvas.setFocus()

    def _connect(self) -> None:
        self.canvas.brush_sized.connect(self._show_size)
        self.size_slider.valueChanged.connect(self.canvas.set_diameter)
        self.fit.clicked.connect(self.canvas.fit)
        self.buttons.accepted.connect(self._use)
        self.buttons.rejected.connect(self.reject)
        self._thumbnails.changed.connect(self._load)

    @slot
    def _load(self) -> None:
        """Begin once the pictures are there."""
        wanted = [path for path in (self._ground.picture, self._mask) if path]
        found = [self._thumbnails.get(path, SHOWN) for path in wanted]
        failed = [self._thumbnails.failure(path, SHOWN) for path in wanted]
        if self.canvas.painted is not None or any(
            pixmap is None and error is None for pixmap, error in zip(found, failed, strict=True)
        ):
            return
        for error in filter(None, failed):
            self.report_error(error)
        pictures = dict(zip(wanted, found, strict=True))
        picture: Any = pictures.get(self._ground.picture)
        if self._ground.picture and picture is None:
            return
        size = picture.size() if self._ground.size is None else _within(self._ground.size)
        before = pictures.get(self._mask)
        mask = MaskImage(gray(size, None if before is None else before.toImage()), self)
        self.canvas.show_mask(mask, picture if self._ground.shown else None)
        mask.recorded.connect(self._refresh)
        for button, action in (
            (self.undo, mask.undo),
            (self.redo, mask.redo),
            (self.invert, mask.invert),
            (self.clear, lambda: mask.fill(0)),
            (self.fill, lambda: mask.fill(255)),
        ):
            button.clicked.connect(action)
        self._refresh()

    @slot
    def _refresh(self) -> None:
        mask = self.canvas.painted
        for each in (self.size_slider, self.invert, self.clear, self.fill, self.fit, self.use):
            each.setEnabled(mask is not None)
        self.undo.setEnabled(mask is not None and mask.can_undo())
        self.redo.setEnabled(mask is not None and mask.can_redo())

    @slot
    def _show_size(self, diameter: int) -> None:
        self.size_slider.setValue(diameter)
        self._size_number.setText(f"{diameter} px")

    @slot
    def _use(self) -> None:
        mask = self.canvas.painted
        if mask is not None:
            self.painted.emit("" if mask.is_black() else keep(mask.image(), FOLDER))
            self.accept()


def paint(
    parent: Any,
    ground: Ground,
    mask: str,
    purpose: str,
    thumbnails: Thumbnails,
    painted: Callable[[str], None],
) -> None:
    """Open the window over a widget; `painted` gets the new mask's path, "" for an empty one."""
    dialog = MaskDialog(ground, mask, purpose, thumbnails, parent)
    dialog.painted.connect(painted)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def _within(size: tuple[int, int]) -> Any:
    """Return a size made smaller, in proportion, until its longer side is the one that is shown."""
    shrink = min(1.0, SHOWN / max(size))
    return QtCore.QSize(*(max(1, round(side * shrink)) for side in size))


def _button(text: str, tooltip: str) -> Any:
    button = QtWidgets.QPushButton(text)
    button.setToolTip(tooltip)
    button.setAutoDefault(False)
    return button
