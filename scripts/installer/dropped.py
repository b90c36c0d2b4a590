"""What happens when install.py is dropped onto Maya: a small window, and a process beside Maya."""

from __future__ import annotations

import codecs
import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

from maya import cmds

try:
    from PySide6 import QtCore, QtGui, QtWidgets
except ImportError:  # Maya 2024
    from PySide2 import QtCore, QtGui, QtWidgets

# Maya's own Python and Qt are not the installer's.
FOREIGN = ("PYTHONHOME", "PYTHONPATH")
_windows: list[Any] = []


def install(script: Path) -> Any:
    """Open the window, or raise the one that is open, and start installing.

    Args:
        script: The path of install.py.
    """
    for window in _windows:
        if window.isVisible():
            window.raise_()
            return window
    tops = QtWidgets.QApplication.topLevelWidgets()
    window = Window(next((top for top in tops if top.objectName() == "MayaWindow"), None))
    _windows[:] = [window]
    window.show()
    window.start(script)
    return window


class Window(QtWidgets.QDialog):  # type: ignore[misc]
    """Progress of an installation; Maya stays usable meanwhile.

    Args:
        parent: Maya's window.
    """

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Maya Stylize")
        self.setMinimumWidth(520)
        self.text = QtWidgets.QLabel(
            "Installing Maya Stylize. The engine is downloaded, which takes some minutes; "
            "you can go on working."
        )
        self.text.setWordWrap(True)
        self.bar = QtWidgets.QProgressBar()
        self.bar.setRange(0, 0)  # busy
        self.details = QtWidgets.QPlainTextEdit()
        self.details.setReadOnly(True)
        self.button = QtWidgets.QPushButton("Cancel")
        self.button.clicked.connect(self.reject)
        column = QtWidgets.QVBoxLayout(self)
        for widget in (self.text, self.bar, self.details):
            column.addWidget(widget)
        column.addWidget(self.button, 0, QtCore.Qt.AlignRight)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.process = QtCore.QProcess(self)
        self.process.setProcessChannelMode(QtCore.QProcess.MergedChannels)
        self.process.readyReadStandardOutput.connect(self._read)
        self.process.errorOccurred.connect(self._fail_to_start)
        self.process.finished.connect(self._finish)

    def start(self, script: Path) -> None:
        """Run the installer with Maya's Python, apart from Maya."""
        environment = QtCore.QProcessEnvironment.systemEnvironment()
        for name in environment.keys():  # noqa: SIM118 - it is Qt's, not a dict
            if name in FOREIGN or name.startswith("QT_"):
                environment.remove(name)
        environment.insert("PYTHONUNBUFFERED", "1")
        environment.insert("PYTHONIOENCODING", "utf-8")
        self.process.setProcessEnvironment(environment)
        year = cmds.about(version=True)[:4]
        name = "mayapy.exe" if os.name == "nt" else "mayapy"
        mayapy = Path(os.environ["MAYA_LOCATION"], "bin", name)
        self.process.start(str(mayapy), [str(script), "install", "--maya", year])

    def reject(self) -> None:
        """Close the window; an installation under way is stopped first, and can be gone on with."""
        if self.process.state() == QtCore.QProcess.NotRunning:
            super().reject()
        elif os.name == "nt":  # with its children, which it cannot end itself there
            number = str(self.process.processId())
            QtCore.QProcess.startDetached("taskkill", ["/pid", number, "/t", "/f"])
        else:
            self.process.terminate()

    def _read(self) -> None:
        text = self._decoder.decode(bytes(self.process.readAllStandardOutput()))
        self.details.moveCursor(QtGui.QTextCursor.End)
        self.details.insertPlainText(text)
        self.details.ensureCursorVisible()

    def _fail_to_start(self, error: Any) -> None:
        if error == QtCore.QProcess.FailedToStart:
            self._end(f"Maya's Python cannot be started: {self.process.errorString()}.")

    def _finish(self, code: int, *_: Any) -> None:
        self._read()
        if code == 0:
            self._end("Maya Stylize is installed.")
            self.text.setText(_bring_in())
        else:
            self._end("Not installed. The last lines below say why; drop the file again to go on.")

    def _end(self, text: str) -> None:
        self.text.setText(text)
        self.bar.setRange(0, 1)
        self.bar.setValue(1)
        self.button.setText("Close")


def _bring_in() -> str:
    """Make what was installed part of this session; return what the user does next."""
    if "maya_stylize" in sys.modules:
        return "Maya Stylize is installed. Restart Maya to change to this version."
    cmds.loadModule(scan=True)
    cmds.loadModule(allModules=True)
    importlib.invalidate_caches()
    if importlib.util.find_spec("maya_stylize") is None:
        return "Maya Stylize is installed. Restart Maya: its button is on a shelf of its own then."
    importlib.import_module("maya_stylize.host.shelf").install()
    return "Maya Stylize is installed: its button is on the shelf MayaStylize."
