"""The network and both papers' losses in float64 NumPy, written from the formulas."""

from __future__ import annotations

import numpy as np

from maya_stylize.convert.network import Convolution, Network


def features(network: Network, picture, pooling: str) -> dict[str, np.ndarray]:
    """Return every layer's maps (H, W, C) of a picture (H, W, 3) in network units."""
    maps, found = np.asarray(picture, np.float64), {}
    for layer in network.layers:
        maps = _convolve(maps, layer) if isinstance(layer, Convolution) else _pool(maps, pooling)
        found[layer.name] = maps
    return found


def _convolve(maps, layer):
    height, width, _ = maps.shape
    padded = np.pad(maps, ((1, 1), (1, 1), (0, 0)))
    weight = layer.weight.astype(np.float64)
    result = np.zeros((height, width, weight.shape[0])) + layer.bias.astype(np.float64)
    for row in range(3):
        for column in range(3):
            window = padded[row : row + height, column : column + width]
            result += np.einsum("hwi,oi->hwo", window, weight[:, :, row, column])
    return np.maximum(result, 0)


def _pool(maps, kind):
    height, width, channels = maps.shape
    result = np.empty((-(-height // 2), -(-width // 2), channels))
    for row in range(result.shape[0]):
        for column in range(result.shape[1]):
            window = maps[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            reduce = np.mean if kind == "average" else np.max
            result[row, column] = reduce(window, axis=(0, 1))
    return result


def gram(maps):
    """Return FᵀF / M."""
    flat = maps.reshape(-1, maps.shape[-1])
    return flat.T @ flat / flat.shape[0]


def texture_loss(network, picture, exemplar, weights, pooling="average"):
    """Return Σ w/4 Σ(G−Ĝ)²/C²."""
    ours, theirs = features(network, picture, pooling), features(network, exemplar, pooling)
    return sum(
        weight
        / 4
        * np.sum((gram(ours[layer]) - gram(theirs[layer])) ** 2)
        / ours[layer].shape[-1] ** 2
        for layer, weight in weights.items()
    )


def content_loss(network, picture, content, weights, pooling="average"):
    """Return Σ w/4 mean (F−F̂)²."""
    ours, theirs = features(network, picture, pooling), features(network, content, pooling)
    return sum(
        weight / 4 * np.mean((ours[layer] - theirs[layer]) ** 2)
        for layer, weight in weights.items()
    )


LEVELS = 4096


def quantile_table(values, weights=None):
    """Return each row's quantiles at (k + 1/2) / 4096, numbers in the middle of their weights."""
    values = np.asarray(values, np.float64)
    weights = np.ones(values.shape[1]) if weights is None else np.asarray(weights, np.float64)
    values, weights = values[:, weights > 0], weights[weights > 0] / weights.sum()
    levels, table = (np.arange(LEVELS) + 0.5) / LEVELS, []
    for row in values:
        order = np.argsort(row, kind="stable")
        table.append(np.interp(levels, _middles(weights[order]), row[order]))
    return np.stack(table)


def sliced_distance(ours, theirs, weights=None, their_weights=None):
    """Return the mean over rows of Σ g (p − q)², q being theirs at the level of p."""
    count = ours.shape[1]
    weights = np.full(count, 1 / count) if weights is None else np.asarray(weights, np.float64)
    total = 0.0
    for row, table in zip(ours, quantile_table(theirs, their_weights), strict=True):
        order = np.argsort(row, kind="stable")
        shares = weights[order]
        aims = np.interp(_middles(shares) * LEVELS - 0.5, np.arange(LEVELS), table)
        total += np.sum(shares * (row[order] - aims) ** 2)
    return total / len(ours)


def _middles(weights):
    """Return how much lies below the middle of each weight."""
    return np.cumsum(weights) - weights / 2
