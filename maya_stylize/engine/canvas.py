"""Where a repair takes place: the picture, what of it is made anew, and a seam in its middle.

To let a picture wrap it is rolled by half its size: what was its edge lies in the middle, where a
band is made anew like any other hole, and what was its middle is the edge and wraps already.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maya_stylize.engine.seamless import wrap_of
from maya_stylize.errors import JobError
from maya_stylize.images.fill import filled
from maya_stylize.jobs import RepairJob

Bools = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float32]

# A mask's pixels count as made anew from this value on, so that its softest edge does.
LEAST = 1 / 512
# A band that is found is as wide as so many correlation lengths, and no less and no more than this
# many pixels and this share of the side.
LENGTHS = 6.0
NARROWEST = 16
WIDEST_SHARE = 0.25
# What is kept around the part that is made anew and looked at with it, in pixels; and the shortest
# side of both.
CONTEXT = 96
SHORTEST = 128
# Where a correlation has fallen to this, structures have ended.
CORRELATED = 0.2


@dataclass(frozen=True, eq=False)
class Canvas:
    """A picture to repair.

    Attributes:
        pixels: (H, W, 3), rolled, what is made anew filled smoothly.
        free: (H, W), rolled: what is made anew.
        roll: How many rows and columns it is rolled by.
        band: Width in pixels of the bands along seams; 0 where there is none.
        window: Rows and columns of the part that is worked on.
    """

    pixels: FloatArray
    free: Bools
    roll: tuple[int, int]
    band: int
    window: tuple[slice, slice]

    @classmethod
    def of(cls, job: RepairJob, picture: FloatArray, mask: FloatArray | None) -> Canvas:
        """Return the canvas of a job.

        Args:
            job: What is wanted.
            picture: (H, W, 3) RGB on the sRGB curve, nominally 0 to 1.
            mask: (H, W), 0 to 1: where it is made anew; None for nowhere.

        Raises:
            JobError: Nothing of the picture is kept, or the band is wider than that.
        """
        left, top, right, bottom = job.extend
        wraps = wrap_of(job)
        band = (job.band or _found(picture, wraps)) if any(wraps) else 0
        free = _free(job, picture.shape[:2], mask, band)
        pixels = np.pad(picture, ((top, bottom), (left, right), (0, 0)), "edge")
        if free.all():
            raise JobError(
                "mask: nothing of the picture is kept.",
                "Leave a part of it black, choose a narrower band, or make a new texture instead.",
            )
        pixels = filled(pixels, (~free).astype(np.float32))
        roll = _roll(job, free)
        free = np.roll(free, roll, (0, 1))
        return cls(np.roll(pixels, roll, (0, 1)), free, roll, band, _window(free))

    @property
    def made(self) -> Bools:
        """What is made anew of the result, (H, W), as it lies there."""
        return np.roll(self.free, (-self.roll[0], -self.roll[1]), (0, 1))

    def result(self, part: FloatArray) -> FloatArray:
        """Return the picture, as it lies in the result, with a part in its window."""
        pixels = self.pixels.copy()
        pixels[self.window] = part
        return np.roll(pixels, (-self.roll[0], -self.roll[1]), (0, 1))


def worked_on(job: RepairJob, size: tuple[int, int], mask: FloatArray | None) -> tuple[int, int]:
    """Return width and height of the part of a canvas that is worked on, at most.

    Args:
        job: What is wanted.
        size: Width and height of the picture.
        mask: (H, W), 0 to 1: where it is made anew; None for nowhere.
    """
    free = _free(job, (size[1], size[0]), mask, job.band or int(WIDEST_SHARE * min(size)))
    rows, columns = _window(np.roll(free, _roll(job, free), (0, 1)))
    return columns.stop - columns.start, rows.stop - rows.start


def _free(job: RepairJob, shape: tuple[int, ...], mask: FloatArray | None, band: int) -> Bools:
    """Return what is made anew, of the picture as it is extended."""
    left, top, right, bottom = job.extend
    free = np.zeros(shape, bool) if mask is None else mask >= LEAST
    free = np.pad(free, ((top, bottom), (left, right)), constant_values=True)
    for axis, wraps in enumerate(wrap_of(job)):
        if wraps:
            lines = np.moveaxis(free, axis, 0)
            lines[: band // 2] = True
            lines[max(0, len(lines) - (band - band // 2)) :] = True
    return free


def _roll(job: RepairJob, free: Bools) -> tuple[int, int]:
    """Return how many rows and columns a canvas is rolled by."""
    down, across = wrap_of(job)
    return free.shape[0] // 2 * down, free.shape[1] // 2 * across


def _window(free: Bools) -> tuple[slice, slice]:
    """Return rows and columns of what is made anew, with its context."""
    found = []
    for axis, side in enumerate(free.shape):
        lines = np.flatnonzero(free.any(1 - axis))
        first, last = int(lines[0]) - CONTEXT, int(lines[-1]) + 1 + CONTEXT
        more = max(0, SHORTEST - (last - first) + 1) // 2
        found.append(slice(max(0, first - more), min(side, last + more)))
    return found[0], found[1]


def _found(picture: FloatArray, wraps: tuple[bool, bool]) -> int:
    """Return a band's width for the size of a picture's structures."""
    shorter = min(side for side, wrap in zip(picture.shape[:2], wraps, strict=True) if wrap)
    length = max(_correlation_length(picture, axis) for axis, wrap in enumerate(wraps) if wrap)
    widest = max(2, int(WIDEST_SHARE * shorter))
    return int(np.clip(round(LENGTHS * length), min(NARROWEST, widest), widest))


def _correlation_length(picture: FloatArray, axis: int) -> int:
    """Return how many pixels apart along an axis brightness hardly tells of brightness any more."""
    gray = picture.mean(-1, dtype=np.float64)
    gray -= gray.mean()
    side = gray.shape[axis]
    power = np.abs(np.fft.rfft(gray, 2 * side, axis)) ** 2
    sums = np.fft.irfft(power, 2 * side, axis)
    kept = np.moveaxis(sums, axis, 0)[:side].sum(1) / np.arange(side, 0, -1)
    below = np.flatnonzero(kept <= CORRELATED * max(kept[0], 1e-12))
    return int(below[0]) if below.size else side
