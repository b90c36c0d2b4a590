"""Textures in tiles and mip levels, as OpenImageIO's maketx writes them."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenImageIO

# Maya's file node repeats a texture unless told otherwise.
_WRAP = "periodic,periodic"
_TIFF_ENTRY = 12
_TIFF_TIMES = (306, 700)  # DateTime, and the XMP packet that has the time once more


def store(
    path: Path, kind: str, values: npt.NDArray[Any], spec: OpenImageIO.ImageSpec, wrap: str | None
) -> str:
    """Write a texture, from its whole size down to one pixel.

    Args:
        path: The file.
        kind: "tiff" or "openexr".
        values: (height, width, channels) in the type that the header names.
        spec: The header.
        wrap: How it goes on beyond its edges, such as "clamp,clamp"; None for repeating.

    Returns:
        Why it failed; "" if it did not.
    """
    picture = OpenImageIO.ImageBuf(spec)
    picture.set_pixels(spec.roi, np.ascontiguousarray(values))
    settings = OpenImageIO.ImageSpec()
    settings.format = spec.format
    settings.attribute("maketx:fileformatname", kind)
    settings.attribute("wrapmodes", wrap or _WRAP)
    settings.attribute("DateTime", "")
    if compression := spec.get_string_attribute("compression"):
        settings.attribute("compression", compression)
    make = OpenImageIO.ImageBufAlgo.make_texture
    done = make(OpenImageIO.MakeTxTexture, picture, str(path), settings)
    reason = str(OpenImageIO.geterror()).strip()
    if not done or reason:
        return reason or "the disk may be full"
    if kind == "tiff":
        _forget_times(path)
    return ""


def _forget_times(path: Path) -> None:
    """Take the time out of each level of a TIFF file: the smaller ones get it whatever is asked.

    The file is no BigTIFF: 16384 x 16384 pixels of four times 16 bits have room in the other kind.
    """
    with path.open("rb+") as file:
        order = "<" if file.read(2) == b"II" else ">"
        file.seek(4)
        (start,) = struct.unpack(f"{order}I", file.read(4))
        while start:
            file.seek(start)
            (count,) = struct.unpack(f"{order}H", file.read(2))
            table = file.read(count * _TIFF_ENTRY + 4)
            entries = [table[at : at + _TIFF_ENTRY] for at in range(0, len(table) - 4, _TIFF_ENTRY)]
            kept = []
            for entry in entries:
                tag, _, size, place = struct.unpack(f"{order}HHII", entry)
                if tag in _TIFF_TIMES and size > 4:
                    file.seek(place)
                    file.write(bytes(size))
                elif tag not in _TIFF_TIMES:
                    kept.append(entry)
            rest = (count - len(kept)) * _TIFF_ENTRY
            file.seek(start)
            file.write(struct.pack(f"{order}H", len(kept)) + b"".join(kept) + table[-4:])
            file.write(bytes(rest))
            (start,) = struct.unpack(f"{order}I", table[-4:])
