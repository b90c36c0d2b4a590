"""What the Maya side's tests run in is what a Maya has, and no more."""

from __future__ import annotations

import importlib.util
import sys

import pytest

QT = {(3, 10): ("PySide2", "5.15"), (3, 11): ("PySide6", "6.5"), (3, 13): ("PySide6", "6.8")}
ENGINE = ("numpy", "keras", "tensorflow", "torch", "jax", "h5py", "OpenImageIO", "rich")


@pytest.mark.parametrize("name", ENGINE)
def test_there_is_no_engine_to_lean_on(name: str) -> None:
    assert importlib.util.find_spec(name) is None


def test_qt_is_the_one_of_mayas_python() -> None:
    package, version = QT[sys.version_info[:2]]
    qt_core = importlib.import_module(f"{package}.QtCore")
    assert qt_core.qVersion().startswith(f"{version}.")
    other = {"PySide2": "PySide6", "PySide6": "PySide2"}[package]
    assert importlib.util.find_spec(other) is None
