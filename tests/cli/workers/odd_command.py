"""The command line with a command "run" that behaves as its argument says.

It prints the number of the process that does the work before anything happens.
"""

import ctypes
import importlib
import os
import select
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace

from maya_stylize import cli, events
from maya_stylize.cli import interrupt


def read_null():
    ctypes.string_at(0)


def hang():
    """Hold the interpreter's lock meanwhile."""
    ctypes.PyDLL(None).sleep(600)


def never_come_back():
    """Look at no signal meanwhile."""
    sum(range(10**15))


def wait():
    time.sleep(600)


def count():
    """Print every signal that comes, and how many interrupts that makes; until a line is read."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    with interrupt.counted() as interrupts:
        say("listening")
        while sys.stdin not in select.select([reading, sys.stdin], [], [])[0]:
            for number in os.read(reading, 9):
                say(signal.Signals(number).name)
        say(interrupts.count)


def crash_in_a_job(as_json=False):
    """Crash between two events of a job that has left a checkpoint."""
    running = importlib.import_module("maya_stylize.cli.running")

    def stream():
        Path("out.png.checkpoint").touch()
        yield events.Progress("octave", 0.5)
        read_null()

    running._show(SimpleNamespace(outputs=("out.png",)), stream(), as_json)


def show_streams():
    say(sys.stdin.readline().strip(), *(os.isatty(number) for number in range(3)))


BEHAVIORS = {
    "NULL": read_null,
    "abort": os.abort,
    "SIGBUS": lambda: os.kill(os.getpid(), signal.SIGBUS),
    "SIGFPE": lambda: os.kill(os.getpid(), signal.SIGFPE),
    "SIGILL": lambda: os.kill(os.getpid(), signal.SIGILL),
    "SIGKILL": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "SIGTERM": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "exit 3": lambda: os._exit(3),
    "hang": hang,
    "never": never_come_back,
    "wait": wait,
    "count": count,
    "job": crash_in_a_job,
    "job --json": lambda: crash_in_a_job(as_json=True),
    "streams": show_streams,
}


def say(*words):
    print(*words, flush=True)


def run(parsed):
    say(os.getpid())
    BEHAVIORS[parsed.behavior]()
    return 0


def add_parsers(commands):
    parser = commands.add_parser("run")
    parser.add_argument("behavior")
    parser.set_defaults(run=run)


sys.modules["maya_stylize.cli.odd"] = SimpleNamespace(add_parsers=add_parsers)
cli.MODULES = {"run": "odd"}
if os.environ.get("WITHOUT") == "fork":
    os.fork = lambda: os.strerror(os.open("", os.O_RDONLY))
elif os.environ.get("WITHOUT") == "file":
    os.memfd_create = lambda _: os.open("", os.O_RDONLY)
cli.program()
