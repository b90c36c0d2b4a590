"""Is a plan right? Memory and time as --dry-run estimates them, then as the job takes them.

    python benchmarks/plan.py [--sizes 192 256 384 512 768] [--quality draft] [--backend tensorflow]

Both are the command as a user types it, in a process of its own, on the CPU, in a user's folder
that is empty at first: the first plan measures the machine, every later one knows what the jobs
before it took. Measured are the process's peak resident memory and its whole time, imports
included. Linux or macOS.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from measured import measure

from maya_stylize import settings
from maya_stylize.convert import sources

ROOT = Path(__file__).parents[1]
EXEMPLAR = ROOT / "maya_stylize" / "exemplars" / "rust.png"
SIZES = (192, 256, 384, 512, 768)
COLUMNS = ("side", "MiB planned", "MiB", "ratio", "s planned", "s", "ratio")


def compare(side: int, folder: Path, options: list[str]) -> list[str]:
    """Plan a job, run it, and return a row of the table."""
    command = [sys.executable, "-m", "maya_stylize", "synthesize", str(EXEMPLAR), "--json"]
    command += ["--size", str(side), "-o", str(folder / f"{side}.png"), "--device", "cpu", *options]
    variables = {
        settings.HOME_VARIABLE: str(folder / "home"),
        settings.MODEL_VARIABLE: str(sources.ensure()),
        "PYTHONPATH": str(ROOT),
    }
    planned = measure([*command, "--dry-run"], folder, lambda _: None, **variables)
    plan = json.loads(planned.lines[-1][1])
    job = measure(command, folder, lambda _: None, **variables)
    memory = plan["memory"] / 2**20
    return [
        str(side),
        f"{memory:.0f}",
        f"{job.megabytes:.0f}",
        f"{memory / job.megabytes:.2f}",
        f"{plan['seconds']:.0f}",
        f"{job.seconds:.0f}",
        f"{plan['seconds'] / job.seconds:.2f}",
    ]


def main() -> None:
    """Compare every size and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--quality", default="draft")
    parser.add_argument("--backend", default="tensorflow")
    arguments = parser.parse_args()
    options = ["--quality", arguments.quality, "--backend", arguments.backend]
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|", flush=True)
    with TemporaryDirectory() as folder:
        for side in arguments.sizes:
            print(f"| {' | '.join(compare(side, Path(folder), options))} |", flush=True)


if __name__ == "__main__":
    main()
