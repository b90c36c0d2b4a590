"""Scenes on disk as a department has them, and an engine that only marks what it is given."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from maya import cmds

from maya_stylize.worker import launch

WORKER = Path(__file__).with_name("worker.py")
FAKE_MAYA = Path(__file__).parents[1] / "fake_maya"


class Department:
    """A folder with scenes, made with the stand-in, and a recipe."""

    def __init__(self, room: Any) -> None:
        self.room, self.fake, self.folder = room, room.fake, room.folder
        self.jobs_file = self.folder / "jobs.txt"
        self.exemplar = room.picture("exemplars/rust.png")
        self.recipe = self.write_recipe()

    def write_recipe(self, name: str = "recipe.json", **fields: Any) -> Path:
        content = {
            "recipe": 1,
            "job": {"kind": "stylize", "styles": ["exemplars/rust.png"], "quality": "draft"},
            **fields,
        }
        path = self.folder / name
        path.write_text(json.dumps(content))
        return path

    def picture(self, name: str, content: str = "") -> Path:
        path = self.room.picture(name)
        path.write_text(content or name)
        return path

    def textured(self, node: str, picture: Path, material: str = "", **values: Any) -> str:
        """Make a texture on a material of its own."""
        self.room.texture(node, picture.as_posix(), **values)
        material = self.room.material(material or f"{node}_mtl", shape=f"{node}_wall")
        cmds.connectAttr(f"{node}.outColor", f"{material}.color")
        return node

    def save(self, name: str) -> Path:
        """Save the open scene, and begin a new one."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        cmds.file(rename=path.as_posix())
        kind = "mayaAscii" if path.suffix == ".ma" else "mayaBinary"
        cmds.file(save=True, type=kind)
        cmds.file(newFile=True, force=True)
        return path

    def scene(self, name: str, **pictures: str) -> Path:
        """Save a scene of textures, each with a picture."""
        for node, picture in pictures.items():
            path = self.folder / picture
            self.textured(node, path if path.exists() else self.picture(picture))
        return self.save(name)

    def links(self, scene: Path) -> dict[str, str]:
        """Open a scene; return which picture each material shows in the end, by its name."""
        cmds.file(scene.as_posix(), open=True, force=True)
        shown = {}
        for plug in [f"{name}.color" for name in cmds.ls(materials=True)]:
            for node in cmds.listConnections(plug, source=True, destination=False) or []:
                path = Path(cmds.getAttr(f"{node}.fileTextureName"))
                shown[plug.partition(".")[0]] = path.relative_to(self.folder).as_posix()
        cmds.file(newFile=True, force=True)
        return shown

    @property
    def jobs(self) -> list[str]:
        """The jobs that were run so far."""
        return self.jobs_file.read_text().splitlines() if self.jobs_file.exists() else []


@pytest.fixture
def department(room: Any, monkeypatch: pytest.MonkeyPatch) -> Department:
    room.fake.batch, room.fake.undo_on = True, False  # as in mayapy
    made = Department(room)
    python = made.folder / "engine_python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{WORKER}"\n')
    python.chmod(0o755)
    monkeypatch.setenv(launch.PYTHON_VARIABLE, str(python))
    monkeypatch.setenv("JOBS", str(made.jobs_file))
    return made


@pytest.fixture
def mayapy(department: Department) -> Path:
    """A mayapy with the stand-in of Maya, which has no package but its own."""
    program = department.folder / "autodesk" / "maya2025" / "bin" / "mayapy"
    program.parent.mkdir(parents=True)
    program.write_text(
        f"""#!/bin/sh
export FAKE_MAYAPY="{department.folder}"
export PYTHONPATH="{FAKE_MAYA}${{PYTHONPATH:+:$PYTHONPATH}}"
exec "{sys.executable}" -S "$@"
"""
    )
    program.chmod(0o755)
    return program
