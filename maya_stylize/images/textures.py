"""A picture file once more as a texture for rendering: tiled, with mip levels."""

from __future__ import annotations

from pathlib import Path

import OpenImageIO

from maya_stylize.errors import ImageError
from maya_stylize.files import replacing
from maya_stylize.images import formats, mipmaps, reader

_KEPT = (
    "oiio:ColorSpace",
    "oiio:UnassociatedAlpha",
    "chromaticities",
    "ImageDescription",
    "ICCProfile",
)


def make(source: Path, target: Path, repeats: bool) -> None:
    """Write a `.tx` of a picture: the same numbers, TIFF inside for whole ones, EXR for floats.

    Args:
        source: The picture.
        target: The `.tx`; one that is there is replaced.
        repeats: Whether it goes on beyond its edges; a tile of a set does not.

    Raises:
        ImageError: The picture cannot be read, or the texture not written.
    """
    kind = formats.identify(source)
    with reader.opened(source, kind) as opened:
        spec = opened.spec()
        values = opened.read_image("unknown")
        if values is None or opened.has_error:
            raise formats.damaged(source, kind, opened.geterror())
    header = OpenImageIO.ImageSpec(spec.width, spec.height, spec.nchannels, spec.format)
    for attribute in spec.extra_attribs:
        if attribute.name in _KEPT:
            header.attribute(attribute.name, attribute.type, attribute.value)
    inside = "openexr" if str(spec.format) in ("half", "float", "double") else "tiff"
    wrap = "periodic,periodic" if repeats else "clamp,clamp"
    with replacing(target, ImageError) as temporary:
        if reason := mipmaps.store(temporary, inside, values, header, wrap):
            raise ImageError(
                f"{target} cannot be written: {reason}.", "Check the disk's free space."
            )
