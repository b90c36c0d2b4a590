"""Style transfer that keeps the content's colors: the ways of Gatys et al.

*Preserving Color in Neural Artistic Style Transfer* (2016) and *Controlling Perceptual Factors in
Neural Style Transfer* (CVPR 2017). Either the transfer sees light and dark alone and each pixel
takes its color from the content, or the styles' colors are moved onto the content's beforehand, by
one of the maps of `color_maps`.

Each can be done in part, by a strength s from 0, which leaves everything as it is, to 1:

- Matched: every color of a style goes the share s of its way to the color that matching gives it.
- Luminance: a style's luma goes the share s of its way to the matched luma. Of color, √(1-s) is
  left in all that the transfer sees, and √(1-s) of what it makes of that in the result, to which s
  of the content's color is added. So the result has 1-s of the styles' colors and s of the
  content's, and nothing jumps at either end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from maya_stylize.engine.color_maps import LARGEST_GAIN, MAPS, TINY, Matrix
from maya_stylize.engine.vgg19 import FloatArray

# What each pixel of a style and of a content counts for, (h, w) and (H, W), their alpha where only
# what is opaque does; None where all count for one.
Shown = tuple[FloatArray | None, FloatArray | None]
ALL: Shown = (None, None)

# Rec. 709's luma, on the values of the sRGB curve.
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def seen_by_transfer(
    keep_colors: str,
    strength: float,
    content: FloatArray,
    styles: tuple[FloatArray, ...],
    start: FloatArray | None,
    shown: Sequence[Shown] = (),
) -> tuple[FloatArray, tuple[FloatArray, ...], FloatArray | None]:
    """Return a transfer's pictures as it is to see them.

    Args:
        keep_colors: "no", "luminance", or one of `color_maps.MAPS`.
        strength: How far colors are kept, 0 to 1; 0 is as "no".
        content: (H, W, 3) RGB on the sRGB curve, nominally 0 to 1.
        styles: The same, of any sizes.
        start: The same, of any size; None for noise.
        shown: What counts of each style and of the content; empty where all does.

    Returns:
        Content, styles and start, each of its own size.
    """
    if keep_colors == "no" or not strength:
        return content, styles, start
    pairs = list(zip(styles, shown or [ALL] * len(styles), strict=True))
    if keep_colors == "luminance":
        return (
            _paler(content, strength),
            tuple(_with_luma_of(style, content, strength, each) for style, each in pairs),
            None if start is None else _paler(start, strength),
        )
    matched = [match_colors(style, content, keep_colors, each) for style, each in pairs]
    mixed = (_between(*pair, strength) for pair in zip(styles, matched, strict=True))
    return content, tuple(mixed), start


def luminance(pixels: FloatArray) -> FloatArray:
    """Return a picture without its colors: its luma, (H, W, 3), in all three channels."""
    return np.repeat((pixels @ LUMA)[..., None], 3, axis=-1)


def match_luminance(style: FloatArray, content: FloatArray, shown: Shown = ALL) -> FloatArray:
    """Return a style's luminance with mean and deviation of the content's.

    A style whose deviation is less than the content's by more than LARGEST_GAIN keeps less.

    Args:
        style: (h, w, 3) RGB on the sRGB curve, nominally 0 to 1.
        content: (H, W, 3), likewise.
        shown: What counts of both.

    Returns:
        (h, w, 3), the same in all three channels.
    """
    (mean, covariance), (wanted_mean, wanted) = _of_both(style, content, shown)
    deviation, wanted_deviation = np.sqrt(LUMA @ covariance @ LUMA), np.sqrt(LUMA @ wanted @ LUMA)
    gain = wanted_deviation / max(deviation, wanted_deviation / LARGEST_GAIN, TINY)
    middle, wanted_middle = np.float32(LUMA @ mean), np.float32(LUMA @ wanted_mean)
    matched: FloatArray = (luminance(style) - middle) * np.float32(gain) + wanted_middle
    return matched


def match_colors(
    style: FloatArray, content: FloatArray, method: str, shown: Shown = ALL
) -> FloatArray:
    """Return a style whose colors have the mean and the covariance of the content's.

    A gray style, whose covariance has no inverse, gets colors by its brightness, a gray content
    makes the style gray, and a color that hardly varies in the style is not made to vary more than
    LARGEST_GAIN times as much.

    Args:
        style: (h, w, 3) RGB on the sRGB curve, nominally 0 to 1.
        content: (H, W, 3), likewise.
        method: Which of `color_maps.MAPS`.
        shown: What counts of both.

    Returns:
        (h, w, 3); a few values may lie beyond those of the content.
    """
    (mean, covariance), (wanted_mean, wanted) = _of_both(style, content, shown)
    move = MAPS[method](covariance, wanted).astype(np.float32)
    moved: FloatArray = (style - mean.astype(np.float32)) @ move.T + wanted_mean.astype(np.float32)
    return moved


def with_colors_of(content: FloatArray, pixels: FloatArray, strength: float = 1.0) -> FloatArray:
    """Return a picture's luma with the content's chroma, or with something of both.

    Where a color does not fit at its luma it is made paler until it does, so that hue and luma
    stay.

    Args:
        content: (H, W, 3) RGB on the sRGB curve, nominally 0 to 1.
        pixels: (H, W, 3), made of what `seen_by_transfer` gives at the same strength.
        strength: The share of the content's chroma; of the picture's own, √(1-strength) is added.

    Returns:
        (H, W, 3) from 0 to 1, or as far beyond as the two go.
    """
    lowest = min(0.0, float(content.min()), float(pixels.min()))
    highest = max(1.0, float(content.max()), float(pixels.max()))
    luma = luminance(pixels)
    chroma = strength * (content - luminance(content)) + _left(strength) * (pixels - luma)
    above, below = chroma.max(-1, keepdims=True), -chroma.min(-1, keepdims=True)
    share = np.minimum((highest - luma) / (above + TINY), (luma - lowest) / (below + TINY))
    return np.asarray(luma + np.minimum(share, 1) * chroma, np.float32)


def _with_luma_of(
    style: FloatArray, content: FloatArray, strength: float, shown: Shown
) -> FloatArray:
    """Return a style as the transfer sees it where luminance is kept so far."""
    gray = luminance(style)
    chroma = _left(strength) * (style - gray)
    return _between(gray, match_luminance(style, content, shown), strength) + chroma


def _paler(pixels: FloatArray, strength: float) -> FloatArray:
    gray = luminance(pixels)
    return gray + _left(strength) * (pixels - gray)


def _left(strength: float) -> float:
    """Return the share of its chroma that a picture has before the transfer, and once more after.

    Of one step before or after alone, either the transfer would still see colors at full strength,
    which it is not to be led by, or what it makes up by itself would stay in the result.
    """
    return math.sqrt(1 - strength)


def _between(before: FloatArray, after: FloatArray, strength: float) -> FloatArray:
    """Return the share of the way from one picture to another, exactly either at its end."""
    return (1 - strength) * before + strength * after


def _of_both(
    style: FloatArray, content: FloatArray, shown: Shown
) -> tuple[tuple[Matrix, Matrix], tuple[Matrix, Matrix]]:
    """Return the statistics of what is shown of a style, and of a content."""
    return _statistics(style, shown[0]), _statistics(content, shown[1])


def _statistics(pixels: FloatArray, shown: FloatArray | None) -> tuple[Matrix, Matrix]:
    """Return the mean color, (3,), and the colors' covariance, (3, 3).

    Args:
        pixels: (H, W, 3).
        shown: (H, W): what each counts for; None for one.
    """
    rows, columns = pixels.shape[:2]
    weights = np.ones((rows, 1)) if shown is None else np.clip(shown, 0, 1).astype(np.float64)
    whole = columns * weights.sum() if shown is None else weights.sum()
    mean, covariance = np.zeros(3), np.zeros((3, 3))
    for row, weight in zip(pixels, weights, strict=True):  # in place of a copy in float64
        mean += (weight[:, None] * row).sum(0, dtype=np.float64)
    mean /= whole
    for row, weight in zip(pixels, weights, strict=True):
        apart = row - mean
        covariance += apart.T @ (weight[:, None] * apart)
    return mean, covariance / whole
