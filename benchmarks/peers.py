"""How soon do others get where we get? The same weights and pictures, by turns, on the CPU.

    python benchmarks/peers.py --install
    python benchmarks/peers.py [transfer] [texture] [--size 512] [--runs 3]

Style transfer, coffee as content and brushwork as style: the package neural-style 0.5.7 (PyTorch),
average pooling, L-BFGS from the content as ours. Texture synthesis: the 2015 recipe in SciPy and
PyTorch, from noise (scipy_recipe.py). Ours is the command as a user types it; its seconds are the
whole process's, imports and compilation included, and theirs count from their process's start too.

All minimize one loss: Gatys et al. 2016, style relu1_1 to relu5_1 at w = 1e9/5 each, content
relu4_2 at w = 1e6; or Gatys et al. 2015, all layers at w = 1e9. With G = F Fᵀ / M ours is

    w/4 · Σ(G−Ĝ)² / C²  per layer of the style,  and  w/4 · mean (F−F̂)²  of the content;

neural-style, whose Gram matrix is F Fᵀ / (C M), has

    style_weight · Σ(G−Ĝ)² / C⁴  and  content_weight · mean (F−F̂)².

So it is given w/4 for both weights, tv_weight 0, and the same network with the filters of the style
layers multiplied by √C and the next layer's divided by it (plain.py), after which both losses are
the same number for the same pixels. One difference stays: neural-style knows no bounds, and clips
its picture only when it is saved. Hence the time to equal loss is given twice: by what the
optimizers say of their points, the other's unclipped, and by the pictures as they lie on disk,
judged by plain.py, the other's saved every few iterations and interpolated between. Where the other
does not come down to our loss in all its iterations, "> all its seconds" says so.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from duel import EXEMPLARS, HERE, PACKAGES, Curve, Duel, Settings, Side
from rich.progress import Progress, TimeElapsedColumn

OTHERS = {"transfer": "neural-style", "texture": "SciPy"}
ITERATIONS = {"transfer": 200, "texture": 600}
GRAIN = 16  # so that no pool has an odd side, which programs round differently
COLUMNS = (
    *("task", "side", "other", "equal loss by", "loss", "ours, s", "other, s", "ratio"),
    *("other's last loss", "after s", "ours, MB", "other, MB", "ratio"),
)


def reached(curve: Curve, loss: float) -> float:
    """Return when a curve first comes down to a loss, between its points by the loss's logarithm.

    Infinity stands for never, the first point's moment for no later than that.
    """
    before = None
    for seconds, value in curve:
        if value <= loss:
            if before is None:
                return seconds
            share = math.log(before[1] / loss) / math.log(before[1] / value)
            return before[0] + share * (seconds - before[0])
        if math.isfinite(value):
            before = (seconds, value)
    return math.inf


def row(
    task: str, size: int, by: str, ours: Sequence[Side], others: Sequence[Side]
) -> tuple[str, str]:
    """Return a row of the table, medians over a duel's runs, and a note where ours falls short."""
    pairs = [(our.curves[by], other.curves[by]) for our, other in zip(ours, others, strict=True)]
    spent = median(side.run.seconds for side in ours)
    theirs = median(reached(other, our[-1][1]) for our, other in pairs)
    total = median(other[-1][0] for _, other in pairs)
    more, less = ("", "") if math.isfinite(theirs) else ("> ", "< ")
    theirs = min(theirs, total)
    memory = [median(side.run.megabytes for side in sides) for sides in (ours, others)]
    loss = median(our[-1][1] for our, _ in pairs)
    last = median(other[-1][1] for _, other in pairs)
    cells = (
        *(task, str(size), OTHERS[task], by, f"{loss:.3g}"),
        *(f"{spent:.1f}", f"{more}{theirs:.1f}", f"{less}{spent / theirs:.2f}"),
        *(f"{last:.3g}", f"{total:.1f}"),
        *(f"{memory[0]:.0f}", f"{memory[1]:.0f}", f"{memory[0] / memory[1]:.2f}"),
    )
    note = f"{task} {size}, {by}: ours never gets as low as {OTHERS[task]} ends, {last:.3g}."
    return f"| {' | '.join(cells)} |", note if last < loss else ""


def fight(
    task: str, size: int, settings: Settings, runs: int, folder: Path, progress: Progress
) -> list[tuple[str, str]]:
    """Run both sides by turns and return the table's rows with their notes."""
    duel = Duel(task, size, settings, folder, progress)
    ours, others = [], []
    for index in range(runs):
        ours.append(duel.ours())
        others.append(duel.other())
        curves = {"ours": ours[-1].curves, "other": others[-1].curves}
        (folder / f"curves_{index + 1}.json").write_text(json.dumps(curves) + "\n")
    return [row(task, size, by, ours, others) for by in ("optimizer", "picture")]


def machine(quality: str, backend: str) -> str:
    """Describe what this runs on, and what it runs."""
    processor = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = information.read_text().splitlines()
        named = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
        processor = named[0] if named else processor
    available = getattr(os, "sched_getaffinity", None)
    cores = len(available(0)) if available else os.cpu_count()
    load = os.getloadavg()[0]
    names = ("keras", "tensorflow", "tensorflow-cpu", "jax", "torch", "numpy", "scipy")
    versions = ", ".join(f"{name} {found}" for name in names if (found := installed(name)))
    return (
        f"{processor}, {cores} cores, load {load:.1f} at the start; "
        f"Python {platform.python_version()}, {versions}; ours: {backend}, {quality}"
    )


def installed(name: str) -> str:
    """Return a package's version, "" without it."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def install() -> None:
    """Put the peer into a folder of its own, away from the environment."""
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--upgrade"]
    subprocess.run([*command, "--target", str(PACKAGES), "-r", str(HERE / "peers.txt")], check=True)


def problem(tasks: Sequence[str], sizes: Sequence[int], exemplar: str) -> str | None:
    """Return why the duels cannot be, None if they can."""
    if not hasattr(os, "wait4"):
        return "peak memory is only known on Linux and macOS; run it there."
    if not find_spec("torch") or not find_spec("scipy"):
        return (
            "PyTorch or SciPy is missing here; run this with the .venv that "
            "`python scripts/dev.py test` makes, which also says how to get a CPU build of PyTorch."
        )
    if "transfer" in tasks and not (PACKAGES / "neural_style").exists():
        return f"neural-style is not installed; run: python {sys.argv[0]} --install"
    if any(size % GRAIN or size < 4 * GRAIN for size in sizes):
        return f"--size: must be multiples of {GRAIN} from {4 * GRAIN} up."
    if not (EXEMPLARS / f"{exemplar}.png").exists():
        return f"--exemplar: there is none of that name in {EXEMPLARS}."
    return None


def parse() -> tuple[argparse.ArgumentParser, argparse.Namespace]:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("tasks", nargs="*", metavar="TASK", help="transfer, texture (both)")
    parser.add_argument("--install", action="store_true", help=f"put the peer into {PACKAGES}")
    parser.add_argument(
        "--size", action="append", type=int, help="longer side (512); may be repeated"
    )
    parser.add_argument("--runs", type=int, default=3, help="of each side, by turns (3)")
    parser.add_argument("--iterations", type=int, help="of the other (transfer 200, texture 600)")
    parser.add_argument("--every", type=int, default=10, help="iterations between pictures (10)")
    parser.add_argument("--quality", default="normal", help="of ours (normal)")
    parser.add_argument("--backend", default="tensorflow", help="of ours (tensorflow)")
    parser.add_argument("--exemplar", default="pebbles", help="of the texture (pebbles)")
    parser.add_argument("--keep", type=Path, help="a folder for the pictures and the curves")
    arguments = parser.parse_args()
    arguments.tasks = arguments.tasks or list(OTHERS)
    arguments.size = arguments.size or [512]
    if unknown := set(arguments.tasks) - set(OTHERS):
        parser.error(f"TASK: {', '.join(sorted(unknown))} is none of {', '.join(OTHERS)}.")
    return parser, arguments


def main() -> None:
    """Fight every duel and print the table."""
    parser, arguments = parse()
    if arguments.install:
        install()
        return
    if wrong := problem(arguments.tasks, arguments.size, arguments.exemplar):
        parser.error(wrong)
    rows = []
    bars = (*Progress.get_default_columns(), TimeElapsedColumn())
    with TemporaryDirectory() as temporary, Progress(*bars) as progress:
        folder = arguments.keep.resolve() if arguments.keep else Path(temporary)
        described = machine(arguments.quality, arguments.backend)
        for task in arguments.tasks:
            settings = Settings(
                arguments.quality,
                arguments.backend,
                arguments.iterations or ITERATIONS[task],
                arguments.every,
                arguments.exemplar,
            )
            # Untimed: it reads the files into memory, and fails early where something is amiss.
            small = replace(settings, quality="draft", iterations=2)
            fight(task, 4 * GRAIN, small, 1, folder / f"{task}_warm", progress)
            for size in arguments.size:
                place = folder / f"{task}_{size}"
                rows += fight(task, size, settings, arguments.runs, place, progress)
                progress.console.print("\n".join(text for text, _ in rows[-2:]), soft_wrap=True)
    print(f"\n{described}\n\n| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    print("\n".join(text for text, _ in rows))
    print("".join(f"\n{note}" for _, note in rows if note))


if __name__ == "__main__":
    main()
