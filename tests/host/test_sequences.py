"""Sequences: one picture per frame."""

from __future__ import annotations

from pathlib import Path

import pytest

from maya_stylize.host import sequences


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/x/wood.0001.png", "/x/wood.<f>.png"),
        ("/x/wood_7.exr", "/x/wood_<f>.exr"),
        ("/x/wood12.png", "/x/wood<f>.png"),
        ("/x/wood.<f>.png", "/x/wood.<f>.png"),
        ("/x/v2/wood.####.png", "/x/v2/wood.####.png"),
        ("/x/v2/wood.png", "/x/v2/wood.png"),
        ("", ""),
    ],
)
def test_a_frame_s_number_makes_room_for_a_token(path: str, pattern: str) -> None:
    assert sequences.pattern_of(path) == pattern


@pytest.mark.parametrize("token", ["<f>", "<F>", "####", "#"])
def test_the_frame_is_found_however_it_is_padded(tmp_path: Path, token: str) -> None:
    for name in ("a.0007.png", "a.0010.png", "a.0100.png", "b.0008.png", "a.0008.exr", "a.x.png"):
        (tmp_path / name).write_text("")
    pattern = f"{tmp_path.as_posix()}/a.{token}.png"
    for frame, number in ((10, "0010"), (100, "0100"), (8, "0007"), (-3, "0007")):
        path = f"{tmp_path.as_posix()}/a.{number}.png"
        assert sequences.at_frame(pattern, frame) == (path, number)


def test_a_tile_s_token_stays(tmp_path: Path) -> None:
    for name in ("a.1001.0007.png", "a.1002.0008.png"):
        (tmp_path / name).write_text("")
    folder = tmp_path.as_posix()
    found = sequences.at_frame(f"{folder}/a.<UDIM>.<f>.png", 8)
    assert found == (f"{folder}/a.<UDIM>.0008.png", "0008")
    (tmp_path / "a_u1_v1.3.png").write_text("")
    found = sequences.at_frame(f"{folder}/a_u<U>_v<V>.<f>.png", 3)
    assert found == (f"{folder}/a_u<U>_v<V>.3.png", "3")


def test_without_pictures_token_or_folder_there_is_no_frame(tmp_path: Path) -> None:
    for pattern in ("a.<f>.png", "a.png", "gone/a.<f>.png"):
        path = str(tmp_path / pattern)
        assert sequences.at_frame(path, 1) == (path, "")
