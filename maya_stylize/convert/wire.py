"""How much of a `.caffemodel` is no weights, from its wire format alone.

A parser makes a message of hundreds of bytes from two in the file. What is not in a blob is small
in every network, so a file with much of it is refused before it is parsed.
"""

from __future__ import annotations

# NetParameter's V1 and V2 layers, and the blobs in either.
_LAYERS = (2, 100)
_BLOBS = (6, 7)
_VARINT, _EIGHT, _BLOCK, _GROUP, _GROUP_END, _FOUR = range(6)
_LENGTHS = {_EIGHT: 8, _FOUR: 4, _GROUP: 0, _GROUP_END: 0}


def beside_blobs(data: bytes, most: int) -> int:
    """Return how many bytes of a NetParameter lie outside its layers' blobs.

    Args:
        data: The file's bytes; where they are no such message, counting ends.
        most: Where counting may end as well.
    """
    count, ends, place = 0, [len(data)], 0
    while place < len(data) and count <= most:
        if place >= ends[-1]:
            ends.pop()
            continue
        start = place
        tag, place = _varint(data, place)
        kind, field = tag & 7, tag >> 3
        if kind == _BLOCK:
            length, place = _varint(data, place)
            if len(ends) == 1 and field in _LAYERS:
                ends.append(min(place + length, len(data)))
            elif len(ends) == 2 and field in _BLOBS:
                start += length
                place += length
            else:
                place += length
        elif kind == _VARINT:
            _, place = _varint(data, place)
        elif kind in _LENGTHS:
            place += _LENGTHS[kind]
        else:
            break
        count += place - start
    return count


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """Return a number and where it ends; 0 at the end of the data."""
    value = shift = 0
    while place < len(data) and shift < 70:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            break
    return value, place
