"""The real worker, but its jobs do what the first argument says."""

import ctypes
import hashlib
import os
import subprocess
import sys
import time

from maya_stylize import events
from maya_stylize.worker import running, server


def run(self, arguments):
    behavior = sys.argv[1]
    yield events.Progress("begun", 0.0)
    if behavior == "prints":
        print("from Python")
        sys.stdout.flush()
        os.write(1, b"from a system call\n")
        libc = ctypes.CDLL(None)
        libc.puts(b"from C")
        libc.fflush(None)
        subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
        os.write(2, b"an error\n")
        yield events.Log(f"stdin holds {sys.stdin.read()!r}")
        raise ZeroDivisionError
    if behavior == "bug":
        raise KeyError("x" * 1000)
    if behavior == "no memory":
        raise MemoryError
    if behavior == "no memory on the device":
        raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 9 bytes")
    if behavior == "native":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        try:
            yield events.Preview(str(child.pid))
        finally:  # also where it is stopped before it goes on: it never comes back
            ctypes.CDLL(None).sleep(600)
    if behavior == "computes":
        hashlib.pbkdf2_hmac("sha256", b"", b"", (1 << 31) - 1)
    if behavior == "steps":
        for step in range(100_000):
            yield events.Progress("step", step / 100_000)
            time.sleep(0.01)


def crash(arguments, report):
    """Look at a picture that the library crashes on."""
    ctypes.string_at(0)


running.Runner.run = run
server.ANSWERS = {**server.ANSWERS, "thumbnail": crash}
server.BEAT_SECONDS = 0.5
if sys.argv[1] == "computes":  # on a busy machine, too
    server.LEAST_WORK_SECONDS = 0.01
if sys.argv[1] == "steps":  # it ends by itself however busy the machine is
    server.GRACE_SECONDS = 600.0
server.main(sys.argv[2:])
