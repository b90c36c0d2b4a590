"""Pictures one per frame: which file of a sequence is shown."""

from __future__ import annotations

import re
from pathlib import Path

# "<f>" is Maya's token, and "####" is what Arnold's artists write.
_TOKEN = re.compile(r"<f>|#+", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+(?=\.[^.]+$)")
_OTHER_TOKEN = re.compile(r"<[^<>]+>")


def pattern_of(path: str) -> str:
    """Return a path with a token in the frame's place; as it is where its name has no number."""
    name = Path(path).name
    if _TOKEN.search(name):
        return path
    return path[: len(path) - len(name)] + _NUMBER.sub("<f>", name)


def at_frame(pattern: str, frame: int) -> tuple[str, str]:
    """Return the path at a frame, and the frame's number as its file has it.

    Where that frame has no picture, the first one that has stands for it.

    Args:
        pattern: A path with a frame's token in its last part, and maybe a tile's.
        frame: The frame's number.

    Returns:
        The path with the number in the token's place, and the number; the pattern and "" where
        there is no picture at all, or no token.
    """
    name, folder = Path(pattern).name, Path(pattern).parent
    token = _TOKEN.search(name)
    if not token or not folder.is_dir():
        return pattern, ""
    head, tail = name[: token.start()], name[token.end() :]
    wanted = re.compile(f"{_expression(head)}([0-9]+){_expression(tail)}")
    matches = (wanted.fullmatch(path.name) for path in folder.iterdir())
    numbers = sorted({match[1] for match in matches if match}, key=lambda text: (int(text), text))
    if not numbers:
        return pattern, ""
    number = next((text for text in numbers if int(text) == frame), numbers[0])
    return f"{pattern[: len(pattern) - len(name)]}{head}{number}{tail}", number


def _expression(text: str) -> str:
    """Return an expression for a part of a name; a tile's token stands for anything."""
    return ".+".join(map(re.escape, _OTHER_TOKEN.split(text)))
