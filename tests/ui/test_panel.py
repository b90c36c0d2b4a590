"""What holds for the whole panel: keys, tooltips, scale, looks, state, presets, support."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from panel_fakes import FakeClient, FakeScene

import maya_stylize
from maya_stylize import settings
from maya_stylize.errors import EngineError
from maya_stylize.ui import look, stored
from maya_stylize.ui.panel import Panel
from maya_stylize.ui.qt import Qt, QtCore, QtGui, QtWidgets, is_alive
from maya_stylize.ui.slots import LOG

KINDS = (
    QtWidgets.QAbstractButton,
    QtWidgets.QComboBox,
    QtWidgets.QAbstractSpinBox,
    QtWidgets.QSlider,
    QtWidgets.QLineEdit,
)
INSIDES = (*KINDS, QtWidgets.QTabBar, QtWidgets.QMenuBar)
ENGINE = {"numpy", "keras", "tensorflow", "torch", "jax", "h5py", "OpenImageIO", "rich", "google"}


def visible(panel: Panel, kind: Any) -> list[Any]:
    found = [each for each in panel.findChildren(kind) if each.isVisible()]
    # Not the insides of Qt's own widgets.
    return [each for each in found if not each.objectName().startswith("qt_")]


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
def test_every_letter_reaches_one_thing(panel: Panel, mode: int) -> None:
    panel.maker.tabs.setCurrentIndex(mode)
    tabs = panel.maker.tabs
    texts = [tabs.tabText(row) for row in range(tabs.count())]
    texts += [each.text() for each in visible(panel, QtWidgets.QAbstractButton)]
    texts += [each.text() for each in visible(panel, QtWidgets.QLabel) if each.buddy()]
    texts += [action.text() for action in panel.menus.actions()]
    letters = Counter(letter for text in texts for letter in re.findall("&(.)", text.lower()))
    assert len(letters) > 12
    assert [letter for letter, count in letters.items() if count > 1] == []


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
def test_everything_is_reached_by_tab(panel: Panel, mode: int) -> None:
    panel.maker.tabs.setCurrentIndex(mode)
    reached = [panel.nextInFocusChain()]
    while reached[-1] is not panel:
        reached.append(reached[-1].nextInFocusChain())
    wanted = [panel.preview.view, panel.textures.view, panel.results.view, *controls(panel)]
    wanted.append(panel.maker.tabs.tabBar())
    for each in wanted:
        assert each in reached, each
        assert each.focusPolicy() & Qt.FocusPolicy.TabFocus, each


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
def test_every_control_says_what_it_does(panel: Panel, mode: int) -> None:
    panel.maker.tabs.setCurrentIndex(mode)
    panel.maker.output.fold.click()
    panel.maker.page().form.findChild(QtWidgets.QToolButton).click()
    assert len(controls(panel)) > 20
    silent = [
        (each.accessibleName(), each.parent())
        for each in controls(panel)
        if not (each.toolTip() or each.parent().toolTip())
    ]
    assert silent == []


def test_what_is_hidden_now_says_what_it_does_too(panel: Panel, pictures: Path) -> None:
    """The first launch, the message, the running job, pictures in wells, a chosen folder."""
    for page in panel.maker.pages():
        for well in page.wells.values():
            well.add([str(pictures / "coffee.png")])
    kinds = (*KINDS, QtWidgets.QListWidget)
    found = [each for kind in kinds for each in panel.findChildren(kind)]
    found = [each for each in found if not isinstance(each.parent(), INSIDES)]
    assert panel.first_launch.agree in found
    assert panel.maker.output.folder in found
    silent = [
        (type(each), each.accessibleName())
        for each in found
        if not each.objectName().startswith("qt_")
        and not (each.toolTip() or each.parent().toolTip())
    ]
    assert silent == []
    actions = [
        action for menu in panel.menus.findChildren(QtWidgets.QMenu) for action in menu.actions()
    ]
    assert [action.text() for action in actions if action.toolTip() == action.text()] == []


def controls(panel: Panel) -> list[Any]:
    """What is pressed, chosen or typed into; not the insides of Qt's own controls."""
    found = [each for kind in KINDS for each in visible(panel, kind)]
    return [each for each in found if not isinstance(each.parent(), INSIDES)]


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_no_text_is_cut_at_any_scale(
    app: Any, scene: FakeScene, client: FakeClient, open_panel: Any, scale: float
) -> None:
    font = app.font()
    larger = QtGui.QFont(font)
    larger.setPointSizeF(font.pointSizeF() * scale)
    app.setFont(larger)
    try:
        panel = open_panel(scene, client)
        for each in visible(panel, QtWidgets.QAbstractButton):
            if each.text():
                assert each.width() >= each.minimumSizeHint().width(), each.text()
                assert each.height() >= each.fontMetrics().height(), each.text()
        for page in (panel.splitter.widget(place) for place in range(3)):
            assert page.width() >= page.minimumSizeHint().width()
    finally:
        app.setFont(font)


def test_narrow_docks_put_the_columns_on_top_of_each_other(panel: Panel) -> None:
    unit = look.em(panel)
    panel.resize(unit * 34, unit * 100)
    assert panel.splitter.orientation() == Qt.Orientation.Vertical
    assert panel.width() == unit * 34
    panel.resize(unit * 90, unit * 52)
    assert panel.splitter.orientation() == Qt.Orientation.Horizontal


@pytest.mark.parametrize("name", list(look.PALETTES))
def test_text_stands_out_in_both_looks(name: str) -> None:
    palette = look.palette(name)
    roles = QtGui.QPalette.ColorRole
    for back, front in (
        (roles.Window, roles.WindowText),
        (roles.Base, roles.Text),
        (roles.Button, roles.ButtonText),
        (roles.Highlight, roles.HighlightedText),
    ):
        ratio = contrast(palette.color(back), palette.color(front))
        assert ratio >= 4.5


def contrast(one: Any, other: Any) -> float:
    """Contrast as WCAG defines it."""

    def luminance(color: Any) -> float:
        parts = [
            value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
            for value in (color.redF(), color.greenF(), color.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_state_is_kept_between_sessions(
    panel: Panel, scene: FakeScene, pictures: Path, open_panel: Any
) -> None:
    panel.maker.tabs.setCurrentIndex(1)
    page = panel.maker.page()
    page.form.set_values({"seed": 5, "strength": 70})
    page.wells["styles"].add([str(pictures / "coffee.png")])
    panel.maker.output.set_state(
        {"place": "folder", "folder": "$SHOW/out", "pattern": "{name}_{version}", "format": ".exr"}
    )
    state = panel.maker.state()
    panel.hide()
    assert open_panel(scene, FakeClient()).maker.state() == state


def test_state_is_kept_when_maya_quits_with_the_panel_open(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from panel_fakes import FakeClient, FakeScene\n"
        "from maya_stylize.ui.panel import Panel; from maya_stylize.ui import qt\n"
        "app = qt.application(); panel = Panel(FakeScene([]), FakeClient()); panel.show()\n"
        "panel.maker.tabs.setCurrentIndex(1)\n"
        "qt.QtCore.QTimer.singleShot(0, app.quit); qt.execute(app)\n"
        "import os; os._exit(0)"
    )
    home = {settings.HOME_VARIABLE: str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **home}, check=True)
    assert json.loads((tmp_path / "panel.json").read_text())["mode"] == "stylize"


def test_the_engines_log_is_named_where_it_is_looked_for(
    panel: Panel, client: FakeClient, tmp_path: Path
) -> None:
    action = next(each for each in panel.menus.help.actions() if "engine" in each.text())
    client.log = None
    panel.menus.help.aboutToShow.emit()
    assert not action.isEnabled()
    client.log = tmp_path / "worker.log"
    panel.menus.help.aboutToShow.emit()
    client.changed()
    assert action.isEnabled()
    assert str(client.log) == action.toolTip()
    assert str(client.log) in panel.engine.toolTip()


@pytest.mark.parametrize(
    "content",
    [b"\xff", b"[]", b'{"mode": 1, "modes": {}, "output": {}}', b'{"mode": "texture", "modes": '
     b'{"texture": {"settings": {"seed": "x"}, "pictures": {}}}, "output": {"place": "beside", '
     b'"folder": "", "pattern": "", "format": ""}}'],
)  # fmt: skip
def test_a_damaged_state_is_told_and_the_panel_works(
    scene: FakeScene, client: FakeClient, open_panel: Any, content: bytes
) -> None:
    path = stored.panel_file()
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    panel = open_panel(scene, client)
    assert panel.messages.text()
    assert "Something went wrong" not in panel.messages.text()
    assert panel.maker.page().form.values()["seed"] == 0


@pytest.mark.parametrize(
    "content",
    [b"{}", b"[1]", b'[{"path": 1}]', b"nonsense",
     b'[{"path": "", "source": "", "node": "", "mode": "texture", "job": {}, "unfinished": true}]',
     b'[{"path": "a", "source": "", "node": "", "mode": "texture", "job": {}, "unfinished": 1}]'],
)  # fmt: skip
def test_a_damaged_history_is_told_and_begins_anew(
    scene: FakeScene, client: FakeClient, open_panel: Any, content: bytes
) -> None:
    path = stored.history_file()
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    panel = open_panel(scene, client)
    assert "history.json" in panel.messages.text()
    assert panel.history.rowCount() == 0


def test_presets_are_saved_and_loaded_from_the_menu(panel: Panel, tmp_path: Path) -> None:
    panel.maker.tabs.setCurrentIndex(1)
    panel.maker.page().form.set_values({"strength": 90})
    panel.menus.save(str(tmp_path / "mine.json"))
    panel.maker.page().form.set_values({})
    panel.maker.tabs.setCurrentIndex(0)
    panel.menus.load(str(tmp_path / "mine.json"))
    assert panel.maker.tabs.currentIndex() == 1
    assert panel.maker.page().form.values()["strength"] == 90
    panel.menus.load(str(tmp_path / "none.json"))
    assert "none.json" in panel.messages.text()


def test_the_report_holds_what_support_needs_and_no_home(
    panel: Panel, client: FakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    client.log = tmp_path / "worker.log"
    client.log.write_text("first\n" * 500 + "the last line\n")
    panel.report_error(EngineError("No memory.", "Go smaller."))
    panel.copy_report()
    report = QtGui.QGuiApplication.clipboard().text()
    version = f"Maya Stylize {maya_stylize.__version__} in Maya 2025"
    for part in (version, "Qt ", "Message: No memory. Go smaller.", "the last line"):
        assert part in report
    assert str(tmp_path) not in report
    assert report.count("first") < 100


def test_what_the_artist_is_told_is_in_the_log_too(panel: Panel) -> None:
    told: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    LOG.addHandler(handler)
    try:
        panel.report_error(EngineError("No memory.", "Go smaller."))
    finally:
        LOG.removeHandler(handler)
    assert told == ["No memory. Go smaller."]


def test_the_panel_imports_no_engine_and_the_command_needs_none(tmp_path: Path) -> None:
    root = Path(maya_stylize.__file__).parents[1]
    code = (
        "import sys, json; from maya_stylize import cli\n"
        "try: cli.main(['panel', '--help'])\n"
        "except SystemExit as end: code = end.code\n"
        "from maya_stylize.ui import window\n"
        "print(json.dumps([code, sorted({name.partition('.')[0] for name in sys.modules})]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    code_, modules = json.loads(done.stdout.splitlines()[-1])
    assert code_ == 0
    assert not ENGINE & set(modules)
    assert {"PySide2", "PySide6"} & set(modules)


def test_a_panel_that_dies_with_jobs_open_says_nothing(
    app: Any, scene: FakeScene, pictures: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """As when Maya closes its dock: the worker is shut down by the panel's destruction."""
    client, told = FakeClient(), []
    panel = Panel(scene, client)
    panel.show()
    panel.maker.page().wells["exemplar"].add([str(pictures / "coffee.png")])
    panel.maker.start.click()
    panel.maker.start.click()
    first, second = client.queue

    def shut_down() -> None:
        for number in (first, second):
            client.tell(number, event="cancelled")
            told.append(number)

    panel.destroyed.connect(shut_down)
    capfd.readouterr()
    panel.deleteLater()
    app.sendPostedEvents(panel, QtCore.QEvent.Type.DeferredDelete)
    assert told == [first, second]
    client.changed()
    assert "Error" not in capfd.readouterr().err


def test_a_panel_deleted_before_it_began_asks_for_nothing(
    app: Any, scene: FakeScene, client: FakeClient
) -> None:
    panel = Panel(scene, client)
    panel.deleteLater()
    app.sendPostedEvents(panel, QtCore.QEvent.Type.DeferredDelete)
    assert not is_alive(panel)
    app.processEvents()
    assert client.asked == []
