"""Statistics of a picture, and its loss and gradient: whole where it fits, else in tiles.

In tiles both are exact. A Gram matrix is a sum over positions, so that a first pass adds the tiles'
sums up. The gradient by the pixels then follows from that by the Gram matrices, which is the same
for all tiles: a second pass sends it back through one tile after the other. Memory is that of one
tile, and of a few buffers as large as the picture. The content's term is a sum over positions too.
Projections of features are put in order between the passes instead of summed up (`measures`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from keras import ops

from maya_stylize.engine import measures
from maya_stylize.engine.backend import is_out_of_memory
from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.beats import Beats
from maya_stylize.engine.encoder import Encoder
from maya_stylize.engine.known import Known
from maya_stylize.engine.measures import Collection, Measured
from maya_stylize.engine.objective import Targets
from maya_stylize.engine.tiles import Tile, add_to, cut_out, masks, tiles
from maya_stylize.engine.vgg19 import FloatArray

SMALLEST_TILE = 64

Features = dict[str, FloatArray]
Guides = Mapping[str, FloatArray]
Directions = Mapping[str, FloatArray]
NO_GUIDES: Guides = {}
NO_DIRECTIONS: Directions = {}


class Evaluation:
    """What an encoder makes of pictures, whole where they fit, else in tiles.

    Args:
        encoder: The network.
        tile: Side of the tiles; 0 takes every picture as a whole.
        known: Where examples' statistics are kept for other jobs; None for nowhere.

    Attributes:
        tile: The same; smaller once memory has run out.
    """

    def __init__(self, encoder: Encoder, tile: int = 0, known: Known | None = None) -> None:
        self.encoder, self.tile, self._known = encoder, tile, known

    def pieces(self, size: tuple[int, int]) -> list[Tile]:
        """Return the tiles of a picture of a height and width; a single one is the whole."""
        encoder = self.encoder
        return tiles(size, self.tile or max(size), encoder.geometry, encoder.wrap)

    def measured(
        self,
        picture: Tensor,
        guides: Guides = NO_GUIDES,
        directions: Directions = NO_DIRECTIONS,
    ) -> Beats[Measured]:
        """Return the statistics of every layer tapped.

        Args:
            picture: (1, H, W, 3) or (1, 3, H, W).
            guides: Of the picture's regions, (R, H, W, 1) by layer, each with a sum of one.
            directions: On which features are projected, (C, D) by layer; none for Gram matrices.

        Returns:
            Gram matrices, (C, C); with directions quantile tables, (D, LEVELS); for R regions
            (R, C, C) or (R, D, LEVELS).
        """
        found: tuple[Collection, dict[str, float]] = yield from self._again_in_tiles(
            picture, lambda: self._survey(picture, {}, guides, directions)
        )
        return found[0].measured()

    def example_measured(
        self,
        picture: FloatArray,
        guides: Guides = NO_GUIDES,
        directions: Directions = NO_DIRECTIONS,
    ) -> Beats[Measured]:
        """Return the statistics of an example, which does not wrap.

        Where the encoder's pictures wrap, they have no edges, and the example is mirrored at its
        own. Zeros beyond them would make features that no such picture can have, in the deepest
        layers of a small example half of all.

        Args:
            picture: (1, H, W, 3) or (1, 3, H, W).
            guides: Of its regions, as for `measured`.
            directions: As for `measured`.
        """
        known, tile = self._known, self.tile
        name = "" if known is None else known.name(picture, guides, directions, tile)
        if known is not None and (kept := known.find(name)) is not None:
            return kept
        found: Measured = yield from self._again_in_tiles(
            picture, lambda: self._example_measured(picture, guides, directions)
        )
        if known is not None and known.grows and self.tile == tile:
            known.keep(name, found)
        return found

    def features(self, picture: Tensor, layers: Sequence[str]) -> Beats[Features]:
        """Return the feature maps of layers, of the whole picture."""
        found: Features = yield from self._again_in_tiles(
            picture, lambda: self._features(picture, layers)
        )
        return found

    def value_and_gradient(self, picture: Tensor, targets: Targets) -> Beats[tuple[float, Tensor]]:
        """Return the loss of a picture, and its gradient by the picture."""
        found: tuple[float, Tensor] = yield from self._again_in_tiles(
            picture, lambda: self._value_and_gradient(picture, targets)
        )
        return found

    def _again_in_tiles(self, picture: Tensor, work: Callable[[], Beats[Any]]) -> Beats[Any]:
        """Do some work; where memory runs out, again in smaller tiles."""
        encoder = self.encoder
        while True:
            try:
                return (yield from work())
            except encoder.backend.memory_errors as error:
                longest = max(picture.shape[axis] for axis in encoder.axes)
                smaller = min(self.tile or longest, longest) // 2
                if not is_out_of_memory(error) or smaller < SMALLEST_TILE:
                    raise
                stride = encoder.geometry.stride
                self.tile = -(-smaller // stride) * stride

    def _value_and_gradient(self, picture: Tensor, targets: Targets) -> Beats[tuple[float, Tensor]]:
        encoder, size = self.encoder, self._size(picture)
        pieces = self.pieces(size)
        if len(pieces) == 1:
            value, slope = encoder.whole(picture, targets.tensors)
            return float(value), slope
        content, guides = targets.content, targets.guides
        found, distances = yield from self._survey(
            picture, content.features, guides, targets.style.directions
        )
        shares = {
            layer: weight / 4 / content.features[layer].size
            for layer, weight in content.weights.items()
        }
        loss, seeds = found.loss_and_seeds(targets)
        loss += sum(share * distances[layer] for layer, share in shares.items())
        gradient = np.zeros(picture.shape, np.float32)
        for piece in self._looked_at(pieces, guides, content.features):
            cores = masks(piece, encoder.geometry.strides, encoder.axes)
            there = {
                "grams": seeds.get("grams", {}),
                "slopes": self._cut(seeds.get("slopes", {}), piece, (1, 2)),
                "directions": targets.style.directions,
                "guides": self._cut(guides, piece, (1, 2)),
                "features": self._cut(content.features, piece, encoder.axes),
                "feature_weights": {layer: np.float32(share) for layer, share in shares.items()},
            }
            crop = cut_out(picture, piece, 1, encoder.axes)
            _, slope = encoder.pull(crop, _tensors(cores), _tensors(there))
            add_to(gradient, ops.convert_to_numpy(slope), piece, encoder.axes)
            yield
        return loss, ops.convert_to_tensor(gradient)

    def _example_measured(
        self, picture: FloatArray, guides: Guides, directions: Directions
    ) -> Beats[Measured]:
        encoder, size = self.encoder, self._size(picture)
        down, right = (encoder.geometry.reach * wraps for wraps in encoder.wrap)
        mirrored = ops.convert_to_tensor(_mirrored(picture, (down, right), encoder.axes))
        around = {}
        for layer, guide in guides.items():
            stride = encoder.geometry.strides[layer]
            around[layer] = _mirrored(guide, (down // stride, right // stride), (1, 2))
        pieces = [piece.moved(down, right) for piece in self.pieces(size)]
        found = measures.begun(encoder, size, guides, directions, (down, right))
        survey = encoder.survey
        yield from self._add_up(found, mirrored, {}, around, directions, pieces, survey)
        return found.measured()

    def _survey(
        self,
        picture: Tensor,
        content: Mapping[str, FloatArray],
        guides: Guides,
        directions: Directions,
    ) -> Beats[tuple[Collection, dict[str, float]]]:
        """Return what the statistics are made of, and Σ(F−F̂)² for every layer of a content."""
        encoder, size = self.encoder, self._size(picture)
        pieces, survey = self.pieces(size), encoder.survey
        if any(encoder.wrap) and len(pieces) == 1:  # the network itself looks around the edges
            pieces = tiles(size, max(size), encoder.geometry, (False, False))
            survey = encoder.whole_survey
        found = measures.begun(encoder, size, guides, directions)
        distances = yield from self._add_up(
            found, picture, content, guides, directions, pieces, survey
        )
        return found, distances

    def _add_up(
        self,
        found: Collection,
        picture: Tensor,
        content: Mapping[str, FloatArray],
        guides: Guides,
        directions: Directions,
        pieces: list[Tile],
        survey: Callable[..., Any],
    ) -> Beats[dict[str, float]]:
        encoder = self.encoder
        distances = dict.fromkeys(content, 0.0)
        for piece in self._looked_at(pieces, guides, content):
            cores = _tensors(masks(piece, encoder.geometry.strides, encoder.axes))
            crop = cut_out(picture, piece, 1, encoder.axes)
            parts, apart = survey(
                crop,
                cores,
                _tensors(self._cut(content, piece, encoder.axes)),
                _tensors(self._cut(guides, piece, (1, 2))),
                _tensors(directions),
            )
            found.add(parts, piece)
            for layer, part in apart.items():
                distances[layer] += float(part)
            yield
        return distances

    def _features(self, picture: Tensor, layers: Sequence[str]) -> Beats[Features]:
        encoder, size = self.encoder, self._size(picture)
        found: Features = {}
        for piece in self.pieces(size):
            maps = encoder.features(cut_out(picture, piece, 1, encoder.axes))
            for layer in layers:
                stride = encoder.geometry.strides[layer]
                part = ops.convert_to_numpy(maps[layer])
                if layer not in found:
                    shape = list(part.shape)
                    for axis, side in zip(encoder.axes, size, strict=True):
                        shape[axis] = -(-side // stride)
                    found[layer] = np.empty(shape, np.float32)
                into, core = [slice(None)] * 4, [slice(None)] * 4
                for axis, cut in zip(encoder.axes, (piece.rows, piece.columns), strict=True):
                    begin, end = cut.core[0] // stride, -(-cut.core[1] // stride)
                    first = cut.crop[0] // stride
                    into[axis], core[axis] = slice(begin, end), slice(begin - first, end - first)
                found[layer][tuple(into)] = part[tuple(core)]
            yield
        return found

    def _looked_at(
        self, pieces: list[Tile], guides: Guides, content: Mapping[str, FloatArray]
    ) -> list[Tile]:
        """Return the tiles that count for something, at least one."""
        if content or not guides:
            return pieces
        counting = [
            piece
            for piece in pieces
            if any(guide.any() for guide in self._cut(guides, piece, (1, 2)).values())
        ]
        return counting or pieces[:1]

    def _cut(
        self, maps: Mapping[str, FloatArray], piece: Tile, axes: tuple[int, int]
    ) -> dict[str, FloatArray]:
        """Return a tile's crop of something that every layer has for its positions."""
        strides = self.encoder.geometry.strides
        return {layer: cut_out(each, piece, strides[layer], axes) for layer, each in maps.items()}

    def _size(self, picture: Tensor) -> tuple[int, int]:
        rows, columns = self.encoder.axes
        return int(picture.shape[rows]), int(picture.shape[columns])


def _mirrored(maps: FloatArray, margins: tuple[int, int], axes: tuple[int, int]) -> FloatArray:
    """Return maps with a margin on each side in which they are mirrored at their edges."""
    around = [(0, 0)] * maps.ndim
    for axis, margin in zip(axes, margins, strict=True):
        around[axis] = margin, margin
    return np.pad(maps, around, "symmetric")


def _tensors(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _tensors(value) if isinstance(value, dict) else ops.convert_to_tensor(value)
        for name, value in values.items()
    }
