"""A worker of the standard library alone whose results are copies of what they are made of.

What the picture is called says what happens: "dies", "fails", "waits" until it is cancelled, or
"meets", which waits until another one does. Its first argument is the device it says it has.
"""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

PATIENCE = 300


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def run(command, lines):
    job, number = command["job"], command["id"]
    picture = next(job[name] for name in ("content", "exemplar", "picture") if job.get(name))
    device = {"backend": "tensorflow", "device": sys.argv[1], "name": "a device", "memory": 0}
    say(event="device", id=number, **device)
    say(event="progress", id=number, stage="octave", fraction=0.5, loss=2.0, seconds_left=None)
    if "dies" in Path(picture).name:
        os.kill(os.getpid(), signal.SIGKILL)
    if "fails" in Path(picture).name:
        words = {"kind": "image", "message": f"{picture} is <no> picture.", "hint": "Mend it."}
        say(event="failure", id=number, **words)
        return
    if "waits" in Path(picture).name:
        for line in lines:
            if json.loads(line)["command"] == "cancel":
                say(event="cancelled", id=number)
                break
        return  # also where who has asked for it is gone
    if "meets" in Path(picture).name:
        Path(picture).with_suffix(".met").touch()
        end = time.monotonic() + PATIENCE
        while len(list(Path(picture).parent.glob("*.met"))) < 2 and time.monotonic() < end:
            time.sleep(0.01)
    say(event="log", id=number, message="A <note>.", level="info")
    shutil.copy(picture, job["output"])
    result = {"path": job["output"], "sidecar": None, "job": job, "loss": 1.5}
    say(event="result", id=number, **result, layer_errors={}, maps={})


def main():
    if os.getpgid(0) != os.getpid():
        os.setpgid(0, 0)
    with Path("starts").open("a") as starts:
        starts.write(f"{os.getpid()}\n")
    say(event="hello", version=1, package="0", backends={}, processor="", memory=0, log="")
    lines = iter(sys.stdin.readline, "")
    for line in lines:
        command = json.loads(line)
        if command["command"] == "run":
            run(command, lines)


main()
