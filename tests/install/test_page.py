"""What docs/install.md says is what the installer asks for."""

from __future__ import annotations

import re
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest
from installer import builds, launcher, layout
from installer.machine import Machine

PAGE = Path(__file__).resolve().parents[2] / "docs" / "install.md"
DOWNLOAD = "python -m pip download"


def section(title: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize(
    ("system", "nvidia", "apple"),
    [
        ("win32", True, False),
        ("linux", True, False),
        ("darwin", False, True),
        ("win32", False, False),
        ("linux", False, False),
        ("darwin", False, False),
    ],
)
def test_without_a_network_every_machines_engine_can_be_brought(
    system: str, nvidia: bool, apple: bool
) -> None:
    name = builds.choose(Machine(system, {}, Path(), (), nvidia, apple))
    build = builds.BUILDS[name]
    wanted = [f"{DOWNLOAD} --require-hashes -r requirements/{build.requirements} -d wheels"]
    if build.torch:
        torch = build.torch_arguments(system, offline=False)
        command = " ".join([DOWNLOAD, *torch, "-d wheels"])
        wanted.append(command.replace(builds.PYTORCH_INDEX, "INDEX"))
    text = section("Without a network")
    named = rf"^(?:and then .*\. )?`{name}`(?:, (?:in|on) .*)?:\n\n```\n([^`]*)```"
    found = re.search(named, text, re.M)
    assert found, name
    assert found[1].splitlines() == wanted
    assert f"{DOWNLOAD} --require-hashes -r requirements/pip.txt -d wheels" in text
    assert f"| `{name}`" in section("Which engine")


@pytest.mark.parametrize(
    ("system", "home"),
    [("win32", PureWindowsPath()), ("linux", PurePosixPath("~")), ("darwin", PurePosixPath("~"))],
)
def test_the_command_is_where_the_page_says(system: str, home: PurePath) -> None:
    module = layout.places(Machine(system, {}, Path(), (), False, False), None).module
    command = home / module / layout.COMMANDS / launcher.name(system)
    assert f"| `{command}` |" in section("The command line")
