"""Small networks whose statistics are well scaled."""

from __future__ import annotations

import numpy as np

from maya_stylize.convert.network import Convolution, Network, Pool


def small_chain(blocks=(2, 2, 1), width=6, seed=0) -> Network:
    """Return a chain of random 3x3 filters, for pictures of 0 to 255 minus the mean."""
    random = np.random.default_rng(seed)
    layers: list[Convolution | Pool] = []
    below = 3
    for block, count in enumerate(blocks, 1):
        for index in range(1, count + 1):
            gain = np.sqrt(2 / (9 * below)) / (60 if below == 3 and block == 1 else 1)
            weight = random.normal(0, gain, (width, below, 3, 3)).astype(np.float32)
            bias = random.normal(0, 0.1, width).astype(np.float32)
            layers.append(Convolution(f"conv{block}_{index}", weight, bias))
            below = width
        layers.append(Pool(f"pool{block}", "average"))
    return Network(tuple(layers))
