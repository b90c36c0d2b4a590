from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from panel_fakes import FakeClient

from maya_stylize.ui.engine_line import EngineLine
from maya_stylize.worker.protocol import Device


@pytest.fixture
def client() -> FakeClient:
    return FakeClient()


def test_it_says_the_machine_then_the_device(app: Any, client: FakeClient) -> None:
    line = EngineLine(client)
    line.refresh()
    assert line.text() == "Engine: tensorflow 2.20.0 · a processor, 32 GB"
    client.device = Device("tensorflow", "gpu:0", "NVIDIA L4", 24 * 2**30)
    line.refresh()
    assert line.text() == "Engine: tensorflow 2.20.0 on NVIDIA L4, 24 GB"
    client.device = dataclasses.replace(client.device, name="Metal", memory=0)
    line.refresh()
    assert line.text() == "Engine: tensorflow 2.20.0 on Metal"
    client.hello = client.device = None
    line.refresh()
    assert "not running" in line.text()


def test_each_new_worker_is_warmed_once(app: Any, client: FakeClient) -> None:
    line = EngineLine(client)
    hello, client.hello = client.hello, None
    line.refresh()
    assert client.warmed == []
    for _ in range(2):
        client.hello = hello
        line.refresh()
        line.refresh()
        client.hello = None
        line.refresh()
    assert client.warmed == ["tensorflow"] * 2


def test_a_worker_without_a_backend_is_let_be(app: Any, client: FakeClient) -> None:
    assert client.hello is not None
    client.hello.backends.clear()
    line = EngineLine(client)
    line.refresh()
    assert "not installed" in line.text()
    assert client.warmed == []
