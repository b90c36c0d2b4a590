"""A command that may crash in a native library runs in a child; its parent tells what happened.

On Linux. Apple's libraries may not be used in a process that was forked, and Windows forks none:
there, Python's own report of a crash is all there is.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
from collections.abc import Sequence
from itertools import count
from types import FrameType
from typing import IO, NoReturn

from maya_stylize import crash_notes
from maya_stylize.cli import crashes, interrupt

FAILED = 1
# Those that read neither pictures nor models; the panel and a farm's tasks tell how the process
# that does so for them has ended.
_NONE_NEEDED = {"info", "panel", "mayapy"}
_NONE_NEEDED_ON_A_FARM = {"start", "serve", "stop", "targets", "tiles"}
# The first is granted between two events, the second at the next line of Python, this one anyway.
LAST_INTERRUPT = 3
_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1  # prctl(2)


def is_for(arguments: Sequence[str]) -> bool:
    """Return whether a command's arguments are those of one that may crash."""
    command, part, *_ = (*arguments, "", "")
    if command == "farm":
        return part not in _NONE_NEEDED_ON_A_FARM
    return command[:1] not in ("", "-") and command not in _NONE_NEEDED


def begin(arguments: Sequence[str]) -> None:
    """Go on in a child alone; this process waits and then ends as the child did.

    It ends with 1 where the child crashed or was killed. The child ends with it at any time. Where
    no child can be had, this process goes on itself.

    Args:
        arguments: The command's, for the crash report.
    """
    try:
        notes = os.fdopen(os.memfd_create("notes"), "r+b", buffering=0)
    except OSError:
        return
    parent = os.getpid()
    # Whoever started this may have ignored it: then the system would tell of no child's end.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Not to lose one between the fork and what is made ready for it.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*_PASSED_ON, interrupt.PASSED_ON})
    try:
        child = os.fork()
    except OSError:
        child = None
    if child == 0:
        _end_with(parent)
        faulthandler.enable(notes)
        crash_notes.keep_in(notes.fileno())
        interrupt.take_from_parent()
    elif child is not None:
        _pass_on_to(child)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if child:
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        for number in _PASSED_ON:  # its number may soon be another's
            signal.signal(number, signal.SIG_IGN)
        _, status = os.waitpid(child, 0)
        _end(os.waitstatus_to_exitcode(status), notes, arguments)


def _end_with(parent: int) -> None:
    """Let the system end this process, whatever it is in, when its parent has ended."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(FAILED)


def _pass_on_to(child: int) -> None:
    interrupts = count(1)

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGINT:
            os.kill(child, number)
        elif next(interrupts) < LAST_INTERRUPT:
            os.kill(child, interrupt.PASSED_ON)
        else:  # a native library does not come back
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # another one would tell it again
            os.kill(child, signal.SIGKILL)
            print("maya-stylize: cancelled.", file=sys.stderr)
            os._exit(interrupt.CANCELLED)

    for number in _PASSED_ON:
        signal.signal(number, pass_on)


def _end(code: int, notes: IO[bytes], arguments: Sequence[str]) -> NoReturn:
    """End this process as its child has: with its exit code, or by the signal -code."""
    if crashes.is_one(code):
        notes.seek(0)
        crashes.tell(code, notes.read(), arguments)
        code = FAILED
    elif code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
        code = 128 - code  # nothing happens to a container's first process by that
    sys.exit(code)
