"""What a picture file is, from its header alone."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from maya_stylize.images import formats, reader
from maya_stylize.images.guess import guess


@dataclass(frozen=True)
class Facts:
    """A picture file's header.

    Attributes:
        width: In pixels, of the picture turned upright.
        height: In pixels, of the picture turned upright.
        channels: Their names, such as ("R", "G", "B", "A").
        depth: "uint8", "uint16", "half", "float" and so on: that of the first channel.
        color_space: As its name or its header tells it, in Maya's words; otherwise linear Rec.709
            for floats and sRGB for the rest.
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
        space = guess(path, kind, spec, depth).space.name
        width, height = spec.width, spec.height
        if spec.get_int_attribute("Orientation", 1) in (5, 6, 7, 8):
            width, height = height, width
        names = tuple(spec.channelnames)
    return Facts(width, height, names, depth, space, formats.NAMES[kind])
