"""A `.h5` on which the HDF5 library searches forever, or crashes: in a process of its own."""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

import maya_stylize
from maya_stylize import cli
from maya_stylize.convert import keras_h5, trial
from maya_stylize.convert.convert import read
from maya_stylize.errors import ModelError

RELU = {"name": "conv1_1", "padding": "same", "activation": "relu"}


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A model whose description is a text of variable length, as Keras writes it."""
    path = tmp_path / "net.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(
            {"config": [{"class_name": "Conv2D", "config": RELU}]}
        )
        file.attrs["layer_names"] = [b"conv1_1"]
        group = file.create_group("conv1_1")
        group.attrs["weight_names"] = [b"kernel", b"bias"]
        group["kernel"], group["bias"] = np.ones((3, 3, 3, 3), "f4"), np.ones(3, "f4")
    assert b"GCOL" in path.read_bytes()
    return path


@pytest.fixture
def endless(sound: Path) -> Path:
    """The first object of the heap is none and has no size: the library never gets past it."""
    data = bytearray(sound.read_bytes())
    place = data.index(b"GCOL") + 16
    data[place : place + 16] = bytes(16)
    sound.write_bytes(data)
    return sound


def test_a_file_of_keras_reads_and_is_tried_once(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    tried = f"open({str(log)!r}, 'a').write('x')\n" + trial._CHILD
    monkeypatch.setattr(trial, "_CHILD", tried)
    # In the worker, the folder that holds the package is not searched.
    root = Path(maya_stylize.__file__).resolve().parents[1]
    monkeypatch.setattr(sys, "path", [each for each in sys.path if Path(each) != root])
    assert read(sound).blocks == (1,)
    assert keras_h5.read_provenance(sound) is None
    assert log.read_text() == "x"
    os.utime(sound, (1, 1))  # it may be another file now
    assert read(sound).blocks == (1,)
    assert log.read_text() == "xx"


def test_what_we_write_is_not_tried(real_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_CHILD", "raise SystemExit(1)")
    assert keras_h5.read(real_model).convolutions


@pytest.mark.parametrize("key", ["layer_names", "weight_names"])
def test_texts_that_are_all_one_are_no_bomb(sound: Path, key: str) -> None:
    """4000 references to a text of 40,000 letters, in a file of 160 KB."""
    with h5py.File(sound, "r+", libver="latest") as file:
        group = file if key == "layer_names" else file["conv1_1"]
        group.attrs[key] = ["x" * 40_000, *(f"{number:05}" for number in range(3999))]
    data = sound.read_bytes()
    heap = data.index(b"x" * 40_000) - 32
    one = struct.pack("<IQI", 40_000, heap, 1)
    assert data.count(one) == 1
    start = data.index(one)
    sound.write_bytes(data[:start] + one * 4000 + data[start + 64_000 :])
    with pytest.raises(ModelError, match=r"net\.h5: the HDF5 file is damaged or cut short"):
        keras_h5.read(sound)


def test_texts_of_a_few_names_are_read(sound: Path) -> None:
    with h5py.File(sound, "r+") as file:
        file.attrs["layer_names"] = ["conv1_1"]
        file["conv1_1"].attrs["weight_names"] = ["kernel", "bias"]
    assert read(sound).blocks == (1,)


def test_the_command_line_tells_of_an_endless_search(
    endless: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(trial, "SECONDS", 8.0)
    assert cli.main(["convert", str(endless), str(tmp_path / "out.h5")]) == cli.FAILED
    printed = capsys.readouterr().err
    assert "net.h5: the HDF5 file is damaged: reading it did not end within 8 seconds" in printed
    assert "Get the file again." in printed
    assert list(tmp_path.iterdir()) == [endless]


CHILD = """
import sys
sys.path[:] = sys.argv[3:]
from maya_stylize.convert import trial
trial.confine(sys.argv[1], 60)
%s
"""


def test_a_crash_is_told_as_one(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_CHILD", "import ctypes; ctypes.string_at(0)")
    said = r"net\.h5: .* damaged: the HDF5 library ended with signal SIGSEGV on it"
    with pytest.raises(ModelError, match=said) as caught:
        read(sound)
    assert caught.value.hint == "Get the file again."


def test_what_reading_raised_is_told_as_the_file_s_fault(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own child, in which reading takes all the memory that it may have."""
    bomb = "keras_h5.try_reading = lambda name: bytes(1 << 40)\ntry:"
    monkeypatch.setattr(trial, "_CHILD", trial._CHILD.replace("try:", bomb))
    with pytest.raises(ModelError, match=r"net\.h5: .* damaged: reading it raised MemoryError"):
        read(sound)


@pytest.mark.parametrize(
    ("child", "said"),
    [
        ("import no_such_module", "code 1: ModuleNotFoundError: No module named 'no_such_module'."),
        ("raise SystemExit(3)", "code 3: nothing said."),
    ],
)
def test_another_failure_is_not_told_as_the_file_s(
    sound: Path, monkeypatch: pytest.MonkeyPatch, child: str, said: str
) -> None:
    monkeypatch.setattr(trial, "_CHILD", child)
    with pytest.raises(ModelError) as caught:
        read(sound)
    assert caught.value.message.endswith(said)
    assert "damaged" not in caught.value.message
    assert "not be the file's fault" in caught.value.hint


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not hold to the limit")
def test_the_child_s_memory_is_limited(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_CHILD", CHILD % "bytearray(trial._MEMORY)")
    with pytest.raises(ModelError, match="code 1: MemoryError"):
        read(sound)


@pytest.mark.skipif(sys.platform == "win32", reason="has no such pipes")
def test_the_child_ends_though_its_parent_is_killed(endless: Path, tmp_path: Path) -> None:
    """It holds a pipe open for as long as it lives, and is in native code all the while."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    first = f"import os; pipe = open({str(pipe)!r}, 'w'); print(os.getpid(), file=pipe, flush=True)"
    script = f"""
from pathlib import Path
from maya_stylize.convert import trial
trial.SECONDS, trial._CHILD = 5.0, {first!r} + trial._CHILD
trial.check(Path({str(endless)!r}))
"""
    path = os.pathsep.join(sys.path)
    with (
        subprocess.Popen(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": path}
        ) as parent,
        pipe.open() as lines,
    ):
        child = int(lines.readline())
        parent.kill()
        parent.wait()
        if not select.select([lines], [], [], 120)[0]:
            os.kill(child, signal.SIGKILL)
            pytest.fail("the child goes on without its parent")
        assert lines.read() == ""
