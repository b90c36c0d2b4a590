"""How soon is a texture as good as the published recipe after 600 evaluations?

Good is: the 2015 loss at full size as low as the recipe's, and no layer's relative Gram error above
the recipe's (both recorded by reference.py). Each job is a process of its own, and its time is all
of it: imports, tracing, every octave. The recipe's time is 600 times the time that plain PyTorch
takes for one loss and gradient, measured before and after each job:

    python benchmarks/time_to_quality.py [--sizes 256 512] [--names rust ...]

What watching takes is left out of the time. Curves go to `curves/`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

BEGAN = perf_counter()
CURVES = Path(__file__).parent / "curves"
EVALUATIONS = 600
# Watched at every so many evaluations, and at every one near the goal.
SELDOM, NEAR = 8, 1.05


def watched(name: str, size: int, seed: int) -> Iterator[dict[str, Any]]:
    """Run one job of the best quality; yield where it is, until it is as good as the recipe."""
    from recipe import Recipe, exemplar_of, record_of

    reference = json.loads(record_of(name, size).read_text())
    bars = reference["layer_errors"]
    recipe = Recipe(exemplar_of(name, size), fast=True)
    from maya_stylize.engine import schedule
    from maya_stylize.engine.beats import Beats, finish
    from maya_stylize.engine.climb import Climb
    from maya_stylize.engine.texture import Synthesis
    from maya_stylize.jobs import SynthesizeJob

    job = SynthesizeJob(
        output="none.png", exemplar=str(exemplar_of(name, size)), quality="final", seed=seed
    )
    problem, evaluation = Synthesis(job, recipe.pixels), recipe.evaluation
    spent, watching = 0.0, 0.0
    evaluate = evaluation.value_and_gradient

    def counted(picture: Any, targets: Any) -> Beats[Any]:
        nonlocal spent
        rows, columns = evaluation.encoder.axes
        spent += picture.shape[rows] * picture.shape[columns] / size**2
        return (yield from evaluate(picture, targets))

    setattr(evaluation, "value_and_gradient", counted)  # noqa: B010
    octaves = schedule.octaves(job, problem.size, problem.smallest_example)
    climb = Climb(problem, evaluation, octaves, 20, seed)
    latest, loss = 0.0, float("inf")
    for octave in climb.octaves():
        for _ in climb.climb(octave):
            optimizer = climb._optimizer  # None between two octaves
            near = octave.loss in ("level", "true") and loss < NEAR
            if octave.shrink > 1 or optimizer is None or spent - latest < (1 if near else SELDOM):
                continue
            latest, looked = spent, perf_counter()
            grams = finish(evaluation.measured(optimizer.state.x))
            loss = recipe.targets.style_loss(grams) / reference["loss"]
            errors = recipe.targets.layer_errors(grams)
            worst = max(errors[layer] / bars[layer] for layer in bars)
            watching += perf_counter() - looked
            seconds = perf_counter() - BEGAN - watching
            yield {"evaluations": spent, "seconds": seconds, "loss": loss, "worst": worst}
            if loss <= 1 and worst <= 1:
                return


def measured(size: int, rounds: int) -> list[float]:
    """Return the seconds that plain PyTorch takes for one loss and gradient, several times."""
    from step import PLAIN, Side

    side = Side(PLAIN)
    side.ask(size)  # the first one is slower
    found = [side.ask(size) for _ in range(rounds)]
    side.end()
    return found


def main() -> None:
    """Run every exemplar at every size and print a table."""
    from recipe import EXEMPLARS

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--names", nargs="+", default=EXEMPLARS)
    parser.add_argument("--sizes", nargs="+", type=int, default=(256, 512))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--watch", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.watch:
        for point in watched(arguments.names[0], arguments.sizes[0], arguments.seed):
            print(json.dumps(point), flush=True)
        return
    CURVES.mkdir(exist_ok=True)
    print("| exemplar | side | evaluations | s | recipe's s | time | evaluations |")
    print("|---|---|---|---|---|---|---|")
    for size in arguments.sizes:
        for name in arguments.names:
            row(name, size, arguments.seed)


def row(name: str, size: int, seed: int) -> None:
    """Run one exemplar at one size, keep its curve and print its row."""
    before = measured(size, 3)
    command = [sys.executable, __file__, "--watch", "--names", name, "--sizes", str(size)]
    done = subprocess.run(
        [*command, "--seed", str(seed)], stdout=subprocess.PIPE, text=True, check=True
    )
    plain = statistics.median([*before, *measured(size, 3)])
    curve = [json.loads(line) for line in done.stdout.splitlines()]
    short = [{key: float(f"{value:.4g}") for key, value in point.items()} for point in curve]
    record = {"recipe_step": plain, "curve": short}
    (CURVES / f"{name}_{size}.json").write_text(json.dumps(record) + "\n")
    last, recipe = curve[-1], EVALUATIONS * plain
    reached = last["loss"] <= 1 and last["worst"] <= 1
    time = f"{last['seconds'] / recipe:.2f}" if reached else "not reached"
    share = f"{last['evaluations'] / EVALUATIONS:.2f}" if reached else "not reached"
    cells = (name, size, f"{last['evaluations']:.0f}", f"{last['seconds']:.0f}", f"{recipe:.0f}")
    print("|", " | ".join(map(str, (*cells, time, share))), "|", flush=True)


if __name__ == "__main__":
    main()
