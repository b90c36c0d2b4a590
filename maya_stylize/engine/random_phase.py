"""Noise with an example's own colors and frequencies, for a texture to begin from.

Noise drawn channel by channel has far more fine chroma than nearly any texture, and the statistics
hardly ask for its removal: what the few evaluations of a draft leave of it are specks of odd
colors. An example with random phases (Galerne, Gousseau, Morel 2011, *Random Phase Textures: Theory
and Synthesis*) has none to remove: its channels vary together, and in each frequency as much, as
they do in the example.
"""

from __future__ import annotations

import numpy as np

from maya_stylize.engine.vgg19 import FloatArray, Wrap

TINY = 1e-30


def noise_like(
    example: FloatArray,
    size: tuple[int, int],
    random: np.random.Generator,
    wrap: Wrap = (False, False),
    share: FloatArray | None = None,
) -> FloatArray:
    """Return Gaussian noise with an example's means, and its covariances near and far.

    Args:
        example: (h, w, C).
        size: Height and width of the noise.
        random: Of one value at each place, for all channels together.
        wrap: Whether the noise wraps from top to bottom, and from left to right.
        share: What each of the example's pixels counts for, (h, w); None for all alike.

    Returns:
        (H, W, C).
    """
    shape = example.shape[:2]
    weight = np.ones(shape) if share is None else np.asarray(share, np.float64)
    weight = weight / max(float(np.sqrt((weight**2).sum())), TINY)
    # Each value is spread as the example lies around its middle, which gives the noise the
    # example's covariances; what reaches beyond an edge that wraps comes in at the other.
    white = random.normal(
        size=[
            side + (0 if wraps else more - 1)
            for side, more, wraps in zip(size, shape, wrap, strict=True)
        ]
    )
    margins = [(more - 1 if wraps else 0, 0) for more, wraps in zip(shape, wrap, strict=True)]
    white = np.pad(white, margins, "wrap")
    transformed = np.fft.rfft2(white)
    noise = np.empty((*size, example.shape[-1]), np.float32)
    for channel in range(example.shape[-1]):
        values = example[..., channel]
        mean = (weight * values).sum() / max(float(weight.sum()), TINY)
        kernel = np.fft.rfft2(weight * (values - mean), white.shape)
        spread = np.fft.irfft2(transformed * kernel, white.shape)
        noise[..., channel] = mean + spread[shape[0] - 1 :, shape[1] - 1 :]
    return noise
