"""A VGG-style chain as plain arrays: what every reader returns and every writer takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Union

import numpy as np
import numpy.typing as npt

Pooling = Literal["average", "max"]
FloatArray = npt.NDArray[np.float32]

# How sure a reader is of the kind of pooling: "stated" by a prototxt or by our own provenance,
# "recorded" in the model file, "assumed" because the container has no place for it.
PoolingOrigin = Literal["stated", "recorded", "assumed"]

# Subtracted from the input, in the order blue, green, red (the 2014 VGG release).
MEAN_BGR = (103.939, 116.779, 123.68)

# Convolutions per block of VGG-11, 13, 16 and 19 (Simonyan and Zisserman, 2015, table 1).
VGG_BLOCKS = ((1, 1, 2, 2, 2), (2, 2, 2, 2, 2), (2, 2, 3, 3, 3), (2, 2, 4, 4, 4))


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
        layers: In order from the picture up, named by position: conv1_1, ..., pool1, conv2_1, ...
        notes: What a reader dropped or assumed, in sentences for the user.
        pooling_origin: Where the pools' kind comes from.
    """

    layers: tuple[Layer, ...]
    notes: tuple[str, ...] = field(default=())
    pooling_origin: PoolingOrigin = "recorded"

    @property
    def convolutions(self) -> tuple[Convolution, ...]:
        """The convolutions in order."""
        return tuple(layer for layer in self.layers if isinstance(layer, Convolution))

    @property
    def pools(self) -> tuple[Pool, ...]:
        """The pools in order."""
        return tuple(layer for layer in self.layers if isinstance(layer, Pool))

    @property
    def blocks(self) -> tuple[int, ...]:
        """Convolutions in each run between pools, such as (2, 2, 4, 4, 4) for VGG-19."""
        counts = [0]
        for layer in self.layers:
            if isinstance(layer, Pool):
                counts.append(0)
            else:
                counts[-1] += 1
        return tuple(counts if counts[-1] else counts[:-1])
