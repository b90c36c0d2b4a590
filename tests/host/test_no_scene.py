"""A list of pictures in a scene's stead."""

from __future__ import annotations

from pathlib import Path

import pytest

from maya_stylize.errors import SceneError
from maya_stylize.host.no_scene import PictureList


def test_pictures_are_listed_once_in_the_order_they_came(tmp_path: Path) -> None:
    for name in ("b.png", "a.png"):
        (tmp_path / name).write_text("")
    scene = PictureList([tmp_path / "b.png"])
    told: list[int] = []
    end = scene.watch(lambda: told.append(len(scene.textures())))
    scene.add([tmp_path / "a.png", tmp_path / "b.png", tmp_path / "gone.png"])
    listed = scene.textures()
    assert [Path(texture.path).name for texture in listed] == ["b.png", "a.png", "gone.png"]
    assert [texture.missing for texture in listed] == [False, False, True]
    scene.remove(listed[0])
    assert told == [3, 2]
    end()
    scene.remove(listed[1])
    assert told == [3, 2]
    assert [texture.node for texture in scene.textures()] == [listed[2].node]
    assert (tmp_path / "a.png").exists()


def test_a_set_of_tiles_is_one_texture(tmp_path: Path) -> None:
    for tile in (1001, 1002):
        (tmp_path / f"a.{tile}.png").write_text("")
    (texture,) = PictureList([tmp_path / "a.<UDIM>.png"]).textures()
    assert [Path(path).name for path in texture.tiles] == ["a.1001.png", "a.1002.png"]
    assert (texture.tiling, texture.missing) == (3, False)


def test_nothing_can_be_applied_and_the_texture_says_why(tmp_path: Path) -> None:
    scene = PictureList([tmp_path / "a.png"])
    (texture,) = scene.textures()
    assert texture.refusal
    with pytest.raises(SceneError, match="no scene"):
        scene.apply(texture, tmp_path / "b.png")
    with pytest.raises(SceneError, match="no scene"):
        scene.revert(texture)
    with pytest.raises(SceneError, match="no scene"):
        scene.apply_together([(texture, tmp_path / "b.png")])
    with pytest.raises(SceneError, match="no scene"):
        scene.revert_together([texture])
    assert scene.material_maps(texture) == {}


def test_the_environment_names_the_color_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = PictureList()
    monkeypatch.delenv("OCIO", raising=False)
    assert scene.color_config() is None
    # Whether it is there or not: the engine says what is wrong with it.
    monkeypatch.setenv("OCIO", str(tmp_path / "config.ocio"))
    assert scene.color_config() == (tmp_path / "config.ocio").as_posix()
    monkeypatch.setenv("OCIO", "ocio://default")
    assert scene.color_config() == "ocio://default"
