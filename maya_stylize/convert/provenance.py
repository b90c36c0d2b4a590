"""Where a converted model comes from, kept in the attributes of its `.h5`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import maya_stylize
from maya_stylize.convert.fingerprint import fingerprint, identity, notice
from maya_stylize.convert.network import MEAN_BGR, Network
from maya_stylize.errors import printable


@dataclass(frozen=True)
class Provenance:
    """What a converted model is and where it was made from.

    Attributes:
        source: File name of the model it was made from, without its folder.
        source_sha256: Hash of that file, hex.
        fingerprint: Hash of the weights (see `fingerprint.fingerprint`), hex.
        identity: What the network is, where fingerprint and blocks are known; else empty.
        blocks: Convolutions before each pool, such as (2, 2, 4, 4, 4) for a VGG-19.
        channel_order: Order of the input's channels.
        mean: Subtracted from the input (0 to 255), in that order.
        pooling: "average" or "max"; one word per pool, with commas, where they differ.
        rounding: "ceil": pools round odd sizes up and average real pixels only.
        notice: Terms of the weights' authors, where known; else empty.
        notes: What the conversion dropped or assumed.
        converter: Program and version that wrote the file.
    """

    source: str
    source_sha256: str
    fingerprint: str
    identity: str
    blocks: tuple[int, ...]
    channel_order: str
    mean: tuple[float, ...]
    pooling: str
    rounding: str
    notice: str
    notes: tuple[str, ...]
    converter: str


def describe(network: Network, source: str, source_sha256: str, inherited: str = "") -> Provenance:
    """Return the provenance of a network made from the named file.

    Args:
        network: What is to be written.
        source: The file's name, without its folder.
        source_sha256: Its hash, hex.
        inherited: The notice that the source carries, which its derivatives keep.
    """
    value = fingerprint(network)
    kinds = [pool.kind for pool in network.pools]
    return Provenance(
        source=printable(source),
        source_sha256=source_sha256,
        fingerprint=value,
        identity=identity(value, network.blocks),
        blocks=network.blocks,
        channel_order="BGR",
        mean=MEAN_BGR,
        pooling=kinds[0] if len(set(kinds)) == 1 else ",".join(kinds),
        rounding="ceil",
        notice=notice(value) or inherited,
        notes=network.notes,
        converter=f"maya-stylize {maya_stylize.__version__}",
    )


NAMES = tuple(field.name for field in dataclasses.fields(Provenance))
"""The attributes that `to_attributes` makes."""


def to_attributes(provenance: Provenance) -> dict[str, Any]:
    """Return the provenance as HDF5 attributes: strings, and lists of numbers."""
    values = dataclasses.asdict(provenance)
    return {**values, "notes": "\n".join(provenance.notes)}


def from_attributes(attributes: Mapping[str, Any]) -> Provenance | None:
    """Return the provenance that `to_attributes` wrote; None where there is none, or only part."""
    values = {name: attributes[name] for name in NAMES}
    mean, blocks, notes = values.pop("mean"), values.pop("blocks"), values.pop("notes")
    if mean is None or blocks is None:
        return None
    if not all(isinstance(value, str) for value in (*values.values(), notes)):
        return None
    return Provenance(
        **values,
        mean=tuple(float(value) for value in mean),
        blocks=tuple(int(value) for value in blocks),
        notes=tuple(notes.split("\n")) if notes else (),
    )
