"""One application for all of the panel's tests; a user's folder and a panel for each."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from panel_fakes import FakeClient, FakeScene, texture

import maya_stylize
from maya_stylize import settings
from maya_stylize.ui import look
from maya_stylize.ui.panel import Panel
from maya_stylize.ui.qt import QtCore, application

Wait = Callable[[Callable[[], object]], None]
HANGING_SECONDS = 300


@pytest.fixture(scope="session")
def app() -> Any:
    app = application()
    app.setStyle("Fusion")
    app.setPalette(look.palette("dark"))
    return app


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "user"
    monkeypatch.setenv(settings.HOME_VARIABLE, str(folder))
    return folder


@pytest.fixture
def wait(app: Any) -> Wait:
    """Runs the event loop until something holds; fails after minutes."""

    def run(holds: Callable[[], object]) -> None:
        end = time.monotonic() + HANGING_SECONDS
        while not holds():
            assert time.monotonic() < end, "it did not come about"
            app.processEvents(QtCore.QEventLoop.ProcessEventsFlag.AllEvents, 20)

    return run


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A project whose source images are three pictures."""
    folder = tmp_path / "project" / "sourceimages"
    folder.mkdir(parents=True)
    for name in ("pebbles.png", "bricks.png", "coffee.png"):
        shutil.copy(Path(maya_stylize.__file__).parent / "exemplars" / name, folder)
    return folder


@pytest.fixture
def scene(pictures: Path) -> FakeScene:
    shown = [texture(path) for path in sorted(pictures.iterdir())]
    return FakeScene([*shown, texture(pictures / "lost.tif")], pictures.parent)


@pytest.fixture
def client() -> FakeClient:
    return FakeClient()


@pytest.fixture
def open_panel(app: Any, wait: Wait) -> Iterator[Callable[[FakeScene, FakeClient], Panel]]:
    """Shows a panel that has listed the textures and has asked for the model."""
    panels = []

    def show(scene: FakeScene, client: FakeClient) -> Panel:
        panel = Panel(scene, client)
        panels.append(panel)
        panel.resize(look.em(panel) * 85, look.em(panel) * 52)
        panel.show()
        wait(lambda: ("model", {"action": "state"}) in client.asked)
        return panel

    yield show
    for panel in panels:
        panel.close()
        panel.deleteLater()
    app.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)


@pytest.fixture
def panel(open_panel: Any, scene: FakeScene, client: FakeClient) -> Panel:
    """A panel over three pictures and a missing one."""
    return open_panel(scene, client)
