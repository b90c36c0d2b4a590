"""ICC profiles byte by byte, from the primaries and curves that the standards publish."""

from __future__ import annotations

import struct

import numpy as np
import OpenImageIO

# xy of red, green, blue and white.
REC709 = (0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329)  # IEC 61966-2-1
ADOBE = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.329)  # Adobe RGB (1998), 2005-05
P3 = (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329)  # SMPTE EG 432-1, white D65
ROMM = (0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001, 0.34567, 0.35850)  # ISO 22028-2
D50 = np.array([0.9642, 1, 0.8249])
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def carried(path):
    """Return the profile in a file as OpenImageIO finds it; None for none."""
    opened = OpenImageIO.ImageInput.open(str(path))
    found = opened.spec().getattribute("ICCProfile")
    opened.close()
    return None if found is None else found.tobytes()


def srgb_light(values):
    values = np.asarray(values, np.float64)
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def to_d50(primaries):
    """The matrix of linear light to XYZ, adapted to D50 by Bradford's method; float64."""

    def xyz(x, y):
        return np.array([x / y, 1, (1 - x - y) / y])

    columns = np.stack([xyz(*primaries[at : at + 2]) for at in (0, 2, 4)], 1)
    white = xyz(*primaries[6:])
    scaled = columns * np.linalg.solve(columns, white)
    gains = np.diag((_BRADFORD @ D50) / (_BRADFORD @ white))
    return np.linalg.inv(_BRADFORD) @ gains @ _BRADFORD @ scaled


def _fixed(*values):
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def xyz_tag(values):
    return b"XYZ \0\0\0\0" + _fixed(*values)


def gamma(exponent):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(exponent * 256))


def table(heights):
    return b"curv\0\0\0\0" + struct.pack(f">I{len(heights)}H", len(heights), *heights)


def parametric(kind, *parameters):
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + _fixed(*parameters)


SRGB_CURVE = parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
# As HP's profile of 1998 has it, which most files carry.
SRGB_TABLE = table(np.rint(srgb_light(np.linspace(0, 1, 1024)) * 65535).astype(int))


def description(text):
    """As version 2 has it."""
    name = text.encode("ascii", "replace") + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(78)


def description_4(text):
    words = text.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(words), 28) + words


def profile(tags, *, version=0x02100000, colors=b"RGB ", kind=b"mntr", connection=b"XYZ "):
    """Any profile of tags, given as pairs of name and data."""
    start = 132 + 12 * len(tags)
    entries, body = b"", b""
    for name, data in tags:
        entries += name + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"test", version, kind, colors, connection)
    head += bytes(12) + b"acsp" + bytes(28) + _fixed(*D50) + bytes(48)
    return head + struct.pack(">I", len(tags)) + entries + body


def rgb(name, matrix, curve, *more, **header):
    """A profile of a matrix and one curve for all channels."""
    colorants = [
        (tag, xyz_tag(column))
        for tag, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), matrix.T, strict=True)
    ]
    curves = [(tag, curve) for tag in (b"rTRC", b"gTRC", b"bTRC")]
    white = (b"wtpt", xyz_tag(D50))
    return profile([(b"desc", description(name)), white, *colorants, *curves, *more], **header)


def gray(name, curve, **header):
    tags = [(b"desc", description(name)), (b"wtpt", xyz_tag(D50)), (b"kTRC", curve)]
    return profile(tags, colors=b"GRAY", **header)


def adobe():
    """The colorants as Adobe publishes them for D50, to five digits."""
    colorants = np.array(
        [[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]]
    )
    return rgb("Adobe RGB (1998)", colorants, gamma(563 / 256))


def srgb():
    """The colorants of the profile of 1998."""
    colorants = np.array(
        [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
    )
    return rgb("sRGB IEC61966-2.1", colorants, SRGB_TABLE)


def tables_only():
    """A profile whose colors are in a table, whose content nobody reads here."""
    return profile([(b"desc", description("Paper")), (b"A2B0", b"mft2" + bytes(60))])
