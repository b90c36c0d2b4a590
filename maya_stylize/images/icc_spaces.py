"""The color space that an ICC profile means.

A profile's curves and matrix decide, never its name: one that does what a well-known space does is
that space, with its exact numbers, and any other is computed as it says. The two ways differ by
less than a step of 8 bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from maya_stylize.images import color_config, icc
from maya_stylize.images.color import linear_to_srgb, srgb_to_linear
from maya_stylize.images.icc import Numbers, Profile
from maya_stylize.images.spaces import Space

FloatArray = npt.NDArray[np.float32]

# XYZ of red, green and blue of Rec.709, one a column, adapted to D50 by Bradford's method.
REC709 = np.array(
    [
        [0.4360412516, 0.3851129108, 0.1430458376],
        [0.2224845402, 0.7169050786, 0.0606103812],
        [0.0139201875, 0.0970672387, 0.7139125738],
    ]
)
_KNOWN = (
    *("sRGB", "AdobeRGB", "Display P3", "gamma 2.2 Rec.709", "gamma 1.8 Rec.709"),
    *("gamma 2.4 Rec.709", "camera Rec.709", "scene-linear Rec.709-sRGB", "ACEScg"),
    *("ACES2065-1", "scene-linear DCI-P3 D65", "scene-linear Rec.2020", "Linear AdobeRGB"),
)
_ALIKE = 1 / 255  # on the sRGB curve
_BLOCK = 1 << 18  # pixels that are computed at once
_END = 1 / 16  # of a curve, by whose slope it goes on beyond


@lru_cache(maxsize=16)
def understood(data: bytes) -> tuple[Profile, Space | None]:
    """Return a profile, and the color space that it means; with a reason where it means none.

    Args:
        data: The profile's bytes.

    Raises:
        ImageError: OpenColorIO is missing, or cannot be used.
    """
    profile = icc.parse(data)
    if profile.curves is None:
        return profile, None
    own = _computed(profile, profile.curves)
    numbers = own.into(_samples())
    known = next((name for name in _KNOWN if _differ(_seen(name), numbers) < _ALIKE), None)
    if known is None and profile.has_tables:
        return replace(profile, reason="it says more by tables than by its curves"), None
    return profile, own if known is None else _space(known)


def are_alike(one: Space, other: Space) -> bool:
    """Return whether two spaces mean the same colors by the same numbers, but for rounding."""
    if one.is_data or other.is_data:
        return one.is_data and other.is_data
    return _differ(one.into(_samples()), other.into(_samples())) < _ALIKE


def _differ(one: FloatArray, other: FloatArray) -> float:
    return float(np.abs(one - other).max())


@lru_cache(maxsize=1)
def _samples() -> FloatArray:
    """Return grays and colors from corner to corner, (N, 3)."""
    steps = np.linspace(0, 1, 17, dtype=np.float32)
    return np.stack(np.meshgrid(steps, steps, steps), -1).reshape(-1, 3)


@lru_cache(maxsize=len(_KNOWN))
def _space(name: str) -> Space:
    return color_config.load(None).space(name)


@lru_cache(maxsize=len(_KNOWN))
def _seen(name: str) -> FloatArray:
    return _space(name).into(_samples())


def _computed(profile: Profile, curves: Numbers) -> Space:
    """Return the space that a profile's curves and matrix make."""
    matrix = np.eye(3)
    if profile.matrix is not None:
        matrix = np.linalg.solve(REC709, profile.matrix)
    inverse = np.linalg.inv(matrix)
    numbers = np.linspace(-1, 1, 2 * icc.STEPS + 1)
    lights = [np.concatenate([2 * curve[0] - curve[:0:-1], curve]) for curve in curves]
    lights *= 3 // len(lights)
    ends = round(icc.STEPS * _END)
    slopes = [max(0.1, float(light[-1] - light[-1 - ends]) / _END) for light in lights]

    def into(values: Numbers) -> Numbers:
        channels = zip(values.T, lights, slopes, strict=True)
        linear = np.stack([_bent(each, numbers, light, slope) for each, light, slope in channels])
        return linear_to_srgb((matrix @ linear).T)

    def back(pixels: Numbers) -> Numbers:
        channels = zip(inverse @ srgb_to_linear(pixels).T, lights, slopes, strict=True)
        made = [_bent(each, light, numbers, 1 / slope) for each, light, slope in channels]
        return np.stack(made, 1)

    name = f"{profile.description or 'unnamed'} (ICC)"
    return Space(name, lambda values: _by_blocks(values, into), lambda it: _by_blocks(it, back))


def _bent(values: Numbers, places: Numbers, heights: Numbers, slope: float) -> Numbers:
    """Return a curve's heights at any values; beyond its ends it goes on by a slope."""
    beyond = values - np.clip(values, places[0], places[-1])
    return np.asarray(np.interp(values, places, heights) + slope * beyond)


def _by_blocks(values: FloatArray, change: Callable[[Numbers], Numbers]) -> FloatArray:
    """Return values (..., 3) changed, computed in float64 a block at a time."""
    flat = np.ascontiguousarray(values, np.float32).reshape(-1, 3)
    changed = np.empty_like(flat)
    for start in range(0, len(flat), _BLOCK):
        block = slice(start, start + _BLOCK)
        changed[block] = change(flat[block].astype(np.float64))
    return changed.reshape(values.shape)
