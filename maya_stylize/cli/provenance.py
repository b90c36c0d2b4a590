"""What a model is, for people."""

from __future__ import annotations

from maya_stylize.convert.provenance import Provenance
from maya_stylize.errors import printable


def describe(title: str, place: str, origin: Provenance) -> str:
    """Return a converted model's table, a line per fact.

    Args:
        title: What the file at that place is: "model", say.
        place: Its path, and what there is to say of that.
        origin: What it is, its weights verified.
    """
    blocks = ", ".join(map(str, origin.blocks))
    mean = ", ".join(f"{value:g}" for value in origin.mean)
    rows = [
        (title, place),
        ("network", origin.identity or "not a known one: made by normalize, or by others"),
        ("layers", f"{sum(origin.blocks)} convolutions in blocks of {blocks}"),
        ("fingerprint", f"{origin.fingerprint} (verified)"),
        ("made from", f"{origin.source}, sha256 {origin.source_sha256}"),
        ("input", f"{origin.channel_order}, 0 to 255, minus {mean}"),
        ("pooling", f"{origin.pooling}, rounding {origin.rounding}"),
        *(("note", note) for note in origin.notes),
    ]
    return "\n".join(f"{name:<12} {printable(value)}" for name, value in rows)
