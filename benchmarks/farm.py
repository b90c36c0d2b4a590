"""What a render farm takes for many textures: wall time and cost against workers.

    python benchmarks/farm.py                          measure here, then simulate
    python benchmarks/farm.py --texture 60 --load 8    simulate with given figures, in seconds

Every worker starts a session, loads engine, model and what is compiled with its first texture, and
then makes one portion of textures after the other. A worker costs from its session's start to its
last task's end; those that get no task cost nothing.
"""

from __future__ import annotations

import argparse
import heapq
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

EXEMPLARS = Path(__file__).resolve().parent.parent / "maya_stylize" / "exemplars"
COUNTS = (10, 100, 1000)
WORKERS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


@dataclass(frozen=True)
class Times:
    """Seconds.

    Attributes:
        start: Entering and leaving a session: its environment.
        load: What a session's first texture takes more than the others: engine, model, compiling.
        task: What each task takes beside its textures.
        texture: One texture in a warm process.
        targets: The step of that name, in a warm process.
        finish: The last step for each texture.
    """

    start: float = 1.0
    load: float = 8.0
    task: float = 1.0
    texture: float = 60.0
    targets: float = 1.0
    finish: float = 0.2


@dataclass(frozen=True)
class Farmed:
    """What a job took.

    Attributes:
        wall: Seconds from its submission to its end.
        busy: Seconds of all workers together.
        used: Workers that had something to do.
        overhead: The share of the busy seconds that made no texture.
    """

    wall: float
    busy: float
    used: int
    overhead: float


def simulate(times: Times, textures: int, workers: int, chunk: int) -> Farmed:
    """Return what a job takes on workers that are all free when it is submitted.

    Args:
        times: Of its parts.
        textures: How many there are.
        workers: How many machines there are.
        chunk: Textures of one task; the last one has what is left.
    """
    chunks = [min(chunk, textures - first) for first in range(0, textures, chunk)]
    # The first step loads the engine on one worker, which goes on with the second.
    begun = times.start + times.load + times.task + times.targets
    free = [(begun, 0)]
    for size in chunks:
        at, worker = free[0]
        made = times.task + size * times.texture
        fresh = begun + times.start + times.load
        if len(free) < workers and fresh < at:
            heapq.heappush(free, (fresh + made, len(free)))
        else:
            heapq.heapreplace(free, (at + made, worker))
    # The last step is done by a worker that has a session already.
    ending = times.task + textures * times.finish
    wall = max(at for at, _ in free) + ending
    busy = sum(at - (0.0 if worker == 0 else begun) for at, worker in free) + ending
    return Farmed(wall, busy, len(free), 1 - textures * times.texture / busy)


def table(times: Times, chunk: int, price: float) -> str:
    """Return a table of wall time and cost."""
    lines = [
        "textures  workers     used       wall   worker-hours       cost   overhead",
    ]
    for count in COUNTS:
        for workers in WORKERS:
            found = simulate(times, count, workers, chunk)
            hours = found.busy / 3600
            lines.append(
                f"{count:8}  {workers:7}  {found.used:7}  {_clock(found.wall):>9}  {hours:13.3f}  "
                f"{hours * price:9.2f}  {found.overhead:9.1%}"
            )
    return "\n".join(lines)


def measure(size: int, quality: str) -> Times:
    """Run each part of a small job here, as a farm's worker does, and return what they took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "textures").mkdir()
        for picture in ("bricks", "pebbles", "granite"):
            shutil.copy(EXEMPLARS / f"{picture}.png", folder / "textures")
        job = {"kind": "stylize", "styles": [str(EXEMPLARS / "rust.png")], "size": size}
        recipe = {"recipe": 1, "job": {**job, "quality": quality}}
        (folder / "recipe.json").write_text(json.dumps(recipe))
        (folder / "rules.json").write_text("{}")
        bundle, session = folder / "bundle", ["--session", str(folder)]
        _timed(
            "export",
            str(folder / "textures"),
            "--recipe",
            str(folder / "recipe.json"),
            "-o",
            str(bundle),
        )
        order = ["--jobs", str(bundle / "jobs"), "--results", str(bundle / "results")]
        order += ["--path-mapping", str(folder / "rules.json"), *session, "--textures"]
        start = _timed("start", *session)
        try:
            first = _timed("targets", *order, "1-3")
            cold, warm, twice = (_timed("tiles", *order, number) for number in ("1", "2", "3"))
            nothing = _timed("tiles", *order, "1-3")  # all are made
            finish = _timed("finish", *order, "1-3")
        finally:
            stop = _timed("stop", *session)
        texture = (warm + twice) / 2 - nothing
        return Times(
            start=start + stop,
            load=first + cold - (warm + twice) / 2 - nothing,
            task=nothing,
            texture=texture,
            targets=0.0,
            finish=(finish - nothing) / 3,
        )


def _timed(*command: str) -> float:
    began = perf_counter()
    program = [sys.executable, "-m", "maya_stylize", "farm", *command]
    subprocess.run(program, check=True, stdout=subprocess.DEVNULL)
    took = perf_counter() - began
    print(f"{command[0]:8} {took:8.2f} s", file=sys.stderr)
    return took


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    for name, default in asdict(Times()).items():
        parser.add_argument(f"--{name}", type=float, help=f"seconds (default: {default:g})")
    parser.add_argument("--chunk", type=int, default=4, help="textures of one task (default: 4)")
    parser.add_argument("--price", type=float, default=1.0, help="of a worker's hour (default: 1)")
    parser.add_argument("--size", type=int, default=256, help="side of what is measured")
    parser.add_argument("--quality", default="draft", help="of what is measured")
    options = parser.parse_args()
    given = {name: getattr(options, name) for name in asdict(Times())}
    given = {name: value for name, value in given.items() if value is not None}
    times = Times(**given) if given else measure(options.size, options.quality)
    print("  ".join(f"{name} {value:.2f} s" for name, value in asdict(times).items()))
    print(table(times, options.chunk, options.price))


if __name__ == "__main__":
    main()
