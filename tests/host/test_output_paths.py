"""Where results go: versions, places, patterns, and folders that refuse."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maya_stylize.errors import SceneError
from maya_stylize.host.no_scene import PictureList
from maya_stylize.host.output_paths import Destination, check_pattern, next_output


class Project(PictureList):
    """No scene, and yet a project."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def project(self) -> Path | None:
        return self.folder

    def source_images(self) -> Path | None:
        return self.folder / "sourceimages"


@pytest.fixture
def scene(tmp_path: Path) -> Project:
    return Project(tmp_path)


def name_of(scene: Project, source: str, **keywords: Any) -> str:
    destination = Destination(**keywords)
    return next_output(scene, destination, Path("/pictures") / source, "stylize").name


def test_the_project_s_pictures_and_the_first_version(scene: Project, tmp_path: Path) -> None:
    path = next_output(scene, Destination(), Path("/x/brick.exr"), "stylize", ".exr")
    assert path == tmp_path / "sourceimages" / "brick_stylize_v001.exr"
    assert path.parent.is_dir()
    assert not path.exists()


@pytest.mark.parametrize(
    "there",
    [
        "brick_stylize_v001.png",
        "Brick_Stylize_V001.PNG",
        "brick_stylize_v001.tx",
        "brick_stylize_v001_sRGB_ACEScg.png.tx",
        "brick_stylize_v001.1002.png",
        "brick_stylize_v001.png.json",
        "brick_stylize_v001.png.checkpoint",
    ],
)
def test_a_version_of_which_anything_is_left_is_passed_over(
    scene: Project, tmp_path: Path, there: str
) -> None:
    (tmp_path / "sourceimages").mkdir()
    (tmp_path / "sourceimages" / there).write_text("old")
    assert name_of(scene, "brick.png") == "brick_stylize_v002.png"


def test_what_is_promised_to_a_waiting_job_is_passed_over(scene: Project) -> None:
    first = next_output(scene, Destination(), Path("/x/a.png"), "texture")
    second = next_output(scene, Destination(), Path("/x/a.png"), "texture", taken=[first])
    assert (first.name, second.name) == ("a_texture_v001.png", "a_texture_v002.png")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("brick.1001.png", "brick_stylize_v001.png"),
        ("brick_1011.tif", "brick_stylize_v001.png"),
        ("brick.<UDIM>.tif", "brick_stylize_v001.png"),
        ("brick_u1_v2.tif", "brick_stylize_v001.png"),
        ("brick_u<U>_v<V>.tif", "brick_stylize_v001.png"),
        ("wall.2048.png", "wall.2048_stylize_v001.png"),
        ("a:b*c?.png", "a_b_c__stylize_v001.png"),
        ("50%_$HOME.png", "50___HOME_stylize_v001.png"),
        ("壁.png", "壁_stylize_v001.png"),
    ],
)
def test_the_name_is_the_source_s_without_tile_or_what_systems_forbid(
    scene: Project, source: str, expected: str
) -> None:
    assert name_of(scene, source) == expected


def test_tiles_of_one_set_keep_their_numbers_and_share_a_version(tmp_path: Path) -> None:
    for name in ("a.1001.png", "a.1002.png", "b_1024.png"):
        (tmp_path / name).write_text("")
    scene = PictureList([tmp_path / "a.<UDIM>.png", tmp_path / "b_1024.png"])
    got = []
    for source in ("a.1001.png", "a.1002.png", "a.1001.png", "b_1024.png", "a.1002.png"):
        path = next_output(scene, Destination(), tmp_path / source, "stylize")
        path.write_text("")
        got.append(path.name)
    assert got == [
        "a_stylize_v001.1001.png",
        "a_stylize_v001.1002.png",
        "a_stylize_v002.1001.png",
        "b_stylize_v001.png",  # a size, for no texture shows tiles of it
        "a_stylize_v002.1002.png",
    ]


def test_tiles_by_coordinates_share_a_version_too(tmp_path: Path) -> None:
    for name in ("a_u1_v1.png", "a_u2_v1.png"):
        (tmp_path / name).write_text("")
    scene = PictureList([tmp_path / "a<tile>.png"])
    got = []
    for source in ("a_u1_v1.png", "a_u2_v1.png", "a_u1_v1.png"):
        path = next_output(scene, Destination(), tmp_path / source, "stylize")
        path.write_text("")
        got.append(path.name)
    assert got == [
        "a_stylize_v001_u1_v1.png",
        "a_stylize_v001_u2_v1.png",
        "a_stylize_v002_u1_v1.png",
    ]


@pytest.mark.parametrize(
    "there",
    ["a_stylize_v001.tx", "a_stylize_v001.1001_sRGB.tx", "a_stylize_v001.1001.png.checkpoint"],
)
def test_a_tile_too_comes_to_lie_beside_no_tx_or_checkpoint(tmp_path: Path, there: str) -> None:
    for name in ("a.1001.png", there):
        (tmp_path / name).write_text("")
    scene = PictureList([tmp_path / "a.<UDIM>.png"])
    path = next_output(scene, Destination(), tmp_path / "a.1001.png", "stylize")
    assert path.name == "a_stylize_v002.1001.png"


def test_beside_the_source(scene: Project, tmp_path: Path) -> None:
    path = next_output(scene, Destination(place="beside"), tmp_path / "a.png", "texture")
    assert path == tmp_path / "a_texture_v001.png"


def test_without_a_project_results_lie_beside_the_source(tmp_path: Path) -> None:
    path = next_output(PictureList(), Destination(), tmp_path / "a.png", "texture")
    assert path.parent == tmp_path


def test_a_chosen_folder_may_be_relative_and_hold_variables(
    scene: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOT", "s010")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for folder in ("$SHOT", "${SHOT}", "~/s010", str(tmp_path / "s010"), " s010 "):
        chosen = Destination(place="folder", folder=folder)
        assert next_output(scene, chosen, Path("a.png"), "x").parent == tmp_path / "s010", folder


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("", "No folder for results is chosen"),
        ("$NOT_SET_ANYWHERE/x", r"names \$NOT_SET_ANYWHERE, which is not set"),
        ("~nobody-of-that-name/x", "names a user whose home is unknown"),
        ("no/such/parent", "cannot be written to .*: No such file"),
        ("file", "cannot be written to .*: File exists"),
        ("file/below", "cannot be written to .*: Not a directory"),
    ],
)
def test_a_folder_that_will_not_do_is_named_with_the_reason(
    scene: Project, tmp_path: Path, folder: str, reason: str
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SceneError, match=reason) as caught:
        next_output(scene, Destination(place="folder", folder=folder), Path("a.png"), "x")
    assert caught.value.hint


def test_a_relative_folder_needs_a_project() -> None:
    with pytest.raises(SceneError, match="relative, and there is no project"):
        next_output(PictureList(), Destination("folder", "x"), Path("a.png"), "x")


def test_a_read_only_project_says_so(
    scene: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(SceneError, match=r"sourceimages: Permission denied.*another folder"):
        next_output(scene, Destination(), Path("a.png"), "x")


def test_a_missing_source_s_folder_is_not_made(scene: Project, tmp_path: Path) -> None:
    with pytest.raises(SceneError, match="gone"):
        next_output(scene, Destination("beside"), tmp_path / "gone" / "a.png", "x")
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{name}",
        "{name}_{version",
        "{name.__class__}_{version}",
        "{version!r}",
        "{version:999999999999}",
        "{name:_^300}_{version}",
        "{version:{name}}",
        "{0}_{version}",
        "../{version}",
        r"..\{version}",
        "{name}{name}{name}_{version}",
        "x" * 250 + "{version}",
        "{seed}_{version}",
    ],
)
def test_a_pattern_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(SceneError, match="naming pattern"):
        check_pattern(pattern)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    source=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1),
    mode=st.sampled_from(["texture", "stylize"]),
    pattern=st.sampled_from(["{name}_{mode}_v{version:03}", "{version}", "v{version}-{name}"]),
    jobs=st.integers(1, 4),
)
def test_whatever_the_source_is_called_results_can_be_written_and_never_meet(
    tmp_path_factory: pytest.TempPathFactory, source: str, mode: str, pattern: str, jobs: int
) -> None:
    with tempfile.TemporaryDirectory(dir=tmp_path_factory.getbasetemp()) as folder:
        scene = Project(Path(folder))
        written: list[Path] = []
        for job in range(jobs):
            path = next_output(
                scene, Destination(pattern=pattern), Path("/x") / source, mode, taken=written
            )
            assert path.parent == Path(folder) / "sourceimages"
            assert not path.exists()
            assert path not in written
            if job % 2 == 0:
                path.write_text(str(job))
            written.append(path)
        assert len({path.name.casefold() for path in written}) == jobs


def test_a_material_s_maps_share_a_version_and_what_their_names_have_in_common(
    scene: Project, tmp_path: Path
) -> None:
    source = Path("/pictures/Old_Wall_BaseColor.1001.tif")
    folder = tmp_path / "sourceimages"
    folder.mkdir()
    (folder / "Old_Wall_material_v001_normal.png").touch()  # of six maps one is left
    taken = [folder / "Old_Wall_material_v002_<map>.exr"]
    path = next_output(scene, Destination(), source, "material", ".png", taken, "<map>")
    assert path == folder / "Old_Wall_material_v003_<map>.png"
    unnamed = next_output(scene, Destination(), Path("x.png"), "material", ".png", (), "<map>")
    assert unnamed.name == "x_material_v001_<map>.png"
    kind = next_output(scene, Destination(), Path("albedo.png"), "material", ".png", (), "<map>")
    assert kind.name == "albedo_material_v001_<map>.png"
