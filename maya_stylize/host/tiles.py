"""Pictures in tiles: which files are one set, by the tokens that Maya knows."""

from __future__ import annotations

import re
from pathlib import Path

# Maya's uvTilingMode.
OFF, ZBRUSH, MUDBOX, UDIM, EXPLICIT = range(5)

_NUMBERED = r"1[0-9]{3}"
_BY_COORDINATES = r"u[0-9]+_v[0-9]+"
# Maya writes u<u>_v<v> counting from 0 and u<U>_v<V> counting from 1.
_TOKENS = (
    (re.compile(r"<udim>", re.IGNORECASE), UDIM, _NUMBERED),
    (re.compile(r"u<u>_v<v>"), ZBRUSH, _BY_COORDINATES),
    (re.compile(r"u<U>_v<V>"), MUDBOX, _BY_COORDINATES),
)
_TILE = {
    UDIM: re.compile(rf"(?<=[._-]){_NUMBERED}(?=\.[^.]+$)"),
    ZBRUSH: re.compile(rf"(?<=[._-]){_BY_COORDINATES}(?=\.[^.]+$)"),
    MUDBOX: re.compile(rf"(?<=[._-]){_BY_COORDINATES}(?=\.[^.]+$)"),
}


def tiling_of(pattern: str) -> int:
    """Return the tiling that a path's token stands for; OFF where it has none."""
    return next((tiling for token, tiling, _ in _TOKENS if token.search(pattern)), OFF)


def files_of(pattern: str) -> dict[str, str]:
    """Return the files of a set that exist, by tile, such as "1001" or "u1_v1"; in order.

    Args:
        pattern: A path with one token in its last part.
    """
    for token, _, tile in _TOKENS:
        head, found, tail = _partition(token, Path(pattern).name)
        if not found:
            continue
        wanted = re.compile(f"{re.escape(head)}({tile}){re.escape(tail)}")
        folder = Path(pattern).parent
        names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
        matches = sorted(match[0] for match in map(wanted.fullmatch, names) if match)
        return {name[len(head) : len(name) - len(tail)]: str(folder / name) for name in matches}
    return {}


def tile_of(name: str, tiling: int) -> str:
    """Return which tile a file shows, such as "1001"; empty where its name does not say."""
    match = _TILE[tiling].search(name) if tiling in _TILE else None
    return match[0] if match else ""


def without_tile(name: str) -> str:
    """Return a file's name without its suffix and without the tile, or the token, in it."""
    stem = Path(name).stem
    for token, _, tile in _TOKENS:
        stem = re.sub(rf"[._-]?(?:{token.pattern})$", "", stem, flags=token.flags)
        stem = re.sub(rf"[._-]{tile}$", "", stem)
    return stem


def pattern_like(pattern: str, picture: Path) -> str:
    """Return a tile's path with the pattern's token in the tile's place."""
    for token, tiling, _ in _TOKENS:
        found = token.search(pattern)
        if found:
            name = found[0].join(_TILE[tiling].split(picture.name))
            return picture.with_name(name).as_posix()
    return picture.as_posix()


def _partition(token: re.Pattern[str], name: str) -> tuple[str, str, str]:
    match = token.search(name)
    return (name[: match.start()], match[0], name[match.end() :]) if match else (name, "", "")
