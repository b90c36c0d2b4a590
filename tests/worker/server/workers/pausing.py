"""The real worker, but where a file beside a job's output says after how many steps, the job waits.

The file goes when it waits. It goes on once the client has been told that it is to stop.
"""

import sys
import threading
from contextlib import closing
from pathlib import Path

from maya_stylize.worker import running, server

really = running.Runner.run
told_to_stop = threading.Event()


class Server(server.Server):
    """Says when it has told a job to stop, and the client that it has."""

    def _take(self, command):
        super()._take(command)
        if command.command == "cancel":
            told_to_stop.set()


def run(self, arguments):
    pause, steps = Path(f"{arguments['job']['output']}.pause"), 0
    last = int(pause.read_text()) if pause.exists() else None
    told_to_stop.clear()
    with closing(really(self, arguments)) as stream:
        for event in stream:
            yield event
            steps += bool(getattr(event, "loss", None))
            if steps == last:
                last = None
                pause.unlink()
                told_to_stop.wait()


running.Runner.run = run
server.Server = Server
server.main(sys.argv[1:])
