from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maya_stylize.errors import JobError, StylizeError
from maya_stylize.ui import stored
from maya_stylize.ui.fields import defaults
from maya_stylize.ui.modes import MODES, by_name

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["maya_stylize_preset", "mode", "settings", "seed", "x"]), inner
        )
    ),
    max_leaves=8,
)
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_a_preset_comes_back_as_it_was_saved(mode: Any, tmp_path: Path) -> None:
    values = {**defaults(mode.fields), "seed": 42, "quality": "final"}
    stored.save_preset(tmp_path / "p.json", mode, values)
    assert stored.load_preset(tmp_path / "p.json") == (mode, values)


@SHARED
@given(content=st.binary(max_size=200) | JSON.map(lambda data: json.dumps(data).encode()))
def test_whatever_a_preset_holds_it_loads_or_says_why_not(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(content)
    told = None
    try:
        mode, values = stored.load_preset(path)
    except StylizeError as error:
        told = error
    if told is None:
        assert set(values) == set(defaults(mode.fields))
    else:
        assert str(path) in told.message
        assert told.hint


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"mode": "collage"}, "collage"),
        ({"maya_stylize_preset": 2}, "version"),
        ({"settings": {"seed": -1}}, "seed"),
        ({"settings": {"quality": "__import__('os')"}}, "quality"),
        ({"settings": []}, "damaged"),
        ({"more": 1}, "not a preset"),
    ],
)
def test_what_is_wrong_in_a_preset_is_named(
    change: dict[str, Any], named: str, tmp_path: Path
) -> None:
    path = tmp_path / "p.json"
    good = {"maya_stylize_preset": 1, "mode": "texture", "settings": {}}
    path.write_text(json.dumps({**good, **change}))
    with pytest.raises(JobError, match=named):
        stored.load_preset(path)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(b" " * (stored.LARGEST_PRESET + 1))
    with pytest.raises(StylizeError, match="too large"):
        stored.load_preset(path)


def test_a_preset_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.mkdir()
    with pytest.raises(StylizeError, match=r"p\.json"):
        stored.save_preset(path, by_name("texture"), {})
    assert list(tmp_path.iterdir()) == [path]
