"""What L-BFGS remembers of its last steps, and the direction that follows from it.

The history is what takes the most memory where a picture is large, and is kept in half precision.
"""

from __future__ import annotations

from dataclasses import dataclass

from keras import ops

from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.spectrum import smoothed

# The least cosine between a step and its change of gradient that counts as curvature.
LEAST_CURVATURE = 1e-8
# The smallest number that float32 has all digits for.
SMALLEST = 2.0**-126


@dataclass(frozen=True)
class Half:
    """A vector in float16, as shares of its largest value.

    Attributes:
        shares: Its values over its largest one.
        largest: The largest magnitude in it.
    """

    shares: Tensor
    largest: float

    @classmethod
    def of(cls, vector: Tensor) -> Half:
        """Return a float32 vector in half the memory."""
        largest = float(ops.max(ops.abs(vector)))
        if largest < SMALLEST:  # some processors take it for zero, and others do not
            largest = 0.0
        return cls(ops.cast(vector / (largest or 1.0), "float16"), largest)

    @property
    def whole(self) -> Tensor:
        """The vector in float32."""
        return self.largest * ops.cast(self.shares, "float32")


def two_loops(
    downhill: Tensor,
    free: Tensor,
    steps: list[Tensor],
    changes: list[Tensor],
    largest: Tensor,
    inverse: Tensor | None = None,
    data_format: str = "channels_last",
) -> Tensor:
    """Return L-BFGS's direction (Nocedal 1980, algorithm 7.4 of Nocedal and Wright).

    Args:
        downhill: The negative gradient, 0 where a variable is held.
        free: 1 where a variable may move, 0 where it is held.
        steps: Shares of the last steps, oldest first.
        changes: The same of the gradient's changes.
        largest: What to multiply both with, (2, history).
        inverse: The inverse Hessian to begin from, by color and frequency; None for a multiple of
            the identity.
        data_format: Of a picture; without a meaning where there is no inverse.
    """

    def guessed(vector: Tensor) -> Tensor:
        return vector if inverse is None else smoothed(vector, inverse, data_format)

    def whole(vectors: list[Tensor], row: int, index: int) -> Tensor:
        return largest[row, index] * ops.cast(vectors[index], "float32")

    direction, newest, found = downhill, ops.zeros_like(downhill), ops.zeros(())
    weights = {}
    curvature_there = ops.zeros(())
    for index in reversed(range(len(steps))):
        step, masked = whole(steps, 0, index), whole(changes, 1, index) * free
        curvature = ops.sum(step * masked)
        roughness = ops.sum(masked * masked)
        # A pair whose curvature lies among the held variables says nothing here.
        useful = curvature > LEAST_CURVATURE * ops.sqrt(roughness * ops.sum(step * step))
        inverted = ops.where(useful, 1.0 / ops.where(useful, curvature, 1.0), 0.0)
        weight = inverted * ops.sum(step * direction)
        direction = direction - weight * masked
        weights[index] = inverted, weight
        first = ops.cast(useful, "float32") * (1.0 - found)
        newest, curvature_there = newest + first * masked, curvature_there + first * curvature
        found = found + first
    known = ops.sum(newest * guessed(newest))
    scale = ops.where(found > 0, curvature_there / ops.where(found > 0, known, 1.0), 1.0)
    direction = guessed(direction) * free * scale
    for index, (inverted, weight) in sorted(weights.items()):
        correction = weight - inverted * ops.sum(whole(changes, 1, index) * direction)
        direction = direction + correction * whole(steps, 0, index) * free
    return direction
