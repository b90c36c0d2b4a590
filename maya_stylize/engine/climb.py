"""One problem, octave by octave, from its first noise to its last touch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from time import monotonic
from typing import Union

import keras
import numpy as np
from keras import ops

from maya_stylize.engine.backend import Backend
from maya_stylize.engine.objective import Objective
from maya_stylize.engine.optimize import LBFGS
from maya_stylize.engine.schedule import Octave, Patience
from maya_stylize.engine.texture import Synthesis
from maya_stylize.engine.transfer import Transfer
from maya_stylize.engine.vgg19 import FloatArray, from_network, to_network
from maya_stylize.errors import EngineError
from maya_stylize.events import Progress
from maya_stylize.images.resize import resize

Problem = Union[Synthesis, Transfer]


class Climb:
    """Takes a problem through its octaves and keeps the time.

    Args:
        problem: What is solved.
        model: The network, on the backend's device.
        backend: What computes.
        octaves: Coarsest first.
        history: The optimizer's.
        seed: Of the noise.

    Attributes:
        pixels: The picture so far, (H, W, 3) RGB on the sRGB curve, nominally 0 to 1.
        loss: The objective's value there.
        layer_errors: ‖G−Ĝ‖/‖Ĝ‖ of every layer there.
    """

    def __init__(
        self,
        problem: Problem,
        model: keras.Model,
        backend: Backend,
        octaves: list[Octave],
        history: int,
        seed: int,
    ) -> None:
        self._problem = problem
        self._model = model
        self._backend = backend
        self._history = history
        self._total = sum(octave.cost for octave in octaves)
        self._done = 0  # cost of the octaves that are behind
        self._rate: float | None = None  # seconds per unit of cost, in the latest octave
        self.pixels: FloatArray = problem.begin(octaves[0], np.random.default_rng(seed))
        self.loss = math.nan
        self.layer_errors: dict[str, float] = {}

    def octave(self, octave: Octave) -> Iterator[Progress]:
        """Improve the picture at one octave's size and say so at each step.

        Raises:
            EngineError: The loss is not a number there, or memory runs out.
        """
        with self._backend.telling_of_memory(octave.name):
            objective = self._problem.objective(octave, self._model, self._backend.data_format)
            optimizer = self._optimizer(octave, objective)
            yield from self._steps(octave, optimizer)
            state = optimizer.state
            self.layer_errors = objective.layer_errors(state.x)
            self.pixels = from_network(ops.convert_to_numpy(state.x), self._backend.data_format)
            self.loss = state.value
        self._done += octave.cost

    def _optimizer(self, octave: Octave, objective: Objective) -> LBFGS:
        data_format = self._backend.data_format
        pixels = resize(self.pixels, octave.width, octave.height)
        optimizer = LBFGS(
            self._backend.value_and_gradient(objective),
            ops.convert_to_tensor(to_network(pixels, data_format)),
            *self._problem.bounds(octave, data_format),
            self._history,
        )
        if not math.isfinite(optimizer.state.value):
            raise EngineError(
                f"The loss is {optimizer.state.value} in {octave.name}: a value of a picture, or "
                "a weight, is too large.",
                "Check the brightest pixels of the pictures, and the weights.",
            )
        return optimizer

    def _steps(self, octave: Octave, optimizer: LBFGS) -> Iterator[Progress]:
        """Step until the octave's evaluations are spent or no longer pay."""
        patience = Patience()
        state = optimizer.state
        began, first = monotonic(), state.evaluations
        yield self._progress(octave, 0, state.value)
        while state.evaluations < octave.evaluations and optimizer.step():
            spent = state.evaluations - first
            self._rate = (monotonic() - began) / (spent * octave.width * octave.height)
            yield self._progress(octave, state.evaluations, state.value)
            if patience.spent(state.value):
                break

    def _progress(self, octave: Octave, evaluations: int, loss: float) -> Progress:
        done = self._done + octave.cost * min(1.0, evaluations / octave.evaluations)
        left = None if self._rate is None else (self._total - done) * self._rate
        return Progress(octave.name, done / self._total, loss, left)
