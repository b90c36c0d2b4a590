"""Is a result at --quality final as good as the published recipe after 600 evaluations?

Runs the command as a user does, on the exemplars that reference.py has recorded, and compares the
2015 loss: of the optimizer's last point, and of the finished pictures (histogram matched, 8 bits).

    python benchmarks/quality.py [--quality final] [--backend tensorflow]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from recipe import EXEMPLARS, RECORDS, SHIPPED, Recipe
from rich.console import Console
from rich.table import Table


def synthesize(exemplar: Path, output: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run one job in a process of its own; return its result event, and the seconds it took."""
    command = [sys.executable, "-m", "maya_stylize", "synthesize", str(exemplar)]
    options = ["--quality", arguments.quality, "--backend", arguments.backend, "--device", "cpu"]
    began = perf_counter()
    done = subprocess.run(
        [*command, "-o", str(output), *options, "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**result, "seconds": perf_counter() - began}


def main() -> None:
    """Compare every exemplar and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quality", default="final")
    parser.add_argument("--backend", default="tensorflow")
    parser.add_argument("--keep", type=Path, help="a folder to keep the pictures in")
    arguments = parser.parse_args()
    table = Table("exemplar", "reference", "ours", "ratio", "worst layer ratio", "picture", "s")
    with TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        for name in EXEMPLARS:
            exemplar, output = SHIPPED / f"{name}.png", folder / f"{name}.png"
            reference = json.loads((RECORDS / f"{name}.json").read_text())
            ours = synthesize(exemplar, output, arguments)
            picture_loss, _ = Recipe(exemplar).judge(output)
            errors, bars = ours["layer_errors"], reference["layer_errors"]
            row = (
                f"{reference['loss']:.3g}",
                f"{ours['loss']:.3g}",
                f"{ours['loss'] / reference['loss']:.2f}",
                f"{max(errors[layer] / bars[layer] for layer in bars):.2f}",
                f"{picture_loss / reference['picture_loss']:.2f}",
                f"{ours['seconds']:.0f}",
            )
            Console().print(name, *row)
            table.add_row(name, *row)
    Console().print(table)


if __name__ == "__main__":
    main()
