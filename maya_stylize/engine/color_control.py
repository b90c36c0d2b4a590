"""Style transfer that keeps the content's colors: the two ways of Gatys et al.

*Preserving Color in Neural Artistic Style Transfer* (2016) and *Controlling Perceptual Factors in
Neural Style Transfer* (CVPR 2017). Either the transfer sees light and dark alone and each pixel
takes its color from the content, or the styles' colors are moved onto the content's beforehand.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from maya_stylize.engine.vgg19 import FloatArray

Matrix = npt.NDArray[np.float64]

# Rec. 709's luma, on the values of the sRGB curve.
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
# A style's contrast is enlarged no further: the steps of 8 bits would become visible as noise.
LARGEST_GAIN = 8.0

_TINY = 1e-12
# An eigenvalue that is smaller than the largest by this much is a zero that was rounded.
_ROUNDING = 1e-14


def seen_by_transfer(
    keep_colors: str,
    content: FloatArray,
    styles: tuple[FloatArray, ...],
    start: FloatArray | None,
) -> tuple[FloatArray, tuple[FloatArray, ...], FloatArray | None]:
    """Return a transfer's pictures as it is to see them.

    Args:
        keep_colors: "no", "luminance" or "match".
        content: (H, W, 3) RGB on the sRGB curve, nominally 0 to 1.
        styles: The same, of any sizes.
        start: The same, of any size; None for noise.

    Returns:
        Content, styles and start, each of its own size.
    """
    if keep_colors == "luminance":
        gray = None if start is None else luminance(start)
        return luminance(content), tuple(match_luminance(style, content) for style in styles), gray
    if keep_colors == "match":
        return content, tuple(match_colors(style, content) for style in styles), start
    return content, styles, start


def luminance(pixels: FloatArray) -> FloatArray:
    """Return a picture without its colors: its luma, (H, W, 3), in all three channels."""
    return np.repeat((pixels @ LUMA)[..., None], 3, axis=-1)


def match_luminance(style: FloatArray, content: FloatArray) -> FloatArray:
    """Return a style's luminance with mean and deviation of the content's.

    A style whose deviation is less than the content's by more than LARGEST_GAIN keeps less.

    Args:
        style: (h, w, 3) RGB on the sRGB curve, nominally 0 to 1.
        content: (H, W, 3), likewise.

    Returns:
        (h, w, 3), the same in all three channels.
    """
    (mean, covariance), (wanted_mean, wanted) = _statistics(style), _statistics(content)
    deviation, wanted_deviation = np.sqrt(LUMA @ covariance @ LUMA), np.sqrt(LUMA @ wanted @ LUMA)
    gain = wanted_deviation / max(deviation, wanted_deviation / LARGEST_GAIN, _TINY)
    middle, wanted_middle = np.float32(LUMA @ mean), np.float32(LUMA @ wanted_mean)
    matched: FloatArray = (luminance(style) - middle) * np.float32(gain) + wanted_middle
    return matched


def match_colors(style: FloatArray, content: FloatArray) -> FloatArray:
    """Return a style whose colors have the mean and the covariance of the content's.

    Of the linear maps that do so this is the symmetric one, which moves colors least (Pitié and
    Kokaram 2007, *The Linear Monge-Kantorovitch Linear Colour Mapping*). It needs no inverse of
    the style's covariance: a gray style takes the content's mean color at each brightness, a gray
    content makes the style gray, and a color that hardly varies in the style is not made to vary
    more than LARGEST_GAIN times as much.

    Args:
        style: (h, w, 3) RGB on the sRGB curve, nominally 0 to 1.
        content: (H, W, 3), likewise.

    Returns:
        (h, w, 3); a few values may lie beyond those of the content.
    """
    (mean, covariance), (wanted_mean, wanted) = _statistics(style), _statistics(content)
    move = _least_move(covariance, wanted).astype(np.float32)
    return (style - mean.astype(np.float32)) @ move + wanted_mean.astype(np.float32)


def with_colors_of(content: FloatArray, pixels: FloatArray) -> FloatArray:
    """Return a picture's luma with the content's chroma.

    Where a color does not fit at the new luma it is made paler until it does, so that hue and luma
    stay.

    Args:
        content: (H, W, 3) RGB on the sRGB curve, nominally 0 to 1.
        pixels: (H, W, 3); only its luma counts.

    Returns:
        (H, W, 3) from 0 to 1, or as far beyond as the content goes.
    """
    lowest, highest = min(0.0, float(content.min())), max(1.0, float(content.max()))
    chroma = content - luminance(content)
    luma = np.clip(pixels @ LUMA, lowest, highest)[..., None]
    above, below = chroma.max(-1, keepdims=True), -chroma.min(-1, keepdims=True)
    share = np.minimum((highest - luma) / (above + _TINY), (luma - lowest) / (below + _TINY))
    return np.asarray(luma + np.minimum(share, 1) * chroma, np.float32)


def _statistics(pixels: FloatArray) -> tuple[Matrix, Matrix]:
    """Return the mean color, (3,), and the colors' covariance, (3, 3)."""
    mean = pixels.mean((0, 1), dtype=np.float64)
    covariance = np.zeros((3, 3))
    for row in pixels:  # so that a large picture needs no copy in float64
        covariance += (row - mean).T @ (row - mean)
    return mean, covariance / (pixels.shape[0] * pixels.shape[1])


def _least_move(covariance: Matrix, wanted: Matrix) -> Matrix:
    """Return the symmetric A, (3, 3), with A · covariance · A = wanted, its gain limited.

    A = R (R · covariance · R)^-½ R, where R is the root of wanted. It is put together from one
    term per eigenvector of the matrix in the middle, and each term's gain is limited.
    """
    values, vectors = np.linalg.eigh(wanted)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    values, vectors = np.linalg.eigh(root @ covariance @ root)
    terms = root @ vectors
    values = np.maximum(values, _ROUNDING * values[-1])
    scale = np.maximum(np.sqrt(values), np.maximum((terms**2).sum(0) / LARGEST_GAIN, _TINY**2))
    result: Matrix = (terms / scale) @ terms.T
    return result
