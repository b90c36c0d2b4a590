"""A command in a process of its own, with its lines as they came, its time and its peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter


@dataclass(frozen=True)
class Run:
    """What came of a command.

    Attributes:
        seconds: From its start to its end, imports and all.
        megabytes: Its peak resident memory.
        lines: What it printed, each line with the seconds since its start.
    """

    seconds: float
    megabytes: float
    lines: tuple[tuple[float, str], ...]


def measure(
    command: Sequence[str], cwd: Path, heard: Callable[[str], None], **variables: str
) -> Run:
    """Run a command to its end.

    The memory is what the system says of this very process at its end. It counts what the parent
    had when it started it, so a parent should stay small.

    Args:
        command: What to run.
        cwd: Where.
        heard: Called with each line it prints.
        variables: Added to its environment.

    Raises:
        SystemExit: It failed; with the end of what it had to say.
    """
    environment: Mapping[str, str] = {**os.environ, "PYTHONUNBUFFERED": "1", **variables}
    lines = []
    with TemporaryFile("w+", errors="replace") as errors:
        began = perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                lines.append((perf_counter() - began, line.rstrip("\n")))
                heard(lines[-1][1])
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if process.returncode is None:
                process.kill()
                process.wait()
            process.stdout.close()
        seconds = perf_counter() - began
        if process.returncode:
            errors.seek(0)
            said = "\n".join([*(line for _, line in lines[-5:]), *errors.read().splitlines()[-15:]])
            raise SystemExit(f"error: {' '.join(command)}\nended with {status}:\n{said}")
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, kilobytes elsewhere
    return Run(seconds, usage.ru_maxrss / unit, tuple(lines))
