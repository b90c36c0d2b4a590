"""Damage to bytes, the same every time."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping

_NUMBERS = (
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
    2**63 - 1,
    2**64 - 1,
)
_WORDS = (b"\0", b"[", b"{", b'"', b"../", b"\xff\xfe", b"\\u0000", b"<UDIM>", b"<map>")
_TOKEN = re.compile(rb'"[^"]{0,99}"|[0-9.]+|[a-z_]+')
_TOKENS = (
    *(b"null", b"true", b"0", b"-1", b"1e999", b"NaN", b"9" * 400, b"[]", b"{}", b'""', b"[[[9]]]"),
    *(
        b'"../a.png"',
        b'"/a.png"',
        b'"C:/a.png"',
        b'"a\\u0000.png"',
        b'"\\ud800"',
        b'"{stem}"',
        b'"no"',
    ),
)


def mutations(inputs: Mapping[str, bytes], count: int) -> Iterator[tuple[str, bytes]]:
    """Give damaged inputs, each with a name that says which it is.

    Args:
        inputs: What is damaged, in turn.
        count: How many are given.
    """
    names = sorted(inputs)
    for number in range(count):
        name = names[number % len(names)]
        chance = random.Random(f"{name} {number}")
        data = bytearray(inputs[name])
        for _ in range(chance.choice((1, 1, 1, 2, 8))):
            _damage(data, inputs[chance.choice(names)], chance)
        yield f"{name} damaged {number}", bytes(data)


def _damage(data: bytearray, other: bytes, chance: random.Random) -> None:
    place = chance.randrange(len(data) + 1)
    length = chance.choice((1, 2, 4, 8, chance.randrange(1, 200)))
    what = chance.randrange(10)
    if what == 0 and place < len(data):
        data[place] ^= 1 << chance.randrange(8)
    elif what == 1 and place < len(data):
        data[place] = chance.randrange(256)
    elif what == 2:
        size = chance.choice((1, 2, 4, 8))
        number = chance.choice(_NUMBERS) % (1 << 8 * size)
        data[place : place + size] = number.to_bytes(size, chance.choice(("little", "big")))
    elif what == 3:
        del data[place : place + length]
    elif what == 4:
        data[place:place] = data[place : place + length] * chance.choice((1, 2, 50))
    elif what == 5:
        start = chance.randrange(len(other) + 1)
        data[place:place] = other[start : start + length]
    elif what == 6:
        data[place : place + length] = chance.choice(_WORDS)
    elif what >= 8 and (tokens := list(_TOKEN.finditer(data))):
        start, end = chance.choice(tokens).span()
        others = _TOKEN.findall(other) or list(_TOKENS)
        data[start:end] = chance.choice((chance.choice(_TOKENS), chance.choice(others)))
    else:
        del data[max(1, place) :]
