"""From the keys of a torch state dict to a chain of layers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from maya_stylize.convert.chain import assemble, fault, listed, pools_between_blocks
from maya_stylize.convert.network import MEAN_BGR, Convolution, FloatArray, Layer, Network, Pool
from maya_stylize.errors import ModelError

_SEQUENTIAL = re.compile(r"(?:(?:module|features|vgg|encoder|model)\.)*(\d{1,6})\.(\w+)")
_CAFFE_NAME = re.compile(r"(?:module\.|features\.)*conv(\d{1,2})_(\d{1,2})\.(\w+)")

Shapes = Mapping[str, tuple[int, ...]]
Fetch = Callable[[str], FloatArray]


def to_network(path: Path, shapes: Shapes, fetch: Fetch) -> Network:
    """Return the chain that a state dict describes.

    Args:
        path: The file, for messages.
        shapes: Every tensor's shape by key.
        fetch: Returns a tensor by key as float32; called for the convolutions only.

    Raises:
        ModelError: The keys are of no known naming, or the layers are not a VGG-style chain.
    """
    notes: list[str] = []
    features = {}
    dropped = []
    for key, shape in shapes.items():
        if len(shape) == 2 or key.startswith("classifier."):
            dropped.append(key.rpartition(".")[0])
        else:
            features[key] = shape
    if dropped:
        names = listed(list(dict.fromkeys(dropped)))
        notes.append(f"Fully connected layers were dropped: {names}.")
    if any(_CAFFE_NAME.fullmatch(key) for key in features):
        layers = _from_caffe_names(path, features, fetch)
    else:
        layers = _from_numbers(path, features, fetch, notes)
    return assemble(path, layers, notes, "assumed")


def _from_caffe_names(path: Path, shapes: Shapes, fetch: Fetch) -> list[Layer]:
    """Keys such as conv1_1.weight; a pool lies between blocks."""
    groups: dict[tuple[int, int], dict[str, str]] = {}
    for key in shapes:
        match = _CAFFE_NAME.fullmatch(key)
        if match is None:
            raise _unknown_key(path, key)
        place = (int(match[1]), int(match[2]))
        groups.setdefault(place, {})[match[3]] = key
    convolutions = {
        place: _convolution(path, f"conv{place[0]}_{place[1]}", keys, shapes, fetch)
        for place, keys in groups.items()
    }
    return pools_between_blocks(path, convolutions, "max")


def _from_numbers(path: Path, shapes: Shapes, fetch: Fetch, notes: list[str]) -> list[Layer]:
    """Keys numbered by nn.Sequential: what has no weights shows as a gap in the numbers.

    Convolution and ReLU take two places, three with a padding layer in front; a pool adds one.
    """
    groups: dict[int, dict[str, str]] = {}
    for key in shapes:
        match = _SEQUENTIAL.fullmatch(key)
        if match is None:
            raise _unknown_key(path, key)
        groups.setdefault(int(match[1]), {})[match[2]] = key
    if not groups:
        return []
    numbers = sorted(groups)
    place = 0
    leading = groups[numbers[0]].get("weight", "")
    if shapes.get(leading, ())[2:] == (1, 1):
        _check_preprocessing(path, str(numbers[0]), groups[numbers[0]], fetch)
        place = numbers.pop(0) + 1
        notes.append(
            "The 1x1 convolution in front, which turns RGB from 0 to 1 into BGR minus the mean, "
            "was dropped: the engine does that itself."
        )
    else:
        notes.append(
            "A torch file does not say what its input is: BGR from 0 to 255 minus the mean "
            f"{MEAN_BGR} is taken, as in Caffe. Weights that torchvision trained expect another "
            "input (RGB, divided by a standard deviation) and give wrong colors: take Caffe's or "
            "Keras's instead."
        )
    step = 2 + (numbers[0] - place if numbers else 0)
    layers: list[Layer] = []
    for number in numbers:
        convolution = _convolution(path, str(number), groups[number], shapes, fetch)
        gap = number - place - (step - 2)
        if gap not in (0, 1) or step > 3 or (gap and not layers):
            raise fault(
                path,
                str(number),
                "key",
                "its number leaves room for layers other than padding, ReLU and one pool",
                "Only chains of 3x3 convolutions, ReLUs and 2x2 pools convert.",
            )
        layers += [Pool("", "max")] * gap
        layers.append(convolution)
        place = number + 2
    return layers


def _convolution(
    path: Path, name: str, keys: Mapping[str, str], shapes: Shapes, fetch: Fetch
) -> Convolution:
    if "weight" not in keys or set(keys) - {"weight", "bias"}:
        odd = sorted(set(keys) - {"weight", "bias"}) or ["weight"]
        raise fault(
            path,
            name,
            odd[0],
            "only a convolution's weight and bias are expected here",
            "Only chains of 3x3 convolutions, ReLUs and 2x2 pools convert.",
        )
    shape = shapes[keys["weight"]]
    if len(shape) != 4 or shape[2:] != (3, 3):
        raise fault(path, name, "weight", f"shape {shape} is not that of 3x3 kernels")
    weight = fetch(keys["weight"])
    bias = fetch(keys["bias"]) if "bias" in keys else np.zeros(shape[0], np.float32)
    return Convolution(name, weight, bias)


def _check_preprocessing(path: Path, name: str, keys: Mapping[str, str], fetch: Fetch) -> None:
    """Accept the one 1x1 convolution that maps RGB in 0 to 1 onto BGR minus the mean."""
    expected = 255 * np.eye(3, dtype=np.float32)[::-1]
    mean = -np.array(MEAN_BGR, np.float32)
    weight = fetch(keys["weight"])
    bias = fetch(keys["bias"]) if "bias" in keys else np.zeros(3, np.float32)
    if weight.shape != (3, 3, 1, 1) or not np.array_equal(weight[:, :, 0, 0], expected):
        raise fault(
            path, name, "weight", "the 1x1 convolution is not the map from RGB 0..1 to BGR 0..255"
        )
    if not np.array_equal(bias, mean):
        raise fault(path, name, "bias", f"the 1x1 convolution does not subtract {MEAN_BGR}")


def _unknown_key(path: Path, key: str) -> ModelError:
    return ModelError(
        f"{path.name}: the tensor {key[:100]!r} has no place in a VGG-style chain.",
        "Keys such as features.0.weight, 0.weight or conv1_1.weight are understood.",
    )
