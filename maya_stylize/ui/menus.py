"""The panel's menus: presets and help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from maya_stylize import __version__
from maya_stylize.ui import stored, support
from maya_stylize.ui.calls import Client
from maya_stylize.ui.history_pane import reveal
from maya_stylize.ui.maker import Maker
from maya_stylize.ui.qt import Qt, QtWidgets
from maya_stylize.ui.slots import slot

_PRESETS = "Presets (*.json)"


class Menus(QtWidgets.QMenuBar):
    """Presets and help."""

    def __init__(
        self,
        maker: Maker,
        client: Client,
        copy_report: Callable[[], None],
        show_model: Callable[[], None],
    ) -> None:
        super().__init__()
        self._maker = maker
        self._client = client
        self.setNativeMenuBar(False)  # on macOS it would leave the panel for the screen's top
        presets = self.addMenu("Pr&esets")
        _add(presets, "&Load preset…", "Set a mode's settings as a file says.", self._load)
        _add(presets, "&Save preset…", "Write this mode's settings to a file to share.", self._save)
        _add(
            presets,
            "Back to &defaults",
            "Set this mode's settings as at first.",
            self._reset,
        )
        self.help = self.addMenu("&Help")
        _add(self.help, "&Model and license", "Show which network is used.", show_model)
        _add(self.help, "Show the panel's &log", str(support.log_file()), self._panel_log)
        self._engine_log = _add(self.help, "Show the &engine's log", "", self._reveal_engine_log)
        _add(self.help, "Copy &report", "Put what support needs on the clipboard.", copy_report)
        _add(self.help, "&About", "Show version and logs.", self._about)
        self.help.aboutToShow.connect(self._show_engine_log)
        self._show_engine_log()

    @slot
    def load(self, path: str) -> None:
        """Set the settings of a preset, and show its mode."""
        mode, values = stored.load_preset(Path(path))
        self._maker.show_mode(mode).form.set_values(values)

    @slot
    def save(self, path: str) -> None:
        """Write the shown mode's settings to a preset."""
        page = self._maker.page()
        stored.save_preset(Path(path), page.mode, page.form.values())

    def _load(self) -> None:
        dialog = QtWidgets.QFileDialog(self, "Load preset", "", _PRESETS)
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
        self._open(dialog, self.load)

    def _save(self) -> None:
        dialog = QtWidgets.QFileDialog(self, "Save preset", "", _PRESETS)
        dialog.setAcceptMode(QtWidgets.QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        self._open(dialog, self.save)

    def _open(self, dialog: Any, chosen: Callable[[str], None]) -> None:
        dialog.fileSelected.connect(chosen)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @slot
    def _reset(self) -> None:
        self._maker.page().form.set_values({})

    def _show_engine_log(self) -> None:
        log = self._client.log
        self._engine_log.setEnabled(log is not None)
        self._engine_log.setToolTip(str(log or "The engine has not run yet."))

    @slot
    def _panel_log(self) -> None:
        reveal(support.log_file())

    @slot
    def _reveal_engine_log(self) -> None:
        if self._client.log is not None:
            reveal(self._client.log)

    def _about(self) -> None:
        words = (
            f"Maya Stylize {__version__}\n\nTexture synthesis and style transfer "
            "(Gatys, Ecker and Bethge, 2015 and 2016).\n\n"
            f"Panel's log: {support.log_file()}\nEngine's log: {self._client.log or 'none yet'}"
        )
        icon = QtWidgets.QMessageBox.Icon.NoIcon
        box = QtWidgets.QMessageBox(icon, "About Maya Stylize", words, parent=self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()


def _add(menu: Any, text: str, tooltip: str, pressed: Callable[[], None]) -> Any:
    action = menu.addAction(text)
    action.setToolTip(tooltip)
    action.setStatusTip(tooltip)
    action.triggered.connect(lambda: pressed())
    menu.setToolTipsVisible(True)
    return action
