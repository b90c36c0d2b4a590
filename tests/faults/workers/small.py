"""The real worker, but a job only writes: a checkpoint at every step, at its end the result.

What it writes follows from the job's seed. Everything goes piece by piece through
`files.replacing`; where a file says so, the job stops for good in the midst of one: there a kill
meets half a file.
"""

import itertools
import os
import sys
import time
from pathlib import Path

from maya_stylize import events
from maya_stylize.errors import EngineError
from maya_stylize.files import checkpoint_of, replacing, sha256
from maya_stylize.worker import running, server

STEPS = 6
# Holds the number of the piece of a job after which it stops; it goes when that is reached.
STOP = Path(os.environ["MAYA_STYLIZE_FAULTS"], "stop")


def put(path, content, pieces):
    with replacing(path, EngineError) as temporary, temporary.open("wb", buffering=0) as file:
        for start in range(0, len(content), 1 << 12):
            file.write(content[start : start + (1 << 12)])
            if next(pieces) == (int(STOP.read_text()) if STOP.exists() else None):
                STOP.unlink()
                time.sleep(600)


def run(self, arguments):
    job, pieces = arguments["job"], itertools.count(1)
    output, left = Path(job["output"]), checkpoint_of(job["output"])
    source = sha256(Path(job["exemplar"])).encode()
    begin = int(left.read_bytes()[:1]) if arguments["resume"] else 0
    for step in range(begin, STEPS):
        put(left, b"%d" % step + source * 200, pieces)
        yield events.Progress("step", step / STEPS)
    yield events.Progress("writing", 1.0)
    put(output, (source + b"%d" % job["seed"]) * 1000, pieces)
    left.unlink()
    yield events.Result(str(output), None, job, 0.0, {}, {})


def fail(self, arguments):
    yield events.Progress("begun", 0.0)
    raise KeyError("x" * 5000)


running.Runner.run = fail if sys.argv[1] == "bug" else run
server.main(sys.argv[2:])
