"""The direction that L-BFGS takes, from what it remembers of its last steps."""

from __future__ import annotations

from collections.abc import Callable

from keras import ops

from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.spectrum import smoothed

# The least cosine between a step and its change of gradient that counts as curvature.
LEAST_CURVATURE = 1e-8
TINY = 1e-30


def quasi_newton(
    downhill: Tensor,
    free: Tensor,
    steps: list[Tensor],
    changes: list[Tensor],
    largest: Tensor,
    inverse: Tensor | None = None,
    data_format: str = "channels_last",
    block: int | None = None,
) -> Tensor:
    """Return L-BFGS's direction (Nocedal 1980), its two loops as two triangular systems.

    With the steps as rows of S, the changes as rows of Y, R the upper triangle of SYᵀ, D its
    diagonal, H the guess to begin from and d downhill: Rα = Sd, r = H(d − Yᵀα), Rᵀβ = Dα − Yr, and
    the direction is r + Sᵀβ. So Byrd, Nocedal and Schnabel (1994) write it.

    Args:
        downhill: The negative gradient, 0 where a variable is held.
        free: 1 where a variable may move, 0 where it is held.
        steps: Shares of the last steps, oldest first.
        changes: The same of the gradient's changes.
        largest: What to multiply both with, (2, history).
        inverse: The inverse Hessian to begin from, by color and frequency; None for a multiple of
            the identity.
        data_format: Of a picture; without a meaning where there is no inverse.
        block: How many variables of the history are unpacked at once; None for all.
    """
    pairs = _Pairs(steps, changes, largest, free, block)
    flat = ops.reshape(downhill, (-1,))
    products, along, step_sizes, change_sizes = pairs.products(flat)
    curvature = ops.diagonal(products)
    # A pair whose curvature lies among the held variables says nothing here.
    useful = curvature > LEAST_CURVATURE * ops.sqrt(step_sizes * change_sizes)
    counts = ops.cast(useful, "float32")
    system = counts[:, None] * counts * ops.triu(products) + ops.diag(1.0 - counts)
    weights = ops.solve_triangular(system, (counts * along)[:, None])[:, 0]
    newest = counts * ops.cast(ops.flip(ops.cumsum(ops.flip(counts))) == 1.0, "float32")

    left, change = ops.unstack(pairs.changes_by(ops.stack([-weights, newest])), 2)
    left = flat + left
    if inverse is not None:
        shape = ops.shape(downhill)[1:]
        both = ops.reshape(ops.stack([left, change]), (2, *shape))
        left, guessed = ops.unstack(ops.reshape(smoothed(both, inverse, data_format), (2, -1)), 2)
    else:
        guessed = change
    rough = ops.sum(change * guessed)
    scale = ops.where(
        rough > 0, ops.sum(newest * curvature) / ops.where(rough > 0, rough, 1.0), 1.0
    )
    guess = scale * left * pairs.mask

    right = counts * (curvature * weights - pairs.changes_along(guess))
    corrections = ops.solve_triangular(ops.transpose(system), right[:, None], lower=True)[:, 0]
    direction = guess + pairs.steps_by(corrections[None])[0] * pairs.mask
    return ops.reshape(direction, ops.shape(downhill))


class _Pairs:
    """Steps and changes of the free variables, unpacked so many variables at a time.

    Attributes:
        mask: 1 where a variable may move, 0 where it is held.
    """

    def __init__(
        self,
        steps: list[Tensor],
        changes: list[Tensor],
        largest: Tensor,
        free: Tensor,
        block: int | None,
    ) -> None:
        self._halves = [[ops.reshape(half, (-1,)) for half in each] for each in (steps, changes)]
        self._largest = largest
        self.mask = ops.reshape(free, (-1,))
        if block is None:
            self._spans = [slice(None)]
        else:
            starts = range(0, self.mask.shape[0], block)
            self._spans = [slice(start, start + block) for start in starts]

    def products(self, vector: Tensor) -> list[Tensor]:
        """Return SYᵀ, Sv, and the sums of squares of the rows of S and Y."""

        def of(span: slice) -> list[Tensor]:
            steps, changes = self._steps(span), self._changes(span)
            sizes = (ops.sum(rows * rows, axis=1) for rows in (steps, changes))
            along = ops.matmul(steps, vector[span])
            return [ops.matmul(steps, ops.transpose(changes)), along, *sizes]

        return [sum(parts) for parts in zip(*map(of, self._spans), strict=True)]

    def changes_along(self, vector: Tensor) -> Tensor:
        """Return Yv."""
        return sum(ops.matmul(self._changes(span), vector[span]) for span in self._spans)

    def changes_by(self, shares: Tensor) -> Tensor:
        """Return the rows of Y added up by shares, (sums, history)."""
        return self._added(shares, self._changes)

    def steps_by(self, shares: Tensor) -> Tensor:
        """Return the rows of S added up by shares, (sums, history)."""
        return self._added(shares, self._steps)

    def _added(self, shares: Tensor, rows: Callable[[slice], Tensor]) -> Tensor:
        return ops.concatenate([ops.matmul(shares, rows(span)) for span in self._spans], axis=1)

    def _steps(self, span: slice) -> Tensor:
        return self._unpacked(0, span)

    def _changes(self, span: slice) -> Tensor:
        return self._unpacked(1, span) * self.mask[span]

    def _unpacked(self, which: int, span: slice) -> Tensor:
        halves = ops.stack([half[span] for half in self._halves[which]])
        return self._largest[which][:, None] * ops.cast(halves, "float32")
