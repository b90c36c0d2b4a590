"""Downloads against a server on this machine that misbehaves in every way we know of."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from loopback import CONTENT, Handler, Server, running, serve

from maya_stylize.convert import download as module
from maya_stylize.convert.download import download
from maya_stylize.errors import ModelError


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def impatient(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENCE_SECONDS", 0.5)


def ignore(done: int, total: int | None, text: str) -> None:
    pass


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_whole_file_arrives_with_progress(server: Server, tmp_path: Path) -> None:
    server.answers = [serve()]
    reports: list[tuple[int, int | None, str]] = []
    download(server.url, tmp_path / "model.bin", lambda *report: reports.append(report))
    assert (tmp_path / "model.bin").read_bytes() == CONTENT
    assert leftovers(tmp_path) == ["model.bin"]
    amounts = [done for done, _, _ in reports]
    assert amounts == sorted(amounts)
    assert amounts[-1] == len(CONTENT)
    assert {(total, text) for _, total, text in reports} == {
        (len(CONTENT), "Downloading from 127.0.0.1")
    }


def test_a_server_that_does_not_say_how_long_it_is(server: Server, tmp_path: Path) -> None:
    def answer(handler: Handler) -> None:
        handler.head(200)
        handler.wfile.write(CONTENT)

    server.answers = [answer]
    totals = set()
    download(server.url, tmp_path / "model.bin", lambda _, total, __: totals.add(total))
    assert (tmp_path / "model.bin").read_bytes() == CONTENT
    assert totals == {None}


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(1, 400_000), max_size=4, unique=True), tagged=st.booleans())
def test_connections_that_break_are_taken_up_where_they_broke(
    server: Server, tmp_path_factory: pytest.TempPathFactory, cuts: list[int], tagged: bool
) -> None:
    folder = tmp_path_factory.mktemp("broken")
    tag = '"one"' if tagged else ""
    server.seen.clear()
    server.answers = [*(serve(cut=cut, etag=tag) for cut in cuts), serve(etag=tag)]
    download(server.url, folder / "model.bin", ignore)
    assert (folder / "model.bin").read_bytes() == CONTENT
    assert leftovers(folder) == ["model.bin"]
    starts, total = ["no range"], 0
    for cut in cuts:
        total += cut
        starts.append(f"bytes={min(total, len(CONTENT))}-" if tagged else "no range")
        if total >= len(CONTENT):
            break
    asked = [headers.get("Range", "no range") for headers in server.seen]
    assert asked == starts[: len(asked)]


def interrupt_after(amount: int) -> Callable[[int, int | None, str], None]:
    def report(done: int, total: int | None, text: str) -> None:
        if done >= amount:
            raise KeyboardInterrupt

    return report


def test_an_interrupted_download_goes_on_in_the_next_call(server: Server, tmp_path: Path) -> None:
    server.answers = [serve()]
    with pytest.raises(KeyboardInterrupt):
        download(server.url, tmp_path / "model.bin", interrupt_after(300_000))
    assert leftovers(tmp_path) == ["model.bin.part", "model.bin.part.json"]
    half = (tmp_path / "model.bin.part").stat().st_size
    assert 300_000 <= half < len(CONTENT)
    download(server.url, tmp_path / "model.bin", ignore)
    assert (tmp_path / "model.bin").read_bytes() == CONTENT
    assert server.seen[-1]["Range"] == f"bytes={half}-"
    assert server.seen[-1]["If-Range"] == '"one"'


def test_a_file_that_changed_meanwhile_is_taken_from_its_beginning(
    server: Server, tmp_path: Path
) -> None:
    server.answers = [serve()]
    with pytest.raises(KeyboardInterrupt):
        download(server.url, tmp_path / "model.bin", interrupt_after(300_000))
    other = bytes(reversed(CONTENT))
    server.answers = [serve(other, etag='"two"')]
    download(server.url, tmp_path / "model.bin", ignore)
    assert (tmp_path / "model.bin").read_bytes() == other


@pytest.mark.parametrize(
    "note", [b"", b"{}", b"[1]", b'{"url": "http://elsewhere", "version": "x"}', b"\xff"]
)
def test_a_part_that_belongs_to_nothing_known_is_not_continued(
    server: Server, tmp_path: Path, note: bytes
) -> None:
    (tmp_path / "model.bin.part").write_bytes(b"something else")
    (tmp_path / "model.bin.part.json").write_bytes(note)
    server.answers = [serve()]
    download(server.url, tmp_path / "model.bin", ignore)
    assert (tmp_path / "model.bin").read_bytes() == CONTENT
    assert "Range" not in server.seen[0]


def leave_part(server: Server, folder: Path, content: bytes) -> None:
    (folder / "model.bin.part").write_bytes(content)
    note = {"url": server.url, "version": '"one"'}
    (folder / "model.bin.part.json").write_text(json.dumps(note))


def test_a_part_that_is_whole_already_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    leave_part(server, tmp_path, CONTENT)
    server.answers = [serve()]
    download(server.url, tmp_path / "model.bin", ignore)
    assert (tmp_path / "model.bin").read_bytes() == CONTENT
    assert [headers.get("Range") for headers in server.seen] == [f"bytes={len(CONTENT)}-", None]


def test_a_server_that_sends_the_wrong_range_is_asked_for_all(
    server: Server, tmp_path: Path
) -> None:
    def wrong(handler: Handler) -> None:
        handler.head(206, Content_Range=f"bytes 0-9/{len(CONTENT)}", Content_Length=10)
        handler.wfile.write(CONTENT[:10])

    leave_part(server, tmp_path, CONTENT[:1000])
    server.answers = [wrong, serve()]
    download(server.url, tmp_path / "model.bin", ignore)
    assert (tmp_path / "model.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_a_refusal_is_named_at_once(server: Server, tmp_path: Path, status: int) -> None:
    server.answers = [lambda handler: handler.head(status, Content_Length=0)]
    with pytest.raises(ModelError, match=f"{server.url}: the server answers {status} "):
        download(server.url, tmp_path / "model.bin", ignore)
    assert len(server.seen) == 1
    assert leftovers(tmp_path) == []


def test_a_missing_page_does_not_cost_what_had_come(server: Server, tmp_path: Path) -> None:
    leave_part(server, tmp_path, CONTENT[:1000])
    server.answers = [lambda handler: handler.head(404, Content_Length=0)]
    with pytest.raises(ModelError, match="404"):
        download(server.url, tmp_path / "model.bin", ignore)
    assert (tmp_path / "model.bin.part").read_bytes() == CONTENT[:1000]


def test_a_server_that_hangs_up_without_a_byte(server: Server, tmp_path: Path) -> None:
    server.answers = [serve(cut=0)]
    with pytest.raises(ModelError, match=r"the connection broke off\.$"):
        download(server.url, tmp_path / "model.bin", ignore)
    server.answers = [lambda handler: None]
    with pytest.raises(ModelError, match=r"the server breaks off \(RemoteDisconnected\)\.$"):
        download(server.url, tmp_path / "model.bin", ignore)


def test_a_server_that_breaks_off_every_time(server: Server, tmp_path: Path) -> None:
    server.answers = [serve(cut=10)]
    with pytest.raises(ModelError, match="broke off 5 times"):
        download(server.url, tmp_path / "model.bin", ignore)
    assert (tmp_path / "model.bin.part").read_bytes() == CONTENT[:50]
    assert not (tmp_path / "model.bin").exists()


@pytest.mark.parametrize("size", [10**12, None])
def test_a_file_larger_than_any_model_is_refused(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int | None
) -> None:
    def endless(handler: Handler) -> None:
        handler.head(200, **({"Content_Length": size} if size else {}))
        while True:
            handler.wfile.write(CONTENT)

    monkeypatch.setattr(module, "LARGEST", 5_000_000)
    server.answers = [endless]
    with pytest.raises(ModelError, match="larger than any model"):
        download(server.url, tmp_path / "model.bin", ignore)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 1000


def test_a_port_that_accepts_and_never_answers_costs_five_seconds(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/model.bin"
        start = time.monotonic()
        with pytest.raises(ModelError, match=r"no answer within 5 seconds|timed out"):
            download(url, tmp_path / "model.bin", ignore)
    assert time.monotonic() - start < 60  # a system's own patience is longer
    assert leftovers(tmp_path) == []


def test_nobody_listening(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/model.bin"
    with pytest.raises(ModelError, match="refused"):
        download(url, tmp_path / "model.bin", ignore)


@pytest.mark.usefixtures("impatient")
def test_a_name_lookup_that_hangs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    over = threading.Event()

    def hang(*_: object, **__: object) -> None:
        over.wait(60)
        raise OSError("never found")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with pytest.raises(ModelError, match=r"http://model\.invalid/a: no answer within 0\.5 seconds"):
        download("http://model.invalid/a", tmp_path / "model.bin", ignore)
    over.set()


@pytest.mark.usefixtures("impatient")
def test_a_header_that_comes_drop_by_drop(server: Server, tmp_path: Path) -> None:
    def drip(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not server.over.wait(0.05):
            handler.wfile.write(b"X-More: 1\r\n")

    server.answers = [drip]
    with pytest.raises(ModelError, match="no answer within"):
        download(server.url, tmp_path / "model.bin", ignore)


@pytest.mark.parametrize("amount", [0, 1000])
def test_a_server_that_falls_silent(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, amount: int
) -> None:
    def stall(handler: Handler) -> None:
        handler.head(200, Content_Length=len(CONTENT), ETag='"one"')
        handler.wfile.write(CONTENT[:amount])
        server.over.wait(60)

    server.answers = [stall]
    with monkeypatch.context() as impatient:
        impatient.setattr(module, "SILENCE_SECONDS", 2.0)
        with pytest.raises(ModelError, match=r"no answer within|nothing came for|timed out"):
            download(server.url, tmp_path / "model.bin", ignore)
    assert len(server.seen) == 1
    server.answers = [serve()]
    download(server.url, tmp_path / "model.bin", ignore)
    assert (tmp_path / "model.bin").read_bytes() == CONTENT
    assert server.seen[-1].get("Range") == (f"bytes={amount}-" if amount else None)
