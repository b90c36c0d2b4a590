"""Easier losses on the way to the true one, near its minimum and quicker to lower.

Gram matrices have a few large eigenvalues and hundreds of small ones, and the shallow layers are
stiff: while they are held tightly, the deep layer that makes up most of the last loss can only
creep along the valley that they leave it. All but the *true* loss, which comes last, measure
differences as W(G−Ĝ)W, with a W that weighs small eigenvalues more. In the *deep* and *flat* losses
the shallow layers count for less: for much less in octaves whose shallow layers the next one makes
anew. In the *level* loss they count for more, which fetches what is left of them.

Projections of features are compared without a W, for they have no eigenvalues.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from maya_stylize.engine.objective import Targets
from maya_stylize.engine.vgg19 import FloatArray

# W = (Ĝ + FLOOR · λmax) ^ (−POWER / 2), up to a factor.
POWER = 0.25
FLOOR = 1e-2


@dataclass(frozen=True)
class Stage:
    """One of the losses.

    Attributes:
        flat: Whether differences are measured with W.
        shares: What the layers' weights are multiplied with: the deepest last, and the first for
            all that are shallower still.
    """

    flat: bool
    shares: tuple[float, ...]


STAGES = {
    "deep": Stage(True, (0.1, 0.3, 1.0)),
    "flat": Stage(True, (0.5, 0.7, 1.0)),
    "level": Stage(True, (1.5, 1.0)),
    "true": Stage(False, (1.0,)),
}


def tempered(targets: Targets, stage: str) -> Targets:
    """Return targets of the same layers with a stage's loss.

    All stages of a job have the same form, so that one compiled function serves them.
    """
    style, wanted = targets.style, STAGES[stage]
    layers = list(style.weights)
    shares = [wanted.shares[0]] * len(layers) + list(wanted.shares[1:])
    weights = {
        layer: share * style.weights[layer]
        for layer, share in zip(layers, shares[-len(layers) :], strict=True)
    }
    metrics = {
        layer: _flattening(gram) if wanted.flat else _identity(gram)
        for layer, gram in style.measured.items()
        if layer not in style.directions
    }
    return replace(targets, style=replace(style, weights=weights, metrics=metrics))


def _flattening(gram: FloatArray) -> FloatArray:
    """Return W, symmetric, scaled so that WĜW has the norm of Ĝ; one for each region's Ĝ."""
    if gram.ndim > 2:
        return np.stack([_flattening(each) for each in gram])
    if not np.isfinite(gram).all() or not gram.any():  # the loss will be refused, or is met
        return _identity(gram)
    values, vectors = np.linalg.eigh(np.asarray(gram, np.float64))
    largest = float(values.max())
    powers = (np.maximum(values, 0) + FLOOR * largest) ** (-POWER / 2)
    metric: FloatArray = (vectors * powers) @ vectors.T
    metric *= np.sqrt(np.linalg.norm(gram) / np.linalg.norm(metric @ gram @ metric))
    return metric.astype(np.float32)


def _identity(gram: FloatArray) -> FloatArray:
    return np.broadcast_to(np.eye(gram.shape[-1], dtype=np.float32), gram.shape)
