"""Caffe's binary models, with their own topology and with a prototxt's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from caffe_writer import BlobStyle, LayerSpec
from caffe_writer import caffemodel as written
from networks import caffe_layers, random_network

from maya_stylize.convert import caffemodel
from maya_stylize.convert.network import Pool
from maya_stylize.convert.topology import Filters, Topology

BLOCKS = (1, 1, 2, 2, 2)  # VGG-11's: the smallest that is taken without a prototxt
_LAYERS = caffe_layers(random_network(BLOCKS, widest=1))
_CHAIN = Topology((Filters("conv1_1", None, True), Pool("pool1", "max")), ())


def seeds() -> Mapping[str, bytes]:
    top = LayerSpec("fc", "InnerProduct", ["pool5"], ["fc"])
    return {
        "v1": written(_LAYERS, "v1"),
        "v2": written(_LAYERS, "v2"),
        "v2-top": written([*_LAYERS, top], "v2"),
        "v1-double": written(_LAYERS, "v1", BlobStyle(double=True)),
        "v2-unpacked": written(_LAYERS, "v2", BlobStyle(packed=False, legacy=False)),
        "v1-short": written(_LAYERS[:3], "v1"),
    }


def feed(data: bytes, folder: Path) -> None:
    import judge

    path = folder / "net.caffemodel"
    path.write_bytes(data)
    judge.attempt(lambda: caffemodel.read(path), lambda: caffemodel.read(path, _CHAIN))
