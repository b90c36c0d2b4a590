"""Style transfer: one picture's features, other pictures' statistics (Gatys et al. 2016)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from keras import ops

from maya_stylize.engine import color_control
from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.beats import Beats
from maya_stylize.engine.evaluation import Evaluation, Guides
from maya_stylize.engine.guidance import Regions, guides_of, weights_of
from maya_stylize.engine.objective import Content, Targets, Weight
from maya_stylize.engine.plan import with_longer_side
from maya_stylize.engine.schedule import Octave
from maya_stylize.engine.seamless import shrunk
from maya_stylize.engine.texture import channel_range, directions_of, style
from maya_stylize.engine.vgg19 import FloatArray, to_network
from maya_stylize.images.resize import resize
from maya_stylize.jobs import StylizeJob


@dataclass(frozen=True)
class Transfer:
    """A `StylizeJob` with its pictures read.

    Attributes:
        job: What is wanted.
        content: (H, W, 3) RGB on the sRGB curve, nominally 0 to 1.
        styles: The same for each of the job's styles, of any sizes.
        start: The picture to start from, of any size; None for noise.
        regions: Which area is to look like which; None for all styles all over.
        shown: What counts of each style and of the content where colors are matched, as for
            `color_control`; empty where all does.
    """

    job: StylizeJob
    content: FloatArray
    styles: tuple[FloatArray, ...]
    start: FloatArray | None
    regions: Regions | None = None
    shown: tuple[color_control.Shown, ...] = ()

    # Its loss falls a little sooner with it, but with specks of color on the way.
    by_color = False
    # Whether the result wraps from top to bottom, and from left to right.
    wrap = (False, False)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the result: the content's shape at the job's size."""
        height, width = self.content.shape[:2]
        return with_longer_side((width, height), self.job.size)

    @property
    def smallest_example(self) -> int:
        """Shorter side of the smallest style, at the job's style scale."""
        return min(min(self._style_size(style)) for style in self.styles)

    @property
    def largest_example(self) -> int:
        """Pixels of the largest style, at the job's style scale."""
        return max(math.prod(self._style_size(style)) for style in self.styles)

    @property
    def taps(self) -> list[str]:
        """The layers looked at."""
        content = self.job.content_layers if self.job.content_weight else {}
        weights = [*self.job.style_layers.items(), *content.items()]
        return list(dict.fromkeys(layer for layer, weight in weights if weight))

    def begin(self, octave: Octave, random: np.random.Generator) -> FloatArray:
        """Return the picture to start from at the octave's size, or noise around middle gray."""
        _, _, start = self._seen
        if start is None:
            noise = random.normal(0.5, 0.25, (octave.height, octave.width, 3))
            return noise.astype(np.float32)
        return resize(start, octave.width, octave.height)

    def targets(self, octave: Octave, evaluation: Evaluation, pixels: FloatArray) -> Beats[Targets]:
        """Return what the loss is measured against at the octave's scale.

        The styles' weights are made to sum to one.
        """
        job, regions, encoder = self.job, self.regions, evaluation.encoder
        _, examples, _ = self._seen
        directions = directions_of(job, octave, job.style_layers, encoder)
        styles = []
        total = sum(each.weight for each in job.styles)
        for index, (each, pixels) in enumerate(zip(job.styles, examples, strict=True)):
            width, height = self._style_size(pixels)
            size = shrunk(width, octave.shrink), shrunk(height, octave.shrink)
            share = each.weight / total
            weights: dict[str, Weight] = {
                layer: share * weight for layer, weight in job.style_layers.items()
            }
            source: Guides = {}
            if regions is not None:
                weights = {**weights_of(job.style_layers, regions, index)}
                source = guides_of(regions.sources[index], size, encoder.layers, list(weights))
            example = resize(pixels, *size)
            styles.append((yield from style(evaluation, example, weights, source, directions)))
        content = yield from self._content(octave, evaluation)
        guides: Guides = {}
        if regions is not None:
            layers = [layer for layer, weight in job.style_layers.items() if weight]
            size = octave.width, octave.height
            guides = guides_of(regions.target, size, encoder.layers, layers)
        return Targets.of(styles, content, guides)

    def enlarged(
        self, pixels: FloatArray, before: Octave, octave: Octave, random: np.random.Generator
    ) -> Beats[FloatArray]:
        """Return a coarser octave's result at the octave's size."""
        yield
        return resize(pixels, octave.width, octave.height)

    def _content(self, octave: Octave, evaluation: Evaluation) -> Beats[Content]:
        weights = {
            layer: self.job.content_weight * weight
            for layer, weight in self.job.content_layers.items()
            if weight and self.job.content_weight
        }
        if not weights:
            return Content()
        pixels = resize(self._seen[0], octave.width, octave.height)
        picture = to_network(pixels, evaluation.encoder.backend.data_format)
        features = yield from evaluation.features(ops.convert_to_tensor(picture), list(weights))
        return Content(features, weights)

    def bounds(self, octave: Octave, data_format: str) -> tuple[Tensor, Tensor]:
        """Return black and white, widened where a picture whose colors are taken goes beyond.

        A style counts as far as its colors are taken.
        """
        taken = 1 - self._strength
        low = min(0.0, float(self.content.min()))
        high = max(1.0, float(self.content.max()))
        for each in self.styles:
            low = min(low, taken * float(each.min()))
            high = max(high, taken * float(each.max()) + (1 - taken))
        ends = np.array([[[low] * 3, [high] * 3]], np.float32)
        lower, upper = channel_range(to_network(ends, data_format), data_format)
        return ops.convert_to_tensor(lower), ops.convert_to_tensor(upper)

    def finish(self, pixels: FloatArray) -> FloatArray:
        """Return the picture, in the content's colors where only its light and dark was made."""
        if self.job.keep_colors != "luminance" or not self._strength:
            return pixels
        height, width = pixels.shape[:2]
        content = resize(self.content, width, height)
        return color_control.with_colors_of(content, pixels, self._strength)

    @cached_property
    def _seen(self) -> tuple[FloatArray, tuple[FloatArray, ...], FloatArray | None]:
        """Content, styles and start as the network sees them."""
        return color_control.seen_by_transfer(
            self.job.keep_colors,
            self._strength,
            self.content,
            self.styles,
            self.start,
            self.shown,
        )

    @property
    def _strength(self) -> float:
        """How far the content's colors are kept; 0 where they are not."""
        return 0.0 if self.job.keep_colors == "no" else self.job.color_strength

    def _style_size(self, pixels: FloatArray) -> tuple[int, int]:
        height, width = pixels.shape[:2]
        return with_longer_side((width, height), self.job.style_scale * max(self.size))
