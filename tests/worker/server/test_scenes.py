"""A batch of scenes with a real worker: what the stand-in's scene shows in the end is a picture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from maya import cmds
from stand_in import scene as stand_in

from maya_stylize import api
from maya_stylize.images import writer

LAYERS = {"conv1_1": 1e9, "pool1": 1e9}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Path]:
    """A wall with a picture, and a skin of two tiles."""
    stand_in.clear()
    stand_in.batch, stand_in.project = True, f"{tmp_path}/"
    pixels = np.random.default_rng(1).random((3, 40, 48, 3), np.float32)
    for name, picture in zip(("wall.png", "skin.1001.png", "skin.1002.png"), pixels, strict=True):
        writer.write(tmp_path / name, picture)
    writer.write(tmp_path / "dusk.png", pixels[0] ** 4)
    for node, name, tiling in (("wall", "wall.png", 0), ("skin", "skin.1001.png", 3)):
        cmds.shadingNode("file", asTexture=True, name=node)
        cmds.setAttr(f"{node}.uvTilingMode", tiling)
        cmds.setAttr(f"{node}.fileTextureName", (tmp_path / name).as_posix(), type="string")
        cmds.setAttr(f"{node}.colorSpace", "sRGB", type="string")
        cmds.shadingNode("lambert", asShader=True, name=f"{node}_paint")
        cmds.connectAttr(f"{node}.outColor", f"{node}_paint.color")
    cmds.file(rename=(tmp_path / "shot.ma").as_posix())
    cmds.file(save=True, type="mayaAscii")
    yield tmp_path / "shot.ma"
    stand_in.clear()


def test_from_a_scene_to_a_scene(scene: Path) -> None:
    folder = scene.parent
    recipe = folder / "recipe.json"
    job = {
        "kind": "stylize",
        "styles": ["dusk.png"],
        "style_layers": LAYERS,
        "content_layers": {"pool1": 1.0},
        "quality": "draft",
        "device": "cpu",
    }
    recipe.write_text(json.dumps({"recipe": 1, "job": job, "output": "{stem}_new.tif"}))
    done = api.run([scene], recipe)
    (came,) = done.scenes
    assert done.ok, came
    assert [texture.status for texture in came.textures] == ["made", "made"]
    cmds.file(came.saved, open=True, force=True)
    for node, names in {
        "wall": ["wall_new.tif"],
        "skin": ["skin_new.1001.tif", "skin_new.1002.tif"],
    }.items():
        (shown,) = cmds.listConnections(f"{node}_paint.color", source=True, destination=False)
        assert Path(cmds.getAttr(f"{shown}.fileTextureName")) == folder / names[0]
        for name in names:
            made = cv2.imread(str(folder / name), cv2.IMREAD_UNCHANGED)
            old = cv2.imread(str(folder / name.replace("_new", "").replace("tif", "png")))
            assert made.shape == old.shape
            assert made.std() > 10
            assert made.mean() < 0.9 * old.mean()
    written = {path: path.read_bytes() for path in folder.glob("*_new*")}
    (again,) = api.run([scene], recipe).scenes
    assert again.status == "unchanged"
    assert {path: path.read_bytes() for path in folder.glob("*_new*")} == written
