"""Cutting a picture into tiles, each with enough around it that its features are the whole's.

A tile's core is what it answers for; the cores cover the picture without overlap. Its crop is the
core and what the features of the core look at. Crops begin on multiples of the deepest layer's
stride, so that pools take the same pixels as in the whole picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from keras import ops

from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.vgg19 import FloatArray, Geometry, Wrap


@dataclass(frozen=True)
class Cut:
    """One tile along one axis, in pixels; a crop that wraps may lie partly outside the picture.

    Attributes:
        core: Where the core begins and ends.
        crop: Where the crop begins and ends.
    """

    core: tuple[int, int]
    crop: tuple[int, int]

    def moved(self, by: int) -> Cut:
        """Return the same some pixels further on."""
        return Cut((self.core[0] + by, self.core[1] + by), (self.crop[0] + by, self.crop[1] + by))

    def mask(self, stride: int) -> FloatArray:
        """Return 1 for the positions of the core among those of the crop, 0 for the others.

        Args:
            stride: Of the layer.
        """
        begin, end = self.crop
        positions = np.arange(-(-(end - begin) // stride)) * stride + begin
        return ((positions >= self.core[0]) & (positions < self.core[1])).astype(np.float32)


@dataclass(frozen=True)
class Tile:
    """One tile of a picture.

    Attributes:
        rows: Along the picture's height.
        columns: Along the picture's width.
    """

    rows: Cut
    columns: Cut

    def moved(self, down: int, right: int) -> Tile:
        """Return the same some pixels further down and to the right."""
        return Tile(self.rows.moved(down), self.columns.moved(right))


def cuts(size: int, tile: int, reach: int, stride: int, wraps: bool) -> list[Cut]:
    """Return the tiles along one axis.

    Where it does not wrap, crops are as long as each other as far as possible, so that few shapes
    are compiled.

    Args:
        size: The picture's, in pixels; a multiple of the stride where it wraps.
        tile: The cores' at most, in pixels; a multiple of the stride.
        reach: What a crop needs around its core; a multiple of the stride.
        stride: The deepest layer's.
        wraps: Whether what lies beyond an edge is the other side of the picture.
    """
    found = []
    for begin in range(0, size, tile):
        end = min(begin + tile, size)
        if wraps:
            found.append(Cut((begin, end), (begin - reach, end + reach)))
            continue
        length = min(size, tile + 2 * reach)
        first = min(max(0, begin - reach), (size - length) // stride * stride)
        found.append(Cut((begin, end), (first, min(size, max(first + length, end + reach)))))
    return found


def tiles(size: tuple[int, int], tile: int, geometry: Geometry, wrap: Wrap) -> list[Tile]:
    """Return the tiles of a picture, row by row.

    Args:
        size: Height and width of the picture.
        tile: Side of a core at most; rounded up to a multiple of the deepest layer's stride.
        geometry: Of the layers tapped.
        wrap: Whether the picture wraps from top to bottom, and from left to right.
    """
    stride = geometry.stride
    side = -(-tile // stride) * stride
    rows, columns = (
        cuts(length, side, geometry.reach, stride, wraps)
        for length, wraps in zip(size, wrap, strict=True)
    )
    return [Tile(row, column) for row in rows for column in columns]


def spans(crop: tuple[int, int], size: int) -> Iterator[tuple[slice, slice]]:
    """Give the parts of a crop that lie in the picture without a break, in order.

    Args:
        crop: Where it begins and ends, in positions; outside the picture where it wraps.
        size: The picture's, in positions.

    Yields:
        Where the part lies in the crop, and where in the picture.
    """
    at, end = crop
    while at < end:
        place = at % size
        length = min(end - at, size - place)
        begin = at - crop[0]
        yield slice(begin, begin + length), slice(place, place + length)
        at += length


def at_stride(crop: tuple[int, int], stride: int) -> tuple[int, int]:
    """Return a crop in positions of a layer; its last position may be a partial one."""
    return crop[0] // stride, -(-crop[1] // stride)


def cut_out(picture: Tensor, tile: Tile, stride: int, axes: tuple[int, int]) -> Tensor:
    """Return a tile's crop of a picture, or of feature maps.

    Args:
        picture: With the rows and columns along `axes`; a tensor or an array.
        tile: The tile.
        stride: Of the feature maps; 1 for a picture.
        axes: Of rows and columns.
    """
    for cut, axis in zip((tile.rows, tile.columns), axes, strict=True):
        parts = [
            picture[(slice(None),) * axis + (place,)]
            for _, place in spans(at_stride(cut.crop, stride), picture.shape[axis])
        ]
        if len(parts) == 1:
            picture = parts[0]
        else:
            join = np.concatenate if isinstance(picture, np.ndarray) else ops.concatenate
            picture = join(parts, axis)
    return picture


def add_to(picture: FloatArray, crop: FloatArray, tile: Tile, axes: tuple[int, int]) -> None:
    """Add a tile's crop to where it lies in a picture, the picture being changed.

    Args:
        picture: With rows and columns along `axes`.
        crop: Of the tile.
        tile: The tile.
        axes: Of rows and columns.
    """
    for row, row_place in spans(tile.rows.crop, picture.shape[axes[0]]):
        for column, column_place in spans(tile.columns.crop, picture.shape[axes[1]]):
            into, part = [slice(None)] * 4, [slice(None)] * 4
            into[axes[0]], into[axes[1]] = row_place, column_place
            part[axes[0]], part[axes[1]] = row, column
            picture[tuple(into)] += crop[tuple(part)]


def masks(tile: Tile, strides: Mapping[str, int], axes: tuple[int, int]) -> dict[str, FloatArray]:
    """Return for each layer 1 at the positions of a tile's core, 0 at the crop's others.

    Args:
        tile: The tile.
        strides: Of the layers.
        axes: Of rows and columns.

    Returns:
        (1, H, W, 1) or (1, 1, H, W), which broadcasts over the channels.
    """
    channels = ({1, 2, 3} - set(axes)).pop()
    return {
        layer: np.expand_dims(
            np.outer(tile.rows.mask(stride), tile.columns.mask(stride))[None], channels
        )
        for layer, stride in strides.items()
    }
