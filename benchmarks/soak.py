"""Hundreds of small jobs, the worker killed at random moments: what is left, and does it leak?

    python benchmarks/soak.py [--jobs 200] [--kills 100] [--seed 0] [--warm 200]

Linux only. Runs the jobs through the real client, worker and engine. After each the sources'
hashes, the folder of the results and the processes are looked at; what was broken off is run to its
end, and every result must have the bytes of an undisturbed run. A worker that is killed has to
start again: so that this takes seconds, these jobs run on JAX and a network of two layers.

Then, without kills, three workers run many jobs each with the default backend and the converted
network, and their memory is watched. What is measured is kept in `curves/soak.json`, and
`curves.py` draws it.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import random
import signal
import statistics
import struct
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from maya_stylize import settings
from maya_stylize.files import checkpoint_of, sha256
from maya_stylize.jobs import Job, RepairJob, Style, StylizeJob, SynthesizeJob
from maya_stylize.worker import launch, pipe_transport
from maya_stylize.worker.client import Client

KEPT = Path(__file__).parent / "curves" / "soak.json"
WORKER = Path(__file__).with_name("soak_worker.py")
MARK = "MAYA_STYLIZE_SOAK"
SUFFIXES = (".png", ".tif", ".exr", ".tga", ".tx", ".jpg")
LAYERS = {"conv1_1": 1e9, "pool1": 1e9}
EVALUATIONS = 12
JAX_KEEPS = ("COMPILE_TIME_SECS", "ENTRY_SIZE_BYTES")  # whatever is shorter or smaller, too
PATIENCE = 900.0
# Beside every five kills, one of these.
PARENT = "the parent's death"
GENTLER = ("SIGTERM", "cancel", "cancel twice", PARENT)
MOMENTS = ("starting", "running", "writing")


def draw(path: Path, width: int, height: int, seed: int) -> None:
    """Write a PNG of colored noise in blocks of four pixels."""
    numbers = random.Random(seed)
    rows = []
    for y in range(height):
        if y % 4 == 0:
            blocks = [numbers.randbytes(3) for _ in range(-(-width // 4))]
            row = b"".join(block * 4 for block in blocks)[: 3 * width]
        rows.append(b"\0" + row)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n"
    for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")):
        data += struct.pack(">I", len(body)) + kind + body
        data += struct.pack(">I", zlib.crc32(kind + body))
    path.write_bytes(data)


def jobs_of(sources: Path, folder: Path, backend: str) -> list[Job]:
    """Return different jobs, one of every format, each named by its number."""
    made: list[Job] = []
    rust, wall = str(sources / "rust.png"), str(sources / "wall.png")
    for index, suffix in enumerate(SUFFIXES):
        width, height = (32, 48) if index % 3 == 0 else (48, 40)
        octaves = [[width, height, 1, EVALUATIONS, "true"]]
        common: dict[str, Any] = {
            "output": str(folder / f"{index}{suffix}"),
            "seed": index,
            "backend": backend,
            "device": "cpu",
            "resolution": {"octaves": octaves, "history": 5, "tile": 0},
        }
        if index % 3 == 0:
            made.append(SynthesizeJob(exemplar=rust, size=(width, height), layers=LAYERS, **common))
        elif index % 3 == 1:
            layers = {"conv1_2": 1.0}
            made.append(
                StylizeJob(
                    content=wall,
                    styles=(Style(rust),),
                    style_layers=LAYERS,
                    content_layers=layers,
                    **common,
                )
            )
        else:
            made.append(RepairJob(picture=wall, seamless="both", band=8, layers=LAYERS, **common))
    return made


def named(job: Job, folder: Path, number: int) -> Job:
    """Return a job with an output of its own."""
    name = f"{number:04}{Path(job.output).suffix}"
    return dataclasses.replace(job, output=str(folder / name))


def memory(process: int | str = "self") -> float:
    """Return a process's resident megabytes."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def handles(process: int | str = "self") -> int:
    """Return how many files a process has open."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def threads() -> int:
    """Return how many threads this process has."""
    return len(list(Path("/proc/self/task").iterdir()))


def marked(mark: str) -> list[int]:
    """Return the processes, zombies apart, whose environment has a mark: workers and children."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark.encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


class Side:
    """A client, and the means to wait for what it is told."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self.pipes = pipe_transport.Pipes()
        self.client = Client(self.pipes.connect, self._find)

    def _find(self) -> launch.Launch:
        found = launch.find()
        command = (found.command[0], str(WORKER), *found.command[2:])
        return launch.Launch(command, {**found.environment, MARK: self._mark}, found.log)

    @property
    def process(self) -> int | None:
        """The worker's number; None where there is none."""
        worker = self.client._worker
        if worker is None:
            return None
        assert isinstance(worker.connection, pipe_transport._Process)
        return worker.connection._process.pid

    def until(self, done: Callable[[], Any], patience: float = PATIENCE) -> bool:
        """Wait for something; return whether it came."""
        end = monotonic() + patience
        while not done():
            if monotonic() > end:
                return False
            self.pipes.deliver(0.002)
        return True

    def begin(self, job: Job, resume: bool = False) -> tuple[int, list[Mapping[str, Any]]]:
        """Put a job in the queue; return its number and what it will be told."""
        heard: list[Mapping[str, Any]] = []
        return self.client.run(job.to_json(), None, heard.append, resume), heard

    def finish(self, job: Job, resume: bool = False) -> Mapping[str, Any]:
        """Run a job to its end; return the last that is told."""
        number, heard = self.begin(job, resume)
        if not self.until(lambda: number not in self.client.queue):
            raise SystemExit(f"error: {job.output} did not end within {PATIENCE:.0f} s")
        return heard[-1]


@contextmanager
def at_home(home: Path, model: Path | None = None) -> Iterator[None]:
    """Have a user's folder of one's own, and a network; None for the small one."""
    before = dict(os.environ)
    home.mkdir()
    if model is None:
        model = home / "small.h5"
        subprocess.run([sys.executable, str(WORKER), "network", str(model)], check=True)
    os.environ |= {settings.HOME_VARIABLE: str(home), settings.MODEL_VARIABLE: str(model)}
    os.environ |= {"JAX_COMPILATION_CACHE_DIR": str(home / "jax")}
    os.environ |= {f"JAX_PERSISTENT_CACHE_MIN_{what}": "0" for what in JAX_KEEPS}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Soak:
    """The first part: jobs, and what comes between.

    Args:
        folder: For everything.
        seed: Of the moments.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self._random = random.Random(seed)
        self._sources, self._outputs, expected = (
            folder / name for name in ("sources", "outputs", "expected")
        )
        for each in (self._sources, self._outputs, expected):
            each.mkdir()
        draw(self._sources / "rust.png", 48, 48, 1)
        draw(self._sources / "wall.png", 48, 40, 2)
        self._hashes = self._look_at_sources()
        self._mark = f"{os.getpid()}-{seed}"
        self._side = Side(self._mark)
        self._jobs = jobs_of(self._sources, expected, "jax")
        self._bytes: list[bytes] = []
        self._done: dict[str, bytes] = {}
        self._half: set[str] = set()
        self._owed: dict[str, tuple[Job, int]] = {}
        self._cold = self._warm = 0.0
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self.curve: list[dict[str, Any]] = []

    def learn(self) -> None:
        """Run every job undisturbed, for its bytes and for how long a cold and a warm one take."""
        took = []
        for job in self._jobs:
            began = monotonic()
            told = self._side.finish(job)
            if told["event"] != "result":
                raise SystemExit(f"error: {told}")
            took.append(monotonic() - began)
            self._bytes.append(Path(job.output).read_bytes())
        for job in self._jobs[:3]:
            began = monotonic()
            self._side.finish(job)
            took.append(monotonic() - began)
        self._side.client.shutdown()
        began = monotonic()
        self._side.finish(self._jobs[0])  # cold again, but compiled
        self._cold, self._warm = monotonic() - began, statistics.median(took[-3:])
        print(f"a job takes {self._cold:.1f} s cold and {self._warm:.2f} s warm", flush=True)

    def run(self, jobs: int, kills: int) -> None:
        """Run the jobs, breaking off as many of them."""
        ways = ["SIGKILL"] * kills + [GENTLER[index % 4] for index in range(kills // 5)]
        ways += [""] * (jobs - len(ways))
        self._random.shuffle(ways)
        for number, way in enumerate(ways[:jobs]):
            which = number % len(self._jobs)
            job = named(self._jobs[which], self._outputs, number)
            moment = self._random.choices(MOMENTS, (3, 4, 3))[0] if way else ""
            if moment != "starting" and way != PARENT:  # it takes a worker that is warm
                self._finish()
            if way == PARENT:
                self._kill_parent(job)
            elif way:
                self._break_off(job, way, moment)
            self._owed[job.output] = job, which
            self._look_after(job, which, way)
            if moment != "starting":
                self._finish()
            self.counts[f"{way or 'undisturbed'}{moment and ', ' + moment}"] += 1
            self.curve.append(
                {"way": way, "memory": memory(), "handles": handles(), "threads": threads()}
            )
            if number % 10 == 9:
                print(
                    f"{number + 1:4} jobs, {len(self.faults)} faults, this process: "
                    f"{memory():.1f} MB, {handles()} files, {threads()} threads",
                    flush=True,
                )
        self._finish()
        self._side.client.shutdown()
        self._wait_for_none("after the last job")

    def _finish(self) -> None:
        """Run what was broken off to its end."""
        for job, which in list(self._owed.values()):
            resume = checkpoint_of(job.output).exists()
            told = self._side.finish(job, resume)
            self.counts["gone on from a checkpoint"] += resume
            self._look_at_end(job, which, told, resume)
        self._owed.clear()

    def _break_off(self, job: Job, way: str, moment: str) -> None:
        """Run a job and disturb it at a random moment."""
        if moment == "starting":
            self._side.client.shutdown()
        number, heard = self._side.begin(job)
        if moment == "writing":
            self._side.until(
                lambda: (
                    any(event.get("stage") == "writing" for event in heard)
                    or number not in self._side.client.queue
                )
            )
        longest = {"starting": self._cold, "running": self._warm, "writing": 0.02}[moment]
        end = monotonic() + self._random.uniform(0, longest)
        self._side.until(lambda: monotonic() > end)
        process = self._side.process
        if way == "cancel" or way == "cancel twice":
            self._side.client.cancel(number)
            if way == "cancel twice":
                self._side.client.cancel(number)
        elif process is not None:
            os.kill(process, getattr(signal, way))
            self._side.until(lambda: self._side.process != process)
        self._side.until(lambda: number not in self._side.client.queue)
        self.counts[f"told: {heard[-1]['event']}"] += 1
        if heard[-1]["event"] == "failure" and heard[-1]["kind"] != "worker":
            self._fault(f"{job.output}: {heard[-1]}")

    def _kill_parent(self, job: Job) -> None:
        self._side.client.shutdown()
        command = [sys.executable, __file__, "--parent", self._mark]
        with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as parent:
            assert parent.stdin is not None
            parent.stdin.write(json.dumps(job.to_json()) + "\n")
            parent.stdin.flush()
            sleep(self._random.uniform(0.3, self._cold))
            parent.kill()

    def _look_after(self, job: Job, which: int, way: str) -> None:
        """Look what a job that was broken off has left."""
        if way:
            worker = self._side.process
            self._wait_for_none(f"after {way} in {job.output}", worker)
        if way == PARENT:  # nobody is left to clean up; the next job does
            for path in self._outputs.glob(".*.part"):
                self.counts["half written until the next job"] += 1
                self._half.add(path.name)
        output = Path(job.output)
        if output.exists() and output.read_bytes() != self._bytes[which]:
            self._fault(f"{output} is half written, or another, after {way}")
        self._look_at_folder(self._half)
        self._half.clear()

    def _look_at_end(self, job: Job, which: int, told: Mapping[str, Any], resume: bool) -> None:
        output = Path(job.output)
        if told["event"] != "result":
            self._fault(f"{output} did not come to its end (resumed: {resume}): {told}")
            return
        if output.read_bytes() != self._bytes[which]:
            self._fault(f"{output} has other bytes than undisturbed (resumed: {resume})")
        del self._owed[job.output]
        self._done[output.name] = self._bytes[which]
        if told["sidecar"]:
            self._done[Path(told["sidecar"]).name] = Path(told["sidecar"]).read_bytes()
        self._look_at_folder(set())
        if self._look_at_sources() != self._hashes:
            self._fault(f"{output}: a source has changed")

    def _fault(self, what: str) -> None:
        print("FAULT:", what, flush=True)
        self.faults.append(what)

    def _look_at_folder(self, may_be: set[str]) -> None:
        there = {path.name: path for path in self._outputs.iterdir()}
        for output in map(Path, self._owed):  # what it may have left, whole
            names = {output.name, f"{output.name}.json", checkpoint_of(str(output)).name}
            may_be = may_be | names
        for name in there.keys() - self._done.keys() - may_be:
            self._fault(f"{name} is left in the folder")
            there[name].unlink()
        for name, content in self._done.items():
            if name not in there or there[name].read_bytes() != content:
                self._fault(f"{name} is gone, or changed")

    def _look_at_sources(self) -> dict[str, str]:
        return {path.name: sha256(path) for path in self._sources.iterdir()}

    def _wait_for_none(self, when: str, but: int | None = None) -> None:
        """See that every process of a worker but one goes."""
        end = monotonic() + 10
        while left := [process for process in marked(self._mark) if process != but]:
            if monotonic() > end:
                self._fault(f"{when}: the processes {left} are left")
                return
            self._side.pipes.deliver(0.02)
        self._side.pipes.deliver(0.1)  # of its end


def be_a_parent(mark: str) -> None:
    """Run the job that is told, until killed."""
    side = Side(mark)
    data = json.loads(sys.stdin.readline())
    side.client.run(data, None, lambda _: None)
    while True:
        side.pipes.deliver(1.0)


def of_one_size(folder: Path) -> Iterator[SynthesizeJob]:
    """Give one job again and again, each with another seed."""
    first = jobs_of(folder, folder, "tensorflow")[0]
    assert isinstance(first, SynthesizeJob)
    for seed in range(1 << 30):
        yield dataclasses.replace(first, seed=seed)


def of_many_sizes(folder: Path) -> Iterator[Job]:
    """Give synthesis jobs, each of another size."""
    numbers = random.Random(0)
    for job in of_one_size(folder):
        width, height = numbers.randrange(24, 97), numbers.randrange(24, 97)
        octaves = [[width, height, 1, EVALUATIONS, "true"]]
        resolution = {**job.resolution, "octaves": octaves}
        yield dataclasses.replace(job, size=(width, height), resolution=resolution)


def of_many_kinds(folder: Path) -> Iterator[Job]:
    """Give one job of each kind and format after the other: the network is made anew again."""
    while True:
        yield from jobs_of(folder, folder, "tensorflow")


SERIES = {"one size": of_one_size, "many sizes": of_many_sizes, "many kinds": of_many_kinds}


def watch(folder: Path, give: Callable[[Path], Iterator[Job]], jobs: int) -> list[dict[str, Any]]:
    """Run jobs in one worker; return its memory and files after each."""
    draw(folder / "rust.png", 48, 48, 1)
    draw(folder / "wall.png", 48, 40, 2)
    side, curve = Side(f"{os.getpid()}-warm"), []
    for number, job in zip(range(jobs), give(folder), strict=False):
        told = side.finish(job)
        if told["event"] != "result" or side.process is None:
            raise SystemExit(f"error: {told}")
        curve.append({"memory": memory(side.process), "handles": handles(side.process)})
        if number % 20 == 19:
            print(f"{number + 1:4} jobs, the worker: {curve[-1]['memory']:.1f} MB", flush=True)
    side.client.shutdown()
    return curve


def slope(values: list[float]) -> float:
    """Return how much the later half of some values grows by a hundred of them."""
    later = values[len(values) // 2 :]
    return 100 * statistics.linear_regression(range(len(later)), later).slope


def table(curves: Mapping[str, list[dict[str, Any]]]) -> str:
    """Return the memory and files of every process watched, as a table."""
    lines = ["| process | first | half way | last | slope, MB for 100 jobs | files |"]
    lines.append("|---|---|---|---|---|---|")
    for name, curve in curves.items():
        values = [each["memory"] for each in curve]
        files = [each["handles"] for each in curve]
        middle = values[len(values) // 2]
        lines.append(
            f"| {name} | {values[0]:.1f} MB | {middle:.1f} MB | {values[-1]:.1f} MB | "
            f"{slope(values):+.2f} | {files[len(files) // 2]} to {files[-1]} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Soak, print what was seen, and keep it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--warm", type=int, default=200, help="jobs for each worker not killed")
    parser.add_argument("--parent", metavar="MARK", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.parent:
        be_a_parent(arguments.parent)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's "&" has it ignored
    model = settings.shared_model() or settings.cached_model()
    curves: dict[str, list[dict[str, Any]]] = {}
    faults: list[str] = []
    record: dict[str, Any] = {}
    if arguments.jobs:
        began = monotonic()
        with TemporaryDirectory() as temporary, at_home(Path(temporary) / "home"):
            soak = Soak(Path(temporary), arguments.seed)
            soak.learn()
            with suppress(KeyboardInterrupt):  # what was seen by then is told
                soak.run(arguments.jobs, arguments.kills)
        for what, count in sorted(soak.counts.items()):
            print(f"{count:5}  {what}")
        print(f"{monotonic() - began:.0f} s for {len(soak.curve)} jobs")
        curves["client"], faults = soak.curve, soak.faults
        record = {"seed": arguments.seed, "counts": dict(soak.counts), "faults": faults}
    for name, give in SERIES.items() if arguments.warm else ():
        print(f"one worker, jobs of {name}:", flush=True)
        with TemporaryDirectory() as temporary, at_home(Path(temporary) / "home", model):
            curves[f"worker, {name}"] = watch(Path(temporary), give, arguments.warm)
    print(table(curves))
    print("faults:", len(faults) or "none")
    before = json.loads(KEPT.read_text()) if KEPT.exists() else {"curves": {}}
    record = {**before, **record, "curves": {**before["curves"], **curves}}
    KEPT.write_text(json.dumps(record) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
