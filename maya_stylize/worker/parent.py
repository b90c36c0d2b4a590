"""Watches the process that a worker works for."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from maya_stylize.processes import exists

POLL_SECONDS = 0.25
_PR_SET_PDEATHSIG = 1  # prctl(2)


def watch(parent: int, ended: Callable[[], None]) -> None:
    """Call `ended` from a thread of its own soon after a process has ended.

    The end of stdin says so too, unless another process has inherited the pipe's other end.

    Args:
        parent: The process's number.
        ended: What to do then.
    """
    if sys.platform == "linux":
        # One that was suspended with its parent would not see that it is gone.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGCONT)

    def wait() -> None:
        _wait(parent)
        ended()

    threading.Thread(target=wait, daemon=True).start()


if sys.platform == "win32":

    def _wait(parent: int) -> None:
        synchronize, forever, no_such_process = 0x00100000, 0xFFFFFFFF, 87
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p
        kernel.WaitForSingleObject.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
        handle = kernel.OpenProcess(synchronize, False, parent)
        if handle:
            kernel.WaitForSingleObject(handle, forever)
        elif ctypes.get_last_error() != no_such_process:
            threading.Event().wait()  # it may not be watched; the end of stdin has to do

else:

    def _wait(parent: int) -> None:
        # A child knows its parent's end at once; a grandchild, behind a launcher, has to ask.
        is_child = os.getppid() == parent
        while os.getppid() == parent if is_child else exists(parent):
            time.sleep(POLL_SECONDS)
