from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from panel_fakes import MODEL, FakeClient, FakeScene

from maya_stylize.errors import ModelError, WorkerError
from maya_stylize.license_notice import ACADEMIC_NOTICE
from maya_stylize.ui.first_launch import FirstLaunch
from maya_stylize.ui.panel import Panel
from maya_stylize.ui.qt import QtWidgets


@pytest.fixture
def client() -> FakeClient:
    return FakeClient(model=None)


@pytest.fixture
def page(panel: Panel, wait: Any) -> FirstLaunch:
    wait(lambda: panel.pages.currentWidget() is panel.first_launch)
    return panel.first_launch


def texts(page: FirstLaunch) -> str:
    return "\n".join(each.text() for each in page.findChildren(QtWidgets.QLabel))


def fetched(client: FakeClient) -> list[Any]:
    return [
        arguments["source"]
        for name, arguments in client.asked
        if name == "model" and arguments["action"] == "fetch"
    ]


def test_without_a_model_the_terms_come_first(page: FirstLaunch, client: FakeClient) -> None:
    assert ACADEMIC_NOTICE in texts(page)
    assert not page.start.isEnabled()
    page.agree.click()
    assert page.start.isEnabled()
    page.start.click()
    assert fetched(client) == [None]


def test_progress_then_the_facts_then_the_panel(
    page: FirstLaunch, client: FakeClient, panel: Panel
) -> None:
    page.agree.click()
    page.start.click()
    assert client.fetching is not None
    answered, progress = client.fetching
    progress({"event": "progress", "stage": "Downloading", "fraction": 0.5})
    assert page.bar.isVisible()
    assert page.bar.value() == 500
    assert "Downloading" in texts(page)
    answered(MODEL)
    assert not page.bar.isVisible()
    assert "normalized VGG-19" in texts(page)
    assert MODEL["provenance"]["notice"] in texts(page)
    page.go_on.click()
    assert panel.pages.currentWidget() is not page


def test_a_file_of_ones_own(page: FirstLaunch, client: FakeClient, tmp_path: Path) -> None:
    page.file.setText(str(tmp_path / "vgg.caffemodel"))
    assert page.own.isChecked()
    page.agree.click()
    page.start.click()
    assert fetched(client) == [str(tmp_path / "vgg.caffemodel")]


def test_no_file_named_is_told(page: FirstLaunch, client: FakeClient, panel: Panel) -> None:
    page.own.setChecked(True)
    page.agree.click()
    page.start.click()
    assert "No file is named" in panel.messages.text()
    assert fetched(client) == []


def test_a_failed_fetch_can_be_tried_again(
    page: FirstLaunch, client: FakeClient, panel: Panel
) -> None:
    page.agree.click()
    page.start.click()
    assert client.fetching is not None
    client.fetching[0](ModelError("Nothing answered.", "Bring vgg_normalised.caffemodel."))
    assert panel.messages.text() == "Nothing answered. Bring vgg_normalised.caffemodel."
    assert page.start.isVisible()
    page.start.click()
    assert fetched(client) == [None, None]


def test_a_cancelled_fetch_is_no_error(page: FirstLaunch, client: FakeClient, panel: Panel) -> None:
    page.agree.click()
    page.start.click()
    page.cancel.click()
    assert len(client.cancelled) == 1
    assert client.fetching is not None
    client.fetching[0](WorkerError("Cancelled."))
    assert panel.messages.text() == ""
    assert page.start.isVisible()


def test_with_a_model_the_panel_opens_at_once(scene: FakeScene, open_panel: Any) -> None:
    panel = open_panel(scene, FakeClient())
    assert panel.pages.currentWidget() is not panel.first_launch


def test_no_engine_is_told_over_the_list(scene: FakeScene, open_panel: Any) -> None:
    client = FakeClient()
    client.failure = WorkerError("The engine is not installed.", "Run the installer.")
    panel = open_panel(scene, client)
    assert panel.messages.text() == "The engine is not installed. Run the installer."
    assert panel.textures.view.model().rowCount() == 4
