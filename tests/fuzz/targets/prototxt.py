"""Caffe's descriptions of a network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from caffe_writer import prototxt as written
from networks import caffe_layers, random_network

from maya_stylize.convert import prototxt

_LAYERS = caffe_layers(random_network((1, 2), "average"))


def seeds() -> Mapping[str, bytes]:
    return {
        "v1": written(_LAYERS, "v1").encode(),
        "v2": written(_LAYERS, "v2").encode(),
        "unknown": b'layer { lr_mult: [1, 2] filler <type: "a"> unknown { [x.y]: -1e9 } }',
        "rules": b'layers { include { phase: TEST } layer { name: "\\303\\244" } top: \'a\' "b" }',
        "deep": b"a { " * 200 + b"} " * 200,
        "deep-unknown": b"layer { " + b"a < " * 2000,
    }


def feed(data: bytes, folder: Path) -> None:
    path = folder / "net.prototxt"
    path.write_bytes(data)
    prototxt.read(path)
