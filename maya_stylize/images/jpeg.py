"""What OpenImageIO leaves to us in a JPEG file: to tell its quality, and to put in its profile.

The quality that a file was written with is told by its quantization tables. A profile has to be cut
into pieces, the last of which OpenImageIO 3.2 fills with other bytes.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

# The luminance table of quality 50 (ITU-T T.81, annex K.1), sorted: only its sum is compared.
_TABLE = (
    *(10, 11, 12, 12, 13, 14, 14, 14, 16, 16, 16, 17, 18, 19, 22, 22),
    *(24, 24, 24, 26, 29, 35, 37, 40, 40, 49, 51, 51, 55, 55, 56, 56),
    *(57, 58, 60, 61, 62, 64, 64, 68, 69, 72, 77, 78, 80, 81, 87, 87),
    *(92, 92, 95, 98, 99, 100, 101, 103, 103, 103, 104, 109, 112, 113, 120, 121),
)
_TABLES, _SCAN, _FIRST, _PIECE = 0xDB, 0xDA, 0xE0, 0xE2
_LONGEST_PIECE = 65519


def quality(path: Path) -> int | None:
    """Return the quality of a JPEG file on libjpeg's scale, 1 to 100.

    It is exact for what libjpeg wrote, as most programs do. Of others' tables, such as
    Photoshop's, it is the quality that quantizes as coarsely on the whole.

    Args:
        path: The file.

    Returns:
        The quality; None where the file has no table for luminance in its header.
    """
    try:
        with path.open("rb") as file:
            found = _luminance_sum(file)
    except OSError:
        return None
    if found is None:
        return None
    return min(range(100, 0, -1), key=lambda wanted: abs(_sum_at(wanted) - found))


def put_profile(path: Path, profile: bytes) -> None:
    """Put an ICC profile into a JPEG file that has none (ICC.1:2022, annex B.4).

    Args:
        path: The file.
        profile: Of 16 MB at most.

    Raises:
        OSError: The file cannot be written.
    """
    data = path.read_bytes()
    start = 2  # behind JFIF's own segment, which is always the first
    if data[3] == _FIRST:
        start = 4 + int.from_bytes(data[4:6], "big")
    pieces = [profile[at : at + _LONGEST_PIECE] for at in range(0, len(profile), _LONGEST_PIECE)]
    made = b""
    for number, piece in enumerate(pieces, 1):
        made += struct.pack(">BBH", 0xFF, _PIECE, 16 + len(piece))
        made += b"ICC_PROFILE\0" + bytes((number, len(pieces))) + piece
    path.write_bytes(data[:start] + made + data[start:])


def _sum_at(wanted: int) -> int:
    """Return the sum of the table that libjpeg makes for a quality."""
    percent = 5000 // wanted if wanted < 50 else 200 - 2 * wanted
    return sum(min(max((step * percent + 50) // 100, 1), 255) for step in _TABLE)


def _luminance_sum(file: BinaryIO) -> int | None:
    """Return the sum of table 0, which is luminance's by custom; None where there is none."""
    file.seek(2)
    while len(head := file.read(4)) == 4:
        mark, kind, length = struct.unpack(">BBH", head)
        if mark != 0xFF or kind == _SCAN or length < 2:
            return None
        if kind != _TABLES:
            file.seek(length - 2, 1)
            continue
        data = file.read(length - 2)
        while data:
            size, number = 64 << (data[0] >> 4 & 1), data[0] & 15
            steps = data[1 : 1 + size]
            if number == 0 and len(steps) == size:
                return int(sum(struct.unpack(">64H" if size == 128 else "64B", steps)))
            data = data[1 + size :]
    return None
