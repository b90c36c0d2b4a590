"""How much of a `.caffemodel` is no weights, from its wire format alone.

A parser makes a message of hundreds of bytes from two in the file, and a dimension of eight from
one. What is no floats is small in every network, so a file with much of it is refused before it is
parsed.
"""

from __future__ import annotations

# NetParameter's V1 and V2 layers, and the blobs in either.
_OPENED = {1: (2, 100), 2: (6, 7)}  # by how deep they lie
_IN_BLOB = 3
# A blob's data, diff, double_data and double_diff; the lengths of one with a tag of its own.
_FLOATS = (5, 6, 8, 9)
_LOOSE = {0x2D: 5, 0x35: 5, 0x41: 9, 0x49: 9}
_VARINT, _EIGHT, _BLOCK, _GROUP, _GROUP_END, _FOUR = range(6)
_LENGTHS = {_EIGHT: 8, _FOUR: 4, _GROUP: 0, _GROUP_END: 0}


def beside_floats(data: bytes, most: int) -> int:
    """Return how many bytes of a NetParameter are not the floats of its layers' blobs.

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
        if len(ends) == _IN_BLOB and data[place] in _LOOSE:
            place = _loose_end(data, place, ends[-1])
            count += _LOOSE[data[start]]  # for the run, or many of one float would count nothing
            continue
        tag, place = _varint(data, place)
        kind, field = tag & 7, tag >> 3
        if kind == _BLOCK:
            length, place = _varint(data, place)
            if field in _OPENED.get(len(ends), ()):
                ends.append(min(place + length, len(data)))
            else:
                if len(ends) == _IN_BLOB and field in _FLOATS:
                    start += length
                place += length
        elif kind == _VARINT:
            _, place = _varint(data, place)
        elif kind in _LENGTHS:
            place += _LENGTHS[kind]
        else:
            break
        count += place - start
    return count


def _loose_end(data: bytes, place: int, end: int) -> int:
    """Return where a run of floats ends that each have a tag, and the same."""
    tag, width, most = data[place : place + 1], _LOOSE[data[place]], 1
    while place < end:
        tags = data[place : min(end, place + most * width) : width]
        same = len(tags) - len(tags.lstrip(tag))
        place += same * width
        if same < len(tags):
            break
        most *= 2
    return place


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
