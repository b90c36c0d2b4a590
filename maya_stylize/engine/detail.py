"""A picture enlarged by an example's own pixels, from the places that look alike.

Plain enlargement leaves an octave without its finest frequencies; the optimizer makes them out of
nothing, in dozens of evaluations. Here each pixel becomes the one of the larger example where the
smaller one looks most like it: nearest neighbors of 3x3 patches, with neighbors that agree on where
they come from preferred. Nothing is averaged, so that detail keeps its strength, and nothing is
kept of the coarse picture's own pixels, so that odd colors in it do not grow into specks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from maya_stylize.engine.beats import Beats
from maya_stylize.engine.vgg19 import FloatArray, Wrap

PATCH = 3
# So many of the example's patches are compared with at most.
MOST_PATCHES = 16384
# How often neighbors look whether one's place is better, and what it is worth, in mean distances
# to the best match, if all eight agree.
ROUNDS = 4
AGREEMENT = 1.0
# Rows of the table of distances that are computed at once.
BLOCK = 1024

# How much a hint's channel counts beside a color.
HINT = 2.0

Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


def enlarged(
    coarse: FloatArray,
    size: tuple[int, int],
    small: FloatArray,
    large: FloatArray,
    random: np.random.Generator,
    wrap: Wrap = (False, False),
    hints: tuple[FloatArray, FloatArray] | None = None,
    usable: Bools | None = None,
) -> Beats[FloatArray]:
    """Return a picture enlarged, each pixel one of the example's.

    Args:
        coarse: The picture, (h, w, 3).
        size: Width and height of the enlarged picture.
        small: The example at the picture's scale.
        large: The example at the enlarged picture's scale.
        random: Chooses the patches that are compared with, where there are too many.
        wrap: Whether the picture wraps from top to bottom, and from left to right; the example
            does not.
        hints: What else is to be alike, of the picture (h, w, R) and of the example at its scale.
        usable: Which pixels of the example at the picture's scale may be looked at; None for all.
    """
    width, height = size
    wanted, known = coarse, small
    if hints is not None:
        wanted, known = (
            np.concatenate([picture, HINT * hint], -1)
            for picture, hint in zip((coarse, small), hints, strict=True)
        )
    allowed = _allowed(small.shape[:2], usable)
    found = yield from _places(wanted, known, allowed, random, wrap)
    rows, columns = np.arange(height)[:, None], np.arange(width)[None]
    own_row = rows * coarse.shape[0] // height
    own_column = columns * coarse.shape[1] // width
    place = found[own_row, own_column]
    # Where in the large example: the place, and how far into the coarse pixel this one lies.
    row = place[..., 0] * (large.shape[0] / small.shape[0])
    column = place[..., 1] * (large.shape[1] / small.shape[1])
    row += rows - own_row * (height / coarse.shape[0])
    column += columns - own_column * (width / coarse.shape[1])
    row = np.clip(np.rint(row), 0, large.shape[0] - 1).astype(np.int64)
    column = np.clip(np.rint(column), 0, large.shape[1] - 1).astype(np.int64)
    pixels: FloatArray = large[row, column]
    return pixels


def copied(
    pixels: FloatArray,
    free: Bools,
    example: FloatArray,
    usable: Bools,
    random: np.random.Generator,
    rounds: int,
) -> Beats[FloatArray]:
    """Return a picture whose free pixels are copies of the example's that look most alike.

    Round by round, so that what is copied comes to lie in pieces that fit to each other and to the
    pixels that are kept (after Wexler, Shechtman, Irani 2004, *Space-Time Video Completion*).

    Args:
        pixels: (H, W, 3).
        free: (H, W): which are replaced.
        example: (h, w, 3), at the picture's scale.
        usable: (h, w): which of its pixels may be looked at.
        random: Chooses the patches that are compared with, where there are too many.
        rounds: How often.
    """
    for _ in range(rounds):
        found = yield from places(pixels, example, usable, random)
        copies = example[found[..., 0], found[..., 1]]
        pixels = np.where(free[..., None], copies, pixels)
    return pixels


def places(
    pixels: FloatArray, example: FloatArray, usable: Bools, random: np.random.Generator
) -> Beats[Places]:
    """Return for each pixel the row and column of the example where it looks most alike.

    The arguments are those of `copied`.

    Returns:
        (H, W, 2).
    """
    allowed = _allowed(example.shape[:2], usable)
    return (yield from _places(pixels, example, allowed, random, (False, False)))


def _allowed(size: tuple[int, ...], usable: Bools | None) -> Bools:
    """Return where in an example a patch may lie: inside of it, on usable pixels alone.

    Where there is no such patch, its middle decides; where there is not even that, all may.
    """
    radius, (height, width) = PATCH // 2, size
    inside = np.zeros((height, width), bool)
    inside[radius : height - radius, radius : width - radius] = True
    if usable is None:
        return inside
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(usable, radius), (PATCH, PATCH), axis=(0, 1)
    )
    whole = inside & windows.all((-2, -1))
    return next(each for each in (whole, inside & usable, inside) if each.any())


def _places(
    coarse: FloatArray,
    small: FloatArray,
    allowed: Bools,
    random: np.random.Generator,
    wrap: Wrap,
) -> Beats[Places]:
    """Return for each pixel the row and column of the example where it looks most alike."""
    wanted, known = _patches(coarse, wrap), _patches(small, (False, False))
    nearest = yield from _nearest(wanted, known, allowed, random)
    return (yield from _agreed(nearest, wanted, known, allowed, wrap))


def _nearest(
    wanted: FloatArray, known: FloatArray, allowed: Bools, random: np.random.Generator
) -> Beats[Places]:
    inner = np.argwhere(allowed)
    if len(inner) > MOST_PATCHES:
        inner = inner[np.sort(random.choice(len(inner), MOST_PATCHES, replace=False))]
    keys = known[inner[:, 0], inner[:, 1]]
    norms = (keys * keys).sum(1)
    queries = wanted.reshape(-1, keys.shape[1])
    best = np.empty(len(queries), np.int64)
    for first in range(0, len(queries), BLOCK):
        block = slice(first, first + BLOCK)
        best[block] = (norms - 2 * queries[block] @ keys.T).argmin(1)
        yield
    found: Places = inner[best].reshape(*wanted.shape[:2], 2)
    return found


def _agreed(
    places: Places, wanted: FloatArray, known: FloatArray, allowed: Bools, wrap: Wrap
) -> Beats[Places]:
    """Let each pixel take the place next to a neighbor's, where that costs less."""
    here = _grid(slice(wanted.shape[0]), slice(wanted.shape[1]))
    last = np.array(known.shape[:2]) - 1

    def distances(at: Places) -> FloatArray:
        apart = wanted - known[at[..., 0], at[..., 1]]
        found: FloatArray = np.einsum("hwc,hwc->hw", apart, apart)
        return found

    around = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]
    distance = distances(places)
    bonus = AGREEMENT * float(distance.mean()) / len(around)
    for _ in range(ROUNDS):
        offsets = places - here
        neighbors = [_moved(offsets, shift, wrap) for shift in around]

        def agreement(offset: Places, neighbors: list[Places] = neighbors) -> Places:
            total: Places = sum((each == offset).all(-1) for each in neighbors)
            return total

        best, cost = offsets.copy(), distance - bonus * agreement(offsets)
        for candidate in neighbors:
            at = candidate + here
            inside = ((at >= 0) & (at <= last)).all(-1)
            at = np.clip(at, 0, last)
            inside &= allowed[at[..., 0], at[..., 1]]
            apart = distances(at)
            candidate_cost = apart - bonus * agreement(candidate)
            better = inside & (candidate_cost < cost)
            cost = np.where(better, candidate_cost, cost)
            best[better], distance[better] = candidate[better], apart[better]
            yield
        places = best + here
    return places


def _moved(offsets: Places, shift: tuple[int, int], wrap: Wrap) -> Places:
    """Return each pixel's neighbor's way to its place, over the edges that wrap as well."""
    moved = np.roll(offsets, shift, (0, 1))
    for axis, (step, wraps) in enumerate(zip(shift, wrap, strict=True)):
        if step and wraps:
            edge = (slice(None),) * axis + (0 if step > 0 else -1,)
            moved[edge][..., axis] += step * offsets.shape[axis]
    return moved


def _grid(rows: slice, columns: slice) -> Places:
    """Return row and column of each pixel of a part, (H, W, 2)."""
    return np.moveaxis(np.asarray(np.mgrid[rows, columns], np.int64), 0, -1)


def _patches(pixels: FloatArray, wrap: Wrap) -> FloatArray:
    """Return the values around each pixel, (H, W, channels · PATCH²)."""
    radius = PATCH // 2
    padded = pixels
    for axis, wraps in enumerate(wrap):
        margins = [(radius, radius) if axis == each else (0, 0) for each in range(3)]
        padded = np.pad(padded, margins, mode="wrap" if wraps else "reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (PATCH, PATCH), axis=(0, 1))
    return np.ascontiguousarray(windows.reshape(*pixels.shape[:2], -1))
