"""A worker of the standard library alone that behaves as its first argument says."""

import json
import os
import signal
import subprocess
import sys
import time


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def hello():
    say(event="hello", version=1, package="0", backends={}, processor="", memory=0, log="")


def main(behavior):
    if behavior == "dies at once":
        sys.stderr.write("Traceback: no module named numpy\n")
        sys.exit(3)
    if os.getpgid(0) != os.getpid():
        os.setpgid(0, 0)  # as the real one does
    hello()
    for line in sys.stdin:
        command = json.loads(line)
        if command["command"] != "run":
            answer = {"pid": os.getpid(), "environment": dict(os.environ)}
            say(event="reply", id=command["id"], answer=answer)
        elif behavior == "garbage":
            sys.stdout.write("libfoo: warning: something\n")
            say(event="preview", id=command["id"], path="never seen")
        elif behavior == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif behavior == "silent":
            time.sleep(600)
        elif behavior == "leaves a child":
            # The child inherits stdout, so that the pipe stays open.
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            say(event="preview", id=command["id"], path=str(child.pid))
            sys.stdin.readline()
            os.kill(os.getpid(), signal.SIGKILL)
        elif behavior == "talks much":
            for index in range(2000):
                say(event="preview", id=command["id"], path=f"{index}" + "x" * 100)
            say(event="cancelled", id=command["id"])
    if behavior == "deaf":
        time.sleep(600)


main(sys.argv[1])
