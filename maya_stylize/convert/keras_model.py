"""From a whole Keras model's description to a chain, every setting and every joint checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maya_stylize.convert.chain import fault
from maya_stylize.convert.keras_layers import HINT, Entry, Found, convolution, top_notes
from maya_stylize.convert.network import Layer, Pool, Pooling
from maya_stylize.errors import ModelError

_POOLS: dict[str, Pooling] = {"MaxPooling2D": "max", "AveragePooling2D": "average"}
_TOPS = {"Flatten", "Dense", "GlobalAveragePooling2D", "GlobalMaxPooling2D"}

# Settings that must have these values wherever a model states them; None leaves Keras's default.
_POOL = {"pool_size": [2, 2], "strides": [2, 2]}
_EXPECTED: dict[str, dict[str, Any]] = {
    "Conv2D": {
        "kernel_size": [3, 3],
        "strides": [1, 1],
        "dilation_rate": [1, 1],
        "groups": 1,
    },
    "MaxPooling2D": _POOL,
    "AveragePooling2D": _POOL,
    "ReLU": {"max_value": None, "negative_slope": 0, "threshold": 0},
    "ZeroPadding2D": {"padding": [[1, 1], [1, 1]]},
}


def to_layers(path: Path, config: Any, entries: Mapping[str, Entry]) -> Found:
    """Return the chain that a sequential or functional model's description states.

    Args:
        path: The file, for messages.
        config: The model's own `config`: a list of layers, or a dictionary with one.
        entries: What the file holds of each layer, by name.

    Raises:
        ModelError: A layer is of another kind, is joined otherwise, or lacks its ReLU.
        KeyError, TypeError, AttributeError: It is no model's description.
    """
    walk = _Walk(path, entries)
    for layer in config if isinstance(config, list) else config["layers"]:
        walk.take(layer)
    return walk.found()


class _Walk:
    """Follow the description from the picture up, one layer at a time."""

    def __init__(self, path: Path, entries: Mapping[str, Entry]) -> None:
        self._path = path
        self._entries = entries
        self._below: str | None = None
        self._bare: str | None = None  # the convolution whose ReLU has not come yet
        self._padding: str | None = None  # the padding layer whose convolution has not come yet
        self._layers: list[Layer] = []
        self._tops: list[str] = []

    def take(self, layer: Mapping[str, Any]) -> None:
        """Add one layer to the chain."""
        kind, settings = str(layer["class_name"]), layer["config"]
        name = str(settings["name"])
        if self._tops:
            if kind == "Conv2D" or kind in _POOLS:
                raise self._fault(name, "order", f"it follows the top layer {self._tops[0]!r}")
            self._tops.append(name)
            return
        self._check_settings(name, kind, settings)
        self._take_hidden(name, kind, settings)
        self._check_joint(name, layer.get("inbound_nodes"))
        self._below = name

    def found(self) -> Found:
        """Return the finished chain."""
        self._require_relu("nothing")
        self._require_convolution()
        return Found(self._layers, top_notes(self._tops), "recorded")

    def _take_hidden(self, name: str, kind: str, settings: Mapping[str, Any]) -> None:
        if kind == "Conv2D":
            self._take_convolution(name, settings)
            return
        self._require_convolution()
        activation = settings.get("activation")
        if kind in _POOLS:
            self._require_relu(name)
            self._layers.append(Pool(name, _POOLS[kind]))
        elif kind in _TOPS:
            self._tops.append(name)
        elif kind == "ReLU" or (kind == "Activation" and activation == "relu"):
            if not any(not isinstance(layer, Pool) for layer in self._layers):
                raise self._fault(name, "class_name", "a ReLU on the picture itself")
            self._bare = None
        elif kind == "ZeroPadding2D":
            self._padding = name
        elif kind == "Activation" and activation != "linear":
            raise self._fault(name, "activation", f"{activation!r} is not a ReLU")
        elif kind not in ("Activation", "Dropout", "InputLayer"):
            raise self._fault(name, "class_name", f"{kind!r} is not supported")

    def _take_convolution(self, name: str, settings: Mapping[str, Any]) -> None:
        self._require_relu(name)
        # Old ports of the VGGs pad in a layer of its own, with a convolution that does not.
        padding = settings.get("padding", "valid")
        if padding != ("valid" if self._padding else "same"):
            raise self._fault(name, "padding", f"{padding!r} is not supported here")
        self._padding = None
        activation = settings.get("activation") or "linear"
        if activation not in ("relu", "linear"):
            raise self._fault(name, "activation", f"{activation!r} is not a ReLU")
        self._bare = None if activation == "relu" else name
        if name not in self._entries:
            raise self._fault(name, "layer_names", "the file does not list its weights")
        self._layers.append(convolution(self._path, self._entries[name]))

    def _check_settings(self, name: str, kind: str, settings: Mapping[str, Any]) -> None:
        for key, expected in _EXPECTED.get(kind, {}).items():
            value = settings.get(key)
            if value is not None and value != expected:
                raise self._fault(name, key, f"{value} is not supported, only {expected}")

    def _check_joint(self, name: str, nodes: Any) -> None:
        """Refuse a layer that does not take the layer before it, and that alone, just once.

        A sequential model has no nodes, and an input layer an empty list of them.
        """
        if nodes is None or (nodes == [] and self._below is None):
            return
        found = [_sources(node) for node in nodes]
        if found != [[self._below]]:
            raise self._fault(name, "inbound_nodes", f"it does not continue {self._below!r} alone")

    def _require_relu(self, follower: str) -> None:
        if self._bare is not None:
            what = f"no ReLU follows this convolution, but {follower}"
            raise self._fault(self._bare, "activation", what)

    def _require_convolution(self) -> None:
        if self._padding is not None:
            what = "no convolution without padding of its own follows it directly"
            raise self._fault(self._padding, "class_name", what)

    def _fault(self, name: str, field: str, what: str) -> ModelError:
        return fault(self._path, name, field, what, HINT)


def _sources(node: Any) -> list[Any]:
    """Return the names of the layers that a node takes; Keras 2 and 3 write them differently."""
    try:
        if isinstance(node, dict):
            return [tensor["config"]["keras_history"][0] for tensor in node["args"]]
        return [joint[0] for joint in node]
    except (KeyError, TypeError, IndexError):  # several tensors in one argument, say
        return []
