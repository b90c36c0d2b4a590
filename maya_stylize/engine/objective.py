"""Statistics and targets to one scalar: texture and style transfer compose the same terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Union

import numpy as np
from keras import ops

from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.sliced import distance
from maya_stylize.engine.statistics import gram_matrix
from maya_stylize.engine.transport import counted
from maya_stylize.engine.vgg19 import FloatArray

# Of a layer: one number, or one for each of its regions, (R,).
Weight = Union[float, FloatArray]


@dataclass(frozen=True)
class Style:
    """How far the statistics are from an example's.

    Gram matrices are by Σ w/4 · Σ(G−Ĝ)² / C² (Gatys et al. 2015). Features that are projected on
    directions are by Σ w/4 of their squared distance from the example's (`sliced`). Where a picture
    has regions, each has statistics and weights of its own (Gatys et al. 2017).

    Attributes:
        measured: Ĝ of each layer, (C, C), or (R, C, C) for R regions; with directions the example's
            quantile tables, (D, LEVELS), or (R, D, LEVELS).
        weights: w of each layer.
        metrics: W of each layer, of the form of its Ĝ and symmetric, where W(G−Ĝ)W takes the place
            of G−Ĝ; empty where it does not.
        directions: On which each layer's features are projected, (C, D); empty where Gram matrices
            are compared.
    """

    measured: Mapping[str, FloatArray]
    weights: Mapping[str, Weight]
    metrics: Mapping[str, FloatArray] = field(default_factory=dict)
    directions: Mapping[str, FloatArray] = field(default_factory=dict)

    def apart(self, layer: str, gram: FloatArray) -> FloatArray:
        """Return what a picture's Gram matrix differs by, in the layer's metric."""
        difference = gram - self.measured[layer]
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
    the Ĝᵢ weighted by wᵢ. So are their quantiles, which are compared level by level.

    Attributes:
        style: The styles' mean.
        content: The content, with no layers where there is none.
        constant: What the styles' distances from their mean add to every loss.
        guides: What the picture's positions count for in each region, (R, H, W, 1) by layer, each
            region's with a sum of one; empty where the picture has no regions.
    """

    style: Style
    content: Content
    constant: float
    guides: Mapping[str, FloatArray] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        styles: Iterable[Style],
        content: Content | None = None,
        guides: Mapping[str, FloatArray] | None = None,
    ) -> Targets:
        """Return the targets of styles, at least one, and perhaps a content and guides.

        All styles are measured in the same directions, or all by their Gram matrices.
        """
        styles = list(styles)
        layers = list(dict.fromkeys(layer for style in styles for layer in style.weights))
        measured, weights, constant = {}, {}, 0.0
        for layer in layers:
            pairs = [
                (np.asarray(style.weights[layer]), np.asarray(style.measured[layer], np.float64))
                for style in styles
                if np.any(style.weights.get(layer, 0))
            ]
            total = np.asarray(sum(weight for weight, _ in pairs))
            mean = sum(
                (weight / np.maximum(total, 1e-30))[..., None, None] * gram
                for weight, gram in pairs
            )
            constant += sum(
                float(np.sum(weight / 4 * _squares(gram - mean))) for weight, gram in pairs
            )
            measured[layer] = np.asarray(mean, np.float32)
            weights[layer] = float(total) if total.ndim == 0 else np.asarray(total, np.float32)
        style = Style(measured, weights, directions=styles[0].directions)
        return cls(style, content or Content(), constant, guides or {})

    @cached_property
    def tensors(self) -> dict[str, Any]:
        """Everything as tensors on the device, for `loss`."""
        return {
            "measured": _tensors(self.style.measured),
            "style_weights": _tensors(self.style.weights),
            "metrics": _tensors(self.style.metrics),
            "directions": _tensors(self.style.directions),
            "guides": self._guides,
            "features": _tensors(self.content.features),
            "feature_weights": _tensors(self.content.weights),
            "constant": ops.convert_to_tensor(self.constant, "float32"),
        }

    @property
    def _guides(self) -> dict[str, Tensor]:
        """The guides as the style's terms take them: in units, where levels are counted."""
        if not self.style.directions:
            return _tensors(self.guides)
        return {
            layer: ops.convert_to_tensor(counted(guides)) for layer, guides in self.guides.items()
        }

    def style_loss(self, grams: Mapping[str, FloatArray]) -> float:
        """Return the style's share of the loss, the constant included, for a picture's Grams."""
        loss = self.constant
        for layer, weight in self.style.weights.items():
            apart = self.style.apart(layer, grams[layer])
            loss += float(np.sum(weight / 4 * _squares(apart)))
        return loss

    def pulls(self, grams: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Return the derivative of the loss by each Gram matrix for a picture's Grams."""
        pulls = {}
        for layer, weight in self.style.weights.items():
            apart = self.style.apart(layer, grams[layer])
            each = np.asarray(weight, np.float32)[..., None, None]
            pull = each / 2 * apart / apart.shape[-1] ** 2
            metric = self.style.metrics.get(layer)
            pulls[layer] = pull if metric is None else metric @ pull @ metric
        return pulls

    def layer_errors(self, measured: Mapping[str, FloatArray]) -> dict[str, float]:
        """Return ‖G−Ĝ‖/‖Ĝ‖ of every layer for a picture's Grams, or the same of its tables."""
        return {
            layer: float(np.linalg.norm(measured[layer] - target))
            / max(float(np.linalg.norm(target)), 1e-30)
            for layer, target in self.style.measured.items()
        }


def loss(
    features: Mapping[str, Tensor],
    targets: Mapping[str, Any],
    data_format: str,
    joint: Sequence[str] = (),
) -> Tensor:
    """Return the loss, a scalar.

    Args:
        features: A picture's, by layer.
        targets: As `Targets.tensors` holds them.
        data_format: Of the features.
        joint: The layers in which a material's maps are looked at together.
    """
    total = targets["constant"]
    for layer, target in targets["measured"].items():
        guides = targets["guides"].get(layer)
        if layer in targets["directions"]:
            directions = targets["directions"][layer]
            apart = distance(features[layer], directions, target, data_format, guides)
            total = total + ops.sum(targets["style_weights"][layer] / 4 * apart)
            continue
        difference = gram_matrix(features[layer], data_format, guides, layer in joint) - target
        if layer in targets["metrics"]:
            metric = targets["metrics"][layer]
            difference = ops.matmul(metric, ops.matmul(difference, metric))
        weight = targets["style_weights"][layer] / (4 * target.shape[-1] ** 2)
        squares = ops.sum(difference * difference, axis=(-2, -1))
        total = total + ops.sum(weight * squares)
    for layer, target in targets["features"].items():
        difference = features[layer] - target
        total = total + targets["feature_weights"][layer] / 4 * ops.mean(difference * difference)
    return total


def _squares(apart: FloatArray) -> FloatArray:
    """Return Σ(G−Ĝ)² / C² of one or of each of several differences, (...,); the mean of tables'."""
    count = apart.shape[-2] * apart.shape[-1]
    found: FloatArray = np.square(apart, dtype=np.float64).sum((-2, -1)) / count
    return found


def _tensors(values: Mapping[str, Any]) -> dict[str, Tensor]:
    return {layer: ops.convert_to_tensor(value, "float32") for layer, value in values.items()}
