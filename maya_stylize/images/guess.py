"""Which color space a picture file is in: what is made of its header, and put there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import OpenImageIO

from maya_stylize.images import color_config, space_names
from maya_stylize.images.embedded import Embedded, find
from maya_stylize.images.spaces import RAW, Space, usual
from maya_stylize.map_names import data_kind_of

# Red, green, blue and white of an EXR file, x and y of each.
_PRIMARIES = {
    "lin_ap1_scene": (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767),
    "lin_ap0_scene": (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767),
    "lin_p3d65_scene": (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329),
    "lin_rec2020_scene": (0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329),
}
_CLOSE = 1e-3
# What formats can say besides sRGB; EXR says everything that has an identifier.
_GAMMAS = ("lin_rec709_scene", "g18_rec709_scene", "g22_rec709_scene", "g24_rec709_scene")
_SAID = {"png": (*_GAMMAS, "srgb_p3d65_scene", "lin_rec2020_scene"), "targa": _GAMMAS}
# Where nothing is said, OpenImageIO says sRGB in a PNG.
_NOT_SRGB = "unknown"


@dataclass(frozen=True, eq=False)
class Guess:
    """What a file is taken for.

    Attributes:
        space: The color space of its numbers.
        embedded: Its ICC profile; None for none, and where the numbers are no colors.
        profile: The bytes of one for RGB that goes with numbers in that space; b"" for none.
    """

    space: Space
    embedded: Embedded | None = None
    profile: bytes = b""


def guess(
    path: Path, kind: str, spec: OpenImageIO.ImageSpec, depth: str, given: Space | None = None
) -> Guess:
    """Return a file's color space as its name or its header tells it, or the usual one.

    A map of data by its name is raw. Else its ICC profile counts, which only PNG's newer word
    (cICP) goes before; then what OpenImageIO finds in the header, then the primaries of an EXR
    file; what nobody knows is passed over.

    Args:
        path: The file.
        kind: Its format, from `formats.identify`.
        spec: Its header.
        depth: Of its colors, as in `reader.Picture.depth`.
        given: What somebody said of it, which goes before all that.

    Raises:
        ImageError: OpenColorIO is missing, or cannot be used.
    """
    if (given is None and data_kind_of(path.name)) or (given is not None and given.is_data):
        return Guess(given or RAW)
    embedded = find(path, kind, spec)
    space = given or _told(kind, spec, depth, embedded)
    if embedded is None:
        return Guess(space)
    return Guess(space, embedded, embedded.going_with(space, given is not None))


def _told(kind: str, spec: OpenImageIO.ImageSpec, depth: str, embedded: Embedded | None) -> Space:
    named = usual(kind, depth)
    by_profile = None if embedded is None else embedded.space
    if by_profile is not None and spec.getattribute("CICP") is None:
        return named if named.is_like(by_profile) else by_profile
    key = space_names.identifier(spec.get_string_attribute("oiio:ColorSpace"))
    if key is None and kind == "openexr":
        key = _by_primaries(spec.getattribute("chromaticities"))
    if key is None or key == space_names.identifier(named.name):
        return named
    return color_config.load(None).space(space_names.usual_name(key))


def state(spec: OpenImageIO.ImageSpec, kind: str, depth: str, space: Space) -> None:
    """Put a color space into a header, where the format can hold it and it is not the usual one.

    An ICC profile in it says it already.

    Args:
        spec: The header; changed.
        kind: The format.
        depth: As in `reader.Picture.depth`.
        space: What the numbers are in.
    """
    key = space_names.identifier(space.name)
    can_say = key is not None and (kind == "openexr" or key in _SAID.get(kind, ()))
    by_profile = spec.getattribute("ICCProfile") is not None
    if not by_profile and space.is_like(usual(kind, depth)):
        return
    if can_say and not by_profile:
        spec.attribute("oiio:ColorSpace", key)
    elif kind == "png":
        spec.attribute("oiio:ColorSpace", _NOT_SRGB)


def _by_primaries(primaries: object) -> str | None:
    if not isinstance(primaries, tuple) or len(primaries) != 8:
        return None
    for key, known in _PRIMARIES.items():
        if all(abs(one - other) < _CLOSE for one, other in zip(primaries, known, strict=True)):
            return key
    return None
