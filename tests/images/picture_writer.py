"""Write picture files byte by byte, without a picture library."""

from __future__ import annotations

import struct
import zlib


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def packed(length) -> bytes:
    return zlib.compress(bytes(length), 9)


def png(width, height, scanlines=b"", *, bits=8, kind=2, between=b"", interlaced=0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, interlaced)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + between
        + png_chunk(b"IDAT", zlib.compress(scanlines))
        + png_chunk(b"IEND", b"")
    )


def tiff(width, height, data, *, photometric=2, samples=3, bits=8, extra=()) -> bytes:
    """One strip, little endian; `extra` holds (tag, type 3 or 4, values)."""

    def lay_out(offset):
        tags = [
            (256, 4, [width]),
            (257, 4, [height]),
            (258, 3, [bits] * samples),
            (259, 3, [1]),
            (262, 3, [photometric]),
            (273, 4, [offset]),
            (277, 3, [samples]),
            (278, 4, [height]),
            (279, 4, [len(data)]),
            *extra,
        ]
        entries, behind = b"", b""
        start = 8 + 2 + 12 * len(tags) + 4
        for tag, kind, values in sorted(tags):
            raw = struct.pack(f"<{len(values)}{'H' if kind == 3 else 'I'}", *values)
            entries += struct.pack("<HHI", tag, kind, len(values))
            if len(raw) > 4:
                entries += struct.pack("<I", start + len(behind))
                behind += raw
            else:
                entries += raw.ljust(4, b"\0")
        head = struct.pack("<2sHIH", b"II", 42, 8, len(tags))
        return head + entries + struct.pack("<I", 0) + behind

    return lay_out(len(lay_out(0))) + data


def with_tiles(exr: bytes, side) -> bytes:
    """Declare square tiles of another size in a tiled EXR file."""
    mark = b"tiles\0tiledesc\0\x09\0\0\0"
    place = exr.index(mark) + len(mark)
    return exr[:place] + struct.pack("<II", side, side) + exr[place + 8 :]


def tga(width, height, data, *, kind=2, bits=24, descriptor=0x20) -> bytes:
    return struct.pack(
        "<BBBHHBHHHHBB", 0, 0, kind, 0, 0, 0, 0, 0, width, height, bits, descriptor
    ) + (data)


def psd(width, height, planes, *, bits=8, mode=3, samples=3, resources=b"") -> bytes:
    """No layers, not compressed; `planes` is all of red, then green and blue, big endian."""
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, samples, height, width, bits, mode)
    return head + bytes(4) + struct.pack(">I", len(resources)) + resources + bytes(6) + planes


def psd_resource(number, data, name=b"") -> bytes:
    name = bytes([len(name)]) + name + bytes((len(name) + 1) % 2)
    padding = bytes(len(data) % 2)
    return (
        b"8BIM" + struct.pack(">H", number) + name + struct.pack(">I", len(data)) + data + padding
    )


def cmyk_jpeg(adobe=None) -> bytes:
    """One 8x8 block of four components whose coefficients are all zero."""

    def segment(marker, data):
        return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

    components = b"".join(bytes([number, 0x11, 0]) for number in (1, 2, 3, 4))
    scan = b"".join(bytes([number, 0x00]) for number in (1, 2, 3, 4))
    one_code = bytes([1] + [0] * 15 + [0])
    return (
        b"\xff\xd8"
        + (b"" if adobe is None else segment(0xEE, b"Adobe\0d\0\0\0\0" + bytes([adobe])))
        + segment(0xDB, b"\0" + bytes([1] * 64))
        + segment(0xC0, struct.pack(">BHHB", 8, 8, 8, 4) + components)
        + segment(0xC4, b"\x00" + one_code)
        + segment(0xC4, b"\x10" + one_code)
        + segment(0xDA, b"\x04" + scan + b"\x00\x3f\x00")
        + b"\x00\xff\xd9"
    )
