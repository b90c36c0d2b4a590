"""One way of writing files: whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maya_stylize import files, processes
from maya_stylize.errors import ImageError, ModelError, StylizeError
from maya_stylize.files import replacing, sha256

OLD = b"what was there before"
# A folder's own names and what Windows does not take are of no interest here.
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters='/\\:*?"<>|.'),
    min_size=1,
    max_size=40,
)
same_folder = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@same_folder
@given(content=st.binary(max_size=5000), before=st.none() | st.binary(max_size=50), name=NAMES)
def test_the_new_content_is_whole(
    tmp_path: Path, content: bytes, before: bytes | None, name: str
) -> None:
    path = tmp_path / f"{name}.json"
    if before is not None:
        path.write_bytes(before)
    with replacing(path) as temporary:
        temporary.write_bytes(content)
        # Whoever looks now sees the old file, and the new one lies beside it.
        assert (path.read_bytes() if path.exists() else None) == before
        assert temporary.parent == path.parent
    assert path.read_bytes() == content
    assert listing(tmp_path) == [path.name]
    path.unlink()


class OwnError(Exception):
    """Of whoever writes."""


@pytest.mark.parametrize("failure", [KeyboardInterrupt, SystemExit, OwnError, GeneratorExit])
@pytest.mark.parametrize("written", [None, b"", b"half of"])
@pytest.mark.parametrize("before", [None, OLD])
def test_a_failure_leaves_the_folder_as_it_was(
    tmp_path: Path,
    failure: type[BaseException],
    written: bytes | None,
    before: bytes | None,
) -> None:
    path = tmp_path / "a.bin"
    if before is not None:
        path.write_bytes(before)
    with pytest.raises(failure), replacing(path) as temporary:  # noqa: PT012
        if written is not None:
            temporary.write_bytes(written)
        raise failure
    assert listing(tmp_path) == ([] if before is None else ["a.bin"])
    assert before is None or path.read_bytes() == before


@pytest.mark.parametrize("where", ["fsync", "replace"])
@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "HDF5 says a lot"), KeyboardInterrupt()])
def test_a_failure_behind_the_block_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, failure: BaseException
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(OLD)

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[where], fail)
    wanted = KeyboardInterrupt if isinstance(failure, KeyboardInterrupt) else ModelError
    with pytest.raises(wanted) as caught, replacing(path, ModelError) as temporary:
        temporary.write_bytes(b"new")
    if wanted is ModelError:
        assert str(path) in str(caught.value)
        assert os.strerror(errno.ENOSPC) in str(caught.value)
        assert "HDF5" not in str(caught.value)
    assert path.read_bytes() == OLD
    assert listing(tmp_path) == ["a.bin"]


def test_the_content_is_on_the_disk_before_it_is_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.bin"
    synced = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        assert not path.exists()
        synced.append(os.fstat(descriptor).st_size)
        real(descriptor)

    monkeypatch.setattr(files.os, "fsync", fsync)
    with replacing(path) as temporary:
        temporary.write_bytes(b"12345")
    assert synced == [5]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077])
def test_a_file_has_the_permissions_of_any_new_file(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with replacing(tmp_path / "a.bin") as temporary:
            temporary.write_bytes(b"new")
    finally:
        os.umask(before)
    assert (tmp_path / "a.bin").stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere/a.bin", errno.ENOENT),
        ("file/a.bin", errno.ENOTDIR),
        ("folder", errno.EISDIR),
        ("n" * 300, errno.ENAMETOOLONG),
    ],
)
@pytest.mark.parametrize("failure", [ImageError, ModelError])
def test_a_place_that_cannot_be_written_is_one_clear_error(
    tmp_path: Path, name: str, reason: int, failure: type[StylizeError]
) -> None:
    (tmp_path / "file").write_bytes(OLD)
    (tmp_path / "folder").mkdir()
    path = tmp_path / name
    with pytest.raises(failure) as caught, replacing(path, failure) as temporary:
        temporary.write_bytes(b"new")
    assert caught.value.message == f"{path} cannot be written: {os.strerror(reason)}."
    assert "folder" in caught.value.hint
    assert listing(tmp_path) == ["file", "folder"]
    assert listing(tmp_path / "folder") == []


def test_a_folder_that_goes_away_meanwhile_is_one_clear_error(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(StylizeError, match="cannot be written"), replacing(folder / "a"):
        folder.rmdir()
    assert listing(tmp_path) == []


def test_two_that_write_the_same_file_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    with replacing(path) as first, replacing(path) as second:
        first.write_bytes(b"first")
        second.write_bytes(b"second")
    assert path.read_bytes() == b"first"  # the one that ended last
    assert listing(tmp_path) == ["a.bin"]


def test_an_error_without_a_number_gives_its_text() -> None:
    error = files.unwritable(Path("a.bin"), OSError("the cable is out"))
    assert error.message == "a.bin cannot be written: the cable is out."


@same_folder
@given(st.binary(max_size=300), st.integers(0, 8000))
def test_sha256_is_that_of_all_bytes(tmp_path: Path, start: bytes, repeats: int) -> None:
    """Up to 2.4 MB, for it reads blocks of one."""
    content = start * repeats
    (tmp_path / "a.bin").write_bytes(content)
    assert sha256(tmp_path / "a.bin") == hashlib.sha256(content).hexdigest()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_replaced_and_what_it_names_is_left(tmp_path: Path) -> None:
    """A link among the results cannot lead what is written out of their folder."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "source.png").write_bytes(OLD)
    for name, target in (("out.png", "source.png"), ("new.png", "not there.png")):
        link = tmp_path / name
        link.symlink_to(elsewhere / target)
        with replacing(link) as temporary:
            temporary.write_bytes(b"new")
        assert not link.is_symlink()
        assert link.read_bytes() == b"new"
    assert listing(elsewhere) == ["source.png"]
    assert (elsewhere / "source.png").read_bytes() == OLD


WRITER = """
import sys
from pathlib import Path
from maya_stylize.files import replacing
with replacing(Path(sys.argv[1])) as temporary:
    temporary.write_bytes(b"half of it")
    print(temporary.name, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process in the midst of writing, and its temporary file."""
    environment = {**os.environ, "PYTHONPATH": str(Path(files.__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "a.bin")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        yield process, tmp_path / process.stdout.readline().strip()
        process.kill()


def test_what_a_killed_writer_left_is_removed_by_the_next(
    tmp_path: Path, writer: tuple[subprocess.Popen[str], Path]
) -> None:
    process, half = writer
    (tmp_path / "a.bin").write_bytes(OLD)
    process.kill()
    process.wait()
    assert half.read_bytes() == b"half of it"
    with replacing(tmp_path / "another.bin") as temporary:
        temporary.write_bytes(b"new")
    assert listing(tmp_path) == ["a.bin", "another.bin"]
    assert (tmp_path / "a.bin").read_bytes() == OLD


def test_what_another_process_writes_is_let_be(
    tmp_path: Path, writer: tuple[subprocess.Popen[str], Path]
) -> None:
    process, half = writer
    with replacing(tmp_path / "a.bin") as temporary:
        temporary.write_bytes(b"new")
        files.sweep(tmp_path)
        assert temporary.exists()
    assert listing(tmp_path) == sorted([half.name, "a.bin"])
    process.communicate("")
    assert (tmp_path / "a.bin").read_bytes() == b"half of it"
    assert listing(tmp_path) == ["a.bin"]


def test_machines_of_one_name_are_two_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows and macOS; a card's number that is drawn anew each time tells nothing."""
    monkeypatch.setattr(processes, "_BOOT", tmp_path / "none")
    cards = (0x001122334455, 0x001122334456, 0x011122334455, 0xA1B2C3D4E5F6)
    assert [bool(card >> 40 & 1) for card in cards] == [False, False, True, True]
    places = []
    for card in cards:
        monkeypatch.setattr("uuid.getnode", lambda card=card: card)
        places.append(processes.place.__wrapped__())
    assert len(set(places)) == 3
    assert places[2] == places[3]


def test_only_what_is_surely_left_is_removed(tmp_path: Path) -> None:
    """Another machine's processes have numbers of their own, and users have files of theirs."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    here, token = processes.place(), "0" * 16
    kept = [
        f".{token}-{gone.pid}-{'0' * 8}.part",  # another machine's
        f".{token}-{os.getpid()}-{here}.part",
        f".{token}-{gone.pid}-{here}.png",
        f"{token}-{gone.pid}-{here}.part",
        f".{token}.part",
        f".{token}-{'9' * 30}-{here}.part",
        "model.bin.part",
    ]
    for name in [*kept, f".{token}-{gone.pid}-{here}.part"]:
        (tmp_path / name).write_bytes(b"x")
    files.sweep(tmp_path)
    assert listing(tmp_path) == sorted(kept)
    files.sweep(tmp_path / "nowhere")
