"""The 2015 recipe's loss on a picture, shared by the benchmarks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maya_stylize.convert import keras_h5, sources
from maya_stylize.engine import backend

EXEMPLARS = ("pebbles", "bricks", "rust", "granite")
SHIPPED = Path(__file__).parents[1] / "maya_stylize" / "exemplars"
RECORDS = Path(__file__).parent / "reference"


class Recipe:
    """Loss and gradient of the 2015 recipe for one exemplar, on the real network.

    Args:
        exemplar: The picture.
        backend_name: What it is computed with, on the CPU.
    """

    def __init__(self, exemplar: Path, backend_name: str = "tensorflow") -> None:
        self.backend = backend.activate(backend_name, "cpu")
        from maya_stylize.engine import texture, vgg19
        from maya_stylize.images import reader
        from maya_stylize.jobs import TEXTURE_LAYERS

        model_file = sources.ensure()
        data_format = self.backend.data_format
        model = vgg19.build(keras_h5.read(model_file), list(TEXTURE_LAYERS), "average", data_format)
        self.pixels = reader.read(exemplar).pixels
        self.picture = vgg19.to_network(self.pixels, data_format)
        self.objective = texture.objective(model, self.pixels, TEXTURE_LAYERS, data_format)
        self.evaluate = self.backend.value_and_gradient(self.objective)

    def judge(self, path: Path) -> tuple[float, dict[str, float]]:
        """Return a finished picture's loss and relative Gram errors, read from its file."""
        from keras import ops

        from maya_stylize.engine import vgg19
        from maya_stylize.images import reader

        pixels = reader.read(path).pixels
        tensor: Any = ops.convert_to_tensor(vgg19.to_network(pixels, self.backend.data_format))
        return float(self.evaluate(tensor)[0]), self.objective.layer_errors(tensor)
