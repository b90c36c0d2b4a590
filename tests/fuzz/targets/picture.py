"""Pictures of every format, through everything that opens one."""

from __future__ import annotations

import struct
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import judge
import numpy as np
import OpenImageIO
import picture_writer as build
import profile_writer

from maya_stylize.images import formats, reader
from maya_stylize.images.keep import Keep
from maya_stylize.images.probe import probe
from maya_stylize.images.writer import write

# So that all that is taken has room in the memory that the process may have.
formats.LARGEST_PIXELS = 1 << 20

_PIXELS = np.random.default_rng(0).random((5, 7, 3), np.float32)
_ALPHA = np.linspace(0, 1, 35, dtype=np.float32).reshape(5, 7)
_COMPRESSIONS = {
    "exr": ("none", "rle", "zip", "piz", "pxr24", "b44", "dwaa"),
    "tif": ("none", "lzw", "zip", "packbits", "jpeg"),
    "tga": ("none", "rle"),
}
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def seeds() -> Mapping[str, bytes]:
    resource = build.psd_resource(1057, b"\0\0\0\1\1" + bytes(12))
    made = {
        "palette.png": build.png(
            *(2, 2, b"\0\0\1\0\1\0"), kind=3, between=build.png_chunk(b"PLTE", bytes(6))
        ),
        "interlaced.png": build.png(1, 1, b"\0\1\2\3", interlaced=1),
        "bomb.png": build.png(1024, 1024, bytes(3073)),
        "huge.png": build.png(60000, 60000),
        "cmyk.jpg": build.cmyk_jpeg(adobe=2),
        "profile.png": _with_profile(build.png(1, 1, bytes(4)), profile_writer.adobe()),
        "table.png": _with_profile(build.png(1, 1, bytes(4)), profile_writer.srgb()),
        "merged.psd": build.psd(3, 2, bytes(18), resources=resource),
        "palette.tif": build.tiff(
            2, 2, bytes(4), photometric=3, samples=1, extra=[(320, 3, [7] * 768)]
        ),
        "huge.tif": build.tiff(2**31 - 1, 2**31 - 1, bytes(4), samples=1),
        "bits.tif": build.tiff(8, 2, bytes(2), photometric=1, samples=1, bits=1),
        "gray.tga": build.tga(3, 2, bytes(6), kind=3, bits=8),
    }
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("png", "tif", "exr", "jpg", "tga"):
            path = Path(folder, f"a.{suffix}")
            write(path, _PIXELS, alpha=None if suffix == "jpg" else _ALPHA)
            made[f"ours.{suffix}"] = path.read_bytes()
            for compression in _COMPRESSIONS.get(suffix, ()):
                made[f"{compression}.{suffix}"] = _compressed(path, compression)
        for suffix in ("tif", "jpg"):
            path = Path(folder, f"p.{suffix}")
            write(path, _PIXELS, keep=Keep(profile=profile_writer.adobe()))
            made[f"profile.{suffix}"] = path.read_bytes()
        tx = Path(folder, "a.tx")
        write(tx, np.tile(_PIXELS, (14, 10, 1)))
        made["mip.tx"] = tx.read_bytes()
    return made


def _with_profile(png: bytes, profile: bytes) -> bytes:
    """Put a profile behind the header, stored as it is, so that damage comes as far as it."""
    chunk = build.png_chunk(b"iCCP", b"name\0\0" + zlib.compress(profile, 0))
    return png[:33] + chunk + png[33:]


def _compressed(path: Path, compression: str) -> bytes:
    kind = "uint8" if path.suffix == ".tga" or compression == "jpeg" else "half"
    spec = OpenImageIO.ImageSpec(16, 16, 3, kind)
    spec.attribute("compression", compression)
    if compression in ("piz", "zip"):
        spec.tile_width = spec.tile_height = 16
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    output.write_image(np.linspace(0, 1, 768, dtype=np.float32).reshape(16, 16, 3))
    output.close()
    return path.read_bytes()


def feed(data: bytes, folder: Path) -> None:
    path = folder / "a.tga"  # a name that says TGA where the content says nothing
    path.write_bytes(_with_checksums(data) if data.startswith(_SIGNATURE) else data)
    judge.attempt(
        lambda: probe(path),
        lambda: reader.read(path),
        lambda: reader.glance(path, 2),
        lambda: reader.numbers(path),
    )


def _with_checksums(data: bytes) -> bytes:
    """Put a PNG's checksums right, so that the damage comes as far as the library."""
    out, place = bytearray(data), 8
    while place + 8 <= len(out):
        (length,) = struct.unpack_from(">I", out, place)
        end = place + 8 + length
        if end + 4 > len(out):
            break
        struct.pack_into(">I", out, end, zlib.crc32(out[place + 4 : end]))
        place = end + 4
    return bytes(out)
