"""Draw what the other scripts have recorded in `curves/` and `reference/`, for docs/performance.md.

python benchmarks/curves.py --install     once: matplotlib, into build/curves
python benchmarks/curves.py
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from recipe import EXEMPLARS, record_of
from time_to_quality import CURVES, EVALUATIONS

ROOT = Path(__file__).parents[1]
PACKAGES = ROOT / "build" / "curves"
PICTURES = ROOT / "docs" / "images"
OURS, THEIRS = "#0b7a75", "#b5651d"


def read(path: Path) -> Any:
    """Return what a file of JSON holds, None if there is none."""
    return json.loads(path.read_text()) if path.exists() else None


def time_to_quality(plt: Any) -> None:
    """Draw loss against evaluations, ours and the recipe's."""
    found = [
        (name, size, ours, read(record_of(name, size)))
        for size in (256, 512)
        for name in EXEMPLARS
        if (ours := read(CURVES / f"{name}_{size}.json"))
    ]
    columns = 4 if len(found) % 4 == 0 else 3
    rows = -(-len(found) // columns)
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(3 * columns, 2.7 * rows),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for panel in grid.flat[len(found) :]:
        panel.axis("off")
    for panel, (name, size, ours, recipe) in zip(grid.flat, found, strict=False):
        curve = [value / recipe["loss"] for value in recipe["curve"]]
        panel.semilogy(range(1, len(curve) + 1), curve, color=THEIRS, label="the recipe")
        points = ours["curve"]
        spent, losses = ([point[key] for point in points] for key in ("evaluations", "loss"))
        panel.semilogy(spent, losses, color=OURS, label="ours")
        panel.plot(spent[-1], losses[-1], "o", color=OURS)
        panel.axhline(1, color="gray", linewidth=0.6)
        panel.axvline(EVALUATIONS / 4, color="gray", linewidth=0.6, linestyle=":")
        panel.set_title(f"{name}, {size} pixels", fontsize=9)
        panel.set_ylim(0.5, 100)
        panel.tick_params(labelbottom=True)
    grid[0][0].legend(fontsize=8)
    figure.supxlabel("evaluations at full size (dotted: a quarter of the recipe's)", fontsize=9)
    figure.supylabel("loss, to the recipe's at its end", fontsize=9)
    figure.savefig(PICTURES / "time_to_quality.png", dpi=110)


def memory(plt: Any) -> None:
    """Draw peak memory against size, whole and in tiles."""
    rows = read(CURVES / "memory.json")
    if rows is None:
        return
    figure, panel = plt.subplots(figsize=(5.5, 3.6))
    for whole, color, label in ((True, THEIRS, "whole"), (False, OURS, "in tiles of 512 pixels")):
        chosen = sorted(row for row in rows if (row[1] == 0) == whole)
        if not chosen:
            continue
        sides, peaks = [row[0] for row in chosen], [row[2] / 2**30 for row in chosen]
        panel.plot(sides, peaks, "o-", color=color, label=label)
    panel.set_xscale("log", base=2)
    sides = sorted({row[0] for row in rows})
    panel.set_xticks(sides, [f"{side // 1024}K" if side >= 1024 else side for side in sides])
    panel.axhline(3, color="gray", linewidth=0.6, linestyle=":")
    panel.set_ylim(0)
    panel.set_xlabel("side of the picture, pixels", fontsize=9)
    panel.set_ylabel("peak memory of the process, GiB", fontsize=9)
    panel.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(PICTURES / "memory.png", dpi=110)


def soak(plt: Any) -> None:
    """Draw the memory of processes that ran many jobs."""
    found = read(CURVES / "soak.json")
    if found is None:
        return
    curves = found["curves"]
    figure, panels = plt.subplots(1, len(curves), figsize=(3 * len(curves), 2.7), squeeze=False)
    for panel, (name, curve) in zip(panels[0], curves.items(), strict=True):
        panel.plot([each["memory"] for each in curve], color=OURS)
        for number, each in enumerate(curve):
            if each.get("way"):
                panel.axvline(number, color=THEIRS, linewidth=0.4, alpha=0.5)
        panel.set_title(name, fontsize=9)
        panel.set_ylim(0, 1.3 * max(each["memory"] for each in curve))
    figure.supxlabel("jobs (vertical lines: broken off)", fontsize=9)
    figure.supylabel("resident memory, MB", fontsize=9)
    figure.tight_layout()
    figure.savefig(PICTURES / "soak.png", dpi=110)


def main() -> None:
    """Draw everything, or install what draws."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--install", action="store_true", help=f"put matplotlib into {PACKAGES}")
    if parser.parse_args().install:
        command = [sys.executable, "-m", "pip", "install", "--no-deps", "--upgrade"]
        wanted = str(Path(__file__).with_name("curves.txt"))
        subprocess.run([*command, "--target", str(PACKAGES), "-r", wanted], check=True)
        return
    sys.path.append(str(PACKAGES))
    try:
        import matplotlib
    except ModuleNotFoundError:
        sys.exit(f"error: matplotlib is missing; run: python {sys.argv[0]} --install")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    time_to_quality(pyplot)
    memory(pyplot)
    soak(pyplot)


if __name__ == "__main__":
    main()
