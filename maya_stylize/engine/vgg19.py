"""The network as a Keras functional model, cut at the deepest layer that a job needs."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import numpy.typing as npt

from maya_stylize.convert.network import MEAN_BGR, Convolution, Network
from maya_stylize.errors import EngineError

FloatArray = npt.NDArray[np.float32]


def build(network: Network, taps: Sequence[str], pooling: str, data_format: str) -> keras.Model:
    """Return a model from a picture to the feature maps of the taps.

    Convolutions pad with zeros and pools round up, as in Caffe: on odd sizes the last window is
    partial, and an average is over its real pixels.

    Args:
        network: The weights and the order of the layers.
        taps: Caffe's names of the layers wanted, such as "conv1_1" (after its ReLU) or "pool4".
        pooling: "average" or "max", whatever the network was stored with.
        data_format: "channels_last" or "channels_first".

    Returns:
        A model on (1, H, W, 3), or (1, 3, H, W), BGR minus the mean; its outputs are a dictionary
        by tap.

    Raises:
        EngineError: The network has no layer of a tap's name.
    """
    names = [layer.name for layer in network.layers]
    for tap in taps:
        if tap not in names:
            raise EngineError(f"The network has no layer {tap}.", f"It has: {', '.join(names)}.")
    deepest = max(names.index(tap) for tap in taps)
    free = (None, None)
    picture = keras.Input((*free, 3) if data_format == "channels_last" else (3, *free))
    features, outputs = picture, {}
    pool_type = {"average": keras.layers.AveragePooling2D, "max": keras.layers.MaxPooling2D}[
        pooling
    ]
    for layer in network.layers[: deepest + 1]:
        if isinstance(layer, Convolution):
            features = _convolution(layer, data_format)(features)
        else:
            same = {"padding": "same", "data_format": data_format, "name": layer.name}
            features = pool_type(2, 2, **same)(features)
        if layer.name in taps:
            outputs[layer.name] = features
    model = keras.Model(picture, outputs)
    weights: list[FloatArray] = []
    for layer in network.layers[: deepest + 1]:
        if isinstance(layer, Convolution):
            weights += [layer.weight.transpose(2, 3, 1, 0), layer.bias]
    model.set_weights(weights)
    return model


def _convolution(layer: Convolution, data_format: str) -> keras.layers.Conv2D:
    return keras.layers.Conv2D(
        layer.weight.shape[0],
        3,
        padding="same",
        activation="relu",
        data_format=data_format,
        trainable=False,
        name=layer.name,
    )


def to_network(pixels: FloatArray, data_format: str) -> FloatArray:
    """Return a picture as the network sees it.

    Args:
        pixels: (H, W, 3) RGB on the sRGB curve, nominally 0 to 1.
        data_format: "channels_last" or "channels_first".

    Returns:
        (1, H, W, 3) or (1, 3, H, W), BGR, nominally 0 to 255, minus the mean.
    """
    bgr = pixels[..., ::-1] * np.float32(255) - np.asarray(MEAN_BGR, np.float32)
    if data_format == "channels_first":
        bgr = bgr.transpose(2, 0, 1)
    return np.ascontiguousarray(bgr[None], np.float32)


def from_network(picture: FloatArray, data_format: str) -> FloatArray:
    """Return the inverse of `to_network`: (H, W, 3) RGB on the sRGB curve, nominally 0 to 1."""
    bgr = picture[0] if data_format == "channels_last" else picture[0].transpose(1, 2, 0)
    rgb = (bgr + np.asarray(MEAN_BGR, np.float32)) / np.float32(255)
    return np.ascontiguousarray(rgb[..., ::-1], np.float32)
