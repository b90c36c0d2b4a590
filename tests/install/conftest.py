"""A user's folders that are nobody's, and a pip that is asked for nothing it could not have."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from installer import engine, interpreters, pip
from installer.installation import Request
from installer.machine import Machine
from stand_ins import machine, write_python, write_source


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_source(tmp_path / "source")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with spaces and Japanese in its name, where everything is put."""
    root = tmp_path / "ホーム 山田 é"
    (root / "home" / "maya" / "prefs").mkdir(parents=True)
    (root / "home" / "maya" / "prefs" / "userPrefs.mel").write_text("// the user's own")
    monkeypatch.setenv("MAYA_STYLIZE_HOME", str(root / "home" / "data" / "maya-stylize"))
    return root


@pytest.fixture
def here(home: Path) -> Machine:
    return machine(home)


@pytest.fixture
def request_(source: Path) -> Request:
    return Request(wheelhouse=source / "wheels", build="tensorflow")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real pip, kept from every index."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    # The bundled pip of some Pythons is older than the one that is brought first.
    monkeypatch.setattr(pip, "BARS", ())


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """No pip and no venv: their work is done by two lines each. Gives the titles of pip's runs."""
    titles: list[str] = []

    def make_environment(_: object, folder: Path) -> None:
        write_python(folder / "bin" / "python")

    def install(python: Path, title: str, arguments: list[str], folder: Path) -> None:
        titles.append(title)
        inside = python.parent
        if "--target" in arguments:
            inside = Path(arguments[arguments.index("--target") + 1])
            inside.mkdir(exist_ok=True)
        version = (folder / "requirements" / "engine.txt").read_text().split()[0].split("==")[1]
        (inside / "part.py").write_text(f"VERSION = {version!r}\n")

    def prove(found: engine.Engine, *_: object) -> dict[str, str]:
        part = (found.packages or found.python.parent) / "part.py"
        version = part.read_text().split("'")[1]
        return {"backend": "b", "version": version, "device": "cpu:0", "device_name": "a CPU"}

    monkeypatch.setattr(os, "fsync", lambda _: None)  # many a file here, and no power cut
    monkeypatch.setattr(engine, "make_environment", make_environment)
    monkeypatch.setattr(engine.pip, "install", install)
    monkeypatch.setattr(engine, "prove", prove)
    monkeypatch.setattr(engine, "_runs", lambda python: python.is_file())
    monkeypatch.setattr(interpreters, "find", lambda versions: ["a python"])
    return titles
