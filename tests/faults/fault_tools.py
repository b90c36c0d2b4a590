"""What the tests of faults share."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np

from maya_stylize.images import writer

LAYERS = {"conv1_1": 1e9, "pool1": 1e9}
SIZE = (48, 33)


def draw(path, seed):
    """Write a picture of noise."""
    writer.write(path, np.random.default_rng(seed).random((32, 25, 3), np.float32))
    return path


def names(folder):
    """Return what is in a folder, but for what fills its disk."""
    return sorted(path.name for path in folder.iterdir() if path.name != "ballast")


def at_once(script, *arguments, processes=2):
    """Run a script in several processes that begin its last part together; return what they print.

    Each prints a line when it is ready, and goes on when it is told to.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
    }
    command = [sys.executable, "-c", script]
    running = [
        subprocess.Popen(
            [*command, str(number), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for number in range(processes)
    ]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=900)[0] for process in running]
    assert [process.returncode for process in running] == [0] * processes
    return said
