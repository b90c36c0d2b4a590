"""Settings as data: what each is called, what it does to the picture, and what it may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

from maya_stylize import checks


@dataclass(frozen=True)
class Choice:
    """One of a few values, each with its name for people."""

    options: tuple[tuple[str, str], ...]

    def check(self, name: str, value: Any) -> str:
        """Return the value if it is one of the options; raise `JobError` otherwise."""
        return checks.choice(*(key for key, _ in self.options))(name, value)


@dataclass(frozen=True)
class Whole:
    """A whole number; one with dice can be thrown anew."""

    lowest: int
    highest: int
    dice: bool = False

    def check(self, name: str, value: Any) -> int:
        """Return the value if it is in the range; raise `JobError` otherwise."""
        return checks.whole(self.lowest, self.highest)(name, value)


@dataclass(frozen=True)
class Slider:
    """A number from 0 to 100, between two words."""

    left: str
    right: str

    def check(self, name: str, value: Any) -> int:
        """Return the value if it is in the range; raise `JobError` otherwise."""
        return checks.whole(0, 100)(name, value)


@dataclass(frozen=True)
class Toggle:
    """Yes or no."""

    def check(self, name: str, value: Any) -> bool:
        """Return the value if it is a yes or no; raise `JobError` otherwise."""
        return checks.flag(name, value)


@dataclass(frozen=True)
class Size:
    """A picture's size, or none for that of the source: "" , "1024" or "2048 x 1024".

    Attributes:
        sides: 2 for width and height, 1 for the longer side alone.
        common: What is offered.
        empty: What none means, for people.
    """

    sides: int
    common: tuple[str, ...] = ("256", "512", "1024", "2048")
    empty: str = "Same as the source"

    def check(self, name: str, value: Any) -> str:
        """Return the text if it is a size; raise `JobError` otherwise."""
        self.read(name, value)
        return value.strip()

    def read(self, name: str, value: Any) -> tuple[int, ...] | None:
        """Return the sides that a text names, None for an empty one; raise `JobError` otherwise."""
        wanted = "a size such as 1024" + (" or 2048 x 1024" if self.sides == 2 else "")
        form = r"\s*(\d{1,6})\s*" + (r"(?:[x×*, ]\s*(\d{1,6})\s*)?" if self.sides == 2 else "")
        if not isinstance(value, str):
            raise checks.refuse(name, wanted, value)
        if not value.strip():
            return None
        match = re.fullmatch(form, value)
        if not match:
            raise checks.refuse(name, wanted, value)
        numbers = [int(number) for number in match.groups() if number]
        side = checks.whole(checks.SMALLEST_SIDE, checks.LARGEST_SIDE)
        found = [side(name, number) for number in numbers]
        return tuple(found * 2 if len(found) < self.sides else found)


@dataclass(frozen=True)
class Numbers:
    """Whole numbers, or none: "" or "32" or "0, 0, 256, 0".

    Attributes:
        counts: How many there may be.
        lowest: What each is at least.
        wanted: What to type, for messages.
        empty: What none means, for people.
    """

    counts: tuple[int, ...]
    lowest: int
    wanted: str
    empty: str

    def check(self, name: str, value: Any) -> str:
        """Return the text if it is such numbers; raise `JobError` otherwise."""
        self.read(name, value)
        return value.strip()

    def read(self, name: str, value: Any) -> tuple[int, ...] | None:
        """Return the numbers of a text, None for an empty one; raise `JobError` otherwise."""
        if not isinstance(value, str):
            raise checks.refuse(name, self.wanted, value)
        words = value.replace(",", " ").split()
        if not words and not value.strip():
            return None
        if len(words) not in self.counts or not all(re.fullmatch("[0-9]{1,6}", w) for w in words):
            raise checks.refuse(name, self.wanted, value)
        number = checks.whole(self.lowest, checks.LARGEST_SIDE)
        return tuple(number(name, int(word)) for word in words)


@dataclass(frozen=True)
class Name:
    """A name, typed or taken from the common ones, or none.

    Attributes:
        common: What is offered.
        empty: What none means, for people.
    """

    common: tuple[str, ...]
    empty: str

    def check(self, name: str, value: Any) -> str:
        """Return the name without blanks around it; raise `JobError` where it is no text."""
        if not isinstance(value, str):
            raise checks.refuse(name, "a name such as " + self.common[0], value)
        return value.strip()


Control = Union[Choice, Whole, Slider, Toggle, Size, Numbers, Name]


@dataclass(frozen=True)
class Field:
    """One setting.

    Attributes:
        name: Its key in presets.
        label: For people; "&" before the letter that reaches it.
        tooltip: What it does to the picture.
        control: How it is set and what it may hold.
        default: Its value to begin with.
        advanced: Whether it is folded away.
    """

    name: str
    label: str
    tooltip: str
    control: Control
    default: Any
    advanced: bool = False


def defaults(fields: tuple[Field, ...]) -> dict[str, Any]:
    """Return every field's default."""
    return {field.name: field.default for field in fields}


def checked(fields: tuple[Field, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the fields, defaults where none is given.

    Raises:
        JobError: A name is no field's, or a value is not what the field may hold.
    """
    known = {field.name: field for field in fields}
    for name in values:
        if name not in known:
            raise checks.refuse("settings", "among " + ", ".join(known), name)
    return {
        **defaults(fields),
        **{name: known[name].control.check(name, value) for name, value in values.items()},
    }
