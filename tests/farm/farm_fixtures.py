"""A bundle of sixteen small textures, exported and run as the documentation says."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from maya_stylize.demo import EXEMPLARS
from maya_stylize.images import reader, writer

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
COUNT = 16
HANGING_SECONDS = 900
# Two shallow layers, and few evaluations: the farm is tested, and not how textures look.
RECIPE = {
    "recipe": 1,
    "job": {
        "kind": "stylize",
        "styles": ["rust.png"],
        "quality": "draft",
        "style_layers": {"conv1_1": 1e9, "conv2_1": 1e9},
        "content_layers": {"conv2_1": 1.0},
    },
    "output": "{stem}_new{suffix}",
}
EVALUATIONS, LONG = 3, 60
# What would break a template or a shell that took names for their own.
NAMES = ["a 'quoted' {{Param.Textures}}.png", "ü ✓ $(x).png", "wall.1001.png", "wall.1002.png"]


@dataclass(frozen=True)
class Farm:
    """A folder with pictures and bundles, and the machine that works there."""

    folder: Path
    environment: dict[str, str]

    def __call__(self, *command: str | Path, code: int = 0) -> str:
        """Run a command there; return what it printed."""
        done = subprocess.run(
            [str(PROGRAMS / command[0]), *map(str, command[1:])],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=HANGING_SECONDS,
        )
        assert done.returncode == code, done.stdout[-8000:]
        return done.stdout


@pytest.fixture(scope="session")
def farm(real_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Farm:
    """The pictures, the recipe, and how commands are found."""
    folder = tmp_path_factory.mktemp("farm {{é}}")
    (folder / "textures").mkdir()
    bricks = reader.read(EXEMPLARS / "bricks.png").pixels
    names = [*NAMES, *(f"t{number:02}.png" for number in range(COUNT - len(NAMES)))]
    for number, name in enumerate(names):
        writer.write(folder / "textures" / name, bricks[4 * number : 4 * number + 32, :32])
    rust = reader.read(EXEMPLARS / "rust.png").pixels[:32, :32]
    writer.write(folder / "rust.png", rust)
    (folder / "rusty.json").write_text(json.dumps(RECIPE))
    inherited = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    home = str(tmp_path_factory.mktemp("home"))
    own = {"PYTHONPATH": str(ROOT), "PATH": path, "MAYA_STYLIZE_HOME": home}
    return Farm(folder, {**inherited, **own, "MAYA_STYLIZE_MODEL": str(real_model)})


@pytest.fixture(scope="session")
def documented(farm: Farm) -> dict[str, str]:
    """What each command of the documentation printed, by the command; run in its order."""
    text = (ROOT / "docs" / "farm.md").read_text(encoding="utf-8")
    printed = {}
    for line in re.findall(r"^\$ (.+)$", text, re.MULTILINE):
        if not line.startswith("deadline"):  # it needs an account
            printed[line] = farm(*shlex.split(line))
        if " export " in line:
            edit(farm.folder / "rusty_bundle", lambda number, _: {1: LONG}.get(number, EVALUATIONS))
    return printed


@pytest.fixture
def again(farm: Farm, documented: dict[str, str], tmp_path: Path) -> Path:
    """The documentation's bundle once more, without results."""
    kept = shutil.ignore_patterns("results")
    return Path(shutil.copytree(farm.folder / "rusty_bundle", tmp_path / "bundle", ignore=kept))


def edit(bundle: Path, evaluations: Callable[[int, list[Any]], int]) -> None:
    """Give every job of a bundle another number of evaluations."""
    for path in sorted((bundle / "jobs").glob("0*.json")):
        data = json.loads(path.read_text())
        for octave in data["job"]["resolution"]["octaves"]:
            octave[3] = evaluations(int(path.stem), octave)
        path.write_text(json.dumps(data))


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every picture in a folder by its name."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.suffix in (".png", ".tx")
    }
