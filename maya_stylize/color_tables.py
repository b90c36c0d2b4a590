"""The files that a config of OpenColorIO keeps its tables in, without reading them."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

# A file of a FileTransform, or a color space's name of another transform, which is no file.
_NAMED = re.compile(r"""\bsrc:\s*("[^"]*"|'[^']*'|[^,}\n#]+)""")
_SEARCHED = re.compile(r"^search_path:[ \t]*(.*)\n((?:[ \t]*-[ \t].*\n)*)", re.MULTILINE)
_QUOTES = " \t\"'"


def tables_of(config: str) -> list[str]:
    """Return the tables that a config names and that are there, in its order, each once.

    They are looked for as OpenColorIO does: by the config's search path, which is relative to its
    folder. Variables of the environment are expanded; a name with another variable in it, which
    only a context of the config knows, is passed over.

    Args:
        config: A file; one that is no config, or cannot be read, names nothing.
    """
    try:
        state = Path(config).stat()
    except OSError:
        return []
    names, folders = _read(config, state.st_mtime_ns, state.st_size)
    root = Path(config).absolute().parent
    found = (
        next((path for path in (root / folder / name for folder in folders) if _is_file(path)), "")
        for name in names
    )
    return list(dict.fromkeys(str(path) for path in found if path))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # in a closed folder, or no name that a file can have
        return False


@lru_cache(maxsize=8)
def _read(config: str, _changed_at: int, _size: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names that a config gives, and the folders where they are looked for."""
    try:
        text = Path(config).read_text("utf-8", errors="replace")
    except OSError:
        return (), ()
    folders = [""]
    if searched := _SEARCHED.search(text):
        one, several = searched.groups()
        folders += re.split(r"[,:]", one.strip("[] \t"))
        folders += [line.strip()[1:] for line in several.splitlines()]
    names = (match.strip(_QUOTES) for match in _NAMED.findall(text))
    kept = tuple(dict.fromkeys(map(os.path.expandvars, filter(None, names))))
    return kept, tuple(os.path.expandvars(folder.strip(_QUOTES)) for folder in folders)
