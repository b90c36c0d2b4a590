from __future__ import annotations

import gc
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from panel_fakes import FakeClient

from maya_stylize.errors import ImageError, WorkerError
from maya_stylize.ui import loader as loading
from maya_stylize.ui import thumbnails as module
from maya_stylize.ui.loader import Loader
from maya_stylize.ui.qt import QtCore
from maya_stylize.ui.thumbnails import IN_FLIGHT, MOST_ENDS, Thumbnails


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


def test_files_are_read_beside_the_main_thread_and_collect_nothing_there(
    app: Any, pictures: Path, wait: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Collecting there would destroy widgets outside the main thread, which crashes."""
    own = shutil.copy(pictures / "coffee.png", tmp_path)
    seen: list[tuple[threading.Thread, bool]] = []
    read = loading.read

    def spy(path: str) -> Any:
        if path == str(own):  # an earlier test's panel may still be reading its own
            seen.append((threading.current_thread(), gc.isenabled()))
        return read(path)

    monkeypatch.setattr(loading, "read", spy)
    received: list[threading.Thread] = []
    owner, loader = QtCore.QObject(), Loader()
    for _ in range(3):
        loader.load(
            str(own),
            owner,
            lambda _: received.append(threading.current_thread()),
        )
    wait(lambda: len(received) == 3)
    wait(gc.isenabled)
    assert set(received) == {threading.main_thread()}
    assert len(seen) == 3
    for thread, collecting in seen:
        assert thread is not threading.main_thread()
        assert not collecting


def test_who_is_deleted_meanwhile_is_not_told(app: Any, pictures: Path, wait: Any) -> None:
    told: list[str] = []
    gone, there = QtCore.QObject(), QtCore.QObject()
    loader = Loader()
    for owner, name in ((gone, "gone"), (there, "there")):
        loader.load(str(pictures / "coffee.png"), owner, lambda _, name=name: told.append(name))
    gone.deleteLater()
    app.sendPostedEvents(gone, QtCore.QEvent.Type.DeferredDelete)
    wait(lambda: told)
    assert told == ["there"]


def test_what_was_asked_last_comes_first_and_few_at_a_time(app: Any, wait: Any) -> None:
    client = Slow()
    thumbnails = Thumbnails(client, Loader())
    for number in range(20):
        thumbnails.get(f"{number}.png", 64)
    assert len(client.open) == IN_FLIGHT
    client.open[0][1](ImageError("broken"))
    assert client.open[-1][0] == "19.png"


def test_with_the_worker_gone_nothing_is_asked_until_there_is_another(app: Any) -> None:
    """Else every lost answer would start the worker again, even at Maya's end."""
    client = FakeClient()
    hello, client.hello = client.hello, None
    client.failure = WorkerError("The engine ended by itself.")
    thumbnails = Thumbnails(client, Loader())
    for _ in range(2):
        for number in range(20):
            thumbnails.get(f"{number}.png", 64)
    assert len(client.asked) == 1
    client.hello, client.failure = hello, None
    told: list[str] = []
    thumbnails.changed.connect(told.append)
    thumbnails.retry()
    assert sorted(told) == sorted(f"{number}.png" for number in range(20))
    thumbnails.get("7.png", 64)
    assert client.asked[1][1]["path"] == "7.png"


def test_answers_lost_at_once_are_not_asked_one_after_the_other(app: Any) -> None:
    client = Slow()
    thumbnails = Thumbnails(client, Loader())
    for number in range(20):
        thumbnails.get(f"{number}.png", 64)
    client.hello = None
    for _, answered in list(client.open):
        answered(WorkerError("Cancelled."))
    assert len(client.open) == IN_FLIGHT


def test_a_picture_that_ends_each_worker_is_left_alone_until_all_are_looked_at_anew(
    app: Any,
) -> None:
    """Else every job would end with it: the next worker would be asked for it again."""
    client = Slow()
    hello = client.hello
    crash = WorkerError("The engine crashed (signal SIGSEGV).")
    thumbnails = Thumbnails(client, Loader())
    for _ in range(MOST_ENDS):
        thumbnails.get("bad.exr", 64)
        client.hello = None
        client.open[-1][1](crash)
        client.hello = hello
        thumbnails.retry()
    assert thumbnails.get("bad.exr", 64) is None
    assert len(client.open) == MOST_ENDS
    assert thumbnails.failure("bad.exr", 64) is crash
    thumbnails.get("good.exr", 64)
    assert client.open[-1][0] == "good.exr"
    thumbnails.renew()
    thumbnails.get("bad.exr", 64)
    assert client.open[-1][0] == "bad.exr"


def test_a_picture_that_was_shown_meanwhile_did_not_end_the_worker(
    app: Any, pictures: Path, wait: Any
) -> None:
    client = Slow()
    hello, path = client.hello, str(pictures / "coffee.png")
    thumbnails = Thumbnails(client, Loader())
    for _ in range(MOST_ENDS):
        thumbnails.get(path, 64)
        client.hello = None
        client.open[-1][1](WorkerError("The engine has too little memory."))
        client.hello = hello
        thumbnails.retry()
        thumbnails.get(path, 64)
        client.open[-1][1]({"path": path})
        wait(lambda: thumbnails.get(path, 64))
        thumbnails.forget(path)
    assert thumbnails.failure(path, 64) is None
    thumbnails.get(path, 64)
    assert client.open[-1][0] == path
    assert len(client.open) == 2 * MOST_ENDS + 1


def test_a_worker_that_never_began_says_nothing_of_pictures(app: Any) -> None:
    client = Slow()
    hello = client.hello
    thumbnails = Thumbnails(client, Loader())
    for _ in range(MOST_ENDS + 1):
        client.hello = None
        thumbnails.get("good.exr", 64)
        client.open[-1][1](WorkerError("The engine could not be started."))
        client.hello = hello
        thumbnails.retry()
    assert thumbnails.failure("good.exr", 64) is None
    thumbnails.get("good.exr", 64)
    assert len(client.open) == MOST_ENDS + 2


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


def test_a_picture_painted_anew_replaces_the_old_one_which_stays_meanwhile(
    app: Any, pictures: Path, wait: Any
) -> None:
    client = Slow()
    thumbnails = Thumbnails(client, Loader())
    path = str(pictures / "coffee.png")
    thumbnails.get(path, 64)
    client.open.pop()[1]({"path": path})
    wait(lambda: thumbnails.get(path, 64))
    thumbnails.renew()
    for _ in range(2):
        assert thumbnails.get(path, 64).width() == 384
    ((_, answer),) = client.open
    answer({"path": str(pictures / "bricks.png")})
    wait(lambda: thumbnails.get(path, 64).width() == 256)
    thumbnails.renew()
    thumbnails.get(path, 64)
    client.open.pop()[1](ImageError("It is gone."))
    assert thumbnails.get(path, 64) is None
    assert thumbnails.failure(path, 64)
