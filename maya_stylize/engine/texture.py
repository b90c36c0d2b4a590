"""Texture synthesis: the Gram matrices of an exemplar, and nothing else (Gatys et al. 2015)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.histogram import match_histogram
from maya_stylize.engine.objective import GramTerm, Objective
from maya_stylize.engine.schedule import Octave, shrunk
from maya_stylize.engine.statistics import gram_matrix
from maya_stylize.engine.vgg19 import FloatArray, to_network
from maya_stylize.images.resize import resize
from maya_stylize.jobs import SynthesizeJob


def gram_terms(
    model: keras.Model, pixels: FloatArray, weights: Mapping[str, float], data_format: str
) -> list[GramTerm]:
    """Return the terms that pull a picture's Gram matrices towards those of an example.

    Args:
        model: From a picture to features by layer name.
        pixels: The example, (H, W, 3) RGB on the sRGB curve, nominally 0 to 1.
        weights: Weight of each layer; a layer of weight 0 is left out.
        data_format: Of the model.
    """
    features = model(ops.convert_to_tensor(to_network(pixels, data_format)))
    return [
        GramTerm(layer, gram_matrix(features[layer], data_format), weight)
        for layer, weight in weights.items()
        if weight
    ]


def objective(
    model: keras.Model, pixels: FloatArray, weights: Mapping[str, float], data_format: str
) -> Objective:
    """Return the loss of the 2015 paper; the arguments are those of `gram_terms`."""
    return Objective(model, gram_terms(model, pixels, weights, data_format), data_format)


def channel_range(picture: FloatArray, data_format: str) -> tuple[FloatArray, FloatArray]:
    """Return the least and the greatest value of each channel, in a shape that broadcasts."""
    axes = (1, 2) if data_format == "channels_last" else (2, 3)
    return picture.min(axis=axes, keepdims=True), picture.max(axis=axes, keepdims=True)


@dataclass(frozen=True)
class Synthesis:
    """A `SynthesizeJob` with its picture read.

    Attributes:
        job: What is wanted.
        exemplar: (H, W, 3) RGB on the sRGB curve, nominally 0 to 1.
    """

    job: SynthesizeJob
    exemplar: FloatArray

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the result."""
        return self.job.size or (self.exemplar.shape[1], self.exemplar.shape[0])

    @property
    def smallest_example(self) -> int:
        """Shorter side of the exemplar."""
        height, width = self.exemplar.shape[:2]
        shorter: int = min(height, width)
        return shorter

    @property
    def taps(self) -> list[str]:
        """The layers looked at."""
        return [layer for layer, weight in self.job.layers.items() if weight]

    def begin(self, octave: Octave, random: np.random.Generator) -> FloatArray:
        """Return noise with the exemplar's mean and spread in each channel."""
        noise = random.normal(size=(octave.height, octave.width, 3))
        mean, spread = self.exemplar.mean((0, 1)), self.exemplar.std((0, 1))
        return np.asarray(mean + spread * noise, np.float32)

    def objective(self, octave: Octave, model: keras.Model, data_format: str) -> Objective:
        """Return the loss at the octave's scale."""
        return objective(model, self._example(octave), self.job.layers, data_format)

    def bounds(self, octave: Octave, data_format: str) -> tuple[Tensor, Tensor]:
        """Return the exemplar's range in each channel, as the authors' recipe has it."""
        picture = to_network(self._example(octave), data_format)
        lower, upper = channel_range(picture, data_format)
        return ops.convert_to_tensor(lower), ops.convert_to_tensor(upper)

    def finish(self, pixels: FloatArray) -> FloatArray:
        """Return the picture with the exemplar's histogram, if that is wanted."""
        return match_histogram(pixels, self.exemplar) if self.job.match_histogram else pixels

    def _example(self, octave: Octave) -> FloatArray:
        height, width = self.exemplar.shape[:2]
        return resize(self.exemplar, shrunk(width, octave.shrink), shrunk(height, octave.shrink))
