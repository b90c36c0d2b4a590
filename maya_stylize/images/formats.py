"""Which format a file is by its content, and whether its container is whole.

OpenImageIO tries every plug-in it has and lets some truncated files pass, so the format is settled
here first, and PNG and TGA, whose damage it overlooks or prints, are walked through.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from maya_stylize.errors import ImageError

NAMES = {"png": "PNG", "tiff": "TIFF", "openexr": "EXR", "jpeg": "JPEG", "targa": "TGA"}
SUFFIXES = {
    ".png": "png",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".exr": "openexr",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".tga": "targa",
}
LARGEST_PIXELS = 16384 * 16384
EXPORT_AGAIN = "Export the picture again, or choose another file."

_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"II+\0": "tiff",
    b"MM\0+": "tiff",
    b"v/1\x01": "openexr",
    b"\xff\xd8\xff": "jpeg",
}
_TGA_HEADER = struct.Struct("<BBBHHBHHHHBB")


def identify(path: Path) -> str:
    """Return OpenImageIO's name for the format of a picture file, after checking its container.

    Args:
        path: The file.

    Returns:
        "png", "tiff", "openexr", "jpeg" or "targa".

    Raises:
        ImageError: No such file, a folder, not readable, empty, of no known format, or cut short.
    """
    try:
        if path.is_dir():
            raise ImageError(f"{path} is a folder, not a picture.", "Choose a picture inside it.")
        if not path.exists():
            raise ImageError(f"{path} does not exist.", "Check the path for a typing mistake.")
        if not path.is_file():
            raise ImageError(f"{path} is a device or a pipe.", "Choose a picture file.")
        with path.open("rb") as file:
            return _identify(path, file)
    except OSError as error:
        raise ImageError(f"{path} cannot be read: {error.strerror}.", "Check the file.") from error


def _identify(path: Path, file: BinaryIO) -> str:
    head = file.read(_TGA_HEADER.size)
    if not head:
        raise ImageError(f"{path} is empty.", EXPORT_AGAIN)
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            if kind == "png":
                _check_png(path, file)
            return kind
    # TGA has no signature: the suffix must say so, and the header must make sense.
    if path.suffix.lower() == ".tga":
        _check_tga(path, head)
        return "targa"
    raise ImageError(
        f"{path} is not a PNG, TIFF, EXR, JPEG or TGA picture.",
        "Open it in the program it comes from and save it as one of these.",
    )


def check_size(path: Path, width: int, height: int) -> None:
    """Refuse a picture whose declared size is nothing, or more than anyone can want.

    Raises:
        ImageError: A side of zero, or more than 16384 x 16384 pixels.
    """
    if width < 1 or height < 1:
        raise ImageError(f"{path} has no pixels: its size is {width}x{height}.", EXPORT_AGAIN)
    if width * height > LARGEST_PIXELS:
        raise ImageError(
            f"{path} declares {width}x{height} pixels, more than 16384x16384.",
            "Reduce the picture, or export it again if that is not its size.",
        )


def damaged(path: Path, kind: str, reason: str) -> ImageError:
    """Return the error for a file of a known format that is damaged."""
    return ImageError(f"{path} is a damaged {NAMES[kind]} file: {reason}.", EXPORT_AGAIN)


def _check_png(path: Path, file: BinaryIO) -> None:
    """Walk the chunks from the signature to IEND and check their checksums."""
    file.seek(8)
    while True:
        header = file.read(8)
        if len(header) < 8:
            raise damaged(path, "png", "it is cut short")
        length, name = struct.unpack(">I4s", header)
        if length > 2**31 - 1:
            raise damaged(path, "png", "a chunk declares an impossible length")
        checksum = zlib.crc32(name)
        remaining, first = length, b""
        while remaining:
            block = file.read(min(remaining, 1 << 20))
            if not block:
                raise damaged(path, "png", "it is cut short")
            first = first or block
            checksum = zlib.crc32(block, checksum)
            remaining -= len(block)
        stored = file.read(4)
        if len(stored) < 4:
            raise damaged(path, "png", "it is cut short")
        if stored != checksum.to_bytes(4, "big"):
            raise damaged(path, "png", f"the checksum of {name.decode('latin-1')} is wrong")
        if name == b"IHDR" and length >= 8:
            check_size(path, *struct.unpack(">II", first[:8]))
        if name == b"IEND":
            return


def _check_tga(path: Path, head: bytes) -> None:
    """Check that the header makes sense and that pixels which are not compressed are all there."""
    if len(head) < _TGA_HEADER.size:
        raise damaged(path, "targa", "it is cut short")
    fields = _TGA_HEADER.unpack(head)
    comment, has_map, kind, _, map_length, map_bits, _, _, width, height, bits, _ = fields
    if has_map > 1 or kind not in (1, 2, 3, 9, 10, 11) or bits not in (8, 15, 16, 24, 32):
        raise ImageError(f"{path} is not a TGA picture, whatever its name says.", EXPORT_AGAIN)
    check_size(path, width, height)
    start = _TGA_HEADER.size + comment + has_map * map_length * ((map_bits + 7) // 8)
    pixels = 0 if kind > 8 else width * height * ((bits + 7) // 8)
    if path.stat().st_size < start + pixels:
        raise damaged(path, "targa", "it is cut short")
