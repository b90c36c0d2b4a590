"""A worker of the standard library alone: what it makes of a picture is its content, marked.

What a picture holds says how its job goes: "broken" fails; "slow" goes on until it is cancelled,
and leaves a checkpoint; "crash" ends the worker. Every job is written down in the file that
JOBS names.
"""

import json
import os
import sys
from pathlib import Path


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def run(number, job, resume):
    picture = job.get("content") or job.get("exemplar") or job.get("picture")
    output, content = Path(job["output"]), Path(picture).read_bytes()
    with Path(os.environ["JOBS"]).open("a") as jobs:
        jobs.write(f"{output.name} {'resumed' if resume else 'begun'}\n")
    checkpoint = output.with_name(f"{output.name}.checkpoint")
    say(event="progress", id=number, stage="octave 32x32", fraction=0.5, loss=1.0, seconds_left=1.0)
    if content.startswith(b"broken"):
        why = {"kind": "image", "message": f"{picture} is torn.", "hint": "Repair the file."}
        say(event="failure", id=number, **why)
        return
    if content.startswith(b"crash"):
        os._exit(7)
    if content.startswith(b"slow") and not resume:
        checkpoint.write_bytes(b"half")
        return
    checkpoint.unlink(missing_ok=True)
    output.write_bytes(b"new " + content)
    say(event="result", id=number, path=str(output), sidecar=None, job=job, loss=1.0,
        layer_errors={}, maps={})  # fmt: skip


def main():
    say(event="hello", version=1, package="0", backends={}, processor="", memory=0, log="")
    for line in sys.stdin:
        message = json.loads(line)
        number = message["id"]
        if message["command"] == "model":
            named = os.environ.get("NETWORK", "a test's network")
            answer = {"provenance": {"fingerprint": named}} if named else None
            say(event="reply", id=number, answer=answer)
        elif message["command"] == "run":
            run(number, message["job"], message["resume"])
        elif message["command"] == "cancel":
            say(event="reply", id=number, answer=None)
            say(event="cancelled", id=message["run"])


main()
