"""From a node's path to the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize.host.node_paths import resolve


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (
        "a.png",
        "sourceimages/b.png",
        "sourceimages/sub/c.1001.png",
        "sourceimages/d_u1_v1.7.png",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a.png", "{project}/a.png"),
        ("  a.png ", "{project}/a.png"),
        ("b.png", "{project}/sourceimages/b.png"),
        ("sourceimages/b.png", "{project}/sourceimages/b.png"),
        (r"sourceimages\b.png", "{project}/sourceimages/b.png"),
        ("sub/c.<UDIM>.png", "{project}/sourceimages/sub/c.<UDIM>.png"),
        ("d<tile>.####.png", "{project}/sourceimages/d<tile>.####.png"),
        ("gone.<UDIM>.png", "{project}/gone.<UDIM>.png"),
        ("gone.png", "{project}/gone.png"),
        ("{project}/a.png", "{project}/a.png"),
        ("/old/project//sourceimages/b.png", "{project}/sourceimages/b.png"),
        ("/old/project//gone.png", "/old/project/gone.png"),
        ("$ROOT/a.png", "{project}/a.png"),
        ("${{ROOT}}/a.png", "{project}/a.png"),
        ("$NOT_SET_ANYWHERE/a.png", "$NOT_SET_ANYWHERE/a.png"),
        ("~/a.png", "{project}/a.png"),
        ("", ""),
        (" ", ""),
    ],
)
def test_resolve(
    project: Path, monkeypatch: pytest.MonkeyPatch, written: str, expected: str
) -> None:
    for name in ("ROOT", "HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(project))
    resolved = resolve(written.format(project=project), project, project / "sourceimages")
    assert resolved == expected.format(project=project.as_posix())


def test_without_a_project_a_relative_path_stays_one() -> None:
    assert resolve("a/b.png", None, None) == "a/b.png"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_text_is_a_path_of_some_kind(written: str) -> None:
    resolved = resolve(written, Path("/project"), Path("/project/sourceimages"))
    assert bool(resolved) == bool(written.strip())
    assert "\\" not in resolved
