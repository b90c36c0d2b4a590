"""Where a user's files lie, per platform, and the settings file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from maya_stylize import settings
from maya_stylize.errors import StylizeError


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("MAYA_STYLIZE_HOME", "MAYA_STYLIZE_MODEL", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [
        ("linux", {}, ".local/share/maya-stylize"),
        ("linux", {"XDG_DATA_HOME": "{home}/data"}, "data/maya-stylize"),
        ("linux", {"XDG_DATA_HOME": "relative"}, ".local/share/maya-stylize"),
        ("darwin", {}, "Library/Application Support/maya-stylize"),
        ("darwin", {"XDG_DATA_HOME": "{home}/data"}, "Library/Application Support/maya-stylize"),
        ("win32", {"LOCALAPPDATA": "{home}/local"}, "local/maya-stylize"),
        ("win32", {}, "AppData/Local/maya-stylize"),
        ("win32", {"MAYA_STYLIZE_HOME": "{home}/own"}, "own"),
        ("darwin", {"MAYA_STYLIZE_HOME": "{home}/own"}, "own"),
        ("linux", {"MAYA_STYLIZE_HOME": "~/own"}, "own"),
    ],
)
def test_the_user_folder_of_every_platform(
    clean: Path,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    variable: dict[str, str],
    expected: str,
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    for name, value in variable.items():
        monkeypatch.setenv(name, value.format(home=clean))
    assert settings.user_folder() == clean / expected
    assert settings.models_folder() == clean / expected / "models"
    assert not list(clean.iterdir())


def test_a_relative_home_does_not_move_with_the_working_folder(
    clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clean)
    monkeypatch.setenv("MAYA_STYLIZE_HOME", "own")
    assert settings.user_folder() == clean / "own"


def test_an_account_without_a_home_is_told_what_to_set(
    clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    with pytest.raises(StylizeError, match=r"no home folder.*MAYA_STYLIZE_HOME"):
        settings.user_folder()


def test_the_studio_names_a_model(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.shared_model() is None
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", "~/models")
    assert settings.shared_model() == clean / "models"
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", "")
    assert settings.shared_model() is None


@pytest.fixture
def home(clean: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAYA_STYLIZE_HOME", str(clean / "home"))
    return clean / "home"


def test_changes_are_merged_into_what_was_there(home: Path) -> None:
    assert settings.load() == {}
    settings.remember({"a": 1, "name": "Zoë"})
    settings.remember({"a": [2]})
    assert settings.load() == {"a": [2], "name": "Zoë"}
    assert json.loads((home / "settings.json").read_bytes()) == {"a": [2], "name": "Zoë"}
    assert [path.name for path in home.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"null"])
def test_a_damaged_file_is_named_and_kept(home: Path, content: bytes) -> None:
    home.mkdir()
    (home / "settings.json").write_bytes(content)
    with pytest.raises(StylizeError, match=r"settings\.json is damaged.*Delete it"):
        settings.load()
    with pytest.raises(StylizeError, match="damaged"):
        settings.remember({"a": 1})
    assert (home / "settings.json").read_bytes() == content


def test_a_folder_that_cannot_be_made_is_named(
    clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (clean / "file").write_text("not a folder")
    monkeypatch.setenv("MAYA_STYLIZE_HOME", str(clean / "file" / "home"))
    with pytest.raises(StylizeError, match=r"settings\.json cannot be .*: Not a directory"):
        settings.remember({"a": 1})


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_old_file_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    settings.remember({"a": 1})

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises((StylizeError, KeyboardInterrupt)) as caught:
        settings.remember({"a": 2})
    assert isinstance(failure, KeyboardInterrupt) or "No space left" in str(caught.value)
    assert settings.load() == {"a": 1}
    assert [path.name for path in home.iterdir()] == ["settings.json"]


def test_only_the_standard_library_is_imported() -> None:
    code = (
        "import sys; before = set(sys.modules); import maya_stylize.settings; "
        "print(*{name.split('.')[0] for name in set(sys.modules) - before})"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(out.stdout.split()) - set(sys.stdlib_module_names) == {"maya_stylize"}


def test_what_is_forgotten_is_gone_and_the_rest_stays(home: Path) -> None:
    settings.remember({"theme": "dark", "engine_python": "p", "size": 3})
    settings.forget(["engine_python", "never set"])
    assert settings.load() == {"theme": "dark", "size": 3}
    settings.forget(["theme", "size"])
    assert settings.load() == {}
    assert list(home.iterdir()) == []
    settings.forget(["theme"])
    assert list(home.iterdir()) == []


def test_settings_that_are_damaged_are_not_forgotten(home: Path) -> None:
    settings.remember({"theme": "dark"})
    (home / "settings.json").write_text("{")
    with pytest.raises(StylizeError, match=r"settings\.json is damaged"):
        settings.forget(["theme"])
    assert (home / "settings.json").read_text() == "{"


@pytest.mark.parametrize(
    ("variable", "ask"),
    [
        (settings.HOME_VARIABLE, settings.user_folder),
        (settings.MODEL_VARIABLE, settings.shared_model),
    ],
)
def test_the_home_of_nobody_is_named(monkeypatch, variable, ask):
    monkeypatch.setenv(variable, "~nobody-of-this-name/x")
    with pytest.raises(StylizeError, match=f"{variable} names ~nobody-of-this-name/x, but that"):
        ask()


def test_settings_nested_without_end_are_damaged(clean: Path) -> None:
    path = settings.user_folder() / "settings.json"
    path.parent.mkdir(parents=True)
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(StylizeError, match="is damaged: it does not hold a JSON object"):
        settings.load()
