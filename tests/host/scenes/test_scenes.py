"""Scenes of many kinds, through the public API, with the stand-in of Maya."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from maya import cmds

from maya_stylize import api
from maya_stylize.errors import JobError, SceneError
from maya_stylize.files import sha256

Department = Any


def run(department: Department, *scenes: Path, **options: Any) -> api.Report:
    options.setdefault("recipe", department.recipe)
    return api.run(scenes, **options)


def statuses(scene: api.SceneReport) -> dict[str, str]:
    return {node: texture.status for texture in scene.textures for node in texture.nodes}


def test_a_scene_is_saved_under_another_name_with_new_pictures(department: Department) -> None:
    scene = department.scene("wall.ma", brick="a/brick.png", moss="b/moss.png")
    before = sha256(scene)
    (came,) = run(department, scene).scenes
    saved = department.folder / "wall_stylized.ma"
    assert (came.ok, came.status, came.saved) == (True, "saved", str(saved))
    assert statuses(came) == {"brick": "made", "moss": "made"}
    assert sha256(scene) == before
    assert department.links(scene) == {"brick_mtl": "a/brick.png", "moss_mtl": "b/moss.png"}
    assert department.links(saved) == {
        "brick_mtl": "a/brick_stylized.png",
        "moss_mtl": "b/moss_stylized.png",
    }
    made = department.folder / "a/brick_stylized.png"
    assert made.read_text() == "new a/brick.png"
    assert sorted(path.name for path in department.folder.glob("*.ma")) == [
        "wall.ma",
        "wall_stylized.ma",
    ]


def test_the_panel_can_take_a_result_back(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    (came,) = run(department, scene).scenes
    cmds.file(came.saved, open=True, force=True)
    (applied,) = [texture for texture in department.room.host.textures() if texture.applied]
    assert department.room.host.revert(applied).node == "brick"


def test_run_again_it_does_nothing(department: Department) -> None:
    scenes = [department.scene(f"{name}.mb", brick="brick.png") for name in ("a", "b")]
    run(department, *scenes)
    saved = [sha256(scene.with_name(f"{scene.stem}_stylized.mb")) for scene in scenes]
    assert department.jobs == ["brick_stylized.png begun"]
    again = run(department, *scenes)
    assert again.ok
    assert [scene.status for scene in again.scenes] == ["unchanged", "unchanged"]
    assert [statuses(scene) for scene in again.scenes] == [{"brick": "there"}] * 2
    assert len(department.jobs) == 1
    assert [sha256(scene.with_name(f"{scene.stem}_stylized.mb")) for scene in scenes] == saved


def test_run_again_it_does_only_what_is_left(department: Department) -> None:
    department.textured("gone", department.folder / "gone.png")
    scene = department.scene("wall.ma", brick="brick.png")
    (came,) = run(department, scene).scenes
    assert (came.ok, came.status) == (False, "saved")
    assert statuses(came) == {"brick": "made", "gone": "failed"}
    (missing,) = [texture for texture in came.textures if texture.status == "failed"]
    assert missing.nodes == ("gone",)
    assert "is not there" in missing.message
    assert department.links(Path(came.saved))["gone_mtl"] == "gone.png"
    department.picture("gone.png")
    (came,) = run(department, scene).scenes
    assert (came.ok, came.status) == (True, "saved")
    assert statuses(came) == {"brick": "there", "gone": "made"}
    assert department.jobs == ["brick_stylized.png begun", "gone_stylized.png begun"]
    assert department.links(Path(came.saved))["gone_mtl"] == "gone_stylized.png"


def test_a_scene_that_fails_does_not_keep_the_others(department: Department) -> None:
    good = department.scene("good.ma", brick="brick.png")
    torn = department.folder / "torn.ma"
    torn.write_text("//Maya ASCII 2025 scene\n{'nodes': ")
    absent, odd = department.folder / "absent.ma", department.picture("scene.fbx")
    done = run(department, absent, torn, odd, good)
    assert not done.ok
    assert [scene.status for scene in done.scenes] == ["failed", "failed", "failed", "saved"]
    for scene, words in zip(
        done.scenes, ("is not there", "cannot read all of", "must end in .ma"), strict=False
    ):
        assert words in scene.message
        assert not scene.saved
    assert Path(done.scenes[3].saved).is_file()


def test_an_error_of_another_kind_does_not_keep_them_either(department: Department) -> None:
    scenes = [department.scene(f"{name}.ma", brick="brick.png") for name in ("a", "b")]
    department.fake.fail_at = "listHistory"
    done = run(department, *scenes)
    assert [scene.status for scene in done.scenes] == ["failed", "saved"]
    assert "listHistory failed as the test wanted" in done.scenes[0].message


def test_a_picture_that_fails_does_not_keep_the_others(department: Department) -> None:
    department.picture("torn.png", "broken")
    department.picture("killer.png", "crash")
    scene = department.scene("wall.ma", a="torn.png", b="killer.png", c="c.png")
    (came,) = run(department, scene).scenes
    assert statuses(came) == {"a": "failed", "b": "failed", "c": "made"}
    assert "torn.png is torn. Repair the file." in came.textures[0].message
    assert "engine" in came.textures[1].message.lower()
    assert department.links(Path(came.saved)) == {
        "a_mtl": "torn.png",
        "b_mtl": "killer.png",
        "c_mtl": "c_stylized.png",
    }


def test_nodes_that_share_a_picture_share_the_new_one(department: Department) -> None:
    department.textured("twin", department.picture("brick.png"))
    scene = department.scene("wall.ma", brick="brick.png")
    (came,) = run(department, scene).scenes
    assert [texture.nodes for texture in came.textures] == [("twin", "brick")]
    assert department.jobs == ["brick_stylized.png begun"]
    assert set(department.links(Path(came.saved)).values()) == {"brick_stylized.png"}


def test_pictures_of_one_name_do_not_become_one(department: Department) -> None:
    scene = department.scene("wall.ma", a="a/Wall.png", b="b/wall.png", c="c/wall.png")
    department.picture("c/wall.png", "a/Wall.png")  # a copy of the first one
    folder = department.folder / "made"
    (came,) = run(department, scene, folder=folder).scenes
    links = department.links(Path(came.saved))
    assert links["a_mtl"] == "made/Wall_stylized.png"
    assert links["b_mtl"] != links["a_mtl"]
    for node, content in {"a": "a/Wall.png", "b": "b/wall.png", "c": "a/Wall.png"}.items():
        made = department.folder / links[f"{node}_mtl"]
        assert made.read_text() == f"new {content}"
    before = department.jobs
    # Alone, and after the other one's result is gone, each still has its own.
    (folder / "Wall_stylized.png").unlink()
    run(department, scene, folder=folder, choice=api.Choice(match=("b",)), save_as="b{suffix}")
    assert department.jobs == before
    assert department.links(department.folder / "b.ma")["b_mtl"] == links["b_mtl"]


def test_a_set_of_tiles_is_made_tile_by_tile_and_relinked_as_a_set(department: Department) -> None:
    for tile in (1001, 1002, 1011):
        department.picture(f"skin.{tile}.png")
    department.textured("skin", department.folder / "skin.1001.png", uvTilingMode=3)
    scene = department.save("skin.ma")
    (came,) = run(department, scene).scenes
    assert came.ok
    assert came.textures[0].picture == (department.folder / "skin.<UDIM>.png").as_posix()
    assert Path(came.textures[0].output).name == "skin_stylized.<UDIM>.png"
    assert department.jobs == [f"skin_stylized.{tile}.png begun" for tile in (1001, 1002, 1011)]
    assert department.links(Path(came.saved)) == {"skin_mtl": "skin_stylized.1001.png"}


def test_a_set_with_a_tile_that_fails_is_not_relinked(department: Department) -> None:
    department.picture("skin.1001.png")
    department.picture("skin.1002.png", "broken")
    department.textured("skin", department.folder / "skin.1001.png", uvTilingMode=3)
    scene = department.save("skin.ma")
    (came,) = run(department, scene).scenes
    assert (came.status, came.saved) == ("nothing", "")
    assert came.textures[0].message.startswith("Tile 1002: ")
    department.picture("skin.1002.png", "mended")
    assert run(department, scene).ok
    assert department.jobs[2:] == ["skin_stylized.1002.png begun"]


def test_of_a_set_only_the_repainted_tile_is_made_anew(department: Department) -> None:
    for tile in (1001, 1002, 1003):
        department.picture(f"skin.{tile}.png")
    department.textured("skin", department.folder / "skin.1001.png", uvTilingMode=3)
    scene = department.save("skin.ma")
    assert run(department, scene).ok
    repainted: list[str] = []
    for tile in (1002, 1001):
        before = {path: path.read_bytes() for path in department.folder.glob("*_stylized*.png")}
        department.picture(f"skin.{tile}.png", f"another {tile}")
        (listed,) = run(department, scene, dry_run=True).scenes
        (came,) = run(department, scene).scenes
        assert (came.ok, came.status, statuses(came)) == (True, "saved", {"skin": "made"})
        pattern = came.textures[0].output
        assert [job["output"] for job in listed.textures[0].jobs] == [
            pattern.replace("<UDIM>", str(tile))
        ]
        repainted.append(f"{Path(pattern).name.replace('<UDIM>', str(tile))} begun")
        assert department.jobs[3:] == repainted
        for each in (1001, 1002, 1003):
            source = department.folder / f"skin.{each}.png"
            made = Path(pattern.replace("<UDIM>", str(each)))
            assert made.read_text() == f"new {source.read_text()}"
        assert all(path.read_bytes() == content for path, content in before.items())
    (again,) = run(department, scene).scenes
    assert (again.status, statuses(again)) == ("unchanged", {"skin": "there"})


def test_a_tile_that_somebody_has_changed_is_not_copied(department: Department) -> None:
    for tile in (1001, 1002, 1003):
        department.picture(f"skin.{tile}.png")
    department.textured("skin", department.folder / "skin.1001.png", uvTilingMode=3)
    scene = department.save("skin.ma")
    run(department, scene)
    department.picture("skin_stylized.1001.png", "painted over")
    department.picture("skin_stylized.1003.png.json", "this tile's job, perhaps")
    (came,) = run(department, scene).scenes
    made = Path(came.textures[0].output.replace("<UDIM>", "1001"))
    assert made.read_text() == "new skin.1001.png"
    third = made.name.replace("1001", "1003")
    assert department.jobs[3:] == [f"{made.name} begun", f"{third} begun"]
    assert (department.folder / "skin_stylized.1001.png").read_text() == "painted over"


def test_textures_of_references_are_relinked_and_locked_ones_are_told(
    department: Department,
) -> None:
    asset = department.scene("assets/wall.ma", brick="assets/brick.png", moss="assets/moss.png")
    before = sha256(asset)
    cmds.file(asset.as_posix(), reference=True, namespace="left")
    cmds.setAttr("left:moss_mtl.color", lock=True)
    other = department.scene("assets/roof.ma", slate="assets/slate.png")
    cmds.file(asset.as_posix(), reference=True, namespace="left")
    cmds.setAttr("left:moss_mtl.color", lock=True)
    cmds.file(other.as_posix(), reference=True, namespace="right")
    cmds.file(unloadReference="roofRN")
    scene = department.save("shot.ma")
    (came,) = run(department, scene).scenes
    assert statuses(came) == {"left:brick": "made", "left:moss": "failed"}
    assert came.notes == (f"The reference {other.as_posix()} is not loaded.",)
    (locked,) = [texture for texture in came.textures if texture.status == "failed"]
    assert locked.message == "left:moss_mtl.color is locked in the reference wall.ma."
    links = department.links(Path(came.saved))
    assert links["left:brick_mtl"] == "assets/brick_stylized.png"
    assert links["left:moss_mtl"] == "assets/moss.png"
    assert sha256(asset) == before
    assert department.jobs == ["brick_stylized.png begun"]


def test_a_scene_with_a_lost_reference_is_not_saved_without_it(department: Department) -> None:
    asset = department.scene("asset.ma", brick="brick.png")
    cmds.file(asset.as_posix(), reference=True, namespace="set")
    department.textured("moss", department.picture("moss.png"))
    scene = department.save("shot.ma")
    asset.unlink()
    (came,) = run(department, scene).scenes
    assert came.status == "failed"
    assert "Reference file not found" in came.message
    assert not department.folder.joinpath("shot_stylized.ma").exists()


def test_relative_pictures_are_found_in_the_scene_s_own_project(department: Department) -> None:
    project = department.folder / "show"
    department.picture("show/sourceimages/brick.png")
    department.picture("show/workspace.mel")
    department.room.texture("brick", "sourceimages/brick.png")
    scene = department.save("show/scenes/deep/wall.ma")
    (came,) = run(department, scene).scenes
    assert came.ok
    assert Path(came.textures[0].output) == project / "sourceimages/brick_stylized.png"


def test_script_nodes_are_not_run(department: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFECTED", "no")
    script = "import os; os.environ['INFECTED'] = 'yes'"
    cmds.scriptNode(name="vaccine_gene", scriptType=1, sourceType="python", beforeScript=script)
    scene = department.scene("wall.ma", brick="brick.png")
    assert run(department, scene).ok
    assert os.environ["INFECTED"] == "no"
    cmds.file(scene.as_posix(), open=True, force=True)  # as the artist's own Maya does
    assert os.environ["INFECTED"] == "yes"


def test_scenes_of_another_version_are_opened(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    scene.write_bytes(scene.read_bytes().replace(b"2025", b"2019", 1))
    assert run(department, scene).ok


def test_sequences_results_and_explicit_tiles_are_passed_over(department: Department) -> None:
    department.picture("water.0001.png")
    department.textured("water", department.folder / "water.0001.png", useFrameExtension=True)
    department.textured("named", department.picture("named.png"), uvTilingMode=4)
    scene = department.scene("wall.ma", brick="brick.png")
    (came,) = run(department, scene).scenes
    assert statuses(came) == {"water": "skipped", "named": "skipped", "brick": "made"}
    (again,) = run(department, Path(came.saved)).scenes
    assert again.status == "nothing"
    assert statuses(again)["brick_stylized"] == "skipped"


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({}, {"brick_color", "moss", "env:moss"}),
        ({"match": ("*_color",)}, {"brick_color"}),
        ({"match": ("MOSS",)}, {"moss", "env:moss"}),
        ({"match": ("env:*",)}, {"env:moss"}),
        ({"match": ("*/walls/*",)}, {"brick_color"}),
        ({"match": ("moss*.png",)}, {"moss", "env:moss"}),
        ({"match": ("*/b/*", "*_color")}, {"moss", "brick_color"}),
        ({"materials": ("moss_*",)}, {"moss", "env:moss"}),
        ({"materials": ("moss_*",), "match": ("*/b/*",)}, {"moss"}),
        ({"sets": ("picked",)}, {"brick_color"}),
        ({"sets": ("outer",)}, {"brick_color", "moss"}),
        ({"sets": ("chosen_nodes",)}, {"moss"}),
        ({"sets": ("empty",)}, set()),
        ({"match": ("nothing",)}, set()),
    ],
)
def test_which_textures_are_meant(
    department: Department, choice: dict[str, Any], expected: set[str]
) -> None:
    department.scene("asset.ma", moss="c/moss.png")
    asset = (department.folder / "asset.ma").as_posix()
    department.textured("brick_color", department.picture("walls/brick.png"))
    department.textured("moss", department.picture("b/moss2.png"))
    cmds.file(asset, reference=True, namespace="env")
    cmds.sets("brick_color_wall", name="picked")
    cmds.sets("moss", name="chosen_nodes")
    cmds.sets("picked", "chosen_nodes", name="outer")
    cmds.sets(name="empty", empty=True)
    found = api.find_textures(api.Choice(**choice))
    assert {texture.node for texture in found} == expected


def test_a_set_that_is_not_there_fails_the_scene(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    (came,) = run(department, scene, choice=api.Choice(sets=("picked",))).scenes
    assert came.status == "failed"
    assert "no set picked" in came.message


def test_a_dry_run_changes_nothing(department: Department) -> None:
    department.textured("gone", department.folder / "gone.png")
    scene = department.scene("wall.ma", brick="brick.png")
    before = sorted(path for path in department.folder.rglob("*"))
    (came,) = run(department, scene, dry_run=True).scenes
    assert (came.status, came.saved) == ("listed", str(department.folder / "wall_stylized.ma"))
    assert statuses(came) == {"gone": "failed", "brick": "to make"}
    assert came.textures[1].output == str(department.folder / "brick_stylized.png")
    assert sorted(path for path in department.folder.rglob("*")) == before
    run(department, scene)
    (came,) = run(department, scene, dry_run=True).scenes
    assert statuses(came)["brick"] == "there"


def test_in_a_session_scenes_are_opened_by_the_script(department: Department) -> None:
    scene = department.scene("wall.ma", brick="a/brick.png", moss="b/moss.png")
    cmds.file(scene.as_posix(), open=True, force=True)
    lines: list[str] = []
    with api.open_session(department.recipe, told=lines.append) as session:
        (made,) = session.stylize_textures(api.find_textures(api.Choice(match=("moss",))))
        assert (made.status, made.nodes) == ("made", ("moss",))
        assert cmds.isConnected("moss_stylized.outColor", "moss_mtl.color")
        assert session.stylize_scene(scene, save_as="all.ma").ok
    assert "moss_stylized.png: octave 32x32" in lines
    assert department.jobs == ["moss_stylized.png begun", "brick_stylized.png begun"]


def test_in_a_maya_with_a_window_unsaved_work_is_safe(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    department.fake.batch = False
    department.fake.modified = True
    came = api.stylize_scene(scene, department.recipe)
    assert came.status == "failed"
    assert "changes that are not saved" in came.message
    assert cmds.file(query=True, sceneName=True) == ""


def test_in_a_maya_with_a_window_too_one_scene_follows_the_other(department: Department) -> None:
    department.picture("torn.png", "broken")
    scenes = [
        department.scene(f"{name}.ma", **{name: f"{name}.png"}) for name in ("a", "torn", "b")
    ]
    department.fake.batch = False
    done = run(department, *scenes)
    assert [scene.status for scene in done.scenes] == ["saved", "nothing", "saved"]
    assert cmds.file(query=True, modified=True) is False


def test_recipes_that_are_none_for_scenes(department: Department) -> None:
    department.picture("other.png")
    two = department.write_recipe(
        "two.json",
        job={"kind": "stylize"},
        exemplars=["exemplars/rust.png", "other.png"],
        output="{stem}_{exemplar}{suffix}",
    )
    with pytest.raises(JobError, match="one result only"):
        run(department, department.folder / "wall.ma", recipe=two)
    with pytest.raises(JobError, match=r"none\.json: cannot be read"):
        run(department, department.folder / "wall.ma", recipe=department.folder / "none.json")


def test_without_a_model_it_says_what_to_do(
    department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETWORK", "")
    with pytest.raises(api.StylizeError, match="maya-stylize model fetch"):
        run(department, department.scene("wall.ma", brick="brick.png"))


def test_another_recipe_or_another_picture_gives_other_files(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    run(department, scene)
    gold = department.write_recipe(
        "gold.json", job={"kind": "synthesize"}, output="brick_stylized.png"
    )
    first = department.folder / "brick_stylized.png"
    before = first.read_bytes()
    (came,) = run(department, scene, recipe=gold, save_as="{stem}_gold{suffix}").scenes
    assert came.ok
    made = Path(came.textures[0].output)
    assert made != first
    assert made.name.startswith("brick_stylized_")
    assert first.read_bytes() == before
    # Somebody paints over a result: it is theirs from now on.
    made.write_text("painted over")
    (came,) = run(department, scene, recipe=gold, save_as="{stem}_gold{suffix}").scenes
    assert came.textures[0].status == "failed"
    assert "is not as it was made" in came.textures[0].message
    assert made.read_text() == "painted over"


def test_a_stranger_s_picture_is_not_overwritten(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    stranger = department.picture("brick_stylized.png", "painted by hand")
    (came,) = run(department, scene).scenes
    assert came.ok
    assert stranger.read_text() == "painted by hand"
    assert Path(came.textures[0].output) != stranger


def test_an_older_tx_is_told(department: Department) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    old = department.picture("brick_stylized.tx")
    os.utime(old, (1, 1))
    (came,) = run(department, scene).scenes
    assert came.textures[0].status == "failed"
    assert "may show it instead" in came.textures[0].message


def test_it_is_a_scene_error_where_the_scene_says_no(department: Department) -> None:
    with pytest.raises(SceneError, match="no set"):
        api.find_textures(api.Choice(sets=("none",)))


def test_a_picture_is_made_once_in_each_color_space_that_it_is_shown_in(
    department: Department,
) -> None:
    picture = department.picture("brick.png")
    for node, space in (("one", "ACEScg"), ("two", "sRGB"), ("three", "ACEScg")):
        department.textured(node, picture)
        cmds.setAttr(f"{node}.colorSpace", space, type="string")
    (came,) = run(department, department.save("wall.ma")).scenes
    assert came.ok
    assert [texture.nodes for texture in came.textures] == [("one", "three"), ("two",)]
    assert len(department.jobs) == 2
    cmds.file(came.saved, open=True, force=True)
    shown = {
        (Path(texture.path).name, texture.color_space)
        for texture in department.room.host.textures()
        if texture.applied
    }
    (acescg, _), (srgb, _) = sorted(shown, key=lambda each: each[1])
    assert shown == {(acescg, "ACEScg"), (srgb, "sRGB")}
    assert acescg != srgb
