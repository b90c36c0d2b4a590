"""A session's warm process: there for one session, and gone with it."""

from __future__ import annotations

import errno
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path
from typing import BinaryIO

import pytest

from maya_stylize.errors import WorkerError
from maya_stylize.farm import session

ROOT = Path(__file__).resolve().parents[2]
HANGING_SECONDS = 600
pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes are looked at as POSIX has them")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A session's folder; what was started for it is ended."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # Long, quoted and no ASCII: a socket's path could not be.
    folder = tmp_path / f"session 'é' {'x' * 120}"
    folder.mkdir()
    yield folder
    session.stop(folder)


def told(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(session.connection_file(folder).read_text())
    return found


def wait(process: int) -> None:
    """Wait for the end of a process that is another one's child."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return
    with os.fdopen(handle) as file:
        assert select.select([file], [], [], HANGING_SECONDS)[0]


def writer_of(pipe: Path) -> BinaryIO:
    """Return a named pipe's writing end, once somebody reads it."""
    began = time.monotonic()
    while True:
        try:
            return os.fdopen(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK), "wb")
        except OSError as error:
            if error.errno != errno.ENXIO or time.monotonic() - began > HANGING_SECONDS:
                raise
            time.sleep(0.01)


def test_it_is_started_once_and_ends_with_its_session(folder: Path) -> None:
    session.start(folder)
    first = told(folder)
    assert session.connection_file(folder).stat().st_mode & 0o077 == 0
    session.start(folder)
    assert told(folder) == first
    session.stop(folder)
    wait(int(first["pid"]))
    assert not session.connection_file(folder).exists()
    assert not Path(first["address"]).parent.exists()
    session.stop(folder)  # there is none: nothing to do


@pytest.mark.parametrize(
    "end",
    [
        lambda folder, process: session.connection_file(folder).unlink(),
        lambda folder, process: os.kill(process, signal.SIGTERM),
    ],
    ids=["folder gone", "SIGTERM"],
)
def test_it_ends_without_being_told(folder: Path, end: Callable[[Path, int], None]) -> None:
    session.start(folder)
    before = told(folder)
    end(folder, int(before["pid"]))
    wait(int(before["pid"]))
    assert not Path(before["address"]).parent.exists()


TOLD_TO_END = """
import os, signal, sys
from contextlib import contextmanager
from pathlib import Path
from maya_stylize.farm import warm

really = warm.replacing

@contextmanager
def replacing(path):
    with really(path) as temporary:
        yield temporary
    os.kill(os.getpid(), signal.SIGTERM)

warm.replacing = replacing
warm.Warm(Path(sys.argv[1])).serve()
"""


def test_told_to_end_as_soon_as_it_is_known_it_leaves_nothing(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as own:  # a socket's path has to be short
        environment = {**os.environ, "TMPDIR": own}
        command = [sys.executable, "-c", TOLD_TO_END, str(folder)]
        done = subprocess.run(command, env=environment, timeout=HANGING_SECONDS)
        assert done.returncode == 0
        assert list(Path(own).iterdir()) == list(folder.iterdir()) == []


def test_one_that_was_killed_is_started_anew(folder: Path) -> None:
    session.start(folder)
    before = int(told(folder)["pid"])
    os.kill(before, signal.SIGKILL)
    wait(before)
    session.start(folder)
    assert int(told(folder)["pid"]) != before


def test_one_with_nothing_to_do_ends(folder: Path) -> None:
    code = "import sys, pathlib; from maya_stylize.farm.warm import Warm; "
    code += "Warm(pathlib.Path(sys.argv[1]), idle=0.2).serve()"
    command = [sys.executable, "-c", code, str(folder)]
    assert subprocess.run(command, timeout=HANGING_SECONDS).returncode == 0
    assert not session.connection_file(folder).exists()


def test_it_takes_orders_from_its_own_session_alone(folder: Path) -> None:
    session.start(folder)
    before = told(folder)
    with pytest.raises(AuthenticationError):
        Client(before["address"], authkey=b"guessed")
    key = bytes.fromhex(before["key"])
    for nonsense in 3 * (b"no JSON", b"[]", b'{"do": "dance", "order": {}}', b'{"do": "tiles"}'):
        with Client(before["address"], authkey=key) as connection:
            connection.send_bytes(nonsense)
    session.start(folder)
    assert told(folder) == before


def test_why_it_does_not_start_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys; print('out of order', file=sys.stderr); sys.exit(3)"
    program = folder / "python"
    program.write_text(f"#!{sys.executable}\n{code}\n")
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(WorkerError, match="cannot be started"):
        session.start(folder)
    program.chmod(0o755)
    with pytest.raises(WorkerError, match="ended with 3: out of order"):
        session.start(folder)
    with pytest.raises(WorkerError, match="cannot be written"):
        session.start(folder / "missing")


def test_an_order_that_makes_no_sense_fails_with_a_reason(folder: Path) -> None:
    order = {"jobs": str(folder), "results": str(folder), "mapping": "none", "textures": "1"}
    with session.asked(folder, "tiles", order) as asked:
        *_, (kind, text), last = asked.told()
    assert last == (session.END, str(session.FAILED))
    assert kind == "fail"
    assert "none: cannot be read" in text


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (signal.SIGSEGV, "The warm process crashed in a native library (Segmentation fault)."),
        (signal.SIGKILL, "The warm process has ended in the midst of its work: "),
    ],
)
def test_its_end_in_the_midst_of_an_order_is_told(
    folder: Path, how: signal.Signals, said: str
) -> None:
    """A crash that its log tells of may be that of an earlier one."""
    session.log_file(folder).write_text("Fatal Python error: Bus error\n")
    mapping = folder / "mapping"
    os.mkfifo(mapping)  # who reads it waits
    session.start(folder)
    order = {"jobs": str(folder), "results": str(folder), "textures": "1"}
    order["mapping"] = str(mapping)
    with session.asked(folder, "tiles", order) as asked, writer_of(mapping):
        process = int(told(folder)["pid"])
        os.kill(process, how)
        with pytest.raises(WorkerError) as caught:
            list(asked.told())
    assert caught.value.message.startswith(said)
    assert "Fatal" not in caught.value.message
    wait(process)
