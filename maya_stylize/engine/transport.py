"""Where each of many numbers goes when they are moved to others' quantiles at the least cost.

Along a line the cheapest transport keeps the order: the least of the numbers goes to the least of
the others, and so on. The others are kept as a table of their quantiles at evenly spread levels, so
that any count of numbers, each with a weight, can be compared with them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int32]

# Quantiles in a table, at (k + 1/2) / LEVELS.
LEVELS = 4096
# What weights that sum to one are counted in: as whole numbers their sums are exact in any order,
# so that a picture in tiles has the levels of the whole.
UNITS = 1 << 30


def counted(weights: FloatArray) -> Counts:
    """Return weights in whole units.

    What rounding takes from one it gives to the next, so that millions of small weights add up to
    all units as well.

    Args:
        weights: (R, ...), each of the R with a sum of one, or of zero.
    """
    reached = np.cumsum(weights.reshape(len(weights), -1), axis=1, dtype=np.float64)
    counts = np.diff(np.rint(reached * UNITS), axis=1, prepend=0)
    return counts.astype(np.int32).reshape(weights.shape)


def quantiles(values: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Return the quantile tables of rows of numbers.

    Between two numbers, each of which lies in the middle of its share, a quantile is theirs in
    proportion; beyond the outermost it is the outermost.

    Args:
        values: (D, N).
        weights: (N,), with a sum of one; None where all weigh the same. A number of no weight is
            none; where none has any, the tables are all 0.

    Returns:
        (D, LEVELS), ascending along each row.
    """
    if weights is not None:
        values, weights = values[:, weights > 0], weights[weights > 0]
    count = values.shape[1]
    levels = (np.arange(LEVELS) + 0.5) / LEVELS
    table = np.zeros((len(values), LEVELS), np.float32)
    if not count:
        return table
    middles = (np.arange(count) + 0.5) / count
    for row, numbers in enumerate(values):
        if weights is None:
            table[row] = np.interp(levels, middles, np.sort(numbers))
            continue
        order = np.argsort(numbers, kind="stable")
        shares = weights[order].astype(np.float64)
        reached = np.cumsum(shares)
        table[row] = np.interp(levels, (reached - shares / 2) / reached[-1], numbers[order])
    return table


def transported(values: FloatArray, table: FloatArray, counts: Counts | None = None) -> FloatArray:
    """Return where a row of numbers goes.

    Args:
        values: (N,); of equal ones the first goes to the lesser.
        table: Quantiles of the others, (LEVELS,).
        counts: What each weighs, (N,), in units; None where all weigh the same.

    Returns:
        (N,).
    """
    order = np.argsort(values, kind="stable")
    if counts is None:
        at = (np.arange(values.size) + 0.5) / values.size
    else:
        shares = counts[order].astype(np.int64)
        at = (np.cumsum(shares) - shares / 2) / UNITS
    goes = np.empty(values.size, np.float32)
    goes[order] = np.interp(at * LEVELS - 0.5, np.arange(LEVELS), table)
    return goes
