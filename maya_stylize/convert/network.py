"""A VGG-style chain as plain arrays: what every reader returns and every writer takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Union

import numpy as np
import numpy.typing as npt

Pooling = Literal["average", "max"]
FloatArray = npt.NDArray[np.float32]

# Subtracted from the input, in the order blue, green, red (the 2014 VGG release).
MEAN_BGR = (103.939, 116.779, 123.68)


@dataclass(frozen=True)
class Convolution:
    """A 3x3 convolution of stride 1 and padding 1, and the ReLU behind it.

    Attributes:
        name: Caffe's name, such as "conv1_1".
        weight: float32, (out, in, 3, 3).
        bias: float32, (out,).
    """

    name: str
    weight: FloatArray
    bias: FloatArray


@dataclass(frozen=True)
class Pool:
    """A 2x2 pooling of stride 2 that rounds up, as Caffe does.

    Attributes:
        name: Caffe's name, such as "pool1".
        kind: "average" (over the real pixels only) or "max".
    """

    name: str
    kind: Pooling


Layer = Union[Convolution, Pool]


@dataclass(frozen=True)
class Network:
    """A chain of convolutions with ReLU and pools on BGR input, 0 to 255, minus the mean.

    Attributes:
        layers: In order from the picture up.
        notes: What a reader dropped or assumed, in sentences for the user.
    """

    layers: tuple[Layer, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def convolutions(self) -> tuple[Convolution, ...]:
        """The convolutions in order."""
        return tuple(layer for layer in self.layers if isinstance(layer, Convolution))

    @property
    def pools(self) -> tuple[Pool, ...]:
        """The pools in order."""
        return tuple(layer for layer in self.layers if isinstance(layer, Pool))
