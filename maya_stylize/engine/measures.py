"""How a picture's features are compared with an example's: what its tiles add up to, on the host.

Gram matrices are sums over positions. Projections of features are compared in order, and the order
is that of the whole picture: they are kept as maps of all positions, of each layer as many as it
has directions. The derivative of the loss by each of them takes their place, for the second pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from keras import ops

from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.encoder import Encoder
from maya_stylize.engine.objective import Targets
from maya_stylize.engine.tiles import Tile, at_stride
from maya_stylize.engine.transport import Counts, counted, quantiles, transported
from maya_stylize.engine.vgg19 import FloatArray

Measured = dict[str, FloatArray]
ByLayer = Mapping[str, FloatArray]


class Collection(Protocol):
    """What the tiles of one picture add up to."""

    def add(self, parts: Mapping[str, Tensor], piece: Tile) -> None:
        """Take what a tile's survey found, by layer."""

    def measured(self) -> Measured:
        """Return the picture's statistics by layer, in the form of an example's."""

    def loss_and_seeds(self, targets: Targets) -> tuple[float, dict[str, Mapping[str, Any]]]:
        """Return the style's share of the loss, and what sends it back through a tile.

        Nothing is added or measured afterwards.
        """


def begun(
    encoder: Encoder,
    size: tuple[int, int],
    guides: ByLayer,
    directions: ByLayer,
    margins: tuple[int, int] = (0, 0),
) -> Collection:
    """Return a collection that nothing has been added to.

    Args:
        encoder: The network.
        size: Height and width of the picture.
        guides: Of its regions, (R, H, W, 1) by layer, each with a sum of one; empty for none.
        directions: On which features are projected, (C, D) by layer; empty for Gram matrices.
        margins: How far down and to the right the tiles that are added were moved.
    """
    if directions:
        return Projections(encoder, size, guides, directions, margins)
    return Grams(encoder, size, guides)


class Grams:
    """Gram matrices."""

    def __init__(self, encoder: Encoder, size: tuple[int, int], guides: ByLayer) -> None:
        self._encoder, self._size, self._guides = encoder, size, guides
        self._sums: dict[str, Any] = {}

    def add(self, parts: Mapping[str, Tensor], piece: Tile) -> None:
        """Take a tile's sums."""
        for layer, part in parts.items():
            array = ops.convert_to_numpy(part).astype(np.float64)
            self._sums[layer] = self._sums.get(layer, 0) + array

    def measured(self) -> Measured:
        """Return the matrices, (C, C), or (R, C, C) for R regions."""
        return {
            layer: (total / self._positions(layer)).astype(np.float32)
            for layer, total in self._sums.items()
        }

    def loss_and_seeds(self, targets: Targets) -> tuple[float, dict[str, Mapping[str, Any]]]:
        """Return the loss, and its derivative by each sum."""
        grams = self.measured()
        seeds = {
            layer: pull / self._positions(layer) for layer, pull in targets.pulls(grams).items()
        }
        return targets.style_loss(grams), {"grams": seeds}

    def _positions(self, layer: str) -> int:
        return 1 if layer in self._guides else self._encoder.positions(layer, self._size)


class Projections:
    """Features projected on directions."""

    def __init__(
        self,
        encoder: Encoder,
        size: tuple[int, int],
        guides: ByLayer,
        directions: ByLayer,
        margins: tuple[int, int],
    ) -> None:
        self._guides, self._margins = guides, margins
        self._strides = encoder.geometry.strides
        self._maps = {
            layer: np.zeros(
                (each.shape[1], *(-(-side // self._strides[layer]) for side in size), 1), np.float32
            )
            for layer, each in directions.items()
        }

    def add(self, parts: Mapping[str, Tensor], piece: Tile) -> None:
        """Take the projections of a tile's core out of those of its crop."""
        for layer, part in parts.items():
            stride, into, core = self._strides[layer], [], []
            for cut, margin in zip((piece.rows, piece.columns), self._margins, strict=True):
                begin, end = at_stride(cut.core, stride)
                first, moved = cut.crop[0] // stride, margin // stride
                into.append(slice(begin - moved, end - moved))
                core.append(slice(begin - first, end - first))
            self._maps[layer][:, into[0], into[1]] = ops.convert_to_numpy(part)[:, core[0], core[1]]

    def measured(self) -> Measured:
        """Return the quantile tables, (D, LEVELS), or (R, D, LEVELS) for R regions."""
        found = {}
        for layer, maps in self._maps.items():
            rows = maps.reshape(len(maps), -1)
            if layer in self._guides:
                each = [quantiles(rows, guide.ravel()) for guide in self._guides[layer]]
                found[layer] = np.stack(each)
            else:
                found[layer] = quantiles(rows)
        return found

    def loss_and_seeds(self, targets: Targets) -> tuple[float, dict[str, Mapping[str, Any]]]:
        """Return the loss, and its derivative by each projection, (D, H, W, 1) by layer."""
        loss = targets.constant
        for layer, weight in targets.style.weights.items():
            loss += self._sloped(layer, np.atleast_1d(weight), targets.style.measured[layer])
        return loss, {"slopes": self._maps}

    def _sloped(self, layer: str, weights: FloatArray, table: FloatArray) -> float:
        """Put the derivatives in the place of a layer's projections; return its loss."""
        maps = self._maps[layer]
        counts: list[Counts | None] = [None]
        if layer in self._guides:
            guides = self._guides[layer].reshape(len(weights), -1)
            counts = list(counted(guides))
        else:
            guides, table = np.full((1, 1), 1 / maps[0].size, np.float32), table[None]
        loss = 0.0
        for direction, numbers in enumerate(maps):
            values = numbers.ravel()
            slope = np.zeros_like(values)
            for weight, guide, count, quantile in zip(weights, guides, counts, table, strict=True):
                apart = values - transported(values, quantile[direction], count)
                slope += weight / 2 / len(maps) * guide * apart
                loss += float(weight / 4 / len(maps) * np.sum(guide * apart**2, dtype=np.float64))
            maps[direction] = slope.reshape(numbers.shape)
        return loss
