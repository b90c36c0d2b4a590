"""Which maps belong together by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from maya_stylize.map_names import KINDS, beside, kind_of, without_kind

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
