"""Read a binary `.caffemodel` of the V1 or the V2 dialect."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError

from maya_stylize.convert import topology
from maya_stylize.convert.chain import fault, is_whole_vgg, listed
from maya_stylize.convert.network import Convolution, FloatArray, Network, PoolingOrigin
from maya_stylize.convert.schema import BinaryNet, unpacked_values
from maya_stylize.convert.topology import Filters, Topology
from maya_stylize.convert.wire import beside_floats
from maya_stylize.errors import ModelError

_MAX_BYTES = 2**31 - 1
_MAX_BESIDE_FLOATS = 4 << 20
_FIELDS = ("weight", "bias")


def read(path: Path, prototxt: Topology | None = None) -> Network:
    """Return the network in a `.caffemodel`.

    Args:
        path: The file.
        prototxt: Where given, it decides topology and pooling; layers are matched by name.

    Raises:
        ModelError: The file is damaged or cut short, or holds another kind of network.
    """
    net = _parse(path)
    stored = _with_blobs(path, net)
    chain = prototxt or topology.from_messages(path, net)
    used = {layer.name for layer in chain.layers}
    notes = _notes(chain.tops, [name for name in stored if name not in used])

    def weights(layer: Filters) -> Convolution:
        if layer.name not in stored:
            raise fault(
                path,
                layer.name,
                "blobs",
                "the model has no weights under this name",
                "The file may be cut short, or the prototxt may belong to another model.",
            )
        return _convolution(path, layer, stored[layer.name])

    origin: PoolingOrigin = "recorded" if prototxt is None else "stated"
    network = topology.to_network(path, chain, weights, notes, origin)
    if prototxt is None and not is_whole_vgg(network):
        raise ModelError(
            f"{path.name}: blocks of {network.blocks} convolutions are no whole VGG-11, 13, 16 "
            "or 19, so the file may be cut short.",
            "If the network is meant to be so, give its prototxt: --prototxt FILE.",
        )
    return network


def _parse(path: Path) -> Any:
    if path.stat().st_size > _MAX_BYTES:
        raise ModelError(f"{path.name}: it is larger than 2 GB, which no Caffe model can be.")
    data = path.read_bytes()
    if beside_floats(data, _MAX_BESIDE_FLOATS) > _MAX_BESIDE_FLOATS:
        raise ModelError(
            f"{path.name}: more than {_MAX_BESIDE_FLOATS >> 20} MB of it are no weights, which no "
            "Caffe model has.",
            "It is damaged or not a Caffe model; get the file again.",
        )
    try:
        return BinaryNet.FromString(data)
    except (DecodeError, UnicodeDecodeError) as error:
        raise ModelError(
            f"{path.name}: it is not a Caffe model, or it is damaged or cut short.",
            "Get the file again and compare its size with the original's.",
        ) from error


def _with_blobs(path: Path, net: Any) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    for layer in topology.layer_messages(path, net):
        if layer.name in stored and layer.blobs:
            raise fault(path, layer.name, "name", "two layers with weights have this name")
        if layer.blobs:
            stored[layer.name] = layer
    return stored


def _notes(tops: tuple[str, ...], unused: list[str]) -> list[str]:
    notes = []
    if tops:
        notes.append(f"Layers above the convolutions were dropped: {listed(tops)}.")
    others = [name for name in unused if name not in tops]
    if others:
        notes.append(f"Layers that the prototxt does not name were dropped: {listed(others)}.")
    return notes


def _convolution(path: Path, layer: Filters, message: Any) -> Convolution:
    expected = 2 if layer.bias else 1
    if len(message.blobs) != expected:
        raise fault(
            path, layer.name, "blobs", f"{len(message.blobs)} blobs stored, {expected} expected"
        )
    shapes = [_shape(path, layer.name, i, blob) for i, blob in enumerate(message.blobs)]
    if len(shapes[0]) != 4 or shapes[0][2:] != (3, 3):
        raise fault(path, layer.name, "weight", f"shape {shapes[0]} is not that of 3x3 kernels")
    arrays = [_values(path, layer.name, i, blob) for i, blob in enumerate(message.blobs)]
    for index, (shape, values) in enumerate(zip(shapes, arrays, strict=True)):
        if math.prod(shape) != values.size:
            raise fault(
                path,
                layer.name,
                _FIELDS[index],
                f"shape {shape} needs {math.prod(shape)} values, {values.size} are stored",
                "The file is damaged; get it again.",
            )
    # Legacy files write a bias of N values as 1x1x1xN.
    bias = arrays[1].reshape(-1) if layer.bias else np.zeros(shapes[0][0], np.float32)
    return Convolution(layer.name, arrays[0].reshape(shapes[0]), bias)


def _shape(path: Path, layer: str, index: int, blob: Any) -> tuple[int, ...]:
    """Return a blob's shape; as in Caffe, the four legacy fields win over `shape`."""
    legacy = ("num", "channels", "height", "width")
    if any(blob.HasField(name) for name in legacy):
        shape = tuple(getattr(blob, name) for name in legacy)
    else:
        shape = tuple(blob.shape.dim)
    if not shape or min(shape) < 1:
        raise fault(path, layer, _FIELDS[index], f"shape {shape} is missing or not positive")
    return shape


def _values(path: Path, layer: str, index: int, blob: Any) -> FloatArray:
    """Return a blob's numbers, flat; as in Caffe, `double_data` wins over `data`.

    The blob is emptied on the way, so that the file's bytes are not held twice.
    """
    blocks = {name: list(getattr(blob, name)) for name in ("data", "double_data")}
    blob.ClearField("data")
    blob.ClearField("double_data")
    rest = unpacked_values(blob.SerializeToString())
    for name in blocks:
        loose = list(getattr(rest, name))
        if loose and blocks[name]:
            raise fault(
                path, layer, name, f"{_FIELDS[index]}: packed and unpacked floats are mixed"
            )
        blocks[name] = blocks[name] or loose
    name, dtype = ("double_data", "<f8") if any(blocks["double_data"]) else ("data", "<f4")
    block = blocks[name][0] if len(blocks[name]) == 1 else b"".join(blocks[name])
    if len(block) % np.dtype(dtype).itemsize:
        raise fault(path, layer, name, f"{_FIELDS[index]}: {len(block)} bytes are no whole floats")
    with np.errstate(over="ignore"):  # what overflows is refused later, with the layer's name
        return np.frombuffer(block, dtype).astype(np.float32, copy=False)
