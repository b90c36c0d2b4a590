"""Statistics and targets to one scalar: texture and style transfer compose the same terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Union

import keras
from keras import ops

from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.statistics import gram_matrix


@dataclass(frozen=True)
class GramTerm:
    """How far one layer's Gram matrix is from a target: w/4 · Σ(G−Ĝ)² / C² (Gatys et al. 2015).

    Attributes:
        layer: The layer's name.
        target: Ĝ, (C, C).
        weight: w.
    """

    layer: str
    target: Tensor
    weight: float

    def value(self, gram: Tensor) -> Tensor:
        """Return the term for the picture's own Gram matrix, (C, C)."""
        difference = gram - self.target
        return self.weight / 4 * ops.sum(difference * difference) / self.target.shape[0] ** 2


@dataclass(frozen=True)
class FeatureTerm:
    """How far one layer's features are from a target: w/4 · mean (F−F̂)² (Gatys et al. 2016).

    The authors' code takes plain means for both terms; with the quarter that the Gram term has
    from the 2015 paper, their weights keep their balance here, and keep it at every size.

    Attributes:
        layer: The layer's name.
        target: F̂, of the features' shape.
        weight: w.
    """

    layer: str
    target: Tensor
    weight: float

    def value(self, features: Tensor) -> Tensor:
        """Return the term for the picture's own features."""
        difference = features - self.target
        return self.weight / 4 * ops.mean(difference * difference)


Term = Union[GramTerm, FeatureTerm]


class Objective:
    """The sum of terms over the features of a picture; call it with the picture.

    Args:
        model: From a picture to features by layer name, as `vgg19.build` makes it.
        terms: What is summed.
        data_format: Of the model.
    """

    def __init__(self, model: keras.Model, terms: Sequence[Term], data_format: str) -> None:
        self.model = model
        self.terms = tuple(terms)
        self.data_format = data_format

    def __call__(self, picture: Tensor) -> Tensor:
        """Return the loss, a scalar; picture is (1, H, W, 3) or (1, 3, H, W)."""
        features = self.model(picture)
        grams = self._grams(features)
        total = 0.0
        for term in self.terms:
            value = term.value((grams if isinstance(term, GramTerm) else features)[term.layer])
            total = total + value
        return total

    def layer_errors(self, picture: Tensor) -> dict[str, float]:
        """Return ‖G−Ĝ‖/‖Ĝ‖ of every layer, Ĝ being the weighted mean of its targets."""
        grams = self._grams(self.model(picture))
        errors = {}
        for layer, gram in grams.items():
            terms = [term for term in self.terms if isinstance(term, GramTerm)]
            of_layer = [term for term in terms if term.layer == layer]
            weight = sum(term.weight for term in of_layer)
            target = sum(term.weight / weight * term.target for term in of_layer)
            errors[layer] = float(ops.norm(gram - target) / ops.maximum(ops.norm(target), 1e-30))
        return errors

    def _grams(self, features: Mapping[str, Tensor]) -> dict[str, Tensor]:
        layers = dict.fromkeys(term.layer for term in self.terms if isinstance(term, GramTerm))
        return {layer: gram_matrix(features[layer], self.data_format) for layer in layers}
