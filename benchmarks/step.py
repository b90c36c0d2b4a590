"""One loss and gradient of the 2015 texture loss: ours, and plain PyTorch channels last.

    python benchmarks/step.py [--sizes 256 512 1024] [--backends tensorflow torch]

Every side is a process of its own that stays for the whole run; they are asked in turn, so that a
busy machine slows all of them alike. On the CPU, with as many threads as it has processors.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

EXEMPLAR = Path(__file__).parents[1] / "maya_stylize" / "exemplars" / "rust.png"
PLAIN = "plain PyTorch"


def ours(name: str) -> Callable[[int], float]:
    """Return what evaluates a picture of noise once on a backend and gives the seconds."""
    import numpy as np
    from recipe import Recipe

    recipe = Recipe(EXEMPLAR, name, fast=True)
    from keras import ops

    def evaluate(size: int) -> float:
        shape = list(recipe.picture.shape)
        for axis in recipe.evaluation.encoder.axes:
            shape[axis] = size
        noise = np.random.default_rng(0).standard_normal(shape, np.float32) * 50
        picture = ops.convert_to_tensor(noise)
        began = perf_counter()
        ops.convert_to_numpy(recipe.evaluate(picture)[1])
        return perf_counter() - began

    return evaluate


def plain() -> Callable[[int], float]:
    """Return the same for the network written in PyTorch's own functions."""
    import torch
    from plain import Loss, Plain, load, network

    from maya_stylize.jobs import TEXTURE_LAYERS

    loss = Loss(Plain(network()), load(EXEMPLAR), TEXTURE_LAYERS, None)

    def evaluate(size: int) -> float:
        picture = 50 * torch.randn(1, 3, size, size, generator=torch.manual_seed(0))
        picture = picture.contiguous(memory_format=torch.channels_last).requires_grad_(True)
        began = perf_counter()
        torch.autograd.grad(loss(picture), picture)
        return perf_counter() - began

    return evaluate


def serve(side: str) -> None:
    """Answer sizes with seconds, a line each."""
    evaluate = plain() if side == PLAIN else ours(side)
    for line in sys.stdin:
        print(evaluate(int(line)), flush=True)


class Side:
    """One process that is asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--serve", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, size: int) -> float:
        """Return the seconds of one evaluation."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(size, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())

    def end(self) -> None:
        """Let the process end."""
        self._process.communicate()


def main() -> None:
    """Ask all sides in turn, and print medians and ratios to plain PyTorch."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=(256, 512, 1024))
    parser.add_argument("--backends", nargs="+", default=("tensorflow",))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve)
        return
    sides = [Side(name) for name in (*arguments.backends, PLAIN)]
    print(f"{platform.platform()}, medians of {arguments.rounds} in turn, the first one left out\n")
    print("| side | by | first s | s | to plain PyTorch |\n|---|---|---|---|---|")
    for size in arguments.sizes:
        first = [side.ask(size) for side in sides]
        found = [[side.ask(size) for side in sides] for _ in range(arguments.rounds)]
        for index, side in enumerate(sides):
            seconds = statistics.median(row[index] for row in found)
            ratio = statistics.median(row[index] / row[-1] for row in found)
            print(f"| {size} | {side.name} | {first[index]:.2f} | {seconds:.3f} | {ratio:.2f} |")
            sys.stdout.flush()
    for side in sides:
        side.end()


if __name__ == "__main__":
    main()
