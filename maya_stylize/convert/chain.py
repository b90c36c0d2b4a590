"""Put layers that a reader found into a checked chain, named by position."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from maya_stylize.convert.network import (
    VGG_BLOCKS,
    Convolution,
    Layer,
    Network,
    Pool,
    Pooling,
    PoolingOrigin,
)
from maya_stylize.errors import ModelError, printable

# Far more than any VGG, far less than what the attributes of a `.h5` can name.
_MOST_LAYERS = 500


def fault(source: Path, layer: str, field: str, what: str, hint: str = "") -> ModelError:
    """Return the error for one field of one layer, to be raised."""
    return ModelError(f"{source.name}: layer {layer!r}, field {field!r}: {what}.", hint)


def assemble(
    source: Path,
    layers: Sequence[Layer],
    notes: Sequence[str] = (),
    pooling_origin: PoolingOrigin = "recorded",
) -> Network:
    """Check that the layers form a chain and name them by position.

    Args:
        source: The file they came from, for messages.
        layers: In order from the picture up, under the names that the file gives them.
        notes: What the reader dropped or assumed.
        pooling_origin: Where the pools' kind comes from.

    Returns:
        The network. Its names are conv1_1, conv1_2, ..., pool1, conv2_1, ... whatever they were
        in the file. A whole VGG gets the pool after its last block where the file leaves it out.

    Raises:
        ModelError: There is no convolution, there are far too many layers, shapes do not fit each
            other, or a value is not finite.
    """
    if len(layers) > _MOST_LAYERS:
        raise ModelError(
            f"{source.name}: it is a chain of {len(layers)} layers, more than {_MOST_LAYERS}.",
            "Give a VGG-style model; the largest published one has 24 such layers.",
        )
    channels = 3
    for layer in layers:
        if isinstance(layer, Convolution):
            _check(source, layer, channels)
            channels = layer.weight.shape[0]
    network = Network(_named(layers), tuple(notes), pooling_origin)
    if not network.convolutions:
        raise ModelError(
            f"{source.name}: there is no 3x3 convolution in it.",
            "Give a VGG-style model: 3x3 convolutions, ReLUs and 2x2 pools.",
        )
    if is_whole_vgg(network) and isinstance(network.layers[-1], Convolution):
        last: Pooling = network.pools[-1].kind
        return dataclasses.replace(network, layers=(*network.layers, Pool("pool5", last)))
    return network


def is_whole_vgg(network: Network) -> bool:
    """Whether the blocks are those of VGG-11, 13, 16 or 19, whatever their widths."""
    return network.blocks in VGG_BLOCKS


def with_pooling(network: Network, kind: Pooling) -> Network:
    """Return the network with every pool of the given kind."""
    layers = tuple(
        dataclasses.replace(layer, kind=kind) if isinstance(layer, Pool) else layer
        for layer in network.layers
    )
    return dataclasses.replace(network, layers=layers)


def pools_between_blocks(
    source: Path, convolutions: Mapping[tuple[int, int], Convolution], kind: Pooling
) -> list[Layer]:
    """Return convolutions keyed by (block, number) in order, with a pool between blocks.

    Raises:
        ModelError: Blocks or numbers do not run from 1 without a gap.
    """
    layers: list[Layer] = []
    block, number = 1, 0
    for key in sorted(convolutions):
        if number and key[0] == block + 1:
            layers.append(Pool("", kind))
            block, number = block + 1, 0
        number += 1
        if key != (block, number):
            raise fault(
                source,
                f"conv{block}_{number}",
                "name",
                f"it is missing below conv{key[0]}_{key[1]}",
                "The file is not whole; get it again.",
            )
        layers.append(convolutions[key])
    return layers


def listed(names: Sequence[str]) -> str:
    """Return names from a file for a sentence: the first twenty, none too long for it."""
    shown = [name if len(name) <= 60 else f"{name[:60]}..." for name in names[:20]]
    rest = [f"and {len(names) - 20} more"] if len(names) > 20 else []
    return ", ".join([*map(printable, shown), *rest])


def _check(source: Path, layer: Convolution, channels: int) -> None:
    shape, count = layer.weight.shape, layer.bias.shape
    if len(shape) != 4 or shape[2:] != (3, 3) or 0 in shape:
        raise fault(source, layer.name, "weight", f"shape {shape} is not that of 3x3 kernels")
    if shape[1] != channels:
        raise fault(
            source,
            layer.name,
            "weight",
            f"it takes {shape[1]} channels, but {channels} come from below",
            "The layers must form one chain that begins with a picture of 3 channels.",
        )
    if count != (shape[0],):
        raise fault(source, layer.name, "bias", f"shape {count} does not match {shape[0]} filters")
    for field, values in (("weight", layer.weight), ("bias", layer.bias)):
        if not np.isfinite(values).all():
            raise fault(
                source,
                layer.name,
                field,
                "it holds values that are not finite in float32",
                "The file is damaged or was trained to destruction; get another copy.",
            )


def _named(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    block, number = 1, 0
    named: list[Layer] = []
    for layer in layers:
        if isinstance(layer, Pool):
            named.append(dataclasses.replace(layer, name=f"pool{block}"))
            block, number = block + 1, 0
        else:
            number += 1
            named.append(dataclasses.replace(layer, name=f"conv{block}_{number}"))
    return tuple(named)
