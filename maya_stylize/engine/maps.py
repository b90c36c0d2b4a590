"""The maps of a material as the network sees them: several pictures of one surface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from maya_stylize.convert.network import MEAN_BGR
from maya_stylize.engine.backend.types import Tensor


@dataclass(frozen=True)
class Maps:
    """What is known of a material's maps; it can be a key.

    Attributes:
        gray: For each map, whether it holds one number for each pixel, in all three channels.
        joint: The layers that look at all maps together, so that what belongs together in the
            example does so in the result.
    """

    gray: tuple[bool, ...]
    joint: tuple[str, ...]

    def seen_by(
        self, model: Callable[[Tensor], Any], taps: Sequence[str], data_format: str
    ) -> Callable[[Tensor], dict[str, Tensor]]:
        """Return a model that takes all maps at once.

        Args:
            model: From one picture to its feature maps by layer.
            taps: The layers.
            data_format: Of pictures and features.

        Returns:
            From (K, H, W, 3), or (K, 3, H, W), to feature maps of K in place of 1.
        """
        shape = (1, 1, 1, 3) if data_format == "channels_last" else (1, 3, 1, 1)
        mean = np.reshape(np.asarray(MEAN_BGR, np.float32), shape)
        channels = 3 if data_format == "channels_last" else 1

        def features(pictures: Tensor) -> dict[str, Tensor]:
            seen = []
            middle = ops.convert_to_tensor(mean)
            for index, is_gray in enumerate(self.gray):
                picture = pictures[index : index + 1]
                if is_gray:  # so that its channels have one gradient, and stay equal
                    level = ops.mean(picture + middle, axis=channels, keepdims=True)
                    picture = level - middle
                seen.append(model(picture))
            return {layer: ops.stack([each[layer][0] for each in seen]) for layer in taps}

        return features
