"""What a picture's colors and frequencies teach about curvature, for L-BFGS to begin from.

The curvature of a texture's loss spans four orders of magnitude: coarse light and dark is stiff,
the finest chroma is flat. L-BFGS's own first guess is one number for all of them. Here it is one
for each of three colors in each of seven bands of frequency: how much the gradient changed there in
the last steps, for how far the picture moved there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.vgg19 import FloatArray

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
        powers: `powers_beyond` for that format, or the same compiled.
        learns: Whether steps are looked at; where not, all curvatures are taken for alike.
    """

    def __init__(
        self,
        size: tuple[int, int],
        data_format: str,
        powers: Callable[..., Tensor] | None = None,
        learns: bool = True,
    ) -> None:
        height, width = size
        self._learns = learns
        self._of = powers or partial(powers_beyond, data_format=data_format)
        self._radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None])
        self._known: tuple[Powers, Tensor] | None = None

    def learned(self, powers: Powers, step: Tensor, change: Tensor) -> Powers:
        """Return the powers with one more step, and the gradient's change over it."""
        if not self._learns:
            return powers
        radius = ops.convert_to_tensor(self._radius[None, ..., None].astype(np.float32))
        pair = ops.concatenate([step, change])
        beyond: Array = ops.convert_to_numpy(self._of(pair, radius)).astype(np.float64)
        within = np.maximum(beyond - np.pad(beyond[..., 1:], ((0, 0), (0, 0), (0, 1))), 0)
        steps, changes = within / (within[0].sum() / self._radius.size + TINY)
        return Powers(
            DECAY * powers.steps + steps, DECAY * powers.changes + changes, powers.seen + 1
        )

    def inverse(self, powers: Powers) -> Tensor:
        """Return one over the curvature at each frequency of each color, for `smoothed`.

        Returns:
            (1, H, W, 3), of mean 1; all 1 while too little is known.
        """
        if self._known is None or self._known[0] is not powers:
            self._known = powers, ops.convert_to_tensor(self._between(powers.curvature))
        return self._known[1]

    def _between(self, curvature: Array | None) -> FloatArray:
        if curvature is None:
            return np.ones((1, *self._radius.shape, len(COLORS)), np.float32)
        at, centers = np.log(np.maximum(self._radius, CENTERS[0])), np.log(CENTERS)
        logs = [np.interp(at, centers, row) for row in np.log(curvature)]
        inverse: FloatArray = np.exp(-np.stack(logs, -1, dtype=np.float32)[None])
        inverse /= inverse.mean(dtype=np.float64).astype(np.float32)
        return inverse


def smoothed(pair: Tensor, inverse: Tensor, data_format: str) -> Tensor:
    """Return the inverse Hessian that a spectrum has learned, times two pictures, up to a factor.

    Symmetric and positive definite. One is the real part of what is transformed, the other the
    imaginary one.

    Args:
        pair: (2, H, W, 3) or (2, 3, H, W).
        inverse: As `Spectrum.inverse` gives it, (1, H, W, 3).
        data_format: Of the pictures.
    """
    sizes = ops.sqrt(ops.sum(pair * pair, axis=(1, 2, 3), keepdims=True)) + TINY
    # Of one length, so that the rounding errors of the one are not the other.
    real, imaginary = ops.fft2(_planes(pair / sizes, data_format))
    shares = ops.transpose(inverse[0], (2, 0, 1))
    filtered = ops.stack(ops.ifft2((real * shares, imaginary * shares)))
    back = "bdhw,dc->bhwc" if data_format == "channels_last" else "bdhw,dc->bchw"
    return sizes * ops.einsum(back, filtered, _colors())


def powers_beyond(pair: Tensor, radius: Tensor, data_format: str) -> Tensor:
    """Return two pictures' power in all frequencies, and beyond each of EDGES, by color, (2, 3, 7).

    Args:
        pair: (2, H, W, 3) or (2, 3, H, W).
        radius: The frequencies in cycles per pixel, (1, H, W, 1).
        data_format: Of the pictures.
    """
    sizes = ops.sqrt(ops.sum(pair * pair, axis=(1, 2, 3), keepdims=True)) + TINY
    real, imaginary = ops.fft2(_planes(pair / sizes, data_format))
    # What a real picture's transform is at k, it is at -k but for the sign of its imaginary part.
    real_there, imaginary_there = (
        ops.roll(ops.flip(part, (1, 2)), (1, 1), (1, 2)) for part in (real, imaginary)
    )
    first = (real + real_there) ** 2 + (imaginary - imaginary_there) ** 2
    second = (imaginary + imaginary_there) ** 2 + (real - real_there) ** 2
    power = ops.stack([first, second]) / 4
    outside = (ops.where(radius[0, :, :, 0] >= edge, power, 0.0) for edge in EDGES)
    sums = ops.stack([ops.sum(part, axis=(2, 3)) for part in (power, *outside)], axis=2)
    return sums * sizes[:, :, 0] ** 2


def _planes(pair: Tensor, data_format: str) -> tuple[Tensor, Tensor]:
    """Return light and dark and the two kinds of chroma of two pictures, (3, H, W) each."""
    taken = "bhwc,dc->bdhw" if data_format == "channels_last" else "bchw,dc->bdhw"
    first, second = ops.unstack(ops.einsum(taken, pair, _colors()), 2)
    return first, second


def _colors() -> Tensor:
    return ops.convert_to_tensor(COLORS.astype(np.float32))
