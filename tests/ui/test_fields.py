from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize import checks
from maya_stylize.errors import JobError
from maya_stylize.ui.fields import (
    Choice,
    Numbers,
    Size,
    Slider,
    Toggle,
    Whole,
    checked,
    defaults,
)  # fmt: skip
from maya_stylize.ui.modes import MODES

SIDES = st.integers(checks.SMALLEST_SIDE, checks.LARGEST_SIDE)
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())
)


@given(SIDES, SIDES, st.sampled_from(["x", " x ", "×", " * ", ", ", " "]))
def test_two_sides_are_read_as_typed(width: int, height: int, between: str) -> None:
    size = Size(sides=2)
    assert size.read("size", f" {width}{between}{height} ") == (width, height)
    assert size.read("size", f"{width}") == (width, width)


@given(SIDES)
def test_one_side_is_one_number(side: int) -> None:
    assert Size(sides=1).read("size", str(side)) == (side,)
    with pytest.raises(JobError, match="size"):
        Size(sides=1).read("size", f"{side} x {side}")


@pytest.mark.parametrize("text", ["", "  "])
def test_no_size_is_that_of_the_source(text: str) -> None:
    assert Size(sides=2).read("size", text) is None


@pytest.mark.parametrize(
    "text", ["15", "65537", "a", "1x", "-64", "64.5", "64x64x64", "٦٤ x", None]
)
def test_what_is_no_size_is_refused_by_name(text: Any) -> None:
    with pytest.raises(JobError, match=r"^size"):
        Size(sides=2).read("size", text)


@given(st.lists(st.integers(2, checks.LARGEST_SIDE), min_size=4, max_size=4))
def test_numbers_are_read_as_typed(numbers: list[int]) -> None:
    several = Numbers((1, 4), 2, "numbers", "none")
    for between in (", ", ",", " "):
        assert several.read("extend", between.join(map(str, numbers))) == tuple(numbers)
    assert several.read("extend", f" {numbers[0]} ") == (numbers[0],)
    assert several.read("extend", "  ") is None


@pytest.mark.parametrize("text", ["1", "2 3", "2,3,4", "-8", "8.5", "a", ",", "٦٤", "65537", None])
def test_what_are_no_such_numbers_is_refused_by_name(text: Any) -> None:
    with pytest.raises(JobError, match=r"^extend"):
        Numbers((1, 4), 2, "numbers", "none").read("extend", text)


@given(ANYTHING)
def test_every_control_takes_its_own_or_refuses(value: Any) -> None:
    for control, kind in (
        (Choice((("a", "A"),)), str),
        (Whole(0, 9), int),
        (Slider("a", "b"), int),
        (Toggle(), bool),
        (Size(sides=2), str),
        (Numbers((1, 4), 0, "numbers", "none"), str),
    ):
        told = ""
        try:
            assert type(control.check("field", value)) is kind
        except JobError as error:
            told = error.message
        assert told == "" or told.startswith("field")


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_defaults_pass_their_own_checks(mode: Any) -> None:
    assert checked(mode.fields, defaults(mode.fields)) == defaults(mode.fields)


def test_an_unknown_setting_is_refused_with_those_there_are() -> None:
    with pytest.raises(JobError, match="'colour'") as caught:
        checked(MODES[0].fields, {"colour": 1})
    assert "seed" in caught.value.message
