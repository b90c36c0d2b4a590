"""Color spaces: how a file's numbers become what the network sees, and back.

The network sees Rec.709 on the sRGB curve, extended below 0 and above 1. A file in that space, and
one with data, is taken number by number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maya_stylize.errors import ImageError
from maya_stylize.images.color import linear_to_srgb, srgb_to_linear

FloatArray = npt.NDArray[np.float32]
Change = Callable[[FloatArray], FloatArray]

FLOATS = ("half", "float", "double")


def _same(values: FloatArray) -> FloatArray:
    return values


@dataclass(frozen=True, eq=False)
class Space:
    """A color space.

    Attributes:
        name: As it was given.
        into: From a file's numbers, (..., 3), to those that the network sees.
        back: The inverse.
        is_data: Whether its numbers are no colors.
    """

    name: str
    into: Change
    back: Change
    is_data: bool = False

    def is_like(self, other: Space) -> bool:
        """Return whether two spaces are one by different names; for sRGB, linear and raw only."""
        return self.into is other.into and self.is_data == other.is_data

    def check_writable(self) -> None:
        """Find out before a long computation whether colors can be written in this space.

        Raises:
            ImageError: They cannot.
        """
        self.back(np.zeros((1, 1, 3), np.float32))

    def is_linear(self) -> bool:
        """Return whether its grays are in proportion to light."""
        grays = np.array([0.05, 0.2, 0.8], np.float32)[:, None].repeat(3, -1)
        light = srgb_to_linear(self.into(grays))
        return not self.is_data and bool(np.allclose(light, grays, rtol=1e-2))

    def read(self, values: FloatArray, path: object) -> FloatArray:
        """Return what the network sees of a file's numbers.

        Args:
            values: Finite, (..., 3).
            path: The file, for the message.

        Raises:
            ImageError: They cannot be in this space: the result is not finite.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            found = self.into(values)
        if not np.isfinite(found).all():
            raise ImageError(
                f"{path}: values up to {values.max():.3g} are too large for the color space "
                f"{self.name}.",
                "Choose the color space that the picture was saved in.",
            )
        return found


SRGB = Space("sRGB", _same, _same)
LINEAR = Space("scene-linear Rec.709-sRGB", linear_to_srgb, srgb_to_linear)
RAW = Space("Raw", _same, _same, is_data=True)


def usual(kind: str, depth: str) -> Space:
    """Return the space of a file that does not say: sRGB for whole numbers, linear for floats.

    Args:
        kind: OpenImageIO's name of the file's format.
        depth: As in `reader.Picture.depth`.
    """
    floats = kind == "openexr" or (kind in ("tiff", "psd") and depth in FLOATS)
    return LINEAR if floats else SRGB
