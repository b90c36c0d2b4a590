"""What L-BFGS remembers of its last steps, in half precision.

It is what takes the most memory where a picture is large.
"""

from __future__ import annotations

from dataclasses import dataclass

from keras import ops

from maya_stylize.engine.backend.types import Tensor

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
