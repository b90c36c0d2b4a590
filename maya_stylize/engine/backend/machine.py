"""How much memory this process can have of the machine, and how much of it is free."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from maya_stylize.engine.backend import cgroup
from maya_stylize.engine.backend.types import Memory

if sys.platform == "win32":
    import ctypes

    class _Status(ctypes.Structure):
        """MEMORYSTATUSEX of the Windows API."""

        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            *((name, ctypes.c_uint64) for name in ("total", "free", *"abcde")),
        )

    def memory() -> Memory:
        """Return the machine's memory in bytes; 0 where the system does not say."""
        status = _Status(length=ctypes.sizeof(_Status))
        told = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return Memory(int(status.total), int(status.free)) if told else Memory(0, 0)

else:

    def memory() -> Memory:
        """Return the machine's memory in bytes, or what a control group leaves of it.

        0 where the system does not say.
        """
        names = ("SC_PAGE_SIZE", "SC_PHYS_PAGES")
        known = set(names) <= set(os.sysconf_names)
        total = os.sysconf(names[0]) * os.sysconf(names[1]) if known else 0
        try:
            if sys.platform == "darwin":
                told = subprocess.run(["vm_stat"], capture_output=True, text=True, check=False)
                return Memory(total, free_on_macos(told.stdout))
            free = free_on_linux(Path("/proc/meminfo").read_text(encoding="ascii"))
            groups = Path("/proc/self/cgroup").read_text(encoding="utf-8")
            return within(Memory(total, free), cgroup.limits(groups, Path("/sys/fs/cgroup")))
        except OSError:
            return Memory(total, 0)


def within(memory: Memory, limits: Iterable[Memory]) -> Memory:
    """Return the least of a memory and its limits; what is not known is not the least."""
    known = [memory, *limits]
    totals, frees = ([part for part in parts if part] for parts in zip(*known, strict=True))
    return Memory(min(totals, default=0), min(frees, default=0))


def free_on_linux(meminfo: str) -> int:
    """Return what the kernel can give without swapping, as /proc/meminfo says; 0 if it does not."""
    found = re.search(r"^MemAvailable: +(\d+) kB$", meminfo, re.M)
    return int(found[1]) * 1024 if found else 0


def free_on_macos(vm_stat: str) -> int:
    """Return the pages that are free or can be had at once, as vm_stat says; 0 if it does not."""
    size = re.search(r"page size of (\d+) bytes", vm_stat)
    pages = re.findall(r"^Pages (?:free|inactive|speculative): +(\d+)\.$", vm_stat, re.M)
    return int(size[1]) * sum(map(int, pages)) if size else 0
