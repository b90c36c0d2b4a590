"""Which maps belong together by their names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from maya_stylize.errors import StylizeError
from maya_stylize.map_names import KINDS, VARIABLE, beside, kind_of, without_kind

# As texture libraries and painting programs write them.
CONVENTIONS = {
    "Bricks001_1K-JPG": ("Color", "NormalGL", "Roughness", "Metalness", "Displacement",
                         "AmbientOcclusion"),
    "old-wall": ("albedo", "normal-ogl", "roughness", "metallic", "height", "ao"),
    "rust_coarse": ("diff_4k", "nor_gl_4k", "rough_4k", "metal_4k", "disp_4k", "ao_4k"),
    "Metal_Plate": ("Base_Color", "Normal", "Roughness", "Metallic", "Height",
                    "Ambient_occlusion"),
    "hull": ("baseColor", "normalMap", "roughnessMap", "metalnessMap", "heightMap",
             "occlusionMap"),
    "fort base": ("basecolor_v002", "nrm_v002", "rgh_v002", "metal_v002", "bump_v002", "occ_v002"),
}  # fmt: skip


@pytest.mark.parametrize("stem", CONVENTIONS)
@pytest.mark.parametrize("tile", ["", ".1003", "_u2_v1"])
def test_every_convention_is_one_material(tmp_path: Path, stem: str, tile: str) -> None:
    names = [f"{stem}_{ending}{tile}.png" for ending in CONVENTIONS[stem]]
    others = [f"other_{ending}{tile}.png" for ending in CONVENTIONS[stem]]
    elsewhere = [f"{stem}_{ending}.1009.png" for ending in CONVENTIONS[stem]]
    for name in (*names, *others, *elsewhere):
        (tmp_path / name).touch()
    assert [kind_of(name) for name in names] == list(KINDS)
    assert {without_kind(name) for name in names} == {stem}
    wanted = {kind: str(tmp_path / name) for kind, name in zip(KINDS, names, strict=True)}
    for name in names:
        assert beside(tmp_path / name, [".png"]) == wanted


def test_other_files_are_not_taken(tmp_path: Path) -> None:
    for name in ("a_albedo.png", "a_normal.txt", "b_normal.png", "a_b_height.png", "a.png"):
        (tmp_path / name).touch()
    albedo = tmp_path / "a_albedo.png"
    assert beside(albedo, [".png"]) == {"albedo": str(albedo)}
    assert beside(tmp_path / "gone" / "a_albedo.png", [".png"]) == {}


def test_names_of_a_kind_alone_are_one_material(tmp_path: Path) -> None:
    for name in ("albedo.png", "normal.png", "wall_height.png"):
        (tmp_path / name).touch()
    assert list(beside(tmp_path / "albedo.png", [".png"])) == ["albedo", "normal"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("wall_albedo_v002", {"normal": "wall_normal_v002", "height": "wall_height_v001"}),
        ("wall_normal_v001", {"albedo": "wall_albedo_v002", "height": "wall_height_v001"}),
        ("ston_albedo_4k", {"normal": "ston_normal_4k", "roughness": "ston_roughness_4k_v003"}),
        ("Clay_Color", {"normal": "Clay_NormalGL", "height": "Clay_Displacement"}),
        ("Clay_NormalDX", {"albedo": "Clay_Color", "height": "Clay_Displacement"}),
        ("rock_diff_2k", {"normal": "rock_nor_gl_2k", "height": "rock_bump_2k"}),
    ],
)
def test_of_several_maps_of_a_kind_the_one_that_goes_with_it_is_taken(
    tmp_path: Path, given: str, wanted: dict[str, str]
) -> None:
    for name in (
        *("wall_albedo_v002", "wall_normal_v001", "wall_normal_v002", "wall_height_v001"),
        *("ston_albedo_4k", "ston_normal_1k", "ston_normal_4k"),
        *("ston_roughness_2k_v003", "ston_roughness_4k_v003"),
        *("Clay_Color", "Clay_NormalDX", "Clay_NormalGL", "Clay_Bump", "Clay_Displacement"),
        *("rock_diff_2k", "rock_nor_dx_2k", "rock_nor_gl_1k", "rock_nor_gl_2k"),
        *("rock_bump_2k", "rock_disp_1k"),
    ):
        (tmp_path / f"{name}.png").touch()
    found = beside(tmp_path / f"{given}.png", [".png"])
    own = kind_of(given)
    assert own is not None
    assert found == {
        kind: str(tmp_path / f"{name}.png") for kind, name in ({own: given} | wanted).items()
    }


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        # Without a size or version before those with one, though these come first in the alphabet.
        ("bark_albedo", ["bark_height", "bark_normal"]),
        # The one that all have, of two the larger, as numbers and not as words.
        ("clay_albedo", ["clay_height_16k", "clay_normal_16k", "clay_roughness_16k"]),
        ("tile_albedo", ["tile_height_512", "tile_normal_1k", "tile_roughness_1k"]),
        # A newer version before a larger size; the given version before a newer one.
        ("sand_albedo", ["sand_height_v010_1k", "sand_normal_v010_1k"]),
        ("sand_albedo_v009", ["sand_height_v009_8k", "sand_normal_v009_8k"]),
        # Which way normals face goes before their size, which the others then have too.
        ("snow_albedo", ["snow_height_1k", "snow_normal_gl_1k"]),
    ],
)
def test_maps_of_one_size_and_version_are_taken_where_the_given_one_has_none(
    tmp_path: Path, given: str, wanted: list[str]
) -> None:
    for name in (
        *("bark_albedo", "bark_height", "bark_height_1k", "bark_normal", "bark_normal-4k"),
        *("clay_albedo", "clay_height_16k", "clay_height_2k", "clay_normal_16k", "clay_normal_2k"),
        *("clay_normal_32k", "clay_roughness_16k", "clay_roughness_2k"),
        *("tile_albedo", "tile_height_512", "tile_normal_1k", "tile_normal_4k"),
        *("tile_roughness_1k", "tile_roughness_2k"),
        *("sand_albedo", "sand_albedo_v009"),
        *("sand_height_v009_8k", "sand_height_v010_1k", "sand_height_v010_512"),
        *("sand_normal_v009_8k", "sand_normal_v010_1k"),
        *("snow_albedo", "snow_height_1k", "snow_height_2k"),
        *("snow_normal_dx_2k", "snow_normal_gl_1k"),
    ):
        (tmp_path / f"{name}.png").touch()
    found = beside(tmp_path / f"{given}.png", [".png"])
    assert found.pop("albedo") == str(tmp_path / f"{given}.png")
    assert sorted(Path(path).stem for path in found.values()) == wanted


def test_a_studio_adds_words_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = tmp_path / "words.json"
    words.write_text('{"roughness": ["GLS", "mattemap"], "height": ["hgt"], "normal": ["rough"]}')
    monkeypatch.setenv(VARIABLE, str(words))
    for name in ("a_albedo.png", "a_GLS_2k.png", "a_hgt.png", "a_normal.png"):
        (tmp_path / name).touch()
    assert kind_of("wall_matte.png") == kind_of("wall_matteMap.png") == "roughness"
    assert kind_of("wall_rough.png") == "normal"  # theirs go first
    assert kind_of("wall_ao.png") == "occlusion"
    assert beside(tmp_path / "a_albedo.png", [".png"]) == {
        "roughness": str(tmp_path / "a_GLS_2k.png"),
        "albedo": str(tmp_path / "a_albedo.png"),
        "height": str(tmp_path / "a_hgt.png"),
        "normal": str(tmp_path / "a_normal.png"),
    }
    monkeypatch.delenv(VARIABLE)
    assert kind_of("wall_gls.png") is None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be read (No such file"),
        ("{", "is not JSON (Expecting"),
        ("[]", "is not an object"),
        ('{"gloss": ["gls"]}', "'gloss', which is no kind"),
        ('{"height": "hgt"}', "'height', which is no kind of map with a list"),
        ('{"height": ["h_t"]}', "'h_t' as a height"),
        ('{"height": ["2k"]}', "'2k' as a height"),
        ('{"height": ["linear"]}', "'linear' as a height"),
        ('{"height": [3]}', "3 as a height"),
    ],
)
def test_a_file_of_words_that_is_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, why: str
) -> None:
    words = tmp_path / "words.json"
    if content is not None:
        words.write_text(content)
    monkeypatch.setenv(VARIABLE, str(words))
    with pytest.raises(StylizeError, match=re.escape(why)) as refused:
        kind_of("a_gls.png")
    assert str(words) in str(refused.value)
