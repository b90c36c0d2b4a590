"""The panel's place in Maya's window, with real Qt."""

from __future__ import annotations

from typing import Any

import pytest
from maya import cmds
from window import window

qt = pytest.importorskip("maya_stylize.ui.qt", exc_type=ImportError)

from maya_stylize.host import dock  # noqa: E402
from maya_stylize.worker import qt_transport  # noqa: E402

Room = Any


class Client:
    """A client whose worker never starts."""

    hello = device = log = None
    queue: tuple[int, ...] = ()

    def __init__(self) -> None:
        self.shut_down = 0
        self.changed = lambda: None

    def request(self, *_: object) -> int:
        return 0

    def shutdown(self) -> None:
        self.shut_down += 1


@pytest.fixture
def clients(room: Room, monkeypatch: pytest.MonkeyPatch) -> list[Client]:
    made: list[Client] = []

    def make(parent: object) -> Client:
        assert parent is qt.application()
        made.append(Client())
        return made[-1]

    qt.application()
    monkeypatch.setattr(qt_transport, "make_client", make)
    monkeypatch.setattr(dock, "_panels", {})
    return made


def panels() -> list[Any]:
    """The panels in the dock; each is kept alive by Python, for Maya keeps the widget only."""
    from maya_stylize.ui.panel import Panel

    found = list(window.docks[dock.CONTROL].findChildren(Panel))
    assert found == list(dock._panels.values())
    return found


def test_opened_once_and_raised_after_that(clients: list[Client]) -> None:
    dock.show()
    (panel,) = panels()
    assert window.controls[dock.CONTROL]["label"] == "Maya Stylize"
    assert window.controls[dock.CONTROL]["raised"] == 0
    dock.show()
    assert panels() == [panel]
    assert window.controls[dock.CONTROL]["raised"] == 1
    assert len(clients) == 1
    window.docks[dock.CONTROL].close()


def test_it_is_back_after_a_restart_and_the_old_worker_ends(clients: list[Client]) -> None:
    dock.show()
    window.restart()
    assert len(panels()) == 1
    assert [client.shut_down for client in clients] == [1, 0]
    dock.show()
    assert len(panels()) == 1


def test_a_panel_is_whole_however_often_it_is_closed_and_reopened(clients: list[Client]) -> None:
    """What Python keeps of a deleted panel must not be taken for parts of the next one."""
    dock.show()
    for _ in range(12):
        window.restart()
        (panel,) = panels()
        qt.application().processEvents()
        inside = panel.findChildren(qt.QtCore.QObject)
        assert [each for each in inside if not each.inherits(type(each).__name__)] == []
        parts = [part for part in vars(panel).values() if isinstance(part, qt.QtWidgets.QWidget)]
        assert len(parts) > 8
        assert {id(part) for part in parts} <= {id(each) for each in inside}
        assert panel.pages.widget(1) is panel.first_launch
    assert len(clients) == 13


def test_a_dock_that_was_left_empty_is_filled(clients: list[Client]) -> None:
    window.controls[dock.CONTROL] = {"uiScript": "pass", "raised": 0}
    window.run_script(dock.CONTROL)
    assert panels() == []
    dock.show()
    assert len(panels()) == 1


def test_the_layout_keeps_one_line_of_text(clients: list[Client]) -> None:
    dock.show()
    kept = cmds.workspaceControl(dock.CONTROL, query=True, uiScript=True)
    assert kept == "import maya_stylize.host.dock; maya_stylize.host.dock.restore()"
