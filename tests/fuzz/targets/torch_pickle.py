"""Torch's pickles, old and zipped, through the door that tells model files apart."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from pickle_writer import legacy, name, pickled, state, storage, tensor, value, zipped

from maya_stylize.convert import torch_pickle
from maya_stylize.convert.sniff import sniff

_ARRAYS = {
    "features.0.weight": np.ones((2, 3, 3, 3), "<f4"),
    "features.0.bias": np.ones(2, "<f4"),
    "features.3.weight": np.ones((1, 2, 3, 3), "<f2"),
    "features.3.bias": np.ones(1, "<f8"),
}


def seeds() -> Mapping[str, bytes]:
    content, storages = state(_ARRAYS)
    view = tensor(storage("0", 54), (2, 3, 3, 3), (27, 9, 3, 1), 0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "net.pth")
        zipped(path, content, storages)
        archive = path.read_bytes()
        zipped(path, content, storages, compress=True)
        compressed = path.read_bytes()
    return {
        "legacy": legacy(content, storages),
        "nested": legacy(value({"epoch": 3, "state_dict": content}), storages),
        "parameter": legacy(
            value({"conv1_1.weight": name("torch._utils", "_rebuild_parameter") + view}), {}
        ),
        "zip": archive,
        "zip-compressed": compressed,
        "code": legacy(name("os", "system") + value(("touch owned",)) + b"R", {}),
        "stack-global": legacy(value("os") + value("system") + b"\x93)R", {}),
        "marks": pickled(b"((N]}(K\x01K\x02u(K\x01e"),
    }


def feed(data: bytes, folder: Path) -> None:
    path = folder / "net.pth"
    path.write_bytes(data)
    if sniff(path) == "torch":
        torch_pickle.read(path)
