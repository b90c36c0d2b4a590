"""A part of a picture made anew: texture synthesis with the rest of the pixels held.

What is made anew begins as copies of the picture's own patches (`detail.copied`). The loss is that
of texture synthesis; the optimizer's bounds hold every other pixel. Two regions have Gram matrices
of their own: what lies inside, and the border, where the layers see old and new at once. In a
single mean sharp edges all along the border could be made up for by a dull inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from keras import ops

from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.beats import Beats, finish
from maya_stylize.engine.canvas import Bools, Canvas
from maya_stylize.engine.detail import copied, enlarged, places
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.guidance import guides_of, normalized, seen_by_layers
from maya_stylize.engine.objective import Style, Targets
from maya_stylize.engine.schedule import Octave
from maya_stylize.engine.seamless import shrunk
from maya_stylize.engine.temper import tempered
from maya_stylize.engine.texture import style
from maya_stylize.engine.vgg19 import FloatArray, to_network
from maya_stylize.images.resize import resize
from maya_stylize.jobs import RepairJob

# In a smaller octave a pixel is made anew that has more than this share of what is.
LEAST_SHARE = 0.02
# What the inside and the border count for: a border whose old half has other colors than most of
# the example must not make up for that with its new half.
SHARES = np.array([1.0, 0.1], np.float32)
# How often patches are looked for anew in the coarsest octave, and in the others, of at most so
# many pixels.
FIRST_ROUNDS, ROUNDS = 10, 4
LARGEST_COPIED = 512 * 512
# A direction of color with less than this share of the strongest one's variance is none.
LEAST_COLOR = 1e-3


@dataclass(frozen=True)
class Repair:
    """A `RepairJob` with its pictures read.

    Attributes:
        job: What is wanted.
        canvas: The picture, and what of it is made anew.
        exemplar: Another picture to learn from, (H, W, 3); None for the canvas itself.
    """

    job: RepairJob
    canvas: Canvas
    exemplar: FloatArray | None

    # Whether curvature is told apart by color and frequency (`spectrum`).
    by_color = True
    # Of the canvas, whose seams lie in its middle.
    wrap = (False, False)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the part that is worked on."""
        height, width = self._free.shape
        return width, height

    @property
    def smallest_example(self) -> int:
        """Shorter side of what is learned from."""
        height, width = self._example.shape[:2]
        return int(min(height, width))

    @property
    def largest_example(self) -> int:
        """Pixels of what is learned from."""
        height, width = self._example.shape[:2]
        return int(height * width)

    @property
    def taps(self) -> list[str]:
        """The layers looked at."""
        return [layer for layer, weight in self.job.layers.items() if weight]

    def begin(self, octave: Octave, random: np.random.Generator) -> FloatArray:
        """Return the picture with copies of its patches, found from noise, in what is made anew."""
        free, held = self._at(octave)
        noise = random.normal(size=held.shape)
        spread = self._example[self._known > 0].std(0)
        noisy = np.where(free[..., None], held + spread * noise, held).astype(np.float32)
        return finish(self._copied(noisy, octave, random, FIRST_ROUNDS))

    def targets(self, octave: Octave, evaluation: Evaluation, pixels: FloatArray) -> Beats[Targets]:
        """Return what the loss is measured against at the octave's scale.

        Those places of the example count that what is made anew looks most alike, as often as it
        does: a hole in the sky is not to have the mean of sky and ground.
        """
        layers = evaluation.encoder.layers
        example, known = self._example_at(octave)
        size = known.shape[1], known.shape[0]
        used = yield from self._used(pixels)
        source = guides_of(used[..., None], size, layers, self.taps)
        learned = yield from style(evaluation, example, self.job.layers, source)
        free, _ = self._at(octave)
        seen = seen_by_layers(free[..., None].astype(np.float32), layers, self.taps)
        guides, grams, weights = {}, {}, {}
        for layer, share in seen.items():
            masks = np.concatenate([share**2, share * (1 - share)], -1)
            guides[layer], is_there = normalized(masks)
            grams[layer] = np.repeat(learned.measured[layer], 2, axis=0)
            weights[layer] = np.float32(self.job.layers[layer]) * SHARES * is_there
        both = Style(grams, weights)
        return tempered(Targets.of([both], guides=guides), octave.loss)

    def enlarged(
        self, pixels: FloatArray, before: Octave, octave: Octave, random: np.random.Generator
    ) -> Beats[FloatArray]:
        """Return a coarser octave's result at the octave's size, with the example's detail."""
        size = octave.width, octave.height
        (small, known), (large, _) = self._example_at(before), self._example_at(octave)
        detailed = yield from enlarged(
            pixels, size, small, large, random, usable=known > 1 - LEAST_SHARE
        )
        free, held = self._at(octave)
        joined = np.where(free[..., None], detailed, held)
        rounds = ROUNDS if octave.width * octave.height <= LARGEST_COPIED else 0
        return (yield from self._copied(joined, octave, random, rounds))

    def bounds(self, octave: Octave, data_format: str) -> tuple[Tensor, Tensor]:
        """Return the example's range in each channel; what is kept has no range."""
        free, held = self._at(octave)
        example, known = self._example_at(octave)
        learned = example[known > LEAST_SHARE]
        ends = (
            to_network(np.where(free[..., None], end, held), data_format)
            for end in (learned.min(0), learned.max(0))
        )
        lower, upper = (ops.convert_to_tensor(end) for end in ends)
        return lower, upper

    def finish(self, pixels: FloatArray) -> FloatArray:
        """Return the whole picture, without colors that what is learned from does not have.

        Directions of color in which that hardly varies, such as those away from gray in a gray
        picture, are left out of what is made anew.
        """
        known = self._example[self._known > 0].astype(np.float64)
        mean = known.mean(0)
        values, vectors = np.linalg.eigh(np.cov(known.T))
        kept = vectors[:, values > LEAST_COLOR * values[-1]]
        flat = mean + (pixels - mean) @ kept @ kept.T
        part = np.where(self._free[..., None], flat, pixels).astype(np.float32)
        return self.canvas.result(part)

    def _copied(
        self, pixels: FloatArray, octave: Octave, random: np.random.Generator, rounds: int
    ) -> Beats[FloatArray]:
        free, _ = self._at(octave)
        example, known = self._example_at(octave)
        return (yield from copied(pixels, free, example, known > 1 - LEAST_SHARE, random, rounds))

    def _used(self, pixels: FloatArray) -> Beats[FloatArray]:
        """Return how often each pixel of the example is the like of one that is made anew."""
        height, width = pixels.shape[:2]
        free = resize(self._free[..., None].astype(np.float32), width, height)[..., 0] > LEAST_SHARE
        shrink = self._free.shape[0] / height
        rows, columns = (max(1, round(side / shrink)) for side in self._known.shape)
        known = resize(self._known[..., None], columns, rows)[..., 0]
        example = resize(self._example, columns, rows)
        random = np.random.default_rng(self.job.seed)
        found = yield from places(pixels, example, known > 1 - LEAST_SHARE, random)
        used = np.zeros((rows, columns), np.float32)
        np.add.at(used, (found[free][:, 0], found[free][:, 1]), 1)
        return used

    def _at(self, octave: Octave) -> tuple[Bools, FloatArray]:
        """Return what is made anew at an octave's size, and the canvas there."""
        free, pixels = self._free, self.canvas.pixels[self.canvas.window]
        if octave.shrink == 1:
            return free, pixels
        size = octave.width, octave.height
        share = resize(free[..., None].astype(np.float32), *size)[..., 0]
        return share > LEAST_SHARE, resize(pixels, *size)

    def _example_at(self, octave: Octave) -> tuple[FloatArray, FloatArray]:
        """Return what is learned from at an octave's scale, and where it is known."""
        height, width = self._known.shape
        size = shrunk(width, octave.shrink), shrunk(height, octave.shrink)
        known = resize(self._known[..., None], *size)[..., 0]
        return resize(self._example, *size), known

    @property
    def _free(self) -> Bools:
        """What is made anew of the part that is worked on."""
        return self.canvas.free[self.canvas.window]

    @cached_property
    def _example(self) -> FloatArray:
        return self.canvas.pixels if self.exemplar is None else self.exemplar

    @cached_property
    def _known(self) -> FloatArray:
        if self.exemplar is not None:
            return np.ones(self.exemplar.shape[:2], np.float32)
        return (~self.canvas.free).astype(np.float32)
