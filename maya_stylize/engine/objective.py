"""Statistics and targets to one scalar: texture and style transfer compose the same terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from keras import ops

from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.statistics import gram_matrix
from maya_stylize.engine.vgg19 import FloatArray


@dataclass(frozen=True)
class Style:
    """How far the Gram matrices are from an example's: Σ w/4 · Σ(G−Ĝ)² / C² (Gatys et al. 2015).

    Attributes:
        grams: Ĝ of each layer, (C, C).
        weights: w of each layer.
        metrics: W of each layer, (C, C) and symmetric, where W(G−Ĝ)W takes the place of G−Ĝ; empty
            where it does not.
    """

    grams: Mapping[str, FloatArray]
    weights: Mapping[str, float]
    metrics: Mapping[str, FloatArray] = field(default_factory=dict)

    def apart(self, layer: str, gram: FloatArray) -> FloatArray:
        """Return what a picture's Gram matrix differs by, in the layer's metric, (C, C)."""
        difference = gram - self.grams[layer]
        metric = self.metrics.get(layer)
        return difference if metric is None else metric @ difference @ metric


@dataclass(frozen=True)
class Content:
    """How far the features are from a picture's: Σ w/4 · mean (F−F̂)² (Gatys et al. 2016).

    The authors' code takes plain means for both terms; with the quarter that the Gram term has
    from the 2015 paper, their weights keep their balance here, and keep it at every size.

    Attributes:
        features: F̂ of each layer, (1, H, W, C) or (1, C, H, W).
        weights: w of each layer.
    """

    features: Mapping[str, FloatArray] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Targets:
    """What a picture's loss is measured against.

    Several styles are one: Σ wᵢ‖G−Ĝᵢ‖² is W‖G−Ĝ‖² plus a constant, with W = Σ wᵢ and Ĝ the mean of
    the Ĝᵢ weighted by wᵢ.

    Attributes:
        style: The styles' mean.
        content: The content, with no layers where there is none.
        constant: What the styles' distances from their mean add to every loss.
    """

    style: Style
    content: Content
    constant: float

    @classmethod
    def of(cls, styles: Iterable[Style], content: Content | None = None) -> Targets:
        """Return the targets of styles, at least one, and perhaps a content."""
        styles = list(styles)
        layers = list(dict.fromkeys(layer for style in styles for layer in style.weights))
        grams, weights, constant = {}, {}, 0.0
        for layer in layers:
            pairs = [
                (style.weights[layer], np.asarray(style.grams[layer], np.float64))
                for style in styles
                if style.weights.get(layer)
            ]
            total = sum(weight for weight, _ in pairs)
            mean = sum(weight / total * gram for weight, gram in pairs)
            constant += sum(
                weight / 4 * float(np.sum((gram - mean) ** 2)) / gram.shape[0] ** 2
                for weight, gram in pairs
            )
            grams[layer], weights[layer] = np.asarray(mean, np.float32), total
        return cls(Style(grams, weights), content or Content(), constant)

    @cached_property
    def tensors(self) -> dict[str, Any]:
        """Everything as tensors on the device, for `loss`."""
        return {
            "grams": _tensors(self.style.grams),
            "gram_weights": _tensors(self.style.weights),
            "metrics": _tensors(self.style.metrics),
            "features": _tensors(self.content.features),
            "feature_weights": _tensors(self.content.weights),
            "constant": ops.convert_to_tensor(self.constant, "float32"),
        }

    def style_loss(self, grams: Mapping[str, FloatArray]) -> float:
        """Return the style's share of the loss, the constant included, for a picture's Grams."""
        loss = self.constant
        for layer, weight in self.style.weights.items():
            apart = self.style.apart(layer, grams[layer])
            loss += weight / 4 * float(np.sum(np.square(apart, dtype=np.float64))) / apart.size
        return loss

    def pulls(self, grams: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Return the derivative of the loss by each Gram matrix, (C, C), for a picture's Grams."""
        pulls = {}
        for layer, weight in self.style.weights.items():
            pull = weight / 2 * self.style.apart(layer, grams[layer]) / grams[layer].shape[0] ** 2
            metric = self.style.metrics.get(layer)
            pulls[layer] = pull if metric is None else metric @ pull @ metric
        return pulls

    def layer_errors(self, grams: Mapping[str, FloatArray]) -> dict[str, float]:
        """Return ‖G−Ĝ‖/‖Ĝ‖ of every layer for a picture's Grams."""
        return {
            layer: float(np.linalg.norm(grams[layer] - target))
            / max(float(np.linalg.norm(target)), 1e-30)
            for layer, target in self.style.grams.items()
        }


def loss(features: Mapping[str, Tensor], targets: Mapping[str, Any], data_format: str) -> Tensor:
    """Return the loss, a scalar.

    Args:
        features: A picture's, by layer.
        targets: As `Targets.tensors` holds them.
        data_format: Of the features.
    """
    total = targets["constant"]
    for layer, target in targets["grams"].items():
        difference = gram_matrix(features[layer], data_format) - target
        if layer in targets["metrics"]:
            metric = targets["metrics"][layer]
            difference = ops.matmul(metric, ops.matmul(difference, metric))
        weight = targets["gram_weights"][layer] / (4 * target.shape[0] ** 2)
        total = total + weight * ops.sum(difference * difference)
    for layer, target in targets["features"].items():
        difference = features[layer] - target
        total = total + targets["feature_weights"][layer] / 4 * ops.mean(difference * difference)
    return total


def _tensors(values: Mapping[str, Any]) -> dict[str, Tensor]:
    return {layer: ops.convert_to_tensor(value, "float32") for layer, value in values.items()}
