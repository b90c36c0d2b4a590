"""ICC profiles: what the bytes of one say of colors (ICC.1:2022, and version 2 before it).

Whoever made the picture made the profile too, so nothing in it is believed: every offset is
checked, and a profile is called sound only where it may be written into another file. libpng, asked
to write one that is not, ends in the middle of the file, and OpenImageIO with it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

LARGEST = 4 << 20  # printers' profiles with tables have about a tenth of that
D50 = (0.9642, 1.0, 0.8249)  # white, in the numbers that profiles connect by
STEPS = 4096  # a curve is known at so many places and one more

_HEADER, _ENTRY = struct.Struct(">I4xI4s4s4s12x4s24xI60x"), struct.Struct(">4sII")
_MOST_TAGS = 200
_MOST_SHARED = 4  # times the profile's size: three curves are often one
_KINDS = (b"mntr", b"scnr", b"spac", b"prtr")
_COLORANTS = (b"rXYZ", b"gXYZ", b"bXYZ")
_CURVES = (b"rTRC", b"gTRC", b"bTRC")
_TABLES = (b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2")
_GRAY = b"kTRC"
_OF_ANY = (b"desc", b"cprt", b"wtpt", b"chad")
_PARAMETERS = (1, 3, 4, 5, 7)  # of the parametric curves of types 0 to 4
_LONGEST_NAME = 60
# How far colorants' sum may be from white: unadapted ones for daylight are far beyond.
_WHITE = 0.05
_DIP = 1e-3  # a curve's rounding
_LEAST_RISE = 0.1


@dataclass(frozen=True, eq=False)
class Profile:
    """An ICC profile, as far as it is understood.

    Attributes:
        data: Its bytes, without what lies behind its end.
        description: What it calls itself, fit for a message; "" if nothing.
        colors: What its numbers are, such as "RGB", "GRAY" or "CMYK"; "" where it is damaged.
        curves: Light, 0 to 1, of numbers from 0 to 1, (channels, STEPS + 1), each rising; None
            where it has none that can be used.
        matrix: (3, 3), from light to XYZ for D50; None without curves, and for gray.
        has_tables: Whether tables say more than curves and matrix.
        reason: Why there are no curves; "" if there are.
        is_sound: Whether it may be written into a file.
    """

    data: bytes
    description: str = ""
    colors: str = ""
    curves: Numbers | None = None
    matrix: Numbers | None = None
    has_tables: bool = False
    reason: str = ""
    is_sound: bool = False


class _UnusableError(Exception):
    """Why nothing can be made of a profile."""


def parse(data: bytes) -> Profile:
    """Return what a profile says; whatever its bytes are, nothing is raised.

    Args:
        data: As a picture file holds them.
    """
    try:
        data, colors, xyz = _header(data)
        tags = _tags(data)
    except _UnusableError as error:
        return Profile(data, reason=str(error))
    name, has_tables = _description(tags), any(tag in tags for tag in _TABLES)
    curves = matrix = None
    reason = ""
    try:
        if not xyz or colors not in ("RGB", "GRAY"):
            _refuse("it has tables only" if colors in ("RGB", "GRAY") else f"it is for {colors}")
        wanted = (_GRAY,) if colors == "GRAY" else _CURVES
        if any(tag not in tags for tag in wanted):
            _refuse("it has tables only" if has_tables else "it lacks its curves")
        curves = np.stack([_curve(tags[tag]) for tag in wanted])
        matrix = None if colors == "GRAY" else _matrix(tags)
    except _UnusableError as error:
        curves, reason = None, str(error)
    return Profile(data, name, colors, curves, matrix, has_tables, reason, is_sound=True)


def rgb_of_gray(profile: Profile, colorants: Numbers) -> bytes:
    """Return a profile for RGB whose three channels have the curve of one for gray.

    Args:
        profile: For gray, sound.
        colorants: (3, 3): XYZ of red, green and blue, one a column.

    Returns:
        The profile; b"" where it would be larger than `LARGEST`.
    """
    own = _tags(profile.data)
    tags = [(tag, own[tag]) for tag in _OF_ANY if tag in own]
    for tag, color in zip(_COLORANTS, colorants.T, strict=True):
        fixed = [round(float(value) * 65536) for value in color]
        tags.append((tag, struct.pack(">4s4x3i", b"XYZ ", *fixed)))
    tags += [(tag, own[_GRAY]) for tag in _CURVES]
    start = _HEADER.size + 4 + _ENTRY.size * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for tag, data in tags:
        table += _ENTRY.pack(tag, start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = bytearray(profile.data[: _HEADER.size])
    head[:4] = struct.pack(">I", start + len(body))
    head[16:20] = b"RGB "
    head[84:100] = bytes(16)  # the fingerprint of the other one
    made = bytes(head) + table + body
    return made if len(made) <= LARGEST else b""


def _refuse(reason: str) -> NoReturn:
    raise _UnusableError(reason)


def _header(data: bytes) -> tuple[bytes, str, bool]:
    """Return the profile alone, what it is for, and whether it connects by XYZ."""
    if len(data) < _HEADER.size + 4:
        _refuse("it is cut short")
    size, version, kind, colors, connection, mark, intent = _HEADER.unpack_from(data)
    if mark != b"acsp":
        _refuse("it is no ICC profile")
    if not _HEADER.size + 4 <= size <= len(data):
        _refuse("it is cut short")
    if size > LARGEST:
        _refuse(f"it is larger than {LARGEST >> 20} MB")
    if kind not in _KINDS:
        _refuse("it is not one of a picture's colors")
    if connection not in (b"XYZ ", b"Lab ") or intent > 0xFFFE or (version >> 24 > 3 and size % 4):
        _refuse("its header is damaged")
    return data[:size], _printable(colors.decode("latin-1")), connection == b"XYZ "


def _tags(data: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", data, _HEADER.size)
    if count > _MOST_TAGS or _HEADER.size + 4 + count * _ENTRY.size > len(data):
        _refuse("it is cut short")
    tags: dict[bytes, bytes] = {}
    shared = 0
    for index in range(count):
        name, start, size = _ENTRY.unpack_from(data, _HEADER.size + 4 + index * _ENTRY.size)
        if start > len(data) or size > len(data) - start:
            _refuse("it is cut short")
        shared += size
        if shared > _MOST_SHARED * len(data):
            _refuse("its parts lie upon each other")
        tags.setdefault(name, data[start : start + size])
    return tags


def _description(tags: dict[bytes, bytes]) -> str:
    data = tags.get(b"desc", b"")
    text = ""
    if data[:4] == b"desc" and len(data) > 12:
        length = min(int.from_bytes(data[8:12], "big"), 4 * _LONGEST_NAME)
        text = data[12 : 12 + length].decode("ascii", "replace")
    elif data[:4] == b"mluc" and len(data) >= 28:
        length, start = struct.unpack_from(">II", data, 20)
        text = data[start : start + min(length, 4 * _LONGEST_NAME)].decode("utf-16-be", "replace")
    return _printable(text.split("\0")[0])


def _printable(text: str) -> str:
    clean = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(clean.replace("\ufffd", " ").split())[:_LONGEST_NAME]


def _matrix(tags: dict[bytes, bytes]) -> Numbers:
    columns = []
    for tag in _COLORANTS:
        data = tags.get(tag, b"")
        if data[:4] != b"XYZ " or len(data) < 20:
            _refuse("it lacks its primaries")
        columns.append(_fixed(data[8:20]))
    matrix = np.stack(columns, 1)
    if np.abs(matrix.sum(1) - D50).max() > _WHITE:
        _refuse("its primaries do not make white")
    if np.linalg.cond(matrix) > 1000:
        _refuse("its primaries are no colors apart")
    return matrix


def _curve(data: bytes) -> Numbers:
    """Return a curve at evenly spaced numbers from 0 to 1, (STEPS + 1,), rising throughout."""
    numbers = np.linspace(0, 1, STEPS + 1)
    kind = data[:4]
    if kind == b"curv" and len(data) >= 12:
        light = _tabulated(data, numbers)
    elif kind == b"para" and len(data) >= 12:
        light = _parametric(data, numbers)
    else:
        _refuse("its curves are damaged")
    light = np.clip(light, 0, 1)
    rising = np.maximum.accumulate(light)
    if np.max(rising - light) > _DIP or rising[-1] - rising[0] < _LEAST_RISE:
        _refuse("its curves do not rise")
    return np.asarray(rising + 1e-9 * (numbers - rising))  # so that there is an inverse


def _tabulated(data: bytes, numbers: Numbers) -> Numbers:
    (count,) = struct.unpack_from(">I", data, 8)
    if count == 0:
        return numbers
    if count > (len(data) - 12) // 2:
        _refuse("its curves are cut short")
    table = np.frombuffer(data, ">u2", count, 12).astype(np.float64)
    if count == 1:
        return _power(numbers, float(table[0]) / 256)
    return np.asarray(np.interp(numbers, np.linspace(0, 1, count), table / 65535))


def _parametric(data: bytes, numbers: Numbers) -> Numbers:
    (kind,) = struct.unpack_from(">H", data, 8)
    if kind >= len(_PARAMETERS) or len(data) < 12 + 4 * _PARAMETERS[kind]:
        _refuse("its curves are damaged")
    given = [float(each) for each in _fixed(data[12 : 12 + 4 * _PARAMETERS[kind]])]
    exponent, a, b, c, d, e, f = (*given, *(0.0,) * (7 - len(given)))
    if kind == 0:
        return _power(numbers, exponent)
    if kind in (1, 2):  # a constant up to where the power starts
        if a == 0:
            _refuse("its curves are damaged")
        d, e, c, f = -b / a, c, 0.0, c
    power = _power(np.maximum(a * numbers + b, 0), exponent)
    return np.asarray(np.where(numbers >= d, power + e, c * numbers + f))


def _power(numbers: Numbers, exponent: float) -> Numbers:
    if not 0.1 <= exponent <= 10:
        _refuse("its curves are damaged")
    return np.asarray(numbers**exponent)


def _fixed(data: bytes) -> Numbers:
    """Return numbers of 16 bits before the point and 16 behind it."""
    return np.frombuffer(data, ">i4").astype(np.float64) / 65536
