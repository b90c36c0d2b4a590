"""The ICC profile in a picture file, and what of it holds for the picture."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import OpenImageIO

from maya_stylize.images import icc, icc_spaces
from maya_stylize.images.icc import Profile
from maya_stylize.images.spaces import Space

_KINDS = ("png", "tiff", "jpeg", "psd")


@dataclass(frozen=True, eq=False)
class Embedded:
    """A picture's ICC profile.

    Attributes:
        profile: What is in it.
        space: The color space that it means; None where it cannot be used.
        reason: Why not; "" where it can.
    """

    profile: Profile
    space: Space | None
    reason: str

    def going_with(self, space: Space, given: bool) -> bytes:
        """Return the profile for RGB that says what numbers in a color space are; b"" for none.

        Args:
            space: What the picture's numbers are taken for.
            given: Whether somebody said so. Where nobody did and the profile cannot be used, the
                numbers are the profile's all the same.
        """
        profile = self.profile
        if self.space is None:
            goes = not given and not space.is_data and profile.is_sound and profile.colors == "RGB"
            return profile.data if goes else b""
        if not icc_spaces.are_alike(space, self.space):
            return b""
        if profile.colors == "GRAY":
            return icc.rgb_of_gray(profile, icc_spaces.REC709)
        return profile.data


def find(path: Path, kind: str, spec: OpenImageIO.ImageSpec) -> Embedded | None:
    """Return the ICC profile in a file; None where it has none.

    Args:
        path: The file.
        kind: Its format, from `formats.identify`.
        spec: Its header.

    Raises:
        ImageError: OpenColorIO is missing, or cannot be used.
    """
    data = _bytes(path, kind, spec) if kind in _KINDS else b""
    if not data:
        return None
    profile, space = icc_spaces.understood(data)
    reason = profile.reason
    if profile.colors == "GRAY" and "R" in spec.channelnames:
        space, reason = None, "it is for gray pictures"
    return Embedded(profile, space, reason)


def _bytes(path: Path, kind: str, spec: OpenImageIO.ImageSpec) -> bytes:
    found = spec.getattribute("ICCProfile")
    if isinstance(found, np.ndarray) and found.dtype == np.uint8:
        return found.tobytes()
    return _in_png(path) if kind == "png" else b""


def _in_png(path: Path) -> bytes:
    """Return a PNG's profile as it is: libpng passes one over that is damaged, without a word."""
    with path.open("rb") as file:
        file.seek(8)
        while len(head := file.read(8)) == 8 and head[4:] not in (b"IDAT", b"IEND"):
            length = int.from_bytes(head[:4], "big")
            if head[4:] != b"iCCP":
                file.seek(length + 4, 1)
                continue
            _, _, packed = file.read(min(length, icc.LARGEST)).partition(b"\0")  # behind a name
            try:
                # Before what is packed stands a byte that says how.
                return zlib.decompressobj().decompress(packed[1:], icc.LARGEST + 1) or b"\0"
            except zlib.error:
                return b"\0"
    return b""
