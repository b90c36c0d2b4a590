"""One value at a time: what is let through, and that what is not is named."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize import checks
from maya_stylize.errors import JobError

NAN, INF = math.nan, math.inf
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=8,
)
CHECKS: dict[str, checks.Check] = {
    "path": checks.path,
    "flag": checks.flag,
    "choice": checks.choice("draft", "final"),
    "whole": checks.whole(3, 9),
    "number": checks.number(0.5, 9),
    "optional": checks.optional(checks.whole(3, 9)),
    "device": checks.device,
    "size": checks.size,
    "layer_weights": checks.layer_weights,
}


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("name", CHECKS)
@settings(max_examples=150)
@given(value=ANYTHING)
def test_a_check_takes_a_value_or_names_the_field(name: str, value: Any) -> None:
    check = CHECKS[name]
    outcome = _outcome(check, "some_field", value)
    if isinstance(outcome, JobError):
        assert outcome.message.startswith("some_field")
        assert len(outcome.message) < 250
        assert outcome.hint
    else:
        # What is taken is plain, means the same, and is taken again.
        assert check("some_field", outcome) == outcome
        back = json.loads(json.dumps(outcome, allow_nan=False))
        assert check("some_field", back) == outcome


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize(
    "value",
    [10**400, -(10**400), 10**5000, nested(50), nested(100_000), object(), "x" * 10**6, NAN, INF],
    ids=["1e400", "-1e400", "1e5000", "nested", "deep", "object", "long", "nan", "inf"],
)
def test_hostile_values_give_short_messages(name: str, value: Any) -> None:
    if name == "path" and isinstance(value, str):
        assert CHECKS[name]("some_field", value) == value
        return
    with pytest.raises(JobError) as caught:
        CHECKS[name]("some_field", value)
    assert caught.value.message.startswith("some_field: must be ")
    assert len(caught.value.message) < 250


@given(st.integers(), st.integers(-5, 5), st.integers(-5, 5))
def test_a_whole_number_is_taken_exactly_within_its_range(value: int, low: int, high: int) -> None:
    assert _taken(checks.whole(low, high), value) == (low <= value <= high)


@given(st.floats(), st.floats(-5, 5), st.floats(-5, 5))
def test_a_number_is_taken_exactly_within_its_range(value: float, low: float, high: float) -> None:
    assert _taken(checks.number(low, high), value) == (low <= value <= high)


def _taken(check: checks.Check, value: Any) -> bool:
    outcome = _outcome(check, "field", value)
    return not isinstance(outcome, JobError) and bool(outcome == value)


def _outcome(check: checks.Check, name: str, value: Any) -> Any:
    try:
        return check(name, value)
    except JobError as error:
        return error


@pytest.mark.parametrize("value", ["auto", "cpu", "gpu", "gpu:0", "gpu:7", "gpu:15"])
def test_devices(value: str) -> None:
    assert checks.device("device", value) == value


@pytest.mark.parametrize(
    "value", ["", "GPU", "cuda", "gpu:", "gpu:-1", "gpu:100", "gpu:٣", "cpu:1", "cpu\n", "gpu 0"]
)
def test_what_is_no_device(value: str) -> None:
    with pytest.raises(JobError, match=r'^device: must be "auto", "cpu", "gpu" or "gpu:0", got'):
        checks.device("device", value)


@pytest.mark.parametrize(
    "value", ["a", "a b.png", r"C:\pics\ä.png", "//server/x", "a\nb", "%", "木"]
)
def test_paths(value: str) -> None:
    assert checks.path("output", value) == value


@pytest.mark.parametrize(
    "value", ["", "  ", "\t\n", "a\0b", "\0", "a\ud800.png", "a\udcff", 3, b"a"]
)
def test_what_is_no_path(value: object) -> None:
    """No system takes NUL, and half a surrogate pair is no character of a name."""
    with pytest.raises(JobError, match=r"^output: must be a path, got "):
        checks.path("output", value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([15, 512], "size[0]: must be a whole number from 16 to 65536, got 15."),
        ([512, 65537], "size[1]: must be a whole number from 16 to 65536, got 65537."),
        ([512], "size: must be width and height, such as [512, 512], got [512]."),
        ("512x512", "size: must be width and height, such as [512, 512], got '512x512'."),
        ([512.0, 512], "size[0]: must be a whole number from 16 to 65536, got 512.0."),
    ],
)
def test_sizes_that_are_none(value: object, message: str) -> None:
    with pytest.raises(JobError) as caught:
        checks.size("size", value)
    assert caught.value.message == message


def test_a_number_that_is_not_one_is_shown_as_it_is_written() -> None:
    with pytest.raises(JobError) as caught:
        checks.number(0.1, 10)("style_scale", "1.0")
    assert caught.value.message == "style_scale: must be a number from 0.1 to 10, got '1.0'."
    assert caught.value.hint == "Correct style_scale and run the job again."


@given(ANYTHING)
def test_shown_is_one_short_line(value: Any) -> None:
    text = checks.shown(value)
    assert text == repr(value) or text.endswith("...")
    assert len(text) <= 80
    assert len(text.splitlines()) <= 1


def test_shown_has_words_for_what_has_no_repr() -> None:
    assert checks.shown(nested(100_000)) == "something too long to show (list)"
    if hasattr(sys, "get_int_max_str_digits"):
        assert checks.shown(10**5000) == "something too long to show (int)"


def test_a_file_that_nobody_wrote_by_hand_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a hole
    with pytest.raises(JobError, match=r"job\.json: is larger than 16 MB\."):
        checks.json_file(path)
