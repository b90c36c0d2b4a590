"""A `.h5` on which the HDF5 library searches forever, or crashes: in a process of its own."""

from __future__ import annotations

import json
import os
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


@pytest.mark.parametrize(
    ("child", "said"),
    [("import ctypes; ctypes.string_at(0)", "signal SIGSEGV"), ("raise SystemExit(3)", "code 3")],
)
def test_a_crash_is_told_as_one(
    sound: Path, monkeypatch: pytest.MonkeyPatch, child: str, said: str
) -> None:
    monkeypatch.setattr(trial, "_CHILD", child)
    with pytest.raises(ModelError, match=rf"net\.h5: .* ended with {said} on it") as caught:
        read(sound)
    assert caught.value.hint == "Get the file again."
