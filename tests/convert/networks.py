"""Small random networks, and their spelling as Caffe layers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from caffe_writer import LayerSpec

from maya_stylize.convert.network import Convolution, Layer, Network, Pool, Pooling

VGG19 = (2, 2, 4, 4, 4)


def random_network(
    blocks: Sequence[int] = VGG19,
    kind: Pooling = "max",
    seed: int = 0,
    last_pool: bool = True,
    widest: int = 4,
) -> Network:
    """Return a chain with widths of 1 to `widest`, named as `chain.assemble` names it."""
    generator = np.random.default_rng(seed)
    layers: list[Layer] = []
    channels = 3
    for block, count in enumerate(blocks, 1):
        for index in range(1, count + 1):
            width = int(generator.integers(1, widest + 1))
            weight = generator.normal(0, (2 / 9 / channels) ** 0.5, (width, channels, 3, 3))
            bias = generator.normal(0, 0.1, width)
            layers.append(
                Convolution(
                    f"conv{block}_{index}", weight.astype(np.float32), bias.astype(np.float32)
                )
            )
            channels = width
        layers.append(Pool(f"pool{block}", kind))
    return Network(tuple(layers if last_pool else layers[:-1]))


def caffe_layers(network: Network) -> list[LayerSpec]:
    """Return the network as Caffe spells it, ReLUs in place."""
    specs: list[LayerSpec] = []
    below = "data"
    for layer in network.layers:
        if isinstance(layer, Pool):
            settings = {"pool": int(layer.kind == "average"), "kernel_size": 2, "stride": 2}
            specs.append(LayerSpec(layer.name, "Pooling", [below], [layer.name], settings))
        else:
            convolution: dict[str, Any] = {"num_output": layer.bias.size, "pad": 1}
            specs.append(
                LayerSpec(
                    layer.name,
                    "Convolution",
                    [below],
                    [layer.name],
                    {**convolution, "kernel_size": 3},
                    [layer.weight, layer.bias],
                )
            )
            name = layer.name.replace("conv", "relu")
            specs.append(LayerSpec(name, "ReLU", [layer.name], [layer.name]))
        below = layer.name
    return specs


def edited(specs: Sequence[LayerSpec], which: str, **changes: Any) -> list[LayerSpec]:
    """Return a copy in which one layer differs; settings are merged."""
    out = []
    for spec in specs:
        if spec.name == which:
            settings = {**spec.parameters, **changes.get("parameters", {})}
            spec = dataclasses.replace(spec, **{**changes, "parameters": settings})
        out.append(spec)
    return out


def assert_same(found: Network, expected: Network) -> None:
    """Compare names, kinds and every bit of the weights."""
    assert [layer.name for layer in found.layers] == [layer.name for layer in expected.layers]
    assert [pool.kind for pool in found.pools] == [pool.kind for pool in expected.pools]
    for one, other in zip(found.convolutions, expected.convolutions, strict=True):
        assert one.weight.dtype == one.bias.dtype == np.float32
        assert one.weight.tobytes() == other.weight.tobytes()
        assert one.bias.tobytes() == other.bias.tobytes()
