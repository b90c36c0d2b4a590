"""Where scenes are saved: under which name, whole or not at all, and never on top of anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maya import cmds

from maya_stylize import api
from maya_stylize.errors import JobError
from maya_stylize.files import sha256
from maya_stylize.scenes.saving import targets

Department = Any
PIECES = ("{stem}", "{suffix}", "{", "wall", "_x", ".ma", "/", "..", "../0/", "/show/1/")


def stylize(department: Department, scene: Path, **options: Any) -> api.SceneReport:
    return api.stylize_scene(scene, department.recipe, **options)


@given(
    stems=st.lists(st.sampled_from(["wall", "roof", "wall_stylized"]), min_size=1, max_size=4),
    pattern=st.lists(st.sampled_from(PIECES), min_size=1).map("".join),
)
def test_no_pattern_hits_a_scene_that_it_does_not_name(stems: list[str], pattern: str) -> None:
    scenes = [Path(f"/show/{index}/{stem}.ma") for index, stem in enumerate(stems)]
    try:
        chosen = targets(scenes, pattern)
    except JobError:
        return
    assert set(chosen) == set(scenes)
    paths = [target.path for target in chosen.values()]
    assert len(set(paths)) == len(paths)
    for scene, target in chosen.items():
        assert target.path.suffix in (".ma", ".mb")
        assert target.named == ("{stem}" not in pattern and "{suffix}" not in pattern)
        assert target.path != scene or target.named


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{stem}{suffix}", "is the scene .* itself"),
        ("./{stem}.ma", "is the scene .* itself"),
        ("{name}.ma", r"there is no \{name\}"),
        ("{stem}.fbx", "no name for a scene"),
        ("{stem}", "no name for a scene"),
        ("/show/one.ma", "would both be saved as"),
    ],
)
def test_patterns_that_are_refused_before_anything_is_opened(
    department: Department, pattern: str, message: str
) -> None:
    scenes = [department.scene(f"{name}.ma", brick="brick.png") for name in ("a", "b")]
    with pytest.raises(JobError, match=message):
        api.run(scenes, department.recipe, save_as=pattern)
    assert department.jobs == []


def test_the_pattern_can_lead_elsewhere_and_change_the_format(department: Department) -> None:
    scene = department.scene("a/wall.ma", brick="brick.png")
    (department.folder / "b").mkdir()
    came = stylize(department, scene, save_as="../b/{stem}_new.mb")
    saved = department.folder / "b" / "wall_new.mb"
    assert came.ok
    assert Path(came.saved).samefile(saved)
    assert saved.read_bytes().startswith(b"FOR8")


def test_a_stranger_s_scene_is_left_alone_before_anything_is_made(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    stranger = department.picture("wall_stylized.ma", "an evening's work")
    came = stylize(department, scene)
    assert came.status == "failed"
    assert "is there already" in came.message
    assert stranger.read_text() == "an evening's work"
    assert department.jobs == []


def test_a_scene_that_was_worked_on_since_is_a_stranger_s(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    saved = Path(stylize(department, scene).saved)
    cmds.file(saved.as_posix(), open=True, force=True)
    cmds.createNode("lambert", name="new_work")
    cmds.file(save=True, type="mayaAscii")
    before = sha256(saved)
    came = stylize(department, scene)
    assert came.status == "failed"
    assert "not as a batch has saved it" in came.message
    assert sha256(saved) == before


def test_one_s_own_scene_is_saved_again_when_its_source_has_changed(
    department: Department,
) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    saved = Path(stylize(department, scene).saved)
    cmds.file(scene.as_posix(), open=True, force=True)
    cmds.createNode("lambert", name="new_work")
    cmds.file(save=True, type="mayaAscii")
    assert stylize(department, scene).status == "saved"
    assert "new_work" in department.links(saved) or "new_work" in saved.read_text()
    assert department.jobs == ["brick_stylized.png begun"]


def test_told_by_name_a_scene_is_overwritten(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    stranger = department.picture("old.ma", "an old scene")
    assert stylize(department, scene, save_as=str(stranger)).status == "saved"
    assert department.links(stranger) == {"brick_mtl": "brick_stylized.png"}


def test_told_by_name_a_scene_is_saved_over_itself_once(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    assert stylize(department, scene, save_as=str(scene)).status == "saved"
    assert department.links(scene) == {"brick_mtl": "brick_stylized.png"}
    before = sha256(scene)
    again = stylize(department, scene, save_as="wall.ma")
    assert (again.status, again.ok) == ("nothing", True)
    assert sha256(scene) == before
    assert len(department.jobs) == 1


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.glob(".maya-stylize-*")]


def test_a_save_that_breaks_off_leaves_what_was_there(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    before = sha256(scene)
    department.fake.fail_at = "half of a save"
    came = stylize(department, scene, save_as=str(scene))
    assert came.status == "failed"
    assert "Maya cannot save" in came.message
    assert sha256(scene) == before
    assert leftovers(department.folder) == []
    assert cmds.file(query=True, sceneName=True) == scene.as_posix()
    department.fake.fail_at = ""
    assert stylize(department, scene, save_as=str(scene)).status == "saved"


def test_a_folder_that_cannot_be_saved_to_is_told(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    came = stylize(department, scene, save_as="no/such/folder/{stem}.ma")
    assert came.status == "failed"
    assert "cannot be written: No such file or directory" in came.message


def test_what_plug_ins_write_beside_a_scene_goes_along(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    department.fake.companions = ["__hair.xgen"]
    came = stylize(department, scene)
    assert came.status == "saved"
    assert (department.folder / "wall_stylized__hair.xgen").read_text() == "a companion"
    assert cmds.file(query=True, sceneName=True) == came.saved
