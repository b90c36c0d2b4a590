"""Statistics of examples in files, so that many jobs with one example compute them once."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from maya_stylize.engine.vgg19 import FloatArray
from maya_stylize.errors import EngineError
from maya_stylize.files import replacing, unwritable

ByLayer = Mapping[str, FloatArray]
Measured = dict[str, FloatArray]


class Known:
    """A folder of what was measured in examples, in files named by what it follows from.

    What was computed elsewhere is taken only where this process would compute the same bits: the
    backend, the device, its threads and the libraries' versions are part of the name.

    Args:
        folder: Where the files are; it need not exist.
        setting: What else than the picture decides the bits, as plain data.
        grows: Whether what is not known yet is kept.

    Attributes:
        grows: The same.
    """

    def __init__(self, folder: Path, setting: Mapping[str, Any], grows: bool = False) -> None:
        self._folder, self.grows = folder, grows
        self._setting = json.dumps(setting, sort_keys=True).encode("utf-8")

    def name(self, picture: FloatArray, guides: ByLayer, directions: ByLayer, tile: int) -> str:
        """Return what the statistics of a picture are called.

        Args:
            picture: The example, in the network's space.
            guides: Of its regions, by layer.
            directions: On which features are projected, by layer.
            tile: Side of the tiles that it is looked at in; 0 for none.
        """
        digest = hashlib.sha256(self._setting)
        digest.update(str(tile).encode("ascii"))
        named = {"picture": {"": picture}, "guides": guides, "directions": directions}
        for what, arrays in named.items():
            for layer, array in sorted(arrays.items()):
                digest.update(f"{what} {layer} {array.dtype} {array.shape} ".encode("ascii"))
                digest.update(array.tobytes())
        return digest.hexdigest()

    def find(self, name: str) -> Measured | None:
        """Return what is known under a name; None where there is nothing whole."""
        try:
            with np.load(self._folder / f"{name}.npz", allow_pickle=False) as file:
                return {layer: file[layer] for layer in file.files}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error):
            return None

    def keep(self, name: str, statistics: ByLayer) -> None:
        """Write statistics, by layer.

        Raises:
            EngineError: The file cannot be written.
        """
        path = self._folder / f"{name}.npz"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self._folder, error, EngineError) from error
        arrays: dict[str, Any] = dict(statistics)
        with replacing(path, EngineError) as temporary, temporary.open("wb") as file:
            np.savez(file, **arrays)
