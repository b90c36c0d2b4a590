"""Numbers of textures as a template writes them: "1-10", "3,5", "10-1:-3"."""

from __future__ import annotations

import re

from maya_stylize import checks

LARGEST = 10**6
_PART = re.compile(r"([0-9]{1,7})(?:-([0-9]{1,7})(?::(-?[0-9]{1,7}))?)?")


def parse(text: str) -> list[int]:
    """Return the numbers that a text names, in its order, each once.

    Raises:
        JobError: It names none, or is no such text.
    """
    found: dict[int, None] = {}
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        first, last, step = (
            (int(each) if each else None for each in match.groups())
            if match
            else (
                None,
                None,
                None,
            )
        )
        if first is None or step == 0 or not 1 <= max(first, last or first) <= LARGEST:
            raise _refuse(text)
        step = step or 1
        last = first if last is None else last
        found |= dict.fromkeys(range(first, last + (1 if step > 0 else -1), step))
    if not found or min(found) < 1:
        raise _refuse(text)
    return list(found)


def _refuse(text: str) -> Exception:
    return checks.refuse("textures", "numbers from 1 on, such as 1-10 or 3,5", text)
