"""A process that has a worker do something, tells its number, and waits to be killed."""

import os
import subprocess
import sys
import time
from pathlib import Path

from maya_stylize.worker.client import Client
from maya_stylize.worker.launch import Launch
from maya_stylize.worker.pipe_transport import Pipes


def main(holder, *command):
    pipes = Pipes()
    log = command[command.index("--log") + 1]
    arguments = [str(os.getpid()) if part == "PARENT" else part for part in command]
    launch = Launch(tuple(arguments), dict(os.environ), Path(log))
    client = Client(pipes.connect, lambda: launch)
    client.start()
    process = client._worker.connection._process
    if holder == "held":
        # Somebody else has the pipe's end, so that its end does not tell of ours.
        os.set_inheritable(process.stdin.fileno(), True)
        sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
        print(subprocess.Popen(sleep, close_fds=False, start_new_session=True).pid, flush=True)
    heard = []
    client.run({}, None, heard.append)
    while not [event for event in heard if event["event"] == "preview"]:
        pipes.deliver(0.1)
    print(process.pid, heard[-1]["path"], flush=True)
    time.sleep(600)


main(*sys.argv[1:])
