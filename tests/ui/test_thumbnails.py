from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from panel_fakes import FakeClient

from maya_stylize.errors import ImageError
from maya_stylize.ui import thumbnails as module
from maya_stylize.ui.thumbnails import IN_FLIGHT, Loader, Thumbnails


class Slow(FakeClient):
    """Answers when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, Callable[[Any], None]]] = []

    def request(self, command: str, arguments: Any, answered: Any, progress: Any = None) -> int:
        self.open.append((arguments["path"], answered))
        return len(self.open)


def test_a_picture_comes_later_and_is_kept(app: Any, pictures: Path, wait: Any) -> None:
    client = FakeClient()
    thumbnails = Thumbnails(client, Loader())
    path = str(pictures / "coffee.png")
    came: list[str] = []
    thumbnails.changed.connect(came.append)
    assert thumbnails.get(path, 64) is None
    assert thumbnails.get(path, 64) is None
    wait(lambda: came == [path])
    assert thumbnails.get(path, 64).width() == 384
    assert len(client.asked) == 1


def test_files_are_read_beside_the_main_thread(
    app: Any, pictures: Path, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    load = module.load

    def spy(path: str) -> Any:
        threads.append(threading.current_thread())
        return load(path)

    monkeypatch.setattr(module, "load", spy)
    received: list[threading.Thread] = []
    loader = Loader()
    loader.load(str(pictures / "coffee.png"), lambda _: received.append(threading.current_thread()))
    wait(lambda: received)
    assert threading.main_thread() not in threads
    assert set(received) == {threading.main_thread()}


def test_what_was_asked_last_comes_first_and_few_at_a_time(app: Any, wait: Any) -> None:
    client = Slow()
    thumbnails = Thumbnails(client, Loader())
    for number in range(20):
        thumbnails.get(f"{number}.png", 64)
    assert len(client.open) == IN_FLIGHT
    client.open[0][1](ImageError("broken"))
    assert client.open[-1][0] == "19.png"


def test_a_failure_is_kept_until_forgotten(app: Any) -> None:
    client = FakeClient()
    client.failure = ImageError("It is broken.")
    thumbnails = Thumbnails(client, Loader())
    assert thumbnails.get("a.png", 64) is None
    assert thumbnails.failure("a.png", 64) is client.failure
    assert thumbnails.get("a.png", 64) is None
    assert len(client.asked) == 1
    thumbnails.forget("a.png")
    thumbnails.get("a.png", 64)
    assert len(client.asked) == 2


def test_memory_is_bounded(
    app: Any, pictures: Path, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    client = FakeClient()
    thumbnails = Thumbnails(client, Loader())
    path = str(pictures / "coffee.png")
    for size in (1, 2, 3):
        thumbnails.get(path, size)
        wait(lambda size=size: thumbnails.get(path, size) is not None)
    assert len(client.asked) == 3
    thumbnails.get(path, 3)
    thumbnails.get(path, 1)
    assert len(client.asked) == 4
