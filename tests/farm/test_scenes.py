"""Textures of scenes: listed by mayapy, made on the farm, put in their place by mayapy."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from farm_fixtures import EVALUATIONS, ROOT, Farm, edit

FAKE_MAYA = ROOT / "tests" / "host" / "fake_maya"
SCENE = """
from maya import standalone
standalone.initialize()
from maya import cmds
for name in ("t01.png", "wall.1001.png"):
    node = cmds.shadingNode("file", asTexture=True, name="file_" + name[:3])
    cmds.setAttr(node + ".fileTextureName", "{folder}/textures/" + name, type="string")
    cmds.setAttr(node + ".colorSpace", "sRGB", type="string")
    material = cmds.shadingNode("lambert", asShader=True)
    cmds.connectAttr(node + ".outColor", material + ".color")
cmds.setAttr("file_wal.uvTilingMode", 3)
cmds.file(rename="{folder}/{scene}")
cmds.file(save=True, type={"ma": "mayaAscii", "mb": "mayaBinary"}["{scene}"[-2:]])
"""


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for mayapy is a shell script")
def test_maya_is_needed_at_the_beginning_and_at_the_end_only(farm: Farm, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "farm.md").read_text(encoding="utf-8")
    begin, export, submit, end = re.findall(
        r"^(?:maya-stylize|deadline) .+$",
        text.partition("## Textures of Maya scenes")[2].partition("##")[0],
        re.MULTILINE,
    )
    program = tmp_path / "maya" / "bin" / "mayapy"
    program.parent.mkdir(parents=True)
    path = f'"{FAKE_MAYA}${{PYTHONPATH:+:$PYTHONPATH}}"'
    program.write_text(
        f"#!/bin/sh\nexport FAKE_MAYAPY='{farm.folder}'\nexport PYTHONPATH={path}\n"
        f'exec "{sys.executable}" -S "$@"\n'
    )
    program.chmod(0o755)
    own = {"MAYA_LOCATION": str(tmp_path / "maya"), "MAYA_STYLIZE_PYTHON": sys.executable}
    farm = replace(farm, environment={**farm.environment, **own})
    for scene in ("wall.ma", "roof.mb"):
        script = tmp_path / "scene.py"
        script.write_text(SCENE.replace("{folder}", str(farm.folder)).replace("{scene}", scene))
        farm("maya-stylize", "mayapy", script)
    assert "pictures: 4 to make" in farm(*shlex.split(begin))
    without_maya = replace(farm, environment={**farm.environment, "MAYA_LOCATION": "/nowhere"})
    assert "3 textures" in without_maya(*shlex.split(export))
    bundle = shlex.split(submit)[-1]
    edit(farm.folder / bundle, lambda *_: EVALUATIONS)
    values = json.loads((farm.folder / bundle / "parameter_values.json").read_text())
    (results,) = [each["value"] for each in values["parameterValues"]]
    without_maya("openjd", "run", f"{bundle}template.json", "-p", f"ResultsFolder={results}")
    log = farm(*shlex.split(end))
    assert log.splitlines()[-1] == "2 scenes; pictures: 4 there"
    assert (farm.folder / "wall_stylized.ma").exists()
    assert (farm.folder / "roof_stylized.mb").exists()
    assert "t01_new.png" in (farm.folder / "wall_stylized.ma").read_text()
