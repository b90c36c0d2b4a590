"""What a result takes over from its source besides pixels and depth.

Taken over: the compression, where the result is of the source's format; the pixels' shape and their
density, which say how large the picture is meant; in a TIFF file, whether colors are multiplied by
alpha; the primaries that an EXR file names, and the ICC profile, where the numbers keep their
meaning; the copyright notice, which holds for what is made of a picture; and how a `.tx` repeats.
Everything else stays behind: it tells of the source's making, or may name paths and times.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import OpenImageIO

# Compressions that both ends know; others, such as fax or JPEG inside TIFF, do not fit every depth.
_COMPRESSIONS = {
    "tiff": ("none", "lzw", "zip", "packbits"),
    "openexr": ("none", "rle", "zip", "zips", "piz", "pxr24", "b44", "b44a", "dwaa", "dwab"),
    "targa": ("none", "rle"),
}
_UNITS = {"in": "in", "inch": "in", "cm": "cm"}
_WRAPS = ("black", "clamp", "periodic", "mirror")
# JPEG holds densities in 16 bits, and PNG as whole numbers.
_LARGEST_DENSITY = 65535.0
# These tell the pixels' shape by two densities; where there are none, it takes this many.
_ASPECT_BY_DENSITY = ("png", "tiff", "jpeg")
_NO_DENSITY = 1000.0
_LONGEST_NOTICE = 1000
_WITH_PROFILE = ("png", "tiff", "jpeg")


@dataclass(frozen=True)
class Keep:
    """What is known of a source that its result is to have too.

    Attributes:
        format: OpenImageIO's name of the source's format; "" for no source.
        compression: OpenImageIO's name, with its level where it has one, or JPEG's quality; None
            for the usual one.
        aspect: Width of a pixel over its height.
        density: Pixels in a unit of width; None where the file does not say.
        unit: "in", "cm" or "none", where the density is no more than a ratio.
        primaries: x and y of red, green, blue and white; None for those of Rec.709.
        copyright: The notice; "" for none.
        wrap: How a `.tx` goes on beyond its edges, such as "periodic,periodic"; None for no `.tx`.
        associated: Whether a TIFF file's colors are multiplied by alpha, as an EXR file's always
            are.
        profile: The bytes of the ICC profile, a sound one for RGB; b"" for none.
    """

    format: str = ""
    compression: str | None = None
    aspect: float = 1.0
    density: float | None = None
    unit: str = "none"
    primaries: tuple[float, ...] | None = None
    copyright: str = ""
    wrap: str | None = None
    associated: bool = False
    profile: bytes = b""

    @classmethod
    def of(cls, kind: str, spec: OpenImageIO.ImageSpec) -> Keep:
        """Return what a file's header says.

        Args:
            kind: The file's format, from `formats.identify`.
            spec: Its header.
        """
        aspect = float(spec.get_float_attribute("PixelAspectRatio", 1.0))
        x, y = (float(spec.get_float_attribute(f"{axis}Resolution")) for axis in "XY")
        # Of JPEG, OpenImageIO takes the ratio of the densities the other way round.
        if kind == "jpeg" and x > 0 and y > 0:
            aspect = y / x
        primaries = spec.getattribute("chromaticities")
        known = isinstance(primaries, tuple) and len(primaries) == 8
        return cls(
            format=kind,
            compression=_compression(kind, spec),
            aspect=aspect if 0.01 <= aspect <= 100 else 1.0,
            density=x if 0 < x <= _LARGEST_DENSITY else None,
            unit=_UNITS.get(spec.get_string_attribute("ResolutionUnit"), "none"),
            primaries=tuple(map(float, primaries)) if known else None,
            copyright=spec.get_string_attribute("Copyright")[:_LONGEST_NOTICE],
            wrap=_wrap(spec.get_string_attribute("wrapmodes")),
            associated=kind == "tiff" and is_associated(spec),
        )

    def has_profile_in(self, kind: str) -> bool:
        """Return whether there is an ICC profile and a format can hold it."""
        return bool(self.profile) and kind in _WITH_PROFILE

    def turned(self) -> Keep:
        """Return the same of the picture with rows and columns exchanged."""
        density = None if self.density is None else self.density * self.aspect
        return replace(self, aspect=1 / self.aspect, density=density)

    def put(self, kind: str, spec: OpenImageIO.ImageSpec) -> None:
        """Set what a format can hold in the header of a file to be written.

        Args:
            kind: The format.
            spec: The header; changed.
        """
        if self.compression is not None and self.format == kind:
            spec.attribute("compression", self.compression)
        if self.copyright:
            spec.attribute("Copyright", self.copyright)
        if self.primaries is not None and kind == "openexr":
            spec.attribute("chromaticities", OpenImageIO.TypeDesc("float[8]"), self.primaries)
        if self.has_profile_in(kind) and kind != "jpeg":  # see `jpeg.put_profile`
            held = OpenImageIO.TypeDesc(f"uint8[{len(self.profile)}]")
            spec.attribute("ICCProfile", held, np.frombuffer(self.profile, np.uint8))
        odd = not math.isclose(self.aspect, 1, rel_tol=1e-4)
        if odd and kind != "jpeg":  # see `of`
            spec.attribute("PixelAspectRatio", self.aspect)
        if self.density is None and not (odd and kind in _ASPECT_BY_DENSITY):
            return
        x = self.density or _NO_DENSITY
        y = x * self.aspect if odd else x
        x, y = (side * min(1, _LARGEST_DENSITY / max(x, y)) for side in (x, y))
        spec.attribute("XResolution", x)
        spec.attribute("YResolution", y)
        spec.attribute("ResolutionUnit", self.unit if self.density else "none")


def is_associated(spec: OpenImageIO.ImageSpec) -> bool:
    """Return whether a file's colors are multiplied by its alpha.

    Args:
        spec: Its header, opened so that OpenImageIO leaves colors as they are.
    """
    return spec.alpha_channel >= 0 and not spec.get_int_attribute("oiio:UnassociatedAlpha")


def _compression(kind: str, spec: OpenImageIO.ImageSpec) -> str | None:
    name = spec.get_string_attribute("compression")
    if kind == "targa":
        name = name or "none"
    if name not in _COMPRESSIONS.get(kind, ()):
        return None
    level = spec.get_float_attribute("openexr:dwaCompressionLevel")
    return f"{name}:{level:g}" if name.startswith("dwa") and 0 < level < 1e5 else name


def _wrap(text: str) -> str | None:
    modes = text.split(",")
    return text if len(modes) == 2 and set(modes) <= set(_WRAPS) else None
