"""Keras's HDF5 files, of our own writing and of others'."""

from __future__ import annotations

import json
import struct
import tempfile
from collections.abc import Mapping
from pathlib import Path

import h5py
import judge
import numpy as np
from networks import random_network

from maya_stylize.convert import keras_h5, provenance, trial
from maya_stylize.convert.sniff import sniff

# What it does is done here: this process is the one that may crash.
trial.check = lambda path: None

_RELU = {"padding": "same", "activation": "relu"}
_CONFIG = [
    {"class_name": "InputLayer", "config": {"name": "input"}},
    {"class_name": "Conv2D", "config": {"name": "a", **_RELU}},
    {"class_name": "MaxPooling2D", "config": {"name": "b", "pool_size": [2, 2]}},
]


def seeds() -> Mapping[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "net.h5")
        network = random_network((1, 1), widest=1)
        keras_h5.write(path, network, provenance.describe(network, "a", "0" * 64))
        ours = path.read_bytes()
        return {
            "ours": ours,
            "names": _of_others(path, ["conv1_1", "conv2_1"]),
            "whole": _of_others(path, ["a"], json.dumps({"config": _CONFIG})),
            "compressed": _of_others(path, ["conv1_1"], compression="gzip"),
            "linked": _of_others(path, ["conv1_1"], link=h5py.SoftLink("/linked")),
            "elsewhere": _of_others(path, ["conv1_1"], link=h5py.ExternalLink("net.h5", "/")),
        }


def _of_others(
    path: Path,
    names: list[str],
    config: str = "",
    compression: str | None = None,
    link: object = None,
) -> bytes:
    with h5py.File(path, "w", libver="latest" if config else None) as file:
        file.attrs["layer_names"] = names if config else [name.encode() for name in names]
        if config:
            file.attrs["model_config"] = config
        for name in names:
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}/kernel", f"{name}/bias"]
            kernel = np.ones((3, 3, 3, 3), "f4")
            group.create_dataset(f"{name}/kernel", data=kernel, compression=compression)
            group[f"{name}/bias"] = np.ones(3, "f4")
        if link:
            del file[names[0]]
            file[names[0]] = link
    return path.read_bytes()


def feed(data: bytes, folder: Path) -> None:
    if not _ends(data):
        return
    path = folder / "net.h5"
    path.write_bytes(data)
    if sniff(path) == "keras":
        judge.attempt(lambda: keras_h5.read(path), lambda: keras_h5.read_provenance(path))


def _ends(data: bytes) -> bool:
    """Whether the HDF5 library comes to the end of every heap: the one endless search is known.

    It goes from object to object, and stays where one that is none (of number 0) has no size.
    """
    heap = data.find(b"GCOL")
    while heap >= 0:
        place = heap + 16
        while place + 16 <= len(data):
            number, size = struct.unpack_from("<H6xQ", data, place)
            if number == 0 and size == 0:
                return False
            place += size if number == 0 else 16 + (size + 7) // 8 * 8
        heap = data.find(b"GCOL", heap + 1)
    return True
