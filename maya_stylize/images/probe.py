"""What a picture file is, from its header alone."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from maya_stylize.images import formats, reader

# OpenImageIO's names for the spaces that it knows, and what artists call them.
_SPACES = {
    "lin_rec709_scene": "linear",
    "srgb_rec709_scene": "sRGB",
    "lin_ap1_scene": "ACEScg",
    "lin_ap0_scene": "ACES2065-1",
}


@dataclass(frozen=True)
class Facts:
    """A picture file's header.

    Attributes:
        width: In pixels, of the picture turned upright.
        height: In pixels, of the picture turned upright.
        channels: Their names, such as ("R", "G", "B", "A").
        depth: "uint8", "uint16", "half", "float" and so on: that of the first channel.
        color_space: As the file says; otherwise "linear" for floats and "sRGB" for the rest.
        format: "PNG", "TIFF", "EXR", "JPEG", "TGA" or "PSD".
    """

    width: int
    height: int
    channels: tuple[str, ...]
    depth: str
    color_space: str
    format: str


def probe(path: str | PathLike[str]) -> Facts:
    """Read a picture file's header.

    Args:
        path: A file that `reader.read` takes, or refuses for what its pixels hold.

    Raises:
        ImageError: The file is missing, no picture of a known format, or damaged.
    """
    path = Path(path)
    kind = formats.identify(path)
    with reader.opened(path, kind) as source:
        spec = source.spec()
        formats.check_size(path, spec.width, spec.height)
        depth = str(spec.channelformats[0] if spec.channelformats else spec.format)
        floating = depth in ("half", "float", "double")
        space = spec.get_string_attribute("oiio:ColorSpace")
        space = _SPACES.get(space, space) or ("linear" if floating else "sRGB")
        width, height = spec.width, spec.height
        if spec.get_int_attribute("Orientation", 1) in (5, 6, 7, 8):
            width, height = height, width
        names = tuple(spec.channelnames)
    return Facts(width, height, names, depth, space, formats.NAMES[kind])
