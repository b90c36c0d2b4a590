"""What a picture's colors and frequencies teach about curvature, for L-BFGS to begin from.

The curvature of a texture's loss spans four orders of magnitude: coarse light and dark is stiff,
the finest chroma is flat. L-BFGS's own first guess is one number for all of them. Here it is one
for each of three colors in each of seven bands of frequency: how much the gradient changed there in
the last steps, for how far the picture moved there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from maya_stylize.engine.backend.types import Tensor

# Light and dark and two kinds of chroma, orthonormal; RGB and BGR give the same three.
COLORS = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]]) / np.sqrt([[3], [2], [6]])
# Where bands end, and their centers, between which is interpolated; in cycles per pixel.
EDGES = (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 0.36)
CENTERS = (0.011, 0.024, 0.047, 0.094, 0.19, 0.305, 0.53)
# What the weight of a step becomes with every further one, and after how many they are believed.
DECAY = 0.9
FIRST_USE = 5
# The least curvature that a band is credited with, as a share of the largest.
LEAST_SHARE = 1e-4
TINY = 1e-30

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Powers:
    """How far the last steps went in each band of each color, and how the gradient changed there.

    Attributes:
        steps: (3, 7), squares, later steps weighing more.
        changes: (3, 7), the same of the gradient's changes.
        seen: How many steps there were.
    """

    steps: Array
    changes: Array
    seen: int

    @classmethod
    def none(cls) -> Powers:
        """Return what is known before the first step."""
        nothing = np.zeros((len(COLORS), len(CENTERS)))
        return cls(nothing, nothing, 0)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Powers:
        """Return what `to_json` gave."""
        return cls(np.array(data["steps"]), np.array(data["changes"]), data["seen"])

    def to_json(self) -> dict[str, Any]:
        """Return the same as plain data, to the bit."""
        steps, changes = self.steps.tolist(), self.changes.tolist()
        return {"steps": steps, "changes": changes, "seen": self.seen}

    @cached_property
    def curvature(self) -> Array | None:
        """The curvature in each band, (3, 7); None while too little is known."""
        if self.seen < FIRST_USE:
            return None
        found = np.sqrt(self.changes / np.maximum(self.steps, TINY))
        return np.maximum(found, max(LEAST_SHARE * float(found.max()), TINY))


class Spectrum:
    """Takes pictures of one size apart by color and frequency.

    Args:
        size: Height and width of the pictures.
        data_format: "channels_last" for (1, H, W, 3), "channels_first" for (1, 3, H, W).
    """

    def __init__(self, size: tuple[int, int], data_format: str) -> None:
        height, width = size
        self._equation = ("bhwc,dc->dhw", "bdhw,dc->bhwc")
        if data_format == "channels_first":
            self._equation = ("bchw,dc->dhw", "bdhw,dc->bchw")
        self._radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None])
        self._outside = [
            ops.convert_to_tensor((self._radius >= e).astype("float32")) for e in EDGES
        ]
        self._colors = ops.convert_to_tensor(COLORS.astype(np.float32))
        self._filter: tuple[Powers, Tensor] | None = None

    def learned(self, powers: Powers, step: Tensor, change: Tensor) -> Powers:
        """Return the powers with one more step, and the gradient's change over it."""
        scale = 1 / (float(ops.sum(step * step)) + TINY)
        return Powers(
            DECAY * powers.steps + scale * self._power(step),
            DECAY * powers.changes + scale * self._power(change),
            powers.seen + 1,
        )

    def smoothed(self, powers: Powers, picture: Tensor) -> Tensor:
        """Return the inverse Hessian that the powers tell, times a picture, up to a factor.

        Symmetric and positive definite; the identity while too little is known.
        """
        if powers.curvature is None:
            return picture
        if self._filter is None or self._filter[0] is not powers:
            self._filter = powers, self._inverse(powers.curvature)
        planes = ops.einsum(self._equation[0], picture, self._colors)
        filtered = []
        for color in range(len(COLORS)):
            real, imaginary = ops.fft2((planes[color], ops.zeros_like(planes[color])))
            inverse = self._filter[1][color]
            filtered.append(ops.ifft2((real * inverse, imaginary * inverse))[0])
        return ops.einsum(self._equation[1], ops.stack(filtered)[None], self._colors)

    def _inverse(self, curvature: Array) -> Tensor:
        """Return one over the curvature at each frequency of each color, (3, H, W), of mean 1."""
        at, centers = np.log(np.maximum(self._radius, CENTERS[0])), np.log(CENTERS)
        logs = [np.interp(at, centers, row) for row in np.log(curvature)]
        inverse = np.exp(-np.asarray(logs, np.float32))
        return ops.convert_to_tensor(inverse / inverse.mean(dtype=np.float64).astype(np.float32))

    def _power(self, picture: Tensor) -> Array:
        """Return the power in each band of each color, (3, 7)."""
        planes = ops.einsum(self._equation[0], picture, self._colors)
        rows = []
        for color in range(len(COLORS)):
            real, imaginary = ops.fft2((planes[color], ops.zeros_like(planes[color])))
            power = real * real + imaginary * imaginary
            beyond = [ops.sum(power), *(ops.sum(power * mask) for mask in self._outside)]
            rows.append(ops.convert_to_numpy(ops.stack(beyond)))
        sums = np.asarray(rows, np.float64)
        return np.maximum(sums - np.pad(sums[:, 1:], ((0, 0), (0, 1))), 0)
