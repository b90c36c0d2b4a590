"""How fast the worker answers, and how surely it ends: measured with the real network.

    python benchmarks/worker.py [--backend tensorflow] [--kills 10]

Prints the time to the first word of a worker, to the first evaluation of its first and second job,
from cancel to its acknowledgment and to its effect, from the parent's death to the worker's; then
kills a worker at ten different moments and runs the next job after each.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any

from maya_stylize.demo import EXEMPLARS
from maya_stylize.jobs import SynthesizeJob
from maya_stylize.worker import pipe_transport
from maya_stylize.worker.client import Client
from maya_stylize.worker.connection import Worker

Heard = list[tuple[float, Mapping[str, Any]]]


class Bench:
    """A client, and the moment of everything that it is told."""

    def __init__(self, backend: str, folder: Path) -> None:
        self._backend, self._folder = backend, folder
        self.pipes = pipe_transport.Pipes()
        self.client = Client(self.pipes.connect)

    @property
    def process(self) -> int:
        """The worker's number."""
        connection = self.worker.connection
        assert isinstance(connection, pipe_transport._Process)
        return connection._process.pid

    @property
    def worker(self) -> Worker:
        """The worker, which was started."""
        assert self.client._worker is not None
        return self.client._worker

    def until(self, done: Callable[[], Any]) -> float:
        """Wait for something; return the moment."""
        while not done():
            self.pipes.deliver(0.005)
        return perf_counter()

    def run(self, size: int, quality: str = "draft") -> tuple[float, Heard]:
        """Put a job in the queue; return the moment and what it will be told."""
        heard: Heard = []
        job = SynthesizeJob(
            output=str(self._folder / "out.png"),
            exemplar=str(EXEMPLARS / "rust.png"),
            size=(size, size),
            quality=quality,
            backend=self._backend,
        )
        began = perf_counter()
        previews = self._folder / "previews"
        self.client.run(
            job.to_json(), previews, lambda event: heard.append((perf_counter(), event))
        )
        return began, heard


def first(heard: Heard, wanted: Callable[[Mapping[str, Any]], Any]) -> float | None:
    """Return when something was first told."""
    return next((moment for moment, event in heard if wanted(event)), None)


def loss(event: Mapping[str, Any]) -> bool:
    """Whether an event tells of an evaluation."""
    return event.get("event") == "progress" and event["loss"] is not None


def show(what: str, seconds: float) -> None:
    """Print one figure."""
    print(f"{what:<45}{seconds:7.2f} s", flush=True)


def measure(bench: Bench) -> None:
    """Measure a worker's life without accidents."""
    began = perf_counter()
    bench.client.start()
    show("start to hello", bench.until(lambda: bench.client.hello) - began)
    for which in ("first", "second", "third"):
        began, heard = bench.run(128)
        bench.until(lambda: not bench.client.queue)
        show(f"{which} job, to its first evaluation", (first(heard, loss) or 0) - began)
        show(f"{which} job, to its result", heard[-1][0] - began)
    _, heard = bench.run(512, "final")
    bench.until(lambda: len([1 for _, event in heard if loss(event)]) > 3)
    number = bench.client.queue[0]
    acknowledged: list[float] = []
    request = bench.client._request(
        "cancel", {"run": number}, lambda _: acknowledged.append(perf_counter())
    )
    began = perf_counter()
    bench.worker.send(request)
    show("cancel to its acknowledgment", bench.until(lambda: acknowledged) - began)
    bench.until(lambda: not bench.client.queue)
    show(f"cancel to its effect ({heard[-1][1]['event']})", heard[-1][0] - began)
    bench.client.shutdown()


def be_a_parent(backend: str, folder: Path) -> None:
    """Have a worker compute, say its number, and wait to be killed."""
    bench = Bench(backend, folder)
    _, heard = bench.run(512, "final")
    bench.until(lambda: [1 for _, event in heard if loss(event)])
    print(bench.process, flush=True)
    sleep(600)


def parent_dies(backend: str, folder: Path) -> float:
    """Kill a parent whose worker computes; return the seconds until that has gone too."""
    command = [sys.executable, __file__, "--backend", backend, "--parent", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
        began = perf_counter()
    while exists(worker):
        sleep(0.01)
    return perf_counter() - began


def exists(process: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/status")
    return not status.exists() or "State:\tZ" not in status.read_text()


MOMENTS: Mapping[str, Callable[[Bench, Heard], Any]] = {
    "it starts": lambda bench, heard: True,
    "it has said hello": lambda bench, heard: bench.client.hello,
    "its backend starts": lambda bench, heard: heard,
    "its device is known": lambda bench, heard: first(heard, lambda e: e["event"] == "device"),
    "first evaluation": lambda bench, heard: first(heard, loss),
    "fifth evaluation": lambda bench, heard: sum(loss(event) for _, event in heard) > 4,
    "thirtieth evaluation": lambda bench, heard: sum(loss(event) for _, event in heard) > 29,
    "first preview": lambda bench, heard: first(heard, lambda e: e["event"] == "preview"),
    "half way": lambda bench, heard: first(heard, lambda e: e.get("fraction", 0) > 0.5),
    "near the end": lambda bench, heard: first(heard, lambda e: e.get("fraction", 0) > 0.9),
}


def kill_at(bench: Bench, moment: str) -> str:
    """Kill a worker at a moment of its job and run the next one; return what came of it."""
    _, heard = bench.run(64)
    bench.until(lambda: MOMENTS[moment](bench, heard))
    worker = bench.process
    os.kill(worker, signal.SIGKILL)
    bench.until(lambda: not bench.client.queue)
    _, after = bench.run(32)
    bench.until(lambda: not bench.client.queue)
    new = bench.process
    bench.client.shutdown()
    left = [process for process in (worker, new) if exists(process)]
    told = heard[-1][1]["message"] if heard[-1][1]["event"] == "failure" else "not told"
    return f"{told} Next job: {after[-1][1]['event']}; processes left: {len(left)}"


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--backend", default="tensorflow")
    parser.add_argument("--kills", type=int, default=len(MOMENTS), help="of so many moments")
    parser.add_argument("--parent", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.parent:
        be_a_parent(arguments.backend, arguments.parent)
        return
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        measure(Bench(arguments.backend, folder))
        show("parent killed to worker gone", parent_dies(arguments.backend, folder))
        for moment in list(MOMENTS)[: arguments.kills]:
            print(f"killed when {moment}:", kill_at(Bench(arguments.backend, folder), moment))
        strays = [path.name for path in folder.rglob("*.part")]
    print("half-written files left:", strays or "none")


if __name__ == "__main__":
    main()
