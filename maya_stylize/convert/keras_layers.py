"""From the layers that a Keras weight file lists to a chain, told by their names and weights."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from maya_stylize.convert.chain import fault, listed, pools_between_blocks
from maya_stylize.convert.network import (
    Convolution,
    FloatArray,
    Layer,
    Pool,
    Pooling,
    PoolingOrigin,
)
from maya_stylize.errors import ModelError

HINT = "Only chains of 3x3 convolutions, ReLUs and 2x2 pools convert."
_BLOCK_NAME = re.compile(r"(?:block(\d{1,2})_conv|conv(\d{1,2})_)(\d{1,2})")
_KINDS: Mapping[str, Pooling] = {"max": "max", "average": "average"}


@dataclass(frozen=True)
class Entry:
    """One listed layer.

    Attributes:
        name: As listed.
        weights: HDF5 datasets of floats in the listed order; read one by one, so that no more
            than the convolutions are ever in memory.
        pooling: "average" or "max" where our own writer noted it.
    """

    name: str
    weights: tuple[Any, ...]
    pooling: str | None = None


@dataclass(frozen=True)
class Found:
    """The layers of a file under its own names."""

    layers: list[Layer]
    notes: list[str]
    pooling_origin: PoolingOrigin


def to_layers(path: Path, entries: Sequence[Entry]) -> Found:
    """Return the chain that the entries form; every convolution is taken to have its ReLU.

    Args:
        path: The file, for messages.
        entries: In the file's order.

    Raises:
        ModelError: A layer is of another kind, or the pools' places cannot be told.
    """
    layers: list[Layer] = []
    tops: list[str] = []
    recorded = True
    for entry in entries:
        kind = _kind(path, entry)
        if kind == "top":
            tops.append(entry.name)
        elif kind == "passed":
            continue
        elif tops:
            raise fault(path, entry.name, "order", f"it follows the top layer {tops[0]!r}", HINT)
        elif kind == "convolution":
            layers.append(convolution(path, entry))
        else:
            recorded = recorded and entry.pooling in _KINDS
            layers.append(Pool(entry.name, _KINDS.get(entry.pooling or "", "max")))
    if any(isinstance(layer, Pool) for layer in layers):
        _check_places(path, layers)
        return Found(layers, top_notes(tops), "recorded" if recorded else "assumed")
    return Found(_by_names(path, layers), top_notes(tops), "assumed")


def convolution(path: Path, entry: Entry) -> Convolution:
    """Return the convolution whose weights an entry holds.

    Raises:
        ModelError: They are no 3x3 kernels.
    """
    shape: tuple[int, ...] = entry.weights[0].shape if entry.weights else ()
    if len(shape) != 4 or shape[:2] != (3, 3):
        raise fault(path, entry.name, "kernel", f"shape {shape} is not (3, 3, in, out)", HINT)
    weight = np.ascontiguousarray(_floats(entry.weights[0]).transpose(3, 2, 0, 1))
    bias = _floats(entry.weights[1]) if len(entry.weights) > 1 else np.zeros(shape[3], np.float32)
    return Convolution(entry.name, weight, bias)


def top_notes(tops: Sequence[str]) -> list[str]:
    """Return what to tell the user about the layers above the convolutions."""
    return [f"Layers above the convolutions were dropped: {listed(tops)}."] if tops else []


def _kind(path: Path, entry: Entry) -> str:
    ranks = tuple(weight.ndim for weight in entry.weights)
    if ranks in ((4, 1), (4,)):
        return "convolution"
    if ranks in ((2, 1), (2,)):
        return "top"
    if ranks:
        shapes = ", ".join(str(weight.shape) for weight in entry.weights)
        raise fault(path, entry.name, "weight_names", f"weights of shape {shapes}", HINT)
    lowered = entry.name.lower()
    if "global" in lowered or "flatten" in lowered:
        return "top"
    return "pool" if "pool" in lowered else "passed"


def _floats(dataset: Any) -> FloatArray:
    with np.errstate(over="ignore"):  # what overflows is refused later, with the layer's name
        return np.asarray(dataset[()], dtype=np.float32)


def _place(name: str) -> tuple[int, int] | None:
    """Return the block and the number that a convolution's name tells, None if it does not."""
    match = _BLOCK_NAME.fullmatch(name)
    return (int(match[1] or match[2]), int(match[3])) if match else None


def _check_places(path: Path, layers: Sequence[Layer]) -> None:
    """Refuse a list in another order than all of its names tell, such as an alphabetical one."""
    found, told = [], []
    block, number = 1, 0
    for layer in layers:
        if isinstance(layer, Pool):
            block, number = block + 1, 0
        else:
            number += 1
            found.append((block, number))
            told.append(_place(layer.name))
    if None in told or found == told:
        return
    name, (block, number) = next(
        (layer.name, place)
        for layer, place, wanted in zip(
            (layer for layer in layers if isinstance(layer, Convolution)), found, told, strict=True
        )
        if place != wanted
    )
    raise fault(
        path,
        name,
        "layer_names",
        f"the list puts it at place {number} of block {block}, which its name contradicts",
        "A layer may be missing, or the list not be in the network's order. Convert a whole model "
        "(model.save).",
    )


def _by_names(path: Path, layers: Sequence[Layer]) -> list[Layer]:
    """Put a pool between blocks where only the convolutions' names tell them apart."""
    convolutions: dict[tuple[int, int], Convolution] = {}
    for layer in layers:
        place = _place(layer.name)
        if place is None or not isinstance(layer, Convolution):
            raise ModelError(
                f"{path.name}: it lists no pools, and {layer.name!r} does not tell its block.",
                "Convert a whole model (model.save), or name layers conv1_1 or block1_conv1.",
            )
        convolutions[place] = layer
    return pools_between_blocks(path, convolutions, "max")
