"""Whether a process is still there, and which processes a number speaks of."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import uuid
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
# Set in a network card's number that is none: where there is no card, it is drawn (RFC 4122, 4.5).
_DRAWN = 1 << 40


@lru_cache(maxsize=1)
def place() -> str:
    """Return a name for the machine, or container, whose processes `exists` knows.

    On Linux it changes with every start of the machine, for two containers may well have one name;
    elsewhere it holds the number of the network card, for so may two machines made from one disk.
    """
    facts = [platform.node()]
    with suppress(OSError):
        facts.append(_BOOT.read_text(encoding="ascii"))
        facts.append(os.readlink("/proc/self/ns/pid"))  # noqa: PTH115 - it is no path
    if len(facts) == 1 and not (card := uuid.getnode()) & _DRAWN:
        facts.append(f"{card:x}")
    return hashlib.sha256("\0".join(facts).encode("utf-8", "surrogateescape")).hexdigest()[:8]


if sys.platform == "win32":

    def exists(process: int) -> bool:
        """Return whether there is a process with this number; True where that cannot be told."""
        import ctypes

        synchronize, no_such_process, timeout = 0x00100000, 87, 0x102
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p
        kernel.WaitForSingleObject.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
        kernel.CloseHandle.argtypes = (ctypes.c_void_p,)
        handle = kernel.OpenProcess(synchronize, False, process)
        if not handle:
            return ctypes.get_last_error() != no_such_process
        try:
            return bool(kernel.WaitForSingleObject(handle, 0) == timeout)
        finally:
            kernel.CloseHandle(handle)

else:

    def exists(process: int) -> bool:
        """Return whether there is a process with this number; True where that cannot be told."""
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True
