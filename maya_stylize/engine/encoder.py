"""The network ready to run: its functions of a picture or of a crop, compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from keras import ops

from maya_stylize.convert.network import Network
from maya_stylize.engine import objective, vgg19
from maya_stylize.engine.backend import Backend
from maya_stylize.engine.backend.types import Tensor, keras_only
from maya_stylize.engine.maps import Maps
from maya_stylize.engine.sliced import projections
from maya_stylize.engine.statistics import gram_sum
from maya_stylize.engine.vgg19 import Wrap


class Encoder:
    """A network on a backend, compiled once for each shape of picture, for any number of jobs.

    Args:
        network: The weights.
        taps: The layers whose features are wanted.
        pooling: "average" or "max".
        backend: What computes.
        wrap: Whether pictures wrap from top to bottom, and from left to right.
        fast: Whether the backend's faster convolutions are taken, which take seconds to trace.
        maps: Of a material, whose pictures are (K, H, W, 3) or (K, 3, H, W); None for one picture.

    Attributes:
        layers: The network's, up to the deepest that is wanted.
        geometry: How the layers lie on the picture.
        backend: What computes.
        axes: Of a picture's rows and columns.
    """

    def __init__(
        self,
        network: Network,
        taps: Sequence[str],
        pooling: str,
        backend: Backend,
        wrap: Wrap = (False, False),
        fast: bool = False,
        maps: Maps | None = None,
    ) -> None:
        self.backend, self.wrap = backend, wrap
        self.layers = vgg19.needed(network, taps)
        self.geometry = vgg19.geometry(network, taps)
        data_format = backend.data_format
        self.axes = (1, 2) if data_format == "channels_last" else (2, 3)
        self.channels = 3 if data_format == "channels_last" else 1
        faster = backend.convolution if fast else keras_only
        model = vgg19.build(network, taps, pooling, data_format, wrap, faster)
        crop_model = model
        if any(wrap):  # a crop brings what lies around it along
            crop_model = vgg19.build(network, taps, pooling, data_format, convolution=faster)

        joint: tuple[str, ...] = ()
        if maps is not None:
            joint = maps.joint
            model, crop_model = (
                maps.seen_by(each, taps, data_format) for each in (model, crop_model)
            )

        def whole(picture: Tensor, targets: Mapping[str, Any]) -> Tensor:
            return objective.loss(model(picture), targets, data_format, joint)

        def surveying(model: Callable[[Tensor], Any]) -> Callable[..., Any]:
            def survey(
                crop: Tensor,
                cores: Mapping[str, Tensor],
                content: Mapping[str, Tensor],
                guides: Mapping[str, Tensor],
                directions: Mapping[str, Tensor],
            ) -> Any:
                features = model(crop)
                parts = {
                    layer: projections(features[layer], each, data_format)
                    for layer, each in directions.items()
                }
                sums = {
                    layer: gram_sum(
                        features[layer] * core, data_format, guides.get(layer), layer in joint
                    )
                    for layer, core in cores.items()
                    if not directions
                }
                distances = {
                    layer: ops.sum(cores[layer] * ops.square(features[layer] - target))
                    for layer, target in content.items()
                }
                return parts or sums, distances

            return backend.compiled(survey)

        def pull(crop: Tensor, cores: Mapping[str, Tensor], seeds: Mapping[str, Any]) -> Tensor:
            features = crop_model(crop)
            total = 0.0
            for layer, seed in seeds["grams"].items():
                inside = features[layer] * cores[layer]
                guides = seeds["guides"].get(layer)
                found = gram_sum(inside, data_format, guides, layer in joint)
                total += ops.sum(seed * found)
            for layer, slope in seeds["slopes"].items():
                inside = features[layer] * cores[layer]
                found = projections(inside, seeds["directions"][layer], data_format)
                total += ops.sum(slope * found)
            for layer, target in seeds["features"].items():
                distance = ops.sum(cores[layer] * ops.square(features[layer] - target))
                total += seeds["feature_weights"][layer] * distance
            return total

        self.whole = backend.value_and_gradient(whole)
        self.survey, self.whole_survey = surveying(crop_model), surveying(model)
        self.pull = backend.value_and_gradient(pull)
        self.features = backend.compiled(crop_model)

    def positions(self, layer: str, size: tuple[int, int]) -> int:
        """Return how many positions a layer has on a picture of a height and width."""
        stride = self.geometry.strides[layer]
        return int(np.prod([-(-side // stride) for side in size]))
