"""Which format a file is by its content, and whether its container is whole.

OpenImageIO tries every plug-in it has and lets some truncated files pass, so the format is settled
here first, and PNG and TGA, whose damage it overlooks or prints, are walked through.
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from maya_stylize.errors import ImageError

NAMES = {
    "png": "PNG",
    "tiff": "TIFF",
    "openexr": "EXR",
    "jpeg": "JPEG",
    "targa": "TGA",
    "psd": "PSD",
}
# What is written. A .tx is TIFF or EXR inside.
SUFFIXES = {
    ".png": "png",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".exr": "openexr",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".tga": "targa",
    ".tx": "tx",
}
LARGEST_PIXELS = 16384 * 16384
MOST_CHANNELS = 4  # of a picture of that size; a smaller one may have more
# A tile is unpacked whole, whatever the picture's size; usual ones are of 64x64.
_LONGEST_TILE = 4096
_SMALL_TILE = 1 << 20  # numbers, which every picture may have
_TILE_TO_PICTURE = 4  # at most, for larger tiles
EXPORT_AGAIN = "Export the picture again, or choose another file."

_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"II+\0": "tiff",
    b"MM\0+": "tiff",
    b"v/1\x01": "openexr",
    b"\xff\xd8\xff": "jpeg",
    b"8BPS": "psd",
}
# Chunks of compressed texts and profiles; libpng unpacks up to 8 MB of each, whatever its length.
_PNG_PACKED = (b"zTXt", b"iTXt", b"iCCP")
_MOST_PACKED = 40
_TGA_HEADER = struct.Struct("<BBBHHBHHHHBB")
_PSD_HEADER = struct.Struct(">4sH6xHIIHH")
_PSD_MODES = {0: "black and white dots", 4: "CMYK", 7: "separate inks", 8: "duotone", 9: "CIELAB"}
_PSD_VERSION_INFO = 1057


def identify(path: Path) -> str:
    """Return OpenImageIO's name for the format of a picture file, after checking its container.

    Args:
        path: The file.

    Returns:
        "png", "tiff", "openexr", "jpeg", "targa" or "psd".

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
            elif kind == "psd":
                _check_psd(path, file)
            return kind
    # TGA has no signature: the suffix must say so, and the header must make sense.
    if path.suffix.lower() == ".tga":
        _check_tga(path, head)
        return "targa"
    raise ImageError(
        f"{path} is not a PNG, TIFF, EXR, JPEG, TGA or PSD picture.",
        "Open it in the program it comes from and save it as one of these.",
    )


def check_size(path: Path, width: int, height: int, channels: int = 1) -> None:
    """Refuse a picture whose declared size is nothing, or more than anyone can want.

    Raises:
        ImageError: A side of zero, more than 16384 x 16384 pixels, or more numbers than such a
            picture has in four channels.
    """
    if width < 1 or height < 1:
        raise ImageError(f"{path} has no pixels: its size is {width}x{height}.", EXPORT_AGAIN)
    if width * height > LARGEST_PIXELS:
        raise ImageError(
            f"{path} declares {width}x{height} pixels, more than 16384x16384.",
            "Reduce the picture, or export it again if that is not its size.",
        )
    if width * height * channels > LARGEST_PIXELS * MOST_CHANNELS:
        raise ImageError(
            f"{path} declares {width}x{height} pixels of {channels} channels, more than are read "
            "at once.",
            "Export the color layer alone.",
        )


def check_tile(path: Path, tile: tuple[int, int], picture: tuple[int, int], channels: int) -> None:
    """Refuse a tile that is far larger than its picture can want.

    Args:
        path: The file.
        tile: Its width and height; zero where the picture lies in lines.
        picture: The same of the picture.
        channels: Of the picture.

    Raises:
        ImageError: A side of more than 4096, or both over a million numbers and over four times
            the picture's.
    """
    most = max(_SMALL_TILE, _TILE_TO_PICTURE * picture[0] * picture[1] * channels)
    if max(tile) > _LONGEST_TILE or tile[0] * tile[1] * channels > most:
        raise ImageError(
            f"{path} declares tiles of {tile[0]}x{tile[1]} pixels for a picture of "
            f"{picture[0]}x{picture[1]}.",
            "Export it again without tiles, or with tiles of 64x64.",
        )


def damaged(path: Path, kind: str, reason: str) -> ImageError:
    """Return the error for a file of a known format that is damaged."""
    return ImageError(f"{path} is a damaged {NAMES[kind]} file: {reason}.", EXPORT_AGAIN)


def _check_png(path: Path, file: BinaryIO) -> None:
    """Walk the chunks from the signature to IEND and check their checksums."""
    file.seek(8)
    packed = 0
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
        packed += name in _PNG_PACKED
        if packed > _MOST_PACKED:
            raise damaged(path, "png", f"it has more than {_MOST_PACKED} compressed texts")
        if name == b"IEND":
            return


def _check_psd(path: Path, file: BinaryIO) -> None:
    """Check that the file holds colors that can be shown, and its layers merged to a picture."""
    file.seek(0)
    head = file.read(_PSD_HEADER.size)
    if len(head) < _PSD_HEADER.size:
        raise damaged(path, "psd", "it is cut short")
    *_, height, width, _, mode = _PSD_HEADER.unpack(head)
    if mode in _PSD_MODES:
        raise ImageError(
            f"{path} holds colors as {_PSD_MODES[mode]}.",
            "Convert it to RGB (in Photoshop: Image, Mode, RGB Color) and save it again.",
        )
    check_size(path, width, height)
    file.seek(_length(file), os.SEEK_CUR)  # the palette
    end = _length(file) + file.tell()
    while file.tell() < end:
        block = file.read(7)  # a mark, a number, and the length of a name of even size with it
        if len(block) < 7:
            raise damaged(path, "psd", "it is cut short")
        file.seek(block[6] | 1, os.SEEK_CUR)
        length = _length(file)
        if int.from_bytes(block[4:6], "big") == _PSD_VERSION_INFO:
            if file.read(5)[4:] == b"\0":
                raise ImageError(
                    f"{path} holds layers only, not the picture that they make.",
                    "Save it with Maximize Compatibility on, or as a PNG or TIFF.",
                )
            return
        file.seek(length + length % 2, os.SEEK_CUR)


def _length(file: BinaryIO) -> int:
    return int.from_bytes(file.read(4), "big")


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
