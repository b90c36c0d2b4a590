"""Regions of a picture, each compared with a region of an example (Gatys et al. 2017).

*Controlling Perceptual Factors in Neural Style Transfer* has one Gram matrix for each region: a
mean over the layer's positions, weighted by a guide. A guide is the region's mask as the layer's
positions see it: what the masks of the pixels below add up to on the way through the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from maya_stylize.convert.network import Convolution, Pool
from maya_stylize.engine.vgg19 import FloatArray, Wrap
from maya_stylize.images.resize import resize

# What no region covers is one of its own from this share of the result's area on.
LEAST_REST = 1e-3
# Of positions that count for less than this in all a region has nothing.
LEAST_SUM = 1e-6


@dataclass(frozen=True)
class Regions:
    """The regions of a result, and where in the examples each has its like.

    Attributes:
        target: Masks over the result, (H, W, R), 0 to 1, of which no pixel has more than 1 in all.
        sources: For each example its masks, (h, w, R), 0 to 1; all 0 in regions that do not look
            at it.
        weights: What each example counts for in each region, (examples, R); all 0 where nothing of
            the result is in a region.
    """

    target: FloatArray
    sources: tuple[FloatArray, ...]
    weights: FloatArray

    @classmethod
    def of(
        cls,
        pairs: Sequence[tuple[FloatArray, FloatArray | None, int]],
        size: tuple[int, int],
        examples: Sequence[tuple[int, int]],
        shares: Sequence[float],
        opaque: tuple[FloatArray | None, Sequence[FloatArray | None]] | None = None,
    ) -> Regions:
        """Return regions, what none covers being the last of them.

        The rest looks at the rest of each example, or at all of one that has no rest. Where masks
        overlap, each counts for its share.

        Args:
            pairs: A mask over the result, one over an example or None for all of it, and which
                example that is.
            size: Height and width of the result.
            examples: Heights and widths of the examples.
            shares: What each example counts for in the rest.
            opaque: Alpha of the result and of each example, which masks are multiplied with; None
                where all of it counts.
        """
        shown = [_shown(alpha) for alpha in opaque[1]] if opaque else [_shown(None)] * len(examples)
        target = np.stack([np.zeros(size), *(mask for mask, _, _ in pairs)], -1)[..., 1:]
        total = target.sum(-1, keepdims=True)
        target = target / np.maximum(total, 1)
        rest = np.maximum(1 - total, 0)
        has_rest = bool(rest.mean() > LEAST_REST)
        if has_rest:
            target = np.concatenate([target, rest], -1)
        weights = np.zeros((len(examples), target.shape[-1]), np.float32)
        sources = [np.zeros((*each, target.shape[-1]), np.float32) for each in examples]
        for region, (_, mask, example) in enumerate(pairs):
            weights[example, region] = 1
            sources[example][..., region] = 1 if mask is None else mask
        if has_rest:
            for masks, alpha in zip(sources, shown, strict=True):
                left = np.maximum(1 - masks.sum(-1), 0)
                is_seen = (left * alpha[..., 0]).mean() > LEAST_REST
                masks[..., -1] = left if is_seen else 1
            weights[:, -1] = np.asarray(shares) / sum(shares)
        if opaque is not None:
            target = target * _shown(opaque[0])
            sources = [masks * alpha for masks, alpha in zip(sources, shown, strict=True)]
        area = target.mean((0, 1), dtype=np.float64)
        weights *= (area / (area.sum() or 1)).astype(np.float32)
        return cls(np.asarray(target, np.float32), tuple(sources), weights)

    def has_nothing_of(self, example: int, region: int) -> bool:
        """Return whether a region that counts has no like in an example it looks at."""
        found = self.sources[example][..., region].sum(dtype=np.float64)
        return bool(self.weights[example, region] > 0 and found <= LEAST_SUM)

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.target.shape[-1])


def _shown(alpha: FloatArray | None) -> FloatArray:
    """Return an alpha that masks can be multiplied with."""
    return np.ones((1, 1, 1), np.float32) if alpha is None else alpha[..., None]


def guides_of(
    masks: FloatArray,
    size: tuple[int, int],
    layers: Sequence[Convolution | Pool],
    taps: Sequence[str],
    wrap: Wrap = (False, False),
) -> dict[str, FloatArray]:
    """Return what each position of each layer counts for in each region.

    Args:
        masks: (H, W, R), 0 to 1, of any size.
        size: Width and height of the picture that they lie on.
        layers: The network's, up to the deepest of the taps.
        taps: The layers that are looked at.
        wrap: Whether the picture wraps from top to bottom, and from left to right.

    Returns:
        (R, h, w, 1) by layer, each region's with a sum of one; of a region of nothing all 0.
    """
    seen = seen_by_layers(resize(masks, *size, wrap), layers, taps, wrap)
    return {layer: normalized(maps)[0] for layer, maps in seen.items()}


def normalized(maps: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return masks as a layer sees them as guides, and which of them have anything.

    Args:
        maps: (h, w, R).

    Returns:
        (R, h, w, 1), each region's with a sum of one, of a region of nothing all 0; and (R,), 1
        or 0.
    """
    sums = maps.sum((0, 1), dtype=np.float64)
    is_there = sums > LEAST_SUM
    scaled = maps * np.where(is_there, 1 / np.maximum(sums, LEAST_SUM), 0).astype(np.float32)
    guides = np.ascontiguousarray(np.moveaxis(scaled, -1, 0)[..., None], np.float32)
    return guides, is_there.astype(np.float32)


def seen_by_layers(
    masks: FloatArray,
    layers: Sequence[Convolution | Pool],
    taps: Sequence[str],
    wrap: Wrap = (False, False),
) -> dict[str, FloatArray]:
    """Return masks as the layers see them: a mean where a convolution or a pool looks.

    Args:
        masks: (H, W, R).
        layers: The network's, in order.
        taps: The layers that are wanted.
        wrap: Whether the picture wraps from top to bottom, and from left to right.

    Returns:
        (h, w, R) by layer.
    """
    seen, found = masks, {}
    for layer in layers:
        seen = _pooled(seen) if isinstance(layer, Pool) else _blurred(seen, wrap)
        if layer.name in taps:
            found[layer.name] = seen
    return found


def weights_of(
    layers: Mapping[str, float], regions: Regions, example: int
) -> dict[str, FloatArray]:
    """Return what an example's Gram matrices weigh in each region, (R,) by layer."""
    return {
        layer: np.float32(weight) * regions.weights[example]
        for layer, weight in layers.items()
        if weight
    }


def _blurred(maps: FloatArray, wrap: Wrap) -> FloatArray:
    """Return the mean of each position and its eight neighbors."""
    for axis, wraps in enumerate(wrap):
        margins = [(1, 1) if axis == each else (0, 0) for each in range(3)]
        around = np.moveaxis(np.pad(maps, margins, "wrap" if wraps else "edge"), axis, 0)
        mean = (around[:-2] + around[1:-1] + around[2:]) / np.float32(3)
        maps = np.moveaxis(mean, 0, axis)
    return maps


def _pooled(maps: FloatArray) -> FloatArray:
    """Return the means of squares of two by two; those at an odd edge are partial."""
    for axis in (0, 1):
        odd = [(0, maps.shape[axis] % 2 if axis == each else 0) for each in range(3)]
        pairs = np.moveaxis(np.pad(maps, odd, "edge"), axis, 0)
        maps = np.moveaxis((pairs[::2] + pairs[1::2]) / np.float32(2), 0, axis)
    return maps
