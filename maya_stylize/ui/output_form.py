"""Where results go, how they are named, and their format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maya_stylize import checks
from maya_stylize.host import output_paths
from maya_stylize.host.output_paths import Destination
from maya_stylize.host.scene import Scene
from maya_stylize.ui.drops import SUFFIXES
from maya_stylize.ui.fold import Fold
from maya_stylize.ui.qt import Qt, QtWidgets
from maya_stylize.ui.slots import slot

_PLACES = (
    (output_paths.PROJECT, "The project's source images"),
    (output_paths.BESIDE, "Beside the source"),
    (output_paths.FOLDER, "A folder of my choice"),
)
_FORMATS = (
    ("", "Same as the source"),
    (".png", "PNG"),
    (".tif", "TIFF"),
    (".exr", "EXR"),
    (".jpg", "JPEG"),
    (".tga", "TGA"),
    (".tx", "TX, tiled for the renderer"),
)


class OutputForm(QtWidgets.QWidget):
    """The destination of results, folded away."""

    def __init__(self, scene: Scene, parent: Any = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self.place = _combo(_PLACES, "Where results are written.")
        self.folder = QtWidgets.QLineEdit()
        self.folder.setPlaceholderText("may hold $VARIABLES, relative to the project")
        self.folder.setToolTip("The folder for results.")
        self.folder.setAccessibleName("Folder for results")
        self._browse = QtWidgets.QPushButton("Browse…")
        self._browse.setToolTip("Choose the folder for results.")
        self._browse.clicked.connect(self._pick)
        self.pattern = QtWidgets.QLineEdit(output_paths.DEFAULT_PATTERN)
        self.pattern.setToolTip(
            "How results are called: {name} is the source's, {mode} what was done, {version} "
            "counts up. Nothing is ever written over."
        )
        self.format = _combo(_FORMATS, "The format of results; EXR keeps the full range of light.")
        folder = QtWidgets.QHBoxLayout()
        folder.addWidget(self.folder, 1)
        folder.addWidget(self._browse)
        rows = QtWidgets.QFormLayout()
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setFieldGrowthPolicy(QtWidgets.QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        rows.addRow("Write to", self.place)
        rows.addRow("", folder)
        rows.addRow("Named", self.pattern)
        rows.addRow("Format", self.format)
        folded = QtWidgets.QWidget()
        folded.setLayout(rows)
        self.fold = Fold("Output &file", "Where results go, and what they are called.", folded)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.fold)
        column.addWidget(folded)
        self.place.currentIndexChanged.connect(lambda _: self._show_folder())
        if scene.source_images() is None:
            self.place.setCurrentIndex(self.place.findData(output_paths.BESIDE))
        self._show_folder()

    def next_output(
        self, source: str, mode: str, taken: list[Path], suffix: str | None = None, each: str = ""
    ) -> Path:
        """Return the picture to write next.

        Args:
            source: The picture that the result is compared with.
            mode: The panel's mode.
            taken: What waiting jobs are going to write.
            suffix: Of the picture; "" where each of a material's maps keeps its own, None for
                that of the format that is set.
            each: Stands for a map's kind where a material's maps are written; "" for one picture.

        Raises:
            SceneError: There is no such folder, it cannot be written to, or the pattern is wrong.
        """
        place, pattern = self.place.currentData(), self.pattern.text().strip()
        destination = Destination(place, self.folder.text(), pattern)
        if suffix is None:
            own = Path(source).suffix.lower()
            written = own in SUFFIXES and own != ".psd"  # which is only read
            same = "" if each else (own if written else ".png")
            suffix = self.format.currentData() or same
        return output_paths.next_output(
            self._scene, destination, Path(source), mode, suffix, taken, each
        )

    def state(self) -> dict[str, str]:
        """Return what is set, as plain data."""
        return {
            "place": self.place.currentData(),
            "folder": self.folder.text(),
            "pattern": self.pattern.text(),
            "format": self.format.currentData(),
        }

    def set_state(self, state: Any) -> None:
        """Set what `state` returned; raise `JobError` where it is something else."""
        if not isinstance(state, dict) or set(state) != set(self.state()):
            raise checks.refuse("output", "what the panel wrote", state)
        for name, combo in (("place", self.place), ("format", self.format)):
            keys = [combo.itemData(row) for row in range(combo.count())]
            combo.setCurrentIndex(keys.index(checks.choice(*keys)(name, state[name])))
        for name, line in (("folder", self.folder), ("pattern", self.pattern)):
            if not isinstance(state[name], str):
                raise checks.refuse(name, "text", state[name])
            line.setText(state[name])

    @slot
    def _pick(self) -> None:
        dialog = QtWidgets.QFileDialog(self, "Folder for results", self.folder.text())
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show_folder(self) -> None:
        chosen = self.place.currentData() == output_paths.FOLDER
        self.folder.setVisible(chosen)
        self._browse.setVisible(chosen)


def _combo(options: tuple[tuple[str, str], ...], tooltip: str) -> Any:
    combo = QtWidgets.QComboBox()
    combo.setToolTip(tooltip)
    for key, title in options:
        combo.addItem(title, key)
    return combo
