"""The maps of a material made anew together: one texture of several pictures.

Every step is that of texture synthesis on a picture with more channels: the optimizer moves all
maps at once, fine detail is taken from one place for all of them, and in the joint layers the Gram
matrices of all maps are one, whose blocks off the diagonal tell which features of one map come
together with which of another.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from maya_stylize.engine.beats import Beats
from maya_stylize.engine.detail import enlarged
from maya_stylize.engine.evaluation import NO_GUIDES, Evaluation
from maya_stylize.engine.guidance import guides_of
from maya_stylize.engine.maps import Maps
from maya_stylize.engine.objective import Targets
from maya_stylize.engine.random_phase import noise_like
from maya_stylize.engine.schedule import Octave
from maya_stylize.engine.temper import tempered
from maya_stylize.engine.texture import Synthesis, style
from maya_stylize.engine.vgg19 import FloatArray
from maya_stylize.images.resize import resize
from maya_stylize.jobs import MaterialJob

# Maps with a color in each pixel; the others but for NORMAL have one number.
COLORED = ("albedo",)
NORMAL = "normal"
# Made with the maps as one more of them, and written as the alpha of one or more of them.
ALPHA = "alpha"
# Of a coarser picture's pixel, the share that is opaque where it counts as one.
_OPAQUE = 0.999


@dataclass(frozen=True)
class Material(Synthesis):
    """A `MaterialJob` with its maps read, side by side in the channels of one exemplar.

    Attributes:
        job: What is wanted.
        kinds: What each three channels of the exemplar hold: the job's maps, and alphas.
        opaque: (H, W), 0 to 1: what is learned from; None for all of it.
    """

    job: MaterialJob = field(kw_only=True)
    kinds: tuple[str, ...] = field(kw_only=True)
    opaque: FloatArray | None = field(kw_only=True, default=None)

    # `spectrum` knows the colors of one picture.
    by_color = False

    @property
    def maps(self) -> Maps:
        """The maps as the network is to see them."""
        gray = tuple(kind not in (*COLORED, NORMAL) for kind in self.kinds)
        joint = tuple(layer for layer in self.taps if layer in self.job.joint_layers)
        return Maps(gray, joint)

    @property
    def shown(self) -> FloatArray:
        """The exemplar's pixels that are learned from, (N, 3 K), or all of them, (H, W, 3 K)."""
        return self.exemplar if self.opaque is None else self.exemplar[self.opaque > 0]

    def begin(self, octave: Octave, random: np.random.Generator) -> FloatArray:
        """Return noise with the maps' values and frequencies, alike in all of them."""
        example, share = self.example(octave), None
        if self.opaque is not None:
            share = resize(self.opaque[..., None], example.shape[1], example.shape[0])[..., 0]
        return noise_like(example, (octave.height, octave.width), random, self.wrap, share)

    def targets(self, octave: Octave, evaluation: Evaluation, pixels: FloatArray) -> Beats[Targets]:
        """Return what the loss is measured against at the octave's scale.

        A joint layer's matrix has K² blocks, each of which weighs as the layer's of a single map.
        """
        maps = self.maps
        weights = {
            layer: weight * (len(maps.gray) ** 2 if layer in maps.joint else 1)
            for layer, weight in self.job.layers.items()
        }
        example, guides = self.example(octave), NO_GUIDES
        if self.opaque is not None:
            size = example.shape[1], example.shape[0]
            layers = evaluation.encoder.layers
            guides = guides_of(self.opaque[..., None], size, layers, self.taps)
        learned = yield from style(evaluation, example, weights, guides)
        if self.opaque is not None:  # a single region of the example, and all of the result
            measured = {layer: each[0] for layer, each in learned.measured.items()}
            learned = replace(learned, measured=measured)
        return tempered(Targets.of([learned]), octave.loss)

    def enlarged(
        self, pixels: FloatArray, before: Octave, octave: Octave, random: np.random.Generator
    ) -> Beats[FloatArray]:
        """Return a coarser octave's result at the octave's size, with the maps' own detail."""
        size = octave.width, octave.height
        small, large, usable = self.example(before), self.example(octave), None
        if self.opaque is not None:
            known = resize(self.opaque[..., None], small.shape[1], small.shape[0])
            usable = known[..., 0] > _OPAQUE
        return (yield from enlarged(pixels, size, small, large, random, self.wrap, usable=usable))

    def finish(self, pixels: FloatArray) -> FloatArray:
        """Return the maps with their histograms, gray ones gray and normals of length one."""
        pixels = super().finish(pixels)
        finished = []
        for index, kind in enumerate(self.kinds):
            own = pixels[..., 3 * index : 3 * index + 3]
            if kind == NORMAL:
                own = unit_normals(own)
            elif kind not in COLORED:
                own = np.repeat(own.mean(-1, keepdims=True), 3, -1)
            if kind == ALPHA:
                own = np.clip(own, 0, 1)
            finished.append(own)
        return np.concatenate(finished, -1)


def unit_normals(encoded: FloatArray) -> FloatArray:
    """Return a normal map whose normals have the length of one.

    Args:
        encoded: (H, W, 3), (n + 1) / 2 of each normal n; one of no length becomes straight up.
    """
    normals = 2 * encoded - 1
    length = np.linalg.norm(normals, axis=-1, keepdims=True)
    straight = np.array([0, 0, 1], np.float32)
    normals = np.where(length > 1e-6, normals / np.maximum(length, 1e-6), straight)
    return np.asarray((normals + 1) / 2, np.float32)
