"""Pictures in tiles: which files are one set, by the tokens that Maya and Arnold know."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

# Maya's uvTilingMode.
OFF, ZBRUSH, MUDBOX, UDIM, EXPLICIT = range(5)


@dataclass(frozen=True)
class _Token:
    """What stands in a pattern for a tile.

    Attributes:
        written: The token.
        tiling: Which tiles it stands for.
        tile: What a file's name has in its place.
        after: What a tile follows where a file's name alone says it.
    """

    written: re.Pattern[str]
    tiling: int
    tile: str
    after: str = "(?<=[._-])"

    @property
    def in_name(self) -> re.Pattern[str]:
        """The tile at the end of a file's name."""
        return re.compile(rf"{self.after}{self.tile}(?=\.[^.]+$)")


_BY_COORDINATES = r"u[0-9]+_v[0-9]+"
# Maya writes u<u>_v<v> counting from 0 and u<U>_v<V> counting from 1; Arnold's <tile> stands for
# the latter together with the "_" before it.
_TOKENS = (
    _Token(re.compile(r"<udim>", re.IGNORECASE), UDIM, r"1[0-9]{3}"),
    _Token(re.compile(r"u<u>_v<v>"), ZBRUSH, _BY_COORDINATES),
    _Token(re.compile(r"u<U>_v<V>"), MUDBOX, _BY_COORDINATES),
    _Token(re.compile(r"<tile>", re.IGNORECASE), MUDBOX, f"_{_BY_COORDINATES}", after=""),
)


def tiling_of(pattern: str) -> int:
    """Return the tiling that a path's token stands for; OFF where it has none."""
    return next((token.tiling for token in _TOKENS if token.written.search(pattern)), OFF)


def files_of(pattern: str) -> dict[str, str]:
    """Return the files of a set that exist, by tile, such as "1001" or "u1_v1"; in order.

    Args:
        pattern: A path with one token in its last part.
    """
    for token in _TOKENS:
        head, found, tail = _partition(token.written, Path(pattern).name)
        if not found:
            continue
        wanted = re.compile(f"{re.escape(head)}({token.tile}){re.escape(tail)}")
        folder = Path(pattern).parent
        names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
        matches = sorted((match for match in map(wanted.fullmatch, names) if match), key=_whole)
        return {match[1].lstrip("_"): str(folder / match[0]) for match in matches}
    return {}


def tile_of(name: str, tiling: int) -> str:
    """Return which tile a file shows, such as "1001"; empty where its name does not say."""
    known = (token for token in _TOKENS if token.tiling == tiling)
    match = next((match for token in known if (match := token.in_name.search(name))), None)
    return match[0].lstrip("_") if match else ""


def with_tile(stem: str, tile: str) -> str:
    """Return a name for one tile of a set, as Maya and Arnold know it; the stem where none is."""
    return f"{stem}{'_' if tile.startswith('u') else '.'}{tile}" if tile else stem


def without_tile(name: str) -> str:
    """Return a file's name without its suffix and without the tile, or the token, in it."""
    stem = Path(name).stem
    for token in _TOKENS:
        written = token.written
        stem = re.sub(rf"[._-]?(?:{written.pattern})$", "", stem, flags=written.flags)
        stem = re.sub(rf"{'[._-]' if token.after else ''}{token.tile}$", "", stem)
    return stem


def pattern_like(pattern: str, picture: Path) -> str:
    """Return a tile's path with the pattern's token in the tile's place."""
    for token in _TOKENS:
        found = token.written.search(pattern)
        if found:
            name = found[0].join(token.in_name.split(picture.name))
            return picture.with_name(name).as_posix()
    return picture.as_posix()


def file_of(pattern: str, tile: str) -> str:
    """Return the path that a set's pattern stands for at a tile; the pattern where it has no token.

    Args:
        pattern: A path with one token in its last part.
        tile: Such as "1001" or "u1_v1", as `files_of` names it.
    """
    for token in _TOKENS:
        head, found, tail = _partition(token.written, Path(pattern).name)
        if found:
            before = "" if token.after else "_"  # Arnold's token stands for it too
            return str(Path(pattern).with_name(f"{head}{before}{tile}{tail}"))
    return pattern


def _whole(match: re.Match[str]) -> str:
    return match[0]


def _partition(token: re.Pattern[str], name: str) -> tuple[str, str, str]:
    match = token.search(name)
    return (name[: match.start()], match[0], name[match.end() :]) if match else (name, "", "")
