"""mayapy's lines in the documentation, run against the stand-in of Maya and a worker that marks.

`docs/scenes.md` and `docs/farm.md`, whose lines build on one another, have tests of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import doc_pages
import pytest
from doc_pages import ROOT, Command

FAKE_MAYA = ROOT / "tests" / "host" / "fake_maya"
WORKER = ROOT / "tests" / "host" / "scenes" / "worker.py"
OWN_TESTS = ("docs/scenes.md", "docs/farm.md")
SCENES = (".ma", ".mb")
SCENE = """
import sys
from maya import standalone
standalone.initialize()
from maya import cmds
scene, picture = sys.argv[1:]
node = cmds.shadingNode("file", asTexture=True, name="brick_color")
cmds.setAttr(node + ".fileTextureName", picture, type="string")
cmds.setAttr(node + ".colorSpace", "sRGB", type="string")
material = cmds.shadingNode("lambert", asShader=True)
cmds.connectAttr(node + ".outColor", material + ".color")
cmds.file(rename=scene)
cmds.file(save=True, type="mayaAscii" if scene.endswith(".ma") else "mayaBinary")
"""
COMMANDS = [
    command
    for command in doc_pages.commands()
    if "mayapy" in command.words[:2] and command.page not in OWN_TESTS
]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a mayapy, an engine's Python, and every recipe of the pages."""
    program = tmp_path / "maya2025" / "bin" / "mayapy"
    program.parent.mkdir(parents=True)
    program.write_text(
        f'#!/bin/sh\nexport FAKE_MAYAPY="{tmp_path}"\n'
        f'export PYTHONPATH="{FAKE_MAYA}${{PYTHONPATH:+:$PYTHONPATH}}"\n'
        f'exec "{sys.executable}" -S "$@"\n'
    )
    engine = tmp_path / "engine_python"
    engine.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{WORKER}"\n')
    for script in (program, engine):
        script.chmod(0o755)
    monkeypatch.setenv("MAYA_LOCATION", str(program.parents[1]))
    monkeypatch.setenv("MAYA_STYLIZE_PYTHON", str(engine))
    monkeypatch.setenv("JOBS", str(tmp_path / "jobs.txt"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name, content in doc_pages.recipes().items():
        (tmp_path / name).write_text(content)
    for name in ("rust", "moss", "sand", "brick_color"):
        (tmp_path / f"{name}.png").write_text(name)
    return tmp_path


def run(show: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "maya_stylize", *words]
    return subprocess.run(command, cwd=show, capture_output=True, text=True)


def test_the_pages_have_such_lines() -> None:
    assert COMMANDS


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.text)
def test_a_line_of_mayapy_does_what_it_says(command: Command, show: Path) -> None:
    words = command.words
    assert words[0] == "maya-stylize", (
        f"{command.place}: mayapy alone does not find the package: write maya-stylize mayapy ..."
    )
    scenes = [word for word in words if word.endswith(SCENES) and "{" not in word]
    for scene in scenes:
        (show / "scene.py").write_text(SCENE)
        made = run(show, "mayapy", "scene.py", str(show / scene), str(show / "brick_color.png"))
        assert made.returncode == 0, made.stderr
    before = set(show.glob("*.m[ab]"))
    done = run(show, *words[1:])
    assert done.returncode == 0, f"{command.place}: {done.stdout}{done.stderr}"
    if "maya_stylize.batch" in words:
        new = len(set(show.glob("*.m[ab]")) - before)
        assert new == (0 if "--dry-run" in words else len(scenes)), command.place
        assert "1 made" in done.stdout or "--dry-run" in words, done.stdout
