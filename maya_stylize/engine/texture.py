"""Texture synthesis: the statistics of an exemplar, and nothing else (Gatys et al. 2015)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from keras import ops

from maya_stylize.engine import sliced
from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.beats import Beats
from maya_stylize.engine.detail import enlarged
from maya_stylize.engine.encoder import Encoder
from maya_stylize.engine.evaluation import (
    NO_DIRECTIONS,
    NO_GUIDES,
    Directions,
    Evaluation,
    Guides,
)
from maya_stylize.engine.guidance import Regions, guides_of, weights_of
from maya_stylize.engine.histogram import match_histogram
from maya_stylize.engine.objective import Style, Targets, Weight
from maya_stylize.engine.plan import looked_at
from maya_stylize.engine.random_phase import noise_like
from maya_stylize.engine.schedule import LOSSES, Octave
from maya_stylize.engine.seamless import example_size, wrap_of
from maya_stylize.engine.temper import tempered
from maya_stylize.engine.vgg19 import FloatArray, Wrap, to_network
from maya_stylize.images.resize import resize
from maya_stylize.jobs import MaterialJob, StylizeJob, SynthesizeJob


def style(
    evaluation: Evaluation,
    pixels: FloatArray,
    weights: Mapping[str, Weight],
    guides: Guides = NO_GUIDES,
    directions: Directions = NO_DIRECTIONS,
) -> Beats[Style]:
    """Return how far a picture's statistics are from those of an example.

    Args:
        evaluation: Of the network.
        pixels: The example, (H, W, 3) RGB on the sRGB curve, nominally 0 to 1.
        weights: Weight of each layer; a layer of weight 0 is left out.
        guides: Of the example's regions, as for `Evaluation.measured`.
        directions: As for `Evaluation.measured`.
    """
    picture = to_network(pixels, evaluation.encoder.backend.data_format)
    measured = yield from evaluation.example_measured(picture, guides, directions)
    used = {layer: weight for layer, weight in weights.items() if np.any(weight)}
    return Style({layer: measured[layer] for layer in used}, used, directions=directions)


def directions_of(
    job: SynthesizeJob | StylizeJob | MaterialJob,
    octave: Octave,
    layers: Mapping[str, float],
    encoder: Encoder,
) -> Directions:
    """Return on which directions features are projected in an octave; none for Gram matrices.

    Each octave has its own, so that what one leaves open the next may look at; within one they
    stay, and the optimizer has a function that does not change.

    Args:
        job: What is wanted.
        octave: The octave.
        layers: The weights of the layers that have statistics.
        encoder: The network.
    """
    if isinstance(job, MaterialJob) or job.statistics != "sliced":
        return NO_DIRECTIONS
    seed = (job.seed, octave.width, octave.height, LOSSES.index(octave.loss))
    taps = [layer for layer, weight in layers.items() if weight]
    return sliced.directions(encoder.layers, taps, np.random.default_rng(seed))


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
        regions: Which area is to look like which; None for one texture all over.
    """

    job: SynthesizeJob | MaterialJob
    exemplar: FloatArray
    regions: Regions | None = None

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
    def shown(self) -> FloatArray:
        """The exemplar's pixels in its first region, (N, 3), or all of them, (H, W, 3)."""
        if self.regions is None:
            return self.exemplar
        return self.exemplar[self.regions.sources[0][..., 0] > 0]

    @property
    def wrap(self) -> Wrap:
        """Whether the result wraps from top to bottom, and from left to right."""
        return wrap_of(self.job)

    @property
    def taps(self) -> list[str]:
        """The layers looked at."""
        return [layer for layer, weight in self.job.layers.items() if weight]

    def begin(self, octave: Octave, random: np.random.Generator) -> FloatArray:
        """Return noise with the exemplar's colors and frequencies, or each region's."""
        size, example = (octave.height, octave.width), self.example(octave)
        if self.regions is None:
            return noise_like(example, size, random, self.wrap)
        targets, sources = self._hints(octave, example)
        begun = np.zeros((*size, example.shape[-1]), np.float32)
        for region in range(self.regions.count):
            noise = noise_like(example, size, random, self.wrap, sources[..., region])
            begun += targets[..., region, None] * noise
        return begun

    def targets(self, octave: Octave, evaluation: Evaluation, pixels: FloatArray) -> Beats[Targets]:
        """Return what the loss is measured against at the octave's scale."""
        example, regions, encoder = self.example(octave), self.regions, evaluation.encoder
        directions = directions_of(self.job, octave, self.job.layers, encoder)
        if regions is None:
            learned = yield from style(evaluation, example, self.job.layers, directions=directions)
            return tempered(Targets.of([learned]), octave.loss)
        size = example.shape[1], example.shape[0]
        source = guides_of(regions.sources[0], size, encoder.layers, self.taps)
        weights = weights_of(self.job.layers, regions, 0)
        learned = yield from style(evaluation, example, weights, source, directions)
        size = octave.width, octave.height
        guides = guides_of(regions.target, size, encoder.layers, self.taps, self.wrap)
        return tempered(Targets.of([learned], guides=guides), octave.loss)

    def enlarged(
        self, pixels: FloatArray, before: Octave, octave: Octave, random: np.random.Generator
    ) -> Beats[FloatArray]:
        """Return a coarser octave's result at the octave's size, with the exemplar's detail."""
        size = octave.width, octave.height
        small, large = self.example(before), self.example(octave)
        hints = None if self.regions is None else self._hints(before, small)
        return (yield from enlarged(pixels, size, small, large, random, self.wrap, hints))

    def bounds(self, octave: Octave, data_format: str) -> tuple[Tensor, Tensor]:
        """Return the exemplar's range in each channel, as the authors' recipe has it."""
        picture = to_network(self.example(octave), data_format)
        lower, upper = channel_range(picture, data_format)
        return ops.convert_to_tensor(lower), ops.convert_to_tensor(upper)

    def finish(self, pixels: FloatArray) -> FloatArray:
        """Return the picture with the exemplar's histogram, if that is wanted.

        With regions, whose areas may be of other shares than in the exemplar, it is not matched.
        """
        painted = isinstance(self.job, SynthesizeJob) and self.job.regions
        if not self.job.match_histogram or painted:
            return pixels
        return match_histogram(pixels, self.shown)

    def example(self, octave: Octave) -> FloatArray:
        """Return the exemplar at the octave's scale."""
        size = self._example_size((octave.width, octave.height), octave.shrink)
        return resize(self.exemplar, *size)

    def _hints(self, octave: Octave, small: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the regions of an octave's result and of its example."""
        assert self.regions is not None
        target = resize(self.regions.target, octave.width, octave.height, self.wrap)
        return target, resize(self.regions.sources[0], small.shape[1], small.shape[0])

    def _example_size(self, octave: tuple[int, int], shrink: int) -> tuple[int, int]:
        height, width = self.exemplar.shape[:2]
        return example_size(self.job, (width, height), self.size, octave, shrink)
