"""How much memory a container, or a farm's scheduler, leaves this process: Linux's control groups.

The kernel ends a process that goes beyond its group's limit, whatever the machine has left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from maya_stylize.engine.backend.types import Memory

# Version 2 has one tree for everything; version 1 has one for memory alone. Of each: the line in
# /proc/self/cgroup, the tree's folder, the files of limit and usage, and in memory.stat the part of
# the usage that the kernel takes back at need: cached files.
VERSIONS = (
    (r"^0::/(.*)$", "", "memory.max", "memory.current", "inactive_file"),
    (
        r"^\d+:(?:\w+,)*memory(?:,\w+)*:/(.*)$",
        "memory",
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "total_inactive_file",
    ),
)


def limits(groups: str, root: Path) -> Iterator[Memory]:
    """Give the limit of each of a process's groups that has one, and what it leaves.

    Args:
        groups: What /proc/self/cgroup says.
        root: Where the trees are, /sys/fs/cgroup as a rule.
    """
    for line, tree, limit, usage, cached in VERSIONS:
        found = re.search(line, groups, re.M)
        if found is None:
            continue
        top = root / tree
        # A container may see its own group as the tree's top, while the line has the host's path.
        group = top / found[1]
        for folder in (group, *group.parents):
            memory = _limit(folder, limit, usage, cached)
            if memory is not None:
                yield memory
            if folder == top:
                break


def _limit(folder: Path, limit: str, usage: str, cached: str) -> Memory | None:
    try:
        total = int((folder / limit).read_text(encoding="ascii"))  # ValueError: it is "max"
        used = int((folder / usage).read_text(encoding="ascii"))
        told = (folder / "memory.stat").read_text(encoding="ascii")
    except (OSError, ValueError):
        return None
    given_back = re.search(rf"^{cached} (\d+)$", told, re.M)
    used -= int(given_back[1]) if given_back else 0
    return Memory(total, max(1, total - used))  # 0 would mean that it is not known
