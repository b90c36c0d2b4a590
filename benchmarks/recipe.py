"""The 2015 recipe's loss on a picture, shared by the benchmarks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maya_stylize.convert import keras_h5, sources
from maya_stylize.engine import backend
from maya_stylize.engine.beats import finish

EXEMPLARS = ("pebbles", "bricks", "rust", "granite")
SHIPPED = Path(__file__).parents[1] / "maya_stylize" / "exemplars"
LARGE = Path(__file__).parent / "exemplars"
RECORDS = Path(__file__).parent / "reference"


def exemplar_of(name: str, size: int) -> Path:
    """Return where an exemplar lies that is 256 or 512 pixels a side."""
    return (SHIPPED if size == 256 else LARGE) / f"{name}.png"


def record_of(name: str, size: int) -> Path:
    """Return where the recipe's curve on it is recorded."""
    return RECORDS / f"{name}{'' if size == 256 else f'_{size}'}.json"


class Recipe:
    """Loss and gradient of the 2015 recipe for one exemplar, on the real network.

    Args:
        exemplar: The picture.
        backend_name: What it is computed with, on the CPU.
        fast: Whether by the backend's faster convolutions, as in a job of some length.
    """

    def __init__(
        self, exemplar: Path, backend_name: str = "tensorflow", fast: bool = False
    ) -> None:
        self.backend = backend.activate(backend_name, "cpu")
        from maya_stylize.engine import vgg19
        from maya_stylize.engine.encoder import Encoder
        from maya_stylize.engine.evaluation import Evaluation
        from maya_stylize.engine.objective import Targets
        from maya_stylize.engine.texture import style
        from maya_stylize.images import reader
        from maya_stylize.jobs import TEXTURE_LAYERS

        network = keras_h5.read(sources.ensure())
        encoder = Encoder(network, list(TEXTURE_LAYERS), "average", self.backend, fast=fast)
        self.evaluation = Evaluation(encoder)
        self.pixels = reader.read(exemplar).pixels
        self.picture = vgg19.to_network(self.pixels, self.backend.data_format)
        example = finish(style(self.evaluation, self.pixels, TEXTURE_LAYERS))
        self.targets = Targets.of([example])

    def evaluate(self, x: Any) -> tuple[float, Any]:
        """Return loss and gradient at a picture in network units."""
        return finish(self.evaluation.value_and_gradient(x, self.targets))

    def layer_errors(self, x: Any) -> dict[str, float]:
        """Return the relative Gram errors of a picture in network units."""
        return self.targets.layer_errors(finish(self.evaluation.measured(x)))

    def judge(self, path: Path) -> tuple[float, dict[str, float]]:
        """Return a finished picture's loss and relative Gram errors, read from its file."""
        from keras import ops

        from maya_stylize.engine import vgg19
        from maya_stylize.images import reader

        pixels = reader.read(path).pixels
        tensor: Any = ops.convert_to_tensor(vgg19.to_network(pixels, self.backend.data_format))
        return self.evaluate(tensor)[0], self.layer_errors(tensor)
