"""From what a node has as its picture's path to the file."""

from __future__ import annotations

import os
import re
from pathlib import Path

# Maya splits an absolute path by "//" into a project and what lies below it; a path that begins
# with it is a Windows share.
_PROJECT_MARK = re.compile(r"(?<=[^/])//")
_TOKEN = re.compile("<[^<>]+>|#+")
_VARIABLE = re.compile(r"\$(\w+|\{\w+\})|%\w+%")


def resolve(written: str, project: Path | None, source_images: Path | None) -> str:
    """Return the whole path of a picture, with forward slashes.

    Maya looks for a relative path below the project and among its pictures, and for an absolute
    one that is not there at the same place below the open project.

    Args:
        written: The path as the node has it: relative, with $VARIABLES, "~" or a tile's token.
        project: The project's folder.
        source_images: Where the project keeps its pictures.
    """
    if not written.strip():
        return ""
    # Path.expanduser would raise for a user that this machine does not know.
    home = os.path.expanduser(os.path.expandvars(written.strip()))  # noqa: PTH111
    expanded = home.replace("\\", "/")
    if _VARIABLE.match(expanded):  # a variable that is not set begins no relative path
        return expanded
    absolute, *below = _PROJECT_MARK.split(expanded, maxsplit=1)
    first = Path(expanded if not below else f"{absolute}/{below[0]}")
    if first.is_absolute():
        candidates = [first, *(project / tail for tail in below if project)]
    else:
        roots = [root for root in (project, source_images) if root is not None]
        candidates = [root / first for root in roots] or [first]
    return next(filter(_there, candidates), candidates[0]).as_posix()


def _there(path: Path) -> bool:
    if path.is_file():
        return True
    parts = _TOKEN.split(path.name)  # the name may be a pattern of tiles or frames
    if len(parts) == 1 or not path.parent.is_dir():
        return False
    like = re.compile(".+".join(map(re.escape, parts)))
    return any(like.fullmatch(other.name) for other in path.parent.iterdir())
