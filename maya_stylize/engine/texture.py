"""Texture synthesis: the Gram matrices of an exemplar, and nothing else (Gatys et al. 2015)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from keras import ops

from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.beats import Beats
from maya_stylize.engine.detail import enlarged
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.histogram import match_histogram
from maya_stylize.engine.objective import Style, Targets
from maya_stylize.engine.plan import looked_at
from maya_stylize.engine.schedule import Octave
from maya_stylize.engine.seamless import example_size, wrap_of
from maya_stylize.engine.temper import tempered
from maya_stylize.engine.vgg19 import FloatArray, Wrap, to_network
from maya_stylize.images.resize import resize
from maya_stylize.jobs import SynthesizeJob


def style(evaluation: Evaluation, pixels: FloatArray, weights: Mapping[str, float]) -> Beats[Style]:
    """Return how far a picture's Gram matrices are from those of an example.

    Args:
        evaluation: Of the network.
        pixels: The example, (H, W, 3) RGB on the sRGB curve, nominally 0 to 1.
        weights: Weight of each layer; a layer of weight 0 is left out.
    """
    data_format = evaluation.encoder.backend.data_format
    grams = yield from evaluation.example_grams(to_network(pixels, data_format))
    used = {layer: weight for layer, weight in weights.items() if weight}
    return Style({layer: grams[layer] for layer in used}, used)


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

    # Whether curvature is told apart by color and frequency (`spectrum`).
    by_color = True

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
    def largest_example(self) -> int:
        """Pixels of the exemplar, as large as it is looked at."""
        height, width = self.exemplar.shape[:2]
        return math.prod(looked_at(self.job, (width, height), self.size))

    @property
    def wrap(self) -> Wrap:
        """Whether the result wraps from top to bottom, and from left to right."""
        return wrap_of(self.job)

    @property
    def taps(self) -> list[str]:
        """The layers looked at."""
        return [layer for layer, weight in self.job.layers.items() if weight]

    def begin(self, octave: Octave, random: np.random.Generator) -> FloatArray:
        """Return noise with the exemplar's mean and spread in each channel."""
        noise = random.normal(size=(octave.height, octave.width, 3))
        mean, spread = self.exemplar.mean((0, 1)), self.exemplar.std((0, 1))
        return np.asarray(mean + spread * noise, np.float32)

    def targets(self, octave: Octave, evaluation: Evaluation) -> Beats[Targets]:
        """Return what the loss is measured against at the octave's scale."""
        example = self.example(octave)
        targets = Targets.of([(yield from style(evaluation, example, self.job.layers))])
        return tempered(targets, octave.loss)

    def enlarged(
        self, pixels: FloatArray, before: Octave, octave: Octave, random: np.random.Generator
    ) -> Beats[FloatArray]:
        """Return a coarser octave's result at the octave's size, with the exemplar's detail."""
        size = octave.width, octave.height
        small, large = self.example(before), self.example(octave)
        return (yield from enlarged(pixels, size, small, large, random, self.wrap))

    def bounds(self, octave: Octave, data_format: str) -> tuple[Tensor, Tensor]:
        """Return the exemplar's range in each channel, as the authors' recipe has it."""
        picture = to_network(self.example(octave), data_format)
        lower, upper = channel_range(picture, data_format)
        return ops.convert_to_tensor(lower), ops.convert_to_tensor(upper)

    def finish(self, pixels: FloatArray) -> FloatArray:
        """Return the picture with the exemplar's histogram, if that is wanted."""
        return match_histogram(pixels, self.exemplar) if self.job.match_histogram else pixels

    def example(self, octave: Octave) -> FloatArray:
        """Return the exemplar at the octave's scale."""
        size = self._example_size((octave.width, octave.height), octave.shrink)
        return resize(self.exemplar, *size)

    def _example_size(self, octave: tuple[int, int], shrink: int) -> tuple[int, int]:
        height, width = self.exemplar.shape[:2]
        return example_size(self.job, (width, height), self.size, octave, shrink)
