"""A flatter loss for most of the way: quick to minimize, and near the true one's minimum.

Gram matrices have a few large eigenvalues and hundreds of small ones, and the shallow layers are
stiff: while they are held tightly, the deep layer that makes up most of the last loss can only
creep along the valley that they leave it. Here differences are measured as W(G−Ĝ)W with a W that
weighs small eigenvalues more, and the shallow layers count for less. The true loss comes after it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from maya_stylize.engine.objective import Targets
from maya_stylize.engine.vgg19 import FloatArray

# W = (Ĝ + FLOOR · λmax) ^ (−POWER / 2), up to a factor.
POWER = 0.25
FLOOR = 1e-2
# What the layers' weights are multiplied with, shallowest first, the deepest last; those between
# have the first.
DEEPEST = (0.3, 1.0)
SHALLOW = 0.1


def tempered(targets: Targets) -> Targets:
    """Return targets of the same layers with the flatter loss."""
    style = targets.style
    layers = list(style.weights)
    shares = [*[SHALLOW] * len(layers), *DEEPEST][-len(layers) :]
    weights = {
        layer: share * style.weights[layer] for layer, share in zip(layers, shares, strict=True)
    }
    metrics = {layer: _flattening(gram) for layer, gram in style.grams.items()}
    return replace(targets, style=replace(style, weights=weights, metrics=metrics))


def untempered(targets: Targets) -> Targets:
    """Return targets of the same layers with the true loss, in the flatter one's form.

    One compiled function serves both.
    """
    metrics = {
        layer: np.eye(gram.shape[0], dtype=np.float32)
        for layer, gram in targets.style.grams.items()
    }
    return replace(targets, style=replace(targets.style, metrics=metrics))


def _flattening(gram: FloatArray) -> FloatArray:
    """Return W, symmetric, scaled so that WĜW has the norm of Ĝ."""
    if not np.isfinite(gram).all() or not gram.any():  # the loss will be refused, or is met
        return np.eye(gram.shape[0], dtype=np.float32)
    values, vectors = np.linalg.eigh(np.asarray(gram, np.float64))
    largest = float(values.max())
    powers = (np.maximum(values, 0) + FLOOR * largest) ** (-POWER / 2)
    metric: FloatArray = (vectors * powers) @ vectors.T
    metric *= np.sqrt(np.linalg.norm(gram) / np.linalg.norm(metric @ gram @ metric))
    return metric.astype(np.float32)
