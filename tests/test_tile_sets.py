"""Sets of tiles by their tokens."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize import tile_sets as tiles

CASES = [
    ("a.<UDIM>.exr", tiles.UDIM, ["a.1001.exr", "a.1010.exr"], ["a.1.exr", "b.1001.exr", "a.exr"]),
    ("a_<udim>.exr", tiles.UDIM, ["a_1001.exr"], ["a_1001.exr.tx", "a.1001.exr"]),
    ("a_u<u>_v<v>.tif", tiles.ZBRUSH, ["a_u0_v0.tif", "a_u10_v2.tif"], ["a_u0.tif", "a_u_v.tif"]),
    ("a_u<U>_v<V>.tif", tiles.MUDBOX, ["a_u1_v1.tif"], ["a_u1_v1.png"]),
    ("a<tile>.tif", tiles.MUDBOX, ["a_u1_v1.tif", "a_u2_v1.tif"], ["a.u1_v1.tif", "a__u1_v1.tif"]),
    ("a<TILE>.tif", tiles.MUDBOX, ["a_u1_v1.tif"], ["au1_v1.tif"]),
    ("a(1)+<UDIM>.png", tiles.UDIM, ["a(1)+1001.png"], ["a1+1001.png"]),
]


@pytest.mark.parametrize(("pattern", "tiling", "inside", "outside"), CASES)
def test_a_pattern_finds_its_files_and_no_others(
    tmp_path: Path, pattern: str, tiling: int, inside: list[str], outside: list[str]
) -> None:
    for name in inside + outside:
        (tmp_path / name).write_text("")
    found = tiles.files_of(str(tmp_path / pattern))
    assert [Path(path).name for path in found.values()] == inside
    assert tiles.tiling_of(pattern) == tiling


def test_no_token_and_no_folder_find_nothing(tmp_path: Path) -> None:
    assert tiles.files_of(str(tmp_path / "a.png")) == {}
    assert tiles.files_of(str(tmp_path / "gone" / "a.<UDIM>.png")) == {}
    assert tiles.tiling_of("a.1001.png") == tiles.OFF


@pytest.mark.parametrize(
    ("name", "tiling", "tile"),
    [
        ("a.1001.exr", tiles.UDIM, "1001"),
        ("a_v001_1012.exr", tiles.UDIM, "1012"),
        ("a.2048.exr", tiles.UDIM, ""),
        ("a1001.exr", tiles.UDIM, ""),
        ("1001.a.exr", tiles.UDIM, ""),
        ("a_u1_v2.exr", tiles.MUDBOX, "u1_v2"),
        ("a.1001.exr", tiles.MUDBOX, ""),
        ("a.1001.exr", tiles.OFF, ""),
    ],
)
def test_a_file_says_which_tile_it_shows(name: str, tiling: int, tile: str) -> None:
    assert tiles.tile_of(name, tiling) == tile


def test_tiles_by_coordinates_have_one_name_whatever_the_token(tmp_path: Path) -> None:
    path = tmp_path / "a_u1_v2.png"
    path.write_text("")
    for written in ("a<tile>.png", "a_u<U>_v<V>.png"):
        assert tiles.files_of(str(tmp_path / written)) == {"u1_v2": str(path)}
        assert tiles.pattern_like(written, path) == (tmp_path / written).as_posix()
        assert tiles.without_tile(written) == tiles.without_tile(path.name) == "a"
    assert tiles.with_tile("a", "u1_v2") + ".png" == path.name


@given(st.text("ab.(+_1", min_size=1, max_size=8), st.integers(1001, 1999))
def test_a_tile_and_its_pattern_name_each_other(stem: str, number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{stem}.{number}.png"
        path.write_text("")
        pattern = tiles.pattern_like("x.<UDIM>.exr", path)
        assert tiles.files_of(pattern) == {str(number): str(path)}
        assert tiles.without_tile(path.name) == tiles.without_tile(Path(pattern).name)
