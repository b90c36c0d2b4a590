"""A worker of the standard library alone that plays each job as the job's "play" says."""

import json
import os
import signal
import sys
import time
from pathlib import Path

PATIENCE = 300


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def wait_for(path):
    end = time.monotonic() + PATIENCE
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.01)
    return path.exists()


def result(command):
    job = command["job"]
    told = {"path": job["output"], "sidecar": None, "loss": 1.5, "layer_errors": {}, "maps": {}}
    told["job"] = {"pid": os.getpid(), "resume": command["resume"]}
    say(event="result", id=command["id"], **told)


def fail(command, kind):
    say(event="failure", id=command["id"], kind=kind, message="It failed.", hint="Mend it.")


def play(command, lines):
    job = command["job"]
    what, output = job["play"], Path(job["output"])
    say(event="progress", id=command["id"], stage="octave", fraction=0.5, loss=None, seconds_left=0)
    once = output.with_suffix(".once")
    if what == "dies" or (what == "dies once" and not once.exists()):
        once.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "fails":
        fail(command, "image")
    elif what == "no checkpoint of mine" and command["resume"]:
        fail(command, "engine")
    elif what == "meets":
        output.with_suffix(".here").touch()
        if not wait_for(Path(job["other"])):
            fail(command, "alone")
            return
        result(command)
    elif what == "is cancelled":
        for line in lines:
            said = json.loads(line)
            if said["command"] == "cancel":
                say(event="reply", id=said["id"], answer=None)
                say(event="cancelled", id=command["id"])
                return
    elif what == "is deaf":
        time.sleep(600)
    else:
        result(command)


def main():
    if os.getpgid(0) != os.getpid():
        os.setpgid(0, 0)
    if sys.argv[1] == "never starts":
        sys.exit(3)
    say(event="hello", version=1, package="0", backends={}, processor="", memory=0, log="")
    lines = iter(sys.stdin.readline, "")
    for line in lines:
        command = json.loads(line)
        if command["command"] == "run":
            play(command, lines)


main()
