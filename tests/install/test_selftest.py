"""The self-test from the command line: which Python it is run by, and what comes back."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path
from typing import Any

import install
import pytest
from installer import commands
from installer.machine import Machine
from stand_ins import machine, write_python


def run(source: Path, here: Machine, *arguments: str) -> int:
    return commands.run(install._parser().parse_args(arguments), source, here)


def with_variables(here: Machine, **variables: str) -> Machine:
    return dataclasses.replace(here, environment={**here.environment, **variables})


@pytest.fixture
def packages(
    here: Machine, source: Path, quick: list[str], capfd: pytest.CaptureFixture[str]
) -> Path:
    """An installation for Maya 2025 and 2027; 2024 is there too, and not served."""
    assert run(source, here, "install", "--maya", "2025", "--maya", "2027") == 0
    capfd.readouterr()
    return here.home / "maya" / "modules" / "maya-stylize" / "scripts"


def test_every_maya_that_is_served_runs_the_installed_package(
    here: Machine, source: Path, packages: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    led_astray = with_variables(here, PYTHONHOME="/nowhere", PYTHONPATH="/elsewhere")
    assert run(source, led_astray, "selftest") == 0
    printed = capfd.readouterr()
    mayas = {maya.year: maya.mayapy for maya in here.mayas()}
    assert printed.out.splitlines() == [
        f"Maya 2025 ({mayas['2025']})",
        str(packages / "maya_stylize"),
        f"Maya 2027 ({mayas['2027']})",
        str(packages / "maya_stylize"),
    ]
    assert printed.err.splitlines() == [f"{packages} None"] * 2


def test_one_maya_is_chosen_though_it_is_not_served(
    here: Machine, source: Path, packages: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(source, here, "selftest", "--maya", "2024") == 0
    lines = capfd.readouterr().out.splitlines()
    assert [line[:9] for line in lines if line.startswith("Maya")] == ["Maya 2024"]


def test_its_exit_code_is_handed_on_and_the_other_mayas_are_still_tried(
    here: Machine, source: Path, packages: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(source, with_variables(here, CODE="3"), "selftest") == 3
    assert capfd.readouterr().out.count("Maya 20") == 2


@pytest.mark.usefixtures("quick")
def test_a_studios_installation_is_tried_where_it_lies(
    here: Machine, source: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shared = str(tmp_path / "studio")
    assert run(source, here, "install", "--maya", "2025", "--shared", shared) == 0
    assert run(source, here, "selftest", "--shared", shared) == 0
    assert f"{shared}/maya-stylize/scripts/maya_stylize" in capfd.readouterr().out


def test_without_an_installation_it_says_so(
    here: Machine, source: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(source, here, "selftest") == 1
    assert "Nothing is installed in" in capfd.readouterr().err


def test_without_its_package_it_says_what_mends_that(
    here: Machine, source: Path, packages: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (packages / "maya_stylize" / "selftest.py").unlink()
    assert run(source, here, "selftest") == 1
    assert "run install again, which mends it" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("there", "arguments", "message"),
    [
        ((), [], "No Maya 2025 or 2027 was found; found: none."),
        (("2024",), [], "No Maya 2025 or 2027 was found; found: 2024."),
        (("2025",), ["--maya", "2026"], "No Maya 2026 was found; found: 2025."),
    ],
)
def test_without_a_maya_it_says_how_to_name_one(
    here: Machine,
    source: Path,
    home: Path,
    packages: Path,
    capfd: pytest.CaptureFixture[str],
    there: tuple[str, ...],
    arguments: list[str],
    message: str,
) -> None:
    shutil.rmtree(home / "applications")
    assert run(source, machine(home, there), "selftest", *arguments) == 1
    printed = capfd.readouterr().err
    assert message in printed
    assert "MAYA_LOCATION" in printed


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no signals")
@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("#!/bin/sh\nkill -SEGV $$\n", "Maya 2025 crashed during the self-test (signal 11)."),
        ("#!/no/such/shell\n", "mayapy cannot be started: No such file or directory."),
    ],
)
def test_a_mayapy_that_does_not_come_to_the_end_is_told(
    here: Machine,
    source: Path,
    packages: Path,
    capfd: pytest.CaptureFixture[str],
    program: str,
    message: str,
) -> None:
    mayapy: Any = next(maya.mayapy for maya in here.mayas() if maya.year == "2025")
    write_python(mayapy).write_text(program)
    assert run(source, here, "selftest", "--maya", "2025") == 1
    assert message in capfd.readouterr().err
