"""Keras weight files in the legacy HDF5 layout, read and written through h5py alone.

The texts that we write are of fixed length. Keras writes its `model_config` so that the HDF5
library may search for it forever when the file is damaged: such a file is tried first (`trial`).
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from maya_stylize import crash_notes
from maya_stylize.convert import keras_layers, keras_model, provenance, trial
from maya_stylize.convert.chain import assemble, fault
from maya_stylize.convert.network import Convolution, Network
from maya_stylize.convert.provenance import Provenance
from maya_stylize.errors import ModelError

# What no network comes near, and what every file may hold of names.
_MOST_NAMES = 4096
_SMALL = 64 << 20
# Bytes that a dataset takes in a file at least, with nothing in it.
_DATASET = 64


def write(path: Path, network: Network, origin: Provenance) -> None:
    """Write a network as a legacy Keras weight file.

    The groups are named as in `keras.applications` (block1_conv1, ..., block1_pool, ...), kernels
    are float32 (height, width, in, out). `VGG19(include_top=False, weights=path)` loads a VGG-19
    written so. The same arguments give the same bytes.

    Args:
        path: The file; an old one is replaced.
        network: What to write.
        origin: Kept in the root's attributes.
    """
    with h5py.File(path, "w") as file:
        names = ["input_1"]
        _write_names(file.create_group("input_1"), "weight_names", [])
        for layer in network.layers:
            name = _keras_name(layer.name)
            names.append(name)
            group = file.create_group(name)
            if isinstance(layer, Convolution):
                _write_names(group, "weight_names", [f"{name}/kernel:0", f"{name}/bias:0"])
                kernel = np.ascontiguousarray(layer.weight.transpose(2, 3, 1, 0))
                group.create_dataset(f"{name}/kernel:0", data=kernel, dtype="<f4")
                group.create_dataset(f"{name}/bias:0", data=layer.bias, dtype="<f4")
            else:
                _write_names(group, "weight_names", [])
                _write_text(group, "pooling", layer.kind)
        _write_names(file, "layer_names", names)
        for key, value in provenance.to_attributes(origin).items():
            if isinstance(value, str):
                _write_text(file, key, value)
            else:
                file.attrs[key] = value


def read(path: Path) -> Network:
    """Return the network in a legacy Keras file: weights only, or a whole model.

    Args:
        path: A `.h5` file. Links to other files and virtual datasets are never followed.

    Raises:
        ModelError: The file is damaged, of another layout, or holds another kind of network.
    """
    with _opened(path) as file:
        return _read(path, file)


def read_provenance(path: Path) -> Provenance | None:
    """Return where a converted file comes from; None for a file that others wrote.

    Raises:
        ModelError: The file cannot be read.
    """
    with _opened(path) as file:
        return _provenance(file)


def try_reading(name: str) -> None:
    """Read what `read` and `read_provenance` read of a file, whatever comes of it.

    Args:
        name: Path of a file on which the HDF5 library may crash or never come to an end.
    """
    path = Path(name)
    for reading in (_read, lambda _, file: _provenance(file)):
        with contextlib.suppress(ModelError), _untried(path) as file:
            reading(path, file)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[h5py.File]:
    try:
        trial.check(path)
    except OSError as error:
        raise _damaged(path) from error
    with _untried(path) as file:
        yield file


@contextlib.contextmanager
def _untried(path: Path) -> Iterator[h5py.File]:
    try:
        with crash_notes.noted(model=str(path)), h5py.File(path, "r", locking=False) as file:
            yield file
    except (OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> ModelError:
    return ModelError(f"{path.name}: the HDF5 file is damaged or cut short.", "Get the file again.")


def _provenance(file: h5py.File) -> Provenance | None:
    return provenance.from_attributes({key: _attribute(file, key) for key in provenance.NAMES})


def _read(path: Path, file: h5py.File) -> Network:
    root = _member(path, file, "model_weights") if "model_weights" in file else file
    names = _read_names(path, root, "layer_names")
    if not names:
        raise _not_legacy(path, file)
    size = path.stat().st_size
    entries, held = [], 0
    for name in names:
        group = _member(path, root, name)
        if not isinstance(group, h5py.Group):
            raise fault(path, name, "weight_names", "the layer is not an HDF5 group")
        weights = tuple(
            _checked(path, name, weight, _member(path, group, weight), size)
            for weight in _read_names(path, group, "weight_names")
        )
        entries.append(keras_layers.Entry(name, weights, _attribute(group, "pooling")))
        held += sum(weight.nbytes + _DATASET for weight in weights)
        if held > size:
            raise ModelError(
                f"{path.name}: attribute 'layer_names' lists more weights than the file holds.",
                "Get the file again.",
            )
    if "model_config" in file.attrs:
        found = _described(path, _value(file, "model_config"), entries)
    else:
        found = keras_layers.to_layers(path, entries)
    ours = _provenance(file) is not None
    return assemble(path, found.layers, found.notes, "stated" if ours else found.pooling_origin)


def _described(
    path: Path, config: str | bytes, entries: list[keras_layers.Entry]
) -> keras_layers.Found:
    """Return the chain of a whole model, which tells its layers in JSON."""
    by_name = {entry.name: entry for entry in entries}
    try:
        return keras_model.to_layers(path, json.loads(config)["config"], by_name)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"{path.name}: attribute 'model_config' is not a Keras model's description.",
            "Save the model's weights alone, or the model again, as .h5.",
        ) from error


def _checked(path: Path, layer: str, name: str, data: Any, size: int) -> h5py.Dataset:
    """Return a dataset that may be read: floats in plain form, their size that of this file."""
    if not isinstance(data, h5py.Dataset):
        raise fault(path, layer, name, "it is not a dataset")
    if data.dtype.kind != "f":
        raise fault(path, layer, name, f"it holds {data.dtype.name}, not floats")
    plain = not (data.is_virtual or data.external or data.id.get_create_plist().get_nfilters())
    if not plain:
        raise fault(
            path,
            layer,
            name,
            "it is compressed, virtual or kept in another file",
            "Load the model in Keras and save it again as .h5.",
        )
    if data.nbytes > size or data.id.get_storage_size() < data.nbytes:
        raise fault(path, layer, name, f"shape {data.shape} is more than the file holds")
    return data


def _member(path: Path, parent: Any, name: str) -> Any:
    """Open a member by name, refusing soft and external links on the way."""
    node = parent
    for part in name.strip("/").split("/"):
        if not isinstance(node, h5py.Group) or part not in node:
            raise ModelError(f"{path.name}: {name!r} is listed but missing.", "Get it again.")
        if not isinstance(node.get(part, getlink=True), h5py.HardLink):
            raise ModelError(
                f"{path.name}: {name!r} is a link, which is not followed.",
                "Load the model in Keras and save it again as .h5.",
            )
        node = node[part]
    return node


def _read_names(path: Path, group: Any, key: str) -> list[str]:
    """Return a list of names; Keras cuts long ones into key0, key1, ..., none of which is empty."""
    cut = itertools.takewhile(group.attrs.__contains__, map(f"{key}{{}}".format, itertools.count()))
    names: list[Any] = []
    for part in [key] if key in group.attrs else cut:
        piece = np.ravel(_value(group, part)).tolist()
        names += piece
        if len(names) > _MOST_NAMES or not (piece or part == key):
            raise ModelError(
                f"{path.name}: attribute {part!r} holds no names, or too many.", "Get it again."
            )
    texts = [n.decode("utf-8", "replace") if isinstance(n, bytes) else n for n in names]
    if not all(isinstance(text, str) for text in texts):
        raise ModelError(f"{path.name}: attribute {key!r} holds no names.", "Get it again.")
    return texts


def _write_names(group: Any, key: str, names: list[str]) -> None:
    group.attrs[key] = np.array([name.encode() for name in names], dtype="S" if names else "S1")


def _write_text(group: Any, key: str, text: str) -> None:
    data = text.encode()
    group.attrs.create(key, data, dtype=h5py.string_dtype("utf-8", len(data) or 1))


def _value(group: Any, key: str) -> Any:
    """Return an attribute's value.

    Raises:
        ValueError: It is said to be larger than its whole file, or its texts may become so: any
            number of them may be one and the same in the heap.
    """
    stored = group.attrs.get_id(key)
    count, size = math.prod(stored.shape), group.file.id.get_filesize()
    if count * stored.dtype.itemsize > size:
        raise ValueError(key)
    if stored.dtype.hasobject and count > 1:
        most = count * trial.largest_heap(Path(group.file.filename))
        if most > max(size, _SMALL):
            raise ValueError(key)
    return group.attrs[key]


def _attribute(group: Any, key: str) -> Any:
    """Return a text or numbers of ours; None where there are none, or of a type we do not write."""
    if key not in group.attrs or group.attrs.get_id(key).dtype.kind not in "Sif":
        return None
    value = _value(group, key)
    return value.decode() if isinstance(value, bytes) else value


def _not_legacy(path: Path, file: h5py.File) -> ModelError:
    if "layers" in file or "_layer_checkpoint_dependencies" in file:
        return ModelError(
            f"{path.name}: these are Keras 3 weights (.weights.h5), which name no layers.",
            "Build the model in Keras, call load_weights, then model.save('model.h5'), and convert "
            "that file.",
        )
    return ModelError(
        f"{path.name}: it is an HDF5 file, but not a Keras model (no 'layer_names').",
        "Give a .h5 that Keras saved, a .caffemodel or a torch state dict.",
    )


def _keras_name(name: str) -> str:
    """Return keras.applications' name for Caffe's: block1_conv2 for conv1_2."""
    kind, block, number = re.fullmatch(r"(conv|pool)(\d+)_?(\d*)", name).groups()  # type: ignore[union-attr]
    return f"block{block}_{kind}{number}"
