"""The sliced Wasserstein distance between features (Heitz et al. 2021), on the device.

A layer's features are points, one for each position. They are projected on directions, and along
each the projections are compared with an example's in order: the least with the least, and so on.
Where all positions of a picture have a guide's weight, an order is one of levels: how much weight
lies below.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from keras import ops

from maya_stylize.convert.network import Convolution, Pool
from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.statistics import positions_by_channels
from maya_stylize.engine.transport import LEVELS, UNITS, FloatArray


def directions(
    layers: Sequence[Convolution | Pool], taps: Sequence[str], random: np.random.Generator
) -> dict[str, FloatArray]:
    """Draw the directions on which layers' features are projected.

    There are as many as channels, which is what the paper takes; a quarter as many in the layers
    before the first pool, and half as many up to the second, where positions are many and patches
    small. Those of a layer are orthogonal, so that none tells what another does.

    Args:
        layers: The network's, up to the deepest of the taps.
        taps: The layers that are looked at.
        random: Draws them, the layers' one after the other.

    Returns:
        (C, D) by layer, each column of length one.
    """
    found, channels, pools = {}, 3, 0
    for layer in layers:
        if isinstance(layer, Convolution):
            channels = int(layer.weight.shape[0])
        else:
            pools += 1
        if layer.name in taps:
            count = -(-channels // (4, 2, 1)[min(pools, 2)])
            turned, _ = np.linalg.qr(random.normal(size=(channels, channels)))
            found[layer.name] = turned[:, :count].astype(np.float32)
    return found


def projections(features: Tensor, directions: Tensor, data_format: str) -> Tensor:
    """Return one picture's features projected on directions, as maps.

    Args:
        features: (1, H, W, C) for "channels_last", (1, C, H, W) for "channels_first".
        directions: (C, D).
        data_format: Which of the two.

    Returns:
        (D, H, W, 1), a map for each direction.
    """
    if data_format == "channels_first":
        features = ops.transpose(features, (0, 2, 3, 1))
    return ops.transpose(ops.matmul(features, directions), (3, 1, 2, 0))


def distance(
    features: Tensor,
    directions: Tensor,
    table: Tensor,
    data_format: str,
    counts: Tensor | None = None,
) -> Tensor:
    """Return the squared distance between one picture's features and an example's.

    It is the mean over directions of Σ g (p − q)², p being a projection, g its position's weight,
    and q the example's at the same level.

    Args:
        features: (1, H, W, C) for "channels_last", (1, C, H, W) for "channels_first".
        directions: (C, D).
        table: The example's quantiles, (D, LEVELS), or (R, D, LEVELS) for R regions.
        data_format: Of the features.
        counts: What each position counts for in each region, (R, H, W, 1), in units (`transport`);
            None where all count the same.

    Returns:
        A scalar, or (R,).
    """
    matrix = positions_by_channels(features, data_format)
    rows = ops.transpose(ops.matmul(matrix, directions))
    if counts is None:
        ordered = ops.sort(rows, axis=-1)
        below, share = _between(levels(rows[0]))
        columns = ops.transpose(table)
        low, high = ops.take(columns, below, axis=0), ops.take(columns, below + 1, axis=0)
        aims = ops.transpose(low + ops.expand_dims(share, -1) * (high - low))
        return ops.mean(ops.square(ordered - aims))
    order = ops.argsort(rows, axis=-1)
    ordered = ops.take_along_axis(rows, order, axis=-1)
    each = ops.take(ops.reshape(counts, (counts.shape[0], -1)), order, axis=1)  # (R, D, N)
    reached = ops.cast(ops.cumsum(each, axis=-1, dtype="int32"), "float32") / UNITS
    shares = ops.cast(each, "float32") / UNITS
    at = reached - shares / 2
    below, share = _between(at)
    low = ops.take_along_axis(table, below, axis=-1)
    high = ops.take_along_axis(table, below + 1, axis=-1)
    apart = ordered - (low + share * (high - low))
    return ops.mean(ops.sum(shares * ops.square(apart), axis=-1), axis=-1)


def levels(positions: Tensor) -> Tensor:
    """Return at which share of the order each of a picture's positions lies, (N,).

    Counted in whole numbers: float32 has no odd ones beyond 2^24, and a sum of ones stops there.

    Args:
        positions: (N,), of which only how many counts.
    """
    ones = ops.ones_like(positions, dtype="int32")
    reached = ops.cast(ops.cumsum(ones), "float32")
    return (reached - 0.5) / ops.cast(ops.sum(ones), "float32")


def _between(at: Tensor) -> tuple[Tensor, Tensor]:
    """Return between which quantiles of a table levels lie, and how far on the way."""
    place = ops.clip(at * LEVELS - 0.5, 0, LEVELS - 1)
    below = ops.minimum(ops.floor(place), LEVELS - 2)
    return ops.cast(below, "int32"), place - below
