"""Read a torch state dict, legacy or zip, without torch and without executing anything."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from maya_stylize.convert import state_dict, unpickle
from maya_stylize.convert.archive import is_zip, open_zip
from maya_stylize.convert.network import FloatArray, Network
from maya_stylize.errors import ModelError

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_PROTOCOL = 1001
# The pickle proper holds names and shapes only; the largest VGG's is some 10 kB.
_MAX_PICKLE = 16 << 20

# Returns the numbers of a storage, checked against the container's size.
_Fetch = Callable[[unpickle.Storage], bytes]


def read(path: Path) -> Network:
    """Return the network in a file that `torch.save` wrote from a state dict.

    Args:
        path: A `.pth` or `.pt` file, in the legacy layout or the zip layout of PyTorch 1.6.

    Raises:
        ModelError: The file is damaged, holds more than a state dict, or holds another network.
    """
    if is_zip(path):
        return _read_zip(path)
    with path.open("rb") as file:
        return _read_legacy(path, file)


def _read_zip(path: Path) -> Network:
    with open_zip(path) as archive:
        pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise ModelError(
                f"{path.name}: the zip archive is not a torch file (no single data.pkl).",
                "Give a .pth or .pt state dict, a .caffemodel or a Keras .h5 file.",
            )
        folder = pickles[0].removesuffix("data.pkl")
        size = path.stat().st_size
        if folder + "byteorder" in archive.namelist():
            _check_stored(path, archive.getinfo(folder + "byteorder"), size)
            _check_little_endian(path, archive.read(folder + "byteorder") == b"little")

        def fetch(storage: unpickle.Storage) -> bytes:
            try:
                member = archive.getinfo(f"{folder}data/{storage.key}")
            except KeyError:
                raise _cut_short(path, f"storage {storage.key!r} is missing") from None
            _check_stored(path, member, size)
            return archive.read(member)

        member = archive.getinfo(pickles[0])
        _check_stored(path, member, min(size, _MAX_PICKLE))
        content = unpickle.load(io.BytesIO(archive.read(member)), path.name)
        return _network(path, content, fetch)


def _check_stored(path: Path, member: zipfile.ZipInfo, limit: int) -> None:
    if member.compress_type != zipfile.ZIP_STORED or member.file_size > limit:
        raise ModelError(
            f"{path.name}: member {member.filename!r} is compressed or larger than the archive.",
            "torch.save stores its members plain; save the state dict again.",
        )


def _read_legacy(path: Path, file: io.BufferedReader) -> Network:
    size = path.stat().st_size
    head = io.BytesIO(file.read(_MAX_PICKLE))
    if unpickle.load(head, path.name) != LEGACY_MAGIC:
        raise ModelError(
            f"{path.name}: it is a pickle, but not one that torch.save wrote.",
            "In PyTorch, save only the weights: torch.save(model.state_dict(), PATH).",
        )
    if unpickle.load(head, path.name) != _LEGACY_PROTOCOL:
        raise ModelError(f"{path.name}: the torch file's protocol version is not known.")
    system = unpickle.load(head, path.name)
    _check_little_endian(path, isinstance(system, dict) and system.get("little_endian") is True)
    content = unpickle.load(head, path.name)
    keys = unpickle.load(head, path.name)
    position = head.tell()
    storages = {tensor.storage.key: tensor.storage for tensor in _tensors(content)}
    places: dict[unpickle.Storage, int] = {}
    for key in keys if isinstance(keys, list) else []:
        if not isinstance(key, str):  # nor is it shown: what is in it may have no end
            raise _cut_short(path, "a storage's name is no text")
        storage = storages.get(key)
        if storage is None:
            raise _cut_short(path, f"storage {key[:40]!r} belongs to no tensor")
        file.seek(position)
        count = int.from_bytes(file.read(8), "little")
        end = position + 8 + storage.count * np.dtype(storage.dtype).itemsize
        if count != storage.count or end > size:
            raise _cut_short(path, f"storage {key!r} should hold {storage.count} numbers")
        places[storage] = position + 8
        position = end

    def fetch(storage: unpickle.Storage) -> bytes:
        if storage not in places:
            raise _cut_short(path, f"storage {storage.key!r} is missing or has another size")
        file.seek(places[storage])
        return file.read(storage.count * np.dtype(storage.dtype).itemsize)

    return _network(path, content, fetch)


def _tensors(content: Any) -> list[unpickle.Tensor]:
    """Return the tensors in the top dict and the dicts in it, as torch nests a checkpoint."""
    found: list[unpickle.Tensor] = []
    pending, seen = [content], {id(content)}
    while pending:
        item = pending.pop()
        if isinstance(item, unpickle.Tensor):
            found.append(item)
            continue
        children = item.values() if isinstance(item, dict) else item
        if isinstance(item, (dict, list, tuple)):
            for child in children:
                if id(child) not in seen:
                    seen.add(id(child))
                    pending.append(child)
    return found


def _network(path: Path, content: Any, fetch: _Fetch) -> Network:
    for key in ("state_dict", "model_state_dict"):
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
    tensors = {
        key: value
        for key, value in (content.items() if isinstance(content, dict) else ())
        if isinstance(key, str) and isinstance(value, unpickle.Tensor)
    }
    if not tensors:
        raise ModelError(
            f"{path.name}: there is no state dict in it.",
            "In PyTorch, save the weights with torch.save(model.state_dict(), PATH).",
        )
    shapes = {key: _shape(path, key, tensor) for key, tensor in tensors.items()}
    # Several tensors may be views of one storage, and each becomes an array of its own.
    if sum(map(math.prod, shapes.values())) > path.stat().st_size:
        raise ModelError(
            f"{path.name}: its tensors are together larger than the file.",
            "In PyTorch, save only the weights: torch.save(model.state_dict(), PATH).",
        )
    return state_dict.to_network(
        path,
        shapes,
        lambda key: _array(path, key, tensors[key], fetch),
    )


def _shape(path: Path, key: str, tensor: unpickle.Tensor) -> tuple[int, ...]:
    """Return the tensor's shape once its view is known to lie inside its storage."""
    shape, stride, offset = tensor.shape, tensor.stride, tensor.offset
    if not (isinstance(shape, tuple) and isinstance(stride, tuple) and len(shape) == len(stride)):
        raise _bad_view(path, key)
    if not all(type(n) is int and n >= 0 for n in (*shape, *stride, offset)):
        raise _bad_view(path, key)
    reach = offset + sum((n - 1) * step for n, step in zip(shape, stride, strict=True))
    count = math.prod(shape)
    if count and (reach >= tensor.storage.count or count > tensor.storage.count):
        raise _bad_view(path, key)
    return shape


def _array(path: Path, key: str, tensor: unpickle.Tensor, fetch: _Fetch) -> FloatArray:
    storage = tensor.storage
    dtype = np.dtype(storage.dtype)
    if dtype.kind != "f":
        raise ModelError(f"{path.name}: tensor {key!r} holds {dtype.name}, not floats.")
    data = fetch(storage)
    if len(data) != storage.count * dtype.itemsize:
        raise _cut_short(path, f"storage {storage.key!r} should hold {storage.count} numbers")
    view = np.lib.stride_tricks.as_strided(
        np.frombuffer(data, dtype)[tensor.offset :],
        tensor.shape,
        [step * dtype.itemsize for step in tensor.stride],
        writeable=False,
    )
    with np.errstate(over="ignore"):  # what overflows is refused later, with the layer's name
        return np.ascontiguousarray(view, dtype=np.float32)


def _check_little_endian(path: Path, little: bool) -> None:
    if not little:
        raise ModelError(
            f"{path.name}: the numbers are big-endian, which is not supported.",
            "Load and save the state dict on a current machine.",
        )


def _cut_short(path: Path, detail: str) -> ModelError:
    return ModelError(
        f"{path.name}: the torch file is damaged or cut short: {detail}.", "Get the file again."
    )


def _bad_view(path: Path, key: str) -> ModelError:
    return ModelError(
        f"{path.name}: tensor {key!r}: its shape, stride or offset reaches outside its storage.",
        "Get the file again.",
    )
