"""Write torch files instruction by instruction, without torch; hostile ones too."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

MAGIC = b"\x8a\x0a" + 0x1950A86A20F9469CFC6C.to_bytes(10, "little")
KINDS = {"<f2": "HalfStorage", "<f4": "FloatStorage", "<f8": "DoubleStorage", "<i8": "LongStorage"}


def pickled(body: bytes) -> bytes:
    return b"\x80\x02" + body + b"."


def name(module: str, attribute: str) -> bytes:
    return f"c{module}\n{attribute}\n".encode()


def value(item: Any) -> bytes:
    """Plain data in protocol 2; bytes are taken as instructions already."""
    if isinstance(item, bytes):
        return item
    if item is None:
        return b"N"
    if isinstance(item, bool):
        return b"\x88" if item else b"\x89"
    if isinstance(item, int):
        return b"J" + struct.pack("<i", item) if abs(item) < 2**31 else _long(item)
    if isinstance(item, str):
        return b"X" + struct.pack("<I", len(item.encode())) + item.encode()
    if isinstance(item, tuple):
        return b"(" + b"".join(map(value, item)) + b"t"
    if isinstance(item, Mapping):
        return b"}(" + b"".join(value(k) + value(v) for k, v in item.items()) + b"u"
    raise TypeError(type(item))


def _long(item: int) -> bytes:
    data = item.to_bytes(item.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def storage(key: str, count: int, kind: str = "FloatStorage", view: Any = None) -> bytes:
    return value(("storage", name("torch", kind), key, "cpu", count, view)) + b"Q"


def tensor(
    store: bytes, shape: tuple[int, ...], stride: tuple[int, ...] | None = None, offset: int = 0
) -> bytes:
    if stride is None:
        stride = tuple(int(np.prod(shape[i + 1 :])) for i in range(len(shape)))
    hooks = name("collections", "OrderedDict") + b")R"
    return (
        name("torch._utils", "_rebuild_tensor_v2")
        + value((store, offset, shape, stride, False, hooks))
        + b"R"
    )


def legacy(content: bytes, storages: Mapping[str, np.ndarray], little_endian: bool = True) -> bytes:
    """Return a file as torch.save wrote it before 1.6."""
    keys = b"](" + b"".join(value(key) for key in storages) + b"e"
    parts = [pickled(MAGIC), pickled(value(1001))]
    parts += [pickled(value({"protocol_version": 1001, "little_endian": little_endian}))]
    parts += [pickled(content), pickled(keys)]
    for data in storages.values():
        parts += [struct.pack("<q", data.size), data.tobytes()]
    return b"".join(parts)


def zipped(
    path: Path, content: bytes, storages: Mapping[str, np.ndarray], compress: bool = False
) -> None:
    """Write a file as torch.save has since 1.6."""
    how = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", how) as archive:
        archive.writestr("archive/data.pkl", pickled(content))
        archive.writestr("archive/byteorder", "little")
        for key, data in storages.items():
            archive.writestr(f"archive/data/{key}", data.tobytes())
        archive.writestr("archive/version", "3\n")


def state(arrays: Mapping[str, np.ndarray]) -> tuple[bytes, dict[str, np.ndarray]]:
    """Return a state dict's instructions and its storages, one per tensor."""
    storages = {str(index): array for index, array in enumerate(arrays.values())}
    tensors = {
        key: tensor(storage(store, array.size, KINDS[array.dtype.str]), array.shape)
        for (key, array), store in zip(arrays.items(), storages, strict=True)
    }
    return value(tensors), storages
