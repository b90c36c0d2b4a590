"""The 2015 recipe as published, apart from the engine: SciPy's L-BFGS-B from noise, in PyTorch.

    python benchmarks/scipy_recipe.py EXEMPLAR OUT.png SIZE EVALUATIONS EVERY

N(0, 1) noise, bounds at the exemplar's minimum and maximum per channel, history 20; the histogram
is left as it comes. After every evaluation the least loss so far is printed, and at every EVERY-th
its picture is written, both in neural-style's manner.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch
from plain import TEXTURE, Loss, Plain, load, network, save
from scipy.optimize import fmin_l_bfgs_b


class EnoughError(Exception):
    """The evaluations are spent."""


class Recipe:
    """The loss as SciPy wants it, which keeps and tells of the best picture so far.

    Args:
        exemplar: The picture.
        output: The picture to write.
        side: Of the square result.
        evaluations: When it is enough.
        every: How often a picture is written.
    """

    def __init__(
        self, exemplar: torch.Tensor, output: Path, side: int, evaluations: int, every: int
    ) -> None:
        self._loss = Loss(Plain(network()), exemplar, TEXTURE)
        self._side, self._output = side, output
        self._evaluations, self._every = evaluations, every
        self._done, self._least = 0, np.inf
        self._best = torch.empty(0)

    def __call__(self, flat: np.ndarray) -> tuple[float, np.ndarray]:
        """Return loss and gradient; flat is (H, W, 3), raveled."""
        pixels = torch.from_numpy(flat.reshape(1, self._side, self._side, 3).astype(np.float32))
        pixels.requires_grad_()
        loss = self._loss(pixels.permute(0, 3, 1, 2))
        (gradient,) = torch.autograd.grad(loss, pixels)
        self._tell(float(loss), pixels.detach())
        return float(loss), gradient.numpy().ravel().astype(np.float64)

    def _tell(self, loss: float, pixels: torch.Tensor) -> None:
        self._done += 1
        if loss <= self._least:
            self._least, self._best = loss, pixels
        last = self._done == self._evaluations
        if last or self._done % self._every == 0:
            stem = self._output.stem if last else f"{self._output.stem}_{self._done}"
            save(self._output.with_stem(stem), self._best.permute(0, 3, 1, 2))
        print(f"Iteration {self._done} / {self._evaluations}")
        print(f"  Total loss: {self._least}", flush=True)
        if last:
            raise EnoughError


def main() -> None:
    """Run the recipe."""
    exemplar, output = load(Path(sys.argv[1])), Path(sys.argv[2])
    side, evaluations, every = (int(number) for number in sys.argv[3:])
    recipe = Recipe(exemplar, output, side, evaluations, every)
    bounds = torch.stack([exemplar.amin((0, 2, 3)), exemplar.amax((0, 2, 3))], 1)
    start = np.random.default_rng(0).normal(size=side * side * 3)
    with suppress(EnoughError):
        fmin_l_bfgs_b(
            recipe,
            start,
            bounds=bounds.numpy().tolist() * (side * side),
            m=20,
            maxiter=10**6,
            maxfun=10**6,
            factr=0,
        )


if __name__ == "__main__":
    main()
