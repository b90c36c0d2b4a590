"""From the layers that a Keras file lists to a chain."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from maya_stylize.convert.chain import fault, pools_between_blocks
from maya_stylize.convert.network import (
    Convolution,
    FloatArray,
    Layer,
    Pool,
    Pooling,
    PoolingOrigin,
)
from maya_stylize.errors import ModelError

_BLOCK_NAME = re.compile(r"(?:block(\d{1,2})_conv|conv(\d{1,2})_)(\d{1,2})")
_POOLS: dict[str, Pooling] = {"MaxPooling2D": "max", "AveragePooling2D": "average"}
# What changes nothing at test time, or is part of what Convolution means.
_PASSED = {"InputLayer", "Activation", "ReLU", "Dropout", "ZeroPadding2D"}
_TOPS = {"Flatten", "Dense", "GlobalAveragePooling2D", "GlobalMaxPooling2D"}
_HINT = "Only chains of 3x3 convolutions, ReLUs and 2x2 pools convert."

# Settings that must have these values wherever a whole model states them.
_EXPECTED: dict[str, dict[str, Any]] = {
    "Conv2D": {
        "kernel_size": [3, 3],
        "strides": [1, 1],
        "dilation_rate": [1, 1],
        "groups": 1,
    },
    "MaxPooling2D": {"pool_size": [2, 2], "strides": [2, 2]},
    "AveragePooling2D": {"pool_size": [2, 2], "strides": [2, 2]},
}


@dataclass(frozen=True)
class Entry:
    """One listed layer.

    Attributes:
        name: As listed.
        weights: HDF5 datasets of floats in the listed order; read one by one, so that no more
            than the convolutions are ever in memory.
        config: Its class and settings, where the file holds a whole model.
        pooling: "average" or "max" where our own writer noted it.
    """

    name: str
    weights: tuple[Any, ...]
    config: dict[str, Any] | None
    pooling: Any


@dataclass(frozen=True)
class Found:
    """The layers of a file under its own names."""

    layers: list[Layer]
    notes: list[str]
    pooling_origin: PoolingOrigin


def to_layers(path: Path, entries: Sequence[Entry]) -> Found:
    """Return the chain that the entries form.

    Args:
        path: The file, for messages.
        entries: In the file's order.

    Raises:
        ModelError: A layer is of another kind, or the pools' places cannot be told.
    """
    layers: list[Layer] = []
    tops: list[str] = []
    recorded = True
    below: Entry | None = None
    for entry in entries:
        kind = _class(path, entry)
        _check_padding(path, entry, below)
        below = entry
        if kind == "top":
            tops.append(entry.name)
        elif kind == "passed":
            continue
        elif tops:
            raise fault(path, entry.name, "order", f"it follows the top layer {tops[0]!r}", _HINT)
        elif kind == "convolution":
            layers.append(_convolution(path, entry))
        else:
            recorded = recorded and (entry.config is not None or entry.pooling in _POOLS.values())
            layers.append(_pool(entry))
    notes = [f"Layers above the convolutions were dropped: {', '.join(tops)}."] if tops else []
    if any(isinstance(layer, Pool) for layer in layers):
        return Found(layers, notes, "recorded" if recorded else "assumed")
    if all(entry.config is None for entry in entries):
        layers = _by_names(path, layers)
    return Found(layers, notes, "assumed")


def _class(path: Path, entry: Entry) -> str:
    if entry.config is not None:
        return _configured_class(path, entry, entry.config)
    ranks = tuple(weight.ndim for weight in entry.weights)
    if ranks in ((4, 1), (4,)):
        return "convolution"
    if ranks in ((2, 1), (2,)):
        return "top"
    if ranks:
        shapes = ", ".join(str(weight.shape) for weight in entry.weights)
        raise fault(path, entry.name, "weight_names", f"weights of shape {shapes}", _HINT)
    lowered = entry.name.lower()
    if "global" in lowered or "flatten" in lowered:
        return "top"
    return "pool" if "pool" in lowered else "passed"


def _configured_class(path: Path, entry: Entry, config: dict[str, Any]) -> str:
    name, settings = str(config.get("class_name")), config["config"]
    for key, expected in _EXPECTED.get(name, {}).items():
        value = settings.get(key, expected)
        if value != expected and value is not None:
            raise fault(path, entry.name, key, f"{value} is not supported, only {expected}", _HINT)
    activation = settings.get("activation", "relu")
    if name in ("Conv2D", "Activation") and activation not in ("relu", "linear"):
        raise fault(path, entry.name, "activation", f"{activation!r} is not a ReLU", _HINT)
    if name == "Conv2D":
        return "convolution"
    if name in _POOLS:
        return "pool"
    if name in _TOPS or (name == "Activation" and activation != "relu"):
        return "top"
    if name in _PASSED:
        return "passed"
    raise fault(path, entry.name, "class_name", f"{name!r} is not supported", _HINT)


def _check_padding(path: Path, entry: Entry, below: Entry | None) -> None:
    """Old ports of the VGGs pad in a layer of its own, with a convolution that does not."""
    if entry.config is None or entry.config.get("class_name") != "Conv2D":
        return
    beneath = None if below is None else below.config
    padded = beneath is not None and beneath.get("class_name") == "ZeroPadding2D"
    padding = entry.config["config"].get("padding", "same")
    if padding != ("valid" if padded else "same"):
        raise fault(path, entry.name, "padding", f"{padding!r} is not supported here", _HINT)


def _convolution(path: Path, entry: Entry) -> Convolution:
    shape: tuple[int, ...] = entry.weights[0].shape if entry.weights else ()
    if len(shape) != 4 or shape[:2] != (3, 3):
        raise fault(path, entry.name, "kernel", f"shape {shape} is not (3, 3, in, out)", _HINT)
    weight = np.ascontiguousarray(_floats(entry.weights[0]).transpose(3, 2, 0, 1))
    bias = _floats(entry.weights[1]) if len(entry.weights) > 1 else np.zeros(shape[3], np.float32)
    return Convolution(entry.name, weight, bias)


def _floats(dataset: Any) -> FloatArray:
    with np.errstate(over="ignore"):  # what overflows is refused later, with the layer's name
        return np.asarray(dataset[()], dtype=np.float32)


def _pool(entry: Entry) -> Pool:
    if entry.pooling in _POOLS.values():
        return Pool(entry.name, entry.pooling)
    name = "" if entry.config is None else str(entry.config["class_name"])
    return Pool(entry.name, _POOLS.get(name, "max"))


def _by_names(path: Path, layers: Sequence[Layer]) -> list[Layer]:
    """Put a pool between blocks where only the convolutions' names tell them apart."""
    convolutions: dict[tuple[int, int], Convolution] = {}
    for layer in layers:
        match = _BLOCK_NAME.fullmatch(layer.name)
        if match is None or not isinstance(layer, Convolution):
            raise ModelError(
                f"{path.name}: it lists no pools, and {layer.name!r} does not tell its block.",
                "Convert a whole model (model.save), or name layers conv1_1 or block1_conv1.",
            )
        convolutions[int(match[1] or match[2]), int(match[3])] = layer
    return pools_between_blocks(convolutions, "max")
