"""How much memory the machine has."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import ctypes

    class _Status(ctypes.Structure):
        """MEMORYSTATUSEX of the Windows API."""

        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            *((name, ctypes.c_uint64) for name in ("total", "free", *"abcde")),
        )

    def memory() -> int:
        """Return the machine's memory in bytes; 0 where the system does not say."""
        status = _Status(length=ctypes.sizeof(_Status))
        told = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return int(status.total) if told else 0

else:

    def memory() -> int:
        """Return the machine's memory in bytes; 0 where the system does not say."""
        names = ("SC_PAGE_SIZE", "SC_PHYS_PAGES")
        if not set(names) <= set(os.sysconf_names):
            return 0
        return os.sysconf(names[0]) * os.sysconf(names[1])
