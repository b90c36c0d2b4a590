"""Write Caffe files byte by byte, knowing nothing of the package's own schema."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Dialect = Literal["v1", "v2"]
V1_NUMBERS = {
    "Concat": 3,
    "Convolution": 4,
    "Data": 5,
    "Dropout": 6,
    "Flatten": 8,
    "InnerProduct": 14,
    "LRN": 15,
    "Pooling": 17,
    "ReLU": 18,
    "Softmax": 20,
    "Split": 22,
    "Eltwise": 25,
}
V1_WORDS = {
    "Convolution": "CONVOLUTION",
    "Pooling": "POOLING",
    "ReLU": "RELU",
    "InnerProduct": "INNER_PRODUCT",
    "Dropout": "DROPOUT",
    "Softmax": "SOFTMAX",
    "LRN": "LRN",
    "Eltwise": "ELTWISE",
}
CONVOLUTION_FIELDS = {
    "num_output": 1,
    "bias_term": 2,
    "pad": 3,
    "kernel_size": 4,
    "group": 5,
    "stride": 6,
    "pad_h": 9,
    "pad_w": 10,
    "kernel_h": 11,
    "kernel_w": 12,
    "stride_h": 13,
    "stride_w": 14,
    "axis": 16,
    "dilation": 18,
}
POOLING_FIELDS = {
    "pool": 1,
    "kernel_size": 2,
    "stride": 3,
    "pad": 4,
    "kernel_h": 5,
    "kernel_w": 6,
    "pad_h": 9,
    "global_pooling": 12,
    "round_mode": 13,
}
Parameters = dict[str, Any]


@dataclass
class BlobStyle:
    """How numbers and shapes are written."""

    double: bool = False
    packed: bool = True
    legacy: bool = True


@dataclass
class LayerSpec:
    """A layer in V2's words, for either dialect and for text."""

    name: str
    kind: str
    bottom: list[str]
    top: list[str]
    parameters: Parameters = field(default_factory=dict)
    blobs: list[np.ndarray] = field(default_factory=list)


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def number(tag: int, value: int) -> bytes:
    return varint(tag << 3) + varint(value)


def block(tag: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return varint(tag << 3 | 2) + varint(len(data)) + data


def real(tag: int, value: float) -> bytes:
    return varint(tag << 3 | 5) + struct.pack("<f", value)


def loose(tag: int, values: np.ndarray) -> bytes:
    """Unpacked: a tag before every number."""
    wire = 1 if values.dtype.itemsize == 8 else 5
    one = np.dtype([("tag", "u1"), ("value", values.dtype)])
    out = np.empty(values.size, one)
    out["tag"], out["value"] = tag << 3 | wire, values.ravel()
    return out.tobytes()


def blob(values: np.ndarray, style: BlobStyle) -> bytes:
    if style.legacy:
        shape = (1,) * (4 - values.ndim) + values.shape
        head = b"".join(number(i + 1, n) for i, n in enumerate(shape))
    else:
        head = block(7, block(1, b"".join(varint(n) for n in values.shape)))
    tag, dtype = (8, "<f8") if style.double else (5, "<f4")
    flat = np.ascontiguousarray(values, dtype).ravel()
    body = block(tag, flat.tobytes()) if style.packed else loose(tag, flat)
    return head + body


def message(fields: dict[str, int], parameters: Parameters) -> bytes:
    out = b""
    for key, value in parameters.items():
        for item in value if isinstance(value, list) else [value]:
            out += number(fields[key], int(item))
    return out


def layer(spec: LayerSpec, dialect: Dialect, style: BlobStyle) -> bytes:
    v1 = dialect == "v1"
    bottom, top, name, kind, blobs = (2, 3, 4, 5, 6) if v1 else (3, 4, 1, 2, 7)
    out = b"".join(block(bottom, item) for item in spec.bottom)
    out += b"".join(block(top, item) for item in spec.top)
    out += block(name, spec.name)
    out += number(kind, V1_NUMBERS[spec.kind]) if v1 else block(kind, spec.kind)
    out += b"".join(block(blobs, blob(values, style)) for values in spec.blobs)
    if spec.kind == "Convolution":
        out += block(10 if v1 else 106, message(CONVOLUTION_FIELDS, spec.parameters))
    if spec.kind == "Pooling":
        out += block(19 if v1 else 121, message(POOLING_FIELDS, spec.parameters))
    if spec.kind == "ReLU" and spec.parameters:
        out += block(30 if v1 else 123, real(1, spec.parameters["negative_slope"]))
    return out


def caffemodel(
    specs: Iterable[LayerSpec], dialect: Dialect = "v1", style: BlobStyle | None = None
) -> bytes:
    """Return a whole NetParameter."""
    return b"".join(pieces(specs, dialect, style))


def pieces(
    specs: Iterable[LayerSpec], dialect: Dialect = "v1", style: BlobStyle | None = None
) -> list[bytes]:
    """Return a NetParameter cut at its top-level fields."""
    style = style or BlobStyle(legacy=dialect == "v1")
    out = [block(1, "net"), block(3, "data"), *(number(4, n) for n in (1, 3, 224, 224))]
    tag = 2 if dialect == "v1" else 100
    return out + [block(tag, layer(spec, dialect, style)) for spec in specs]


def prototxt(
    specs: Iterable[LayerSpec], dialect: Dialect = "v1", size: tuple[int, int] = (224, 224)
) -> str:
    """Return the text form, of an input of (height, width)."""
    dims = (1, 3, *size)
    if dialect == "v1":
        lines = ['name: "net"', 'input: "data"', *(f"input_dim: {n}" for n in dims)]
    else:
        shape = " ".join(f"dim: {n}" for n in dims)
        lines = [
            'layer { name: "data" type: "Input" top: "data"',
            f"  input_param {{ shape {{ {shape} }} }} }}",
        ]
    for spec in specs:
        kind = V1_WORDS[spec.kind] if dialect == "v1" else f'"{spec.kind}"'
        lines.append(("layers" if dialect == "v1" else "layer") + " {")
        lines.append(f'  name: "{spec.name}"  type: {kind}  # {spec.kind}')
        lines += [f'  bottom: "{item}"' for item in spec.bottom]
        lines += [f'  top: "{item}"' for item in spec.top]
        if spec.kind in TEXT_MESSAGES and spec.parameters:
            lines.append(f"  {TEXT_MESSAGES[spec.kind](spec.parameters)}")
        lines.append("}")
    return "\n".join(lines) + "\n"


def _text(name: str) -> Callable[[Parameters], str]:
    words = {"pool": ("MAX", "AVE", "STOCHASTIC"), "round_mode": ("CEIL", "FLOOR")}

    def write(parameters: Parameters) -> str:
        items = []
        for key, value in parameters.items():
            for item in value if isinstance(value, list) else [value]:
                text = words[key][item] if key in words else str(item).lower()
                items.append(f"{key}: {text}")
        return f"{name} {{ {' '.join(items)} }}"

    return write


TEXT_MESSAGES = {
    "Convolution": _text("convolution_param"),
    "Pooling": _text("pooling_param"),
    "ReLU": _text("relu_param"),
}
