"""A part of a picture made anew: texture synthesis with the rest of the pixels held.

The loss is that of texture synthesis over what is made anew and what looks at it; the optimizer's
bounds hold every other pixel. So the new part has the example's statistics, its border included,
where the layers see old and new at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from keras import ops

from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.beats import Beats
from maya_stylize.engine.canvas import Bools, Canvas
from maya_stylize.engine.detail import enlarged
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.guidance import guides_of
from maya_stylize.engine.objective import Targets
from maya_stylize.engine.schedule import Octave
from maya_stylize.engine.seamless import shrunk
from maya_stylize.engine.temper import tempered
from maya_stylize.engine.texture import style
from maya_stylize.engine.vgg19 import FloatArray, to_network
from maya_stylize.images.resize import resize
from maya_stylize.jobs import RepairJob

# In a smaller octave a pixel is made anew that has more than this share of what is.
LEAST_SHARE = 0.02


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
        """Return the picture with noise of the example's spread in what is made anew."""
        free, held = self._at(octave)
        noise = random.normal(size=held.shape)
        spread = self._example[self._known > 0].std(0)
        return np.where(free[..., None], held + spread * noise, held).astype(np.float32)

    def targets(self, octave: Octave, evaluation: Evaluation) -> Beats[Targets]:
        """Return what the loss is measured against at the octave's scale."""
        encoder = evaluation.encoder
        example, known = self._example_at(octave)
        free, _ = self._at(octave)

        def guides(mask: FloatArray) -> dict[str, FloatArray]:
            size = mask.shape[1], mask.shape[0]
            return guides_of(mask[..., None], size, encoder.layers, self.taps)

        learned = yield from style(evaluation, example, self.job.layers, guides(known))
        targets = Targets.of([learned], guides=guides(free.astype(np.float32)))
        return tempered(targets, octave.loss)

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
        return np.where(free[..., None], detailed, held)

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
        """Return the whole picture."""
        return self.canvas.result(pixels)

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
