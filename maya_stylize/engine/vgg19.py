"""The network as a Keras functional model, cut at the deepest layer that a job needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from maya_stylize.convert.network import MEAN_BGR, Convolution, Network, Pool
from maya_stylize.engine.backend.types import Faster, Tensor, keras_only
from maya_stylize.errors import EngineError

FloatArray = npt.NDArray[np.float32]


Wrap = tuple[bool, bool]


def build(
    network: Network,
    taps: Sequence[str],
    pooling: str,
    data_format: str,
    wrap: Wrap = (False, False),
    convolution: Faster = keras_only,
) -> keras.Model:
    """Return a model from a picture to the feature maps of the taps.

    Convolutions pad with zeros and pools round up, as in Caffe: on odd sizes the last window is
    partial, and an average is over its real pixels.

    Args:
        network: The weights and the order of the layers.
        taps: Caffe's names of the layers wanted, such as "conv1_1" (after its ReLU) or "pool4".
        pooling: "average" or "max", whatever the network was stored with.
        data_format: "channels_last" or "channels_first".
        wrap: Whether convolutions look around the edge to the other side, from top to bottom and
            from left to right, instead of padding with zeros. Such a side must be a multiple of
            the deepest layer's stride.
        convolution: Makes the layers that the backend has a faster way for.

    Returns:
        A model on (1, H, W, 3), or (1, 3, H, W), BGR minus the mean; its outputs are a dictionary
        by tap.

    Raises:
        EngineError: The network has no layer of a tap's name.
    """
    layers = needed(network, taps)
    free = (None, None)
    picture = keras.Input((*free, 3) if data_format == "channels_last" else (3, *free))
    features, outputs = picture, {}
    pool_type = {"average": keras.layers.AveragePooling2D, "max": keras.layers.MaxPooling2D}[
        pooling
    ]
    for layer in layers:
        if isinstance(layer, Convolution):
            if any(wrap):
                features = WrappingPad(wrap, data_format, name=f"{layer.name}_pad")(features)
            padding = "valid" if any(wrap) else "same"
            faster = convolution(layer.weight, layer.bias, padding, layer.name)
            features = (faster or _convolution(layer, data_format, padding))(features)
        else:
            same = {"padding": "same", "data_format": data_format, "name": layer.name}
            features = pool_type(2, 2, **same)(features)
        if layer.name in taps:
            outputs[layer.name] = features
    return keras.Model(picture, outputs)


@dataclass(frozen=True)
class Geometry:
    """How the network's layers lie on the picture.

    Attributes:
        strides: Pixels between two neighboring positions, of each layer tapped.
        stride: That of the deepest layer.
        reach: How far, in pixels and at most, a position of a layer tapped looks beyond the square
            of pixels that is its own; rounded up to a multiple of `stride`.
    """

    strides: Mapping[str, int]
    stride: int
    reach: int


def geometry(network: Network, taps: Sequence[str]) -> Geometry:
    """Return how the layers lie on the picture; the arguments are those of `build`.

    Raises:
        EngineError: The network has no layer of a tap's name.
    """
    strides, stride, reach = {}, 1, 0
    for layer in needed(network, taps):
        if isinstance(layer, Convolution):
            reach += stride  # one position of the layer below, on each side
        else:
            stride *= 2  # a window of two by two is the new position's own square
        if layer.name in taps:
            strides[layer.name] = stride
    return Geometry(strides, stride, -(-reach // stride) * stride)


class WrappingPad(keras.layers.Layer):  # type: ignore[misc]
    """Adds one row and column on each side: the opposite side's where that wraps, else zeros.

    Args:
        wrap: Whether rows wrap from top to bottom, and columns from left to right.
        data_format: "channels_last" or "channels_first".
        name: The layer's name.
    """

    def __init__(self, wrap: Wrap, data_format: str, name: str) -> None:
        super().__init__(name=name)
        self._wrap = wrap
        self._axes = (1, 2) if data_format == "channels_last" else (2, 3)

    def call(self, features: Tensor) -> Tensor:
        """Return (1, H + 2, W + 2, C) for (1, H, W, C), and alike for channels first."""
        for axis, wraps in zip(self._axes, self._wrap, strict=True):
            if wraps:
                size = ops.shape(features)[axis]
                last = ops.take(features, ops.arange(size - 1, size), axis)
                first = ops.take(features, ops.arange(0, 1), axis)
                features = ops.concatenate([last, features, first], axis)
            else:
                margins = [[0, 0]] * 4
                margins[axis] = [1, 1]
                features = ops.pad(features, margins)
        return features


def needed(network: Network, taps: Sequence[str]) -> Sequence[Convolution | Pool]:
    """Return the layers up to the deepest tap.

    Raises:
        EngineError: The network has no layer of a tap's name.
    """
    names = [layer.name for layer in network.layers]
    for tap in taps:
        if tap not in names:
            raise EngineError(f"The network has no layer {tap}.", f"It has: {', '.join(names)}.")
    return network.layers[: max(names.index(tap) for tap in taps) + 1]


def _convolution(layer: Convolution, data_format: str, padding: str) -> keras.layers.Conv2D:
    return keras.layers.Conv2D(
        layer.weight.shape[0],
        3,
        padding=padding,
        activation="relu",
        data_format=data_format,
        # Instead of random numbers first, which JAX would compile a program for.
        kernel_initializer=lambda *_, **__: np.ascontiguousarray(
            layer.weight.transpose(2, 3, 1, 0)
        ),
        bias_initializer=lambda *_, **__: layer.bias,
        trainable=False,
        name=layer.name,
    )


def to_network(pixels: FloatArray, data_format: str) -> FloatArray:
    """Return a picture as the network sees it, or the K maps of a material.

    Args:
        pixels: (H, W, 3) RGB on the sRGB curve, nominally 0 to 1; (H, W, 3·K) for a material.
        data_format: "channels_last" or "channels_first".

    Returns:
        (1, H, W, 3) or (1, 3, H, W), BGR, nominally 0 to 255, minus the mean; K in place of 1 for a
        material.
    """
    rgb = pixels.reshape(*pixels.shape[:2], -1, 3)
    bgr = rgb[..., ::-1] * np.float32(255) - np.asarray(MEAN_BGR, np.float32)
    order = (2, 0, 1, 3) if data_format == "channels_last" else (2, 3, 0, 1)
    return np.ascontiguousarray(bgr.transpose(order), np.float32)


def from_network(picture: FloatArray, data_format: str) -> FloatArray:
    """Return the inverse of `to_network`: (H, W, 3·K) RGB on the sRGB curve, nominally 0 to 1."""
    order = (1, 2, 0, 3) if data_format == "channels_last" else (2, 3, 0, 1)
    bgr = picture.transpose(order)
    rgb = ((bgr + np.asarray(MEAN_BGR, np.float32)) / np.float32(255))[..., ::-1]
    return np.ascontiguousarray(rgb.reshape(*rgb.shape[:2], -1), np.float32)
