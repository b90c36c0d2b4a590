"""The command line of install.py."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import install
import pytest
from installer import commands, engine
from installer.machine import Machine
from stand_ins import tree, write_python, write_source

from maya_stylize import __version__, settings

ROOT = Path(__file__).resolve().parents[2]
HANGING_SECONDS = 600


def run(source: Path, machine: Machine, *arguments: str) -> int:
    return commands.run(install._parser().parse_args(arguments), source, machine)


@pytest.mark.usefixtures("quick")
def test_install_status_upgrade_uninstall(
    home: Path, here: Machine, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(home)
    assert run(source, here, "status") == 1
    assert "Not installed in" in capsys.readouterr().out
    assert run(source, here, "install", "--maya", "2025", "--backend", "torch") == 0
    assert "engine: torch\n" in capsys.readouterr().out
    assert run(source, here, "status") == 0
    assert f"Maya Stylize {__version__} for Maya 2025\n" in capsys.readouterr().out
    newer = write_source(tmp_path / "newer", "2.0")
    assert run(newer, here, "upgrade") == 0
    printed = capsys.readouterr().out
    assert f"Upgrading from {__version__} to {__version__}" in printed
    assert "for Maya 2025, engine: torch\n" in printed
    assert run(source, here, "uninstall") == 0
    assert capsys.readouterr().out == "Removed.\n"
    assert tree(home) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["uninstall"], "error: Nothing is installed in "),
        (["upgrade"], "install it first."),
        (["install", "--wheelhouse", "no such folder"], "no such folder is not a folder of wheels"),
        (["install", "--model", "no such file.pth"], "no such file.pth is not a model file."),
    ],
)
def test_one_line_says_what_is_wrong(
    home: Path,
    here: Machine,
    source: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    before = tree(home)
    assert run(source, here, *arguments) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err
    assert len(printed.err.splitlines()) == 1
    assert tree(home) == before


@pytest.mark.parametrize("arguments", [[], ["remove"], ["install", "--maya", "2022"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        install.main(arguments)
    assert caught.value.code == 2


@pytest.mark.usefixtures("quick")
def test_ctrl_c_says_how_to_go_on(
    here: Machine,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def cancelled(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(engine.pip, "install", cancelled)
        assert run(source, here, "install") == 130
    assert "run this again to go on" in capsys.readouterr().err
    assert run(source, here, "install") == 0


@pytest.mark.usefixtures("quick")
def test_a_missing_gpu_is_said(
    here: Machine, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = dataclasses.replace(here, nvidia=True)
    assert run(source, machine, "install") == 0
    printed = capsys.readouterr().out
    assert "engine: tensorflow-cuda" in printed
    assert "warning: no GPU was found" in printed


@pytest.mark.usefixtures("offline")
def test_a_wheel_with_another_hash_is_refused(
    home: Path,
    here: Machine,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # An environment takes seconds to make, and pip has to install nothing here.
    monkeypatch.setattr(engine, "make_environment", lambda _, to: write_python(to / "bin/python"))
    pinned = source / "requirements" / "pip.txt"
    sound = pinned.read_text()
    pinned.write_text(sound[:-9] + "00000000\n")
    assert run(source, here, "install", "--wheelhouse", str(source / "wheels")) == 1
    printed = capsys.readouterr().err
    assert "error: pip failed while updating pip" in printed
    assert "HASHES" in printed
    assert settings.load() == {}
    assert not (here.home / "maya" / "modules" / "maya_stylize.mod").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGTERM")
def test_being_told_to_end_ends_pip_too(home: Path, tmp_path: Path) -> None:
    """What the window's Cancel sends; the pip here waits for a line that never comes."""
    number, begun = tmp_path / "number", tmp_path / "begun"
    slow = tmp_path / "python"
    lines = (f'echo $$ > "{number}"', "echo Installing collected packages: all", "exec sleep 600")
    slow.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    slow.chmod(0o755)
    code = f"""
import sys, install
sys.path[:0] = [{str(ROOT / "scripts")!r}, {str(ROOT)!r}]
from pathlib import Path
from installer import commands, pip
slow, folder, begun = Path({str(slow)!r}), Path({str(tmp_path)!r}), Path({str(begun)!r})
commands.run = lambda *_: pip.install(slow, "waiting", [], folder, begun.touch)
try:
    install.main(["install"])
except KeyboardInterrupt:
    sys.exit(130)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT / "scripts", stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + HANGING_SECONDS
    while not begun.exists():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    assert process.wait(HANGING_SECONDS) == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int(number.read_text()), 0)


def test_the_script_runs_by_itself(home: Path) -> None:
    """From another folder, with another module of the same name in the way."""
    (home / "installer.py").write_text("raise SystemExit('the wrong one')")
    environment = {
        **os.environ,
        "PYTHONPATH": str(home),
        "PYTHONIOENCODING": "utf-8",
        "MAYA_APP_DIR": str(home / "maya"),
    }
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "install.py"), "status"],
        cwd=home,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    assert done.stderr == ""
    assert done.returncode == 1
    assert done.stdout.startswith("Not installed in")
    assert home.name in done.stdout


def test_a_console_that_lacks_the_letters_gets_others(home: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "MAYA_APP_DIR": str(home / "maya")}
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "install.py"), "status"],
        env=environment,
        capture_output=True,
    )
    assert done.stderr == b""
    assert rb"\u30db\u30fc\u30e0 \u5c71\u7530" in done.stdout
