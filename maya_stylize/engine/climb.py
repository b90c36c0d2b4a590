"""One problem, octave by octave, from its first noise to its last touch."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Iterator
from functools import lru_cache, partial
from time import monotonic
from typing import TypeVar, Union

import numpy as np
from keras import ops

from maya_stylize.engine.backend import Backend
from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.beats import Beats
from maya_stylize.engine.checkpoint import Kept
from maya_stylize.engine.direction import quasi_newton
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.history import Half
from maya_stylize.engine.objective import Targets
from maya_stylize.engine.optimize import LBFGS, State
from maya_stylize.engine.problems import Problem
from maya_stylize.engine.schedule import Octave, Patience
from maya_stylize.engine.spectrum import Powers, Spectrum, powers_beyond
from maya_stylize.engine.speed import Stint
from maya_stylize.engine.vgg19 import FloatArray, from_network, to_network
from maya_stylize.errors import EngineError
from maya_stylize.events import Log, Progress

# Pixels up to which a picture is small, and variables of larger ones that are unpacked at once.
SMALL = 512 * 512
BLOCK = 3 * 256 * 256

Answer = TypeVar("Answer")
# Work that tells how it goes, and has an answer at its end.
Telling = Generator[Union[Progress, Log], None, Answer]


class Climb:
    """Takes a problem through its octaves and keeps the time.

    Args:
        problem: What is solved.
        evaluation: Of the network.
        octaves: Coarsest first.
        history: The optimizer's.
        seed: Of the noise.
        kept: Where an earlier climb of the same problem was left.

    Attributes:
        pixels: The picture so far, (H, W, 3) RGB on the sRGB curve, nominally 0 to 1.
        loss: The objective's value there.
        layer_errors: Relative error of every layer's statistics there.
        stints: How long the evaluations of each octave took, without those that compile.
    """

    def __init__(
        self,
        problem: Problem,
        evaluation: Evaluation,
        octaves: list[Octave],
        history: int,
        seed: int,
        kept: Kept | None = None,
    ) -> None:
        self._problem = problem
        self._evaluation = evaluation
        self._data_format = evaluation.encoder.backend.data_format
        self._octaves = octaves
        self._history = history
        self._seed = seed
        self._total = sum(octave.cost for octave in octaves)
        self._rate: float | None = None  # seconds per unit of cost, in the latest octave
        self._kept = kept
        self._at = 0 if kept is None else kept.octave
        self._optimizer: LBFGS | None = None
        self._patience = Patience()
        self.stints: list[Stint] = []
        if kept is None:
            self.pixels: FloatArray = problem.begin(octaves[0], np.random.default_rng(seed))
        else:
            self.pixels = kept.pixels
        self.loss = math.nan if kept is None else kept.value
        self.layer_errors: dict[str, float] = {} if kept is None else kept.layer_errors

    def octaves(self) -> Iterator[Octave]:
        """Give the octaves that are still ahead; each is to be climbed before the next."""
        while self._at < len(self._octaves):
            yield self._octaves[self._at]

    def climb(self, octave: Octave) -> Telling[None]:
        """Improve the picture at one octave's size and say so at each step.

        Raises:
            EngineError: The loss is not a number there, or memory runs out.
        """
        backend = self._evaluation.encoder.backend
        with backend.telling_of_memory(octave.name):
            targets = yield from self._told(
                octave, self._problem.targets(octave, self._evaluation, self.pixels)
            )
            optimizer = yield from self._begun(octave, targets)
            yield from self._steps(octave, optimizer)
            state = optimizer.state
            measuring = self._evaluation.measured(state.x, targets.guides, targets.style.directions)
            self.layer_errors = targets.layer_errors((yield from self._told(octave, measuring)))
            self.pixels = from_network(ops.convert_to_numpy(state.x), self._data_format)
            self.loss = state.value
        self._optimizer, self._patience = None, Patience()
        self._at += 1

    def keep(self) -> Kept:
        """Return where the climb is; what a broken-off step had done is not in it."""
        if self._kept is not None:
            return self._kept
        if self._optimizer is None:
            return Kept(self._at, self.pixels, value=self.loss, layer_errors=self.layer_errors)
        state = self._optimizer.state
        halves = [*state.steps, *state.changes]
        vectors = (state.x, state.gradient, *(half.shares for half in halves))
        return Kept(
            self._at,
            self.pixels,
            tuple(ops.convert_to_numpy(vector) for vector in vectors),
            [half.largest for half in halves],
            state.value,
            state.evaluations,
            tuple(self._patience.recent),
            powers=state.powers.to_json(),
        )

    def _begun(self, octave: Octave, targets: Targets) -> Telling[LBFGS]:
        """Return the optimizer at the octave's beginning, or where an earlier climb left it."""
        lower, upper = self._problem.bounds(octave, self._data_format)

        def function(x: Tensor) -> Beats[tuple[float, Tensor]]:
            return self._evaluation.value_and_gradient(x, targets)

        size = octave.height, octave.width
        small = octave.width * octave.height <= SMALL
        direction, beyond = _of_steps(self._evaluation.encoder.backend, small)
        spectrum = None
        if self._problem.by_color:
            # What the first steps from noise teach misleads, and leaves pixels of odd colors.
            learns = octave.loss != "deep"
            spectrum = Spectrum(size, self._data_format, beyond, learns)
        optimizer = LBFGS(function, lower, upper, self._history, spectrum, direction)
        kept, self._kept = self._kept, None
        if kept is not None and kept.vectors:
            x, gradient, *shares = map(ops.convert_to_tensor, kept.vectors)
            halves = list(map(Half, shares, kept.largest))
            count = len(halves) // 2
            steps, changes = deque(halves[:count]), deque(halves[count:])
            powers = Powers.from_json(kept.powers)
            optimizer.state = State(
                x, kept.value, gradient, steps, changes, kept.evaluations, powers
            )
            self._patience = Patience(kept.recent)
        else:
            pixels = yield from self._told(octave, self._start(octave))
            start = ops.convert_to_tensor(to_network(pixels, self._data_format))
            yield from self._told(octave, optimizer.begin(start))
        if not math.isfinite(optimizer.state.value):
            raise EngineError(
                f"The loss is {optimizer.state.value} in {octave.name}: a value of a picture, or "
                "a weight, is too large.",
                "Check the brightest pixels of the pictures, and the weights.",
            )
        self._optimizer = optimizer
        return optimizer

    def _start(self, octave: Octave) -> Beats[FloatArray]:
        """Return the picture so far at the octave's size."""
        height, width = self.pixels.shape[:2]
        if (octave.width, octave.height) == (width, height):
            return self.pixels
        # Its own numbers, so that a climb that goes on draws the same.
        random = np.random.default_rng((self._seed, self._at))
        before = self._octaves[self._at - 1]
        return (yield from self._problem.enlarged(self.pixels, before, octave, random))

    def _steps(self, octave: Octave, optimizer: LBFGS) -> Telling[None]:
        """Step until the octave's evaluations are spent or no longer pay."""
        state = optimizer.state
        began, first, tile = monotonic(), state.evaluations, self._evaluation.tile
        yield self._progress(octave)
        while state.evaluations < octave.evaluations and not self._patience.spent:
            if not (yield from self._told(octave, optimizer.step())):
                break
            self._patience.add(state.value)
            spent = state.evaluations - first
            self._rate = (monotonic() - began) / (spent * octave.width * octave.height)
            yield self._progress(octave)
        spent = state.evaluations - first
        if spent and self._evaluation.tile == tile:
            size = (octave.width, octave.height)
            self.stints.append(Stint(size, tile, spent, monotonic() - began))

    def _told(self, octave: Octave, work: Beats[Answer]) -> Telling[Answer]:
        """Pass some work's pauses on as progress, and say when memory has run out in it."""
        tile = self._evaluation.tile
        pieces = 0
        while True:
            try:
                next(work)
            except StopIteration as end:
                answer: Answer = end.value
                return answer
            pieces += 1
            if self._evaluation.tile != tile:
                tile = self._evaluation.tile
                yield Log(f"Memory ran out; going on in tiles of {tile} pixels.", "warning")
            yield self._progress(octave, pieces)

    def _progress(self, octave: Octave, pieces: int = 0) -> Progress:
        """Return how far the climb is, with some pieces done of the evaluation that runs."""
        done = float(sum(octave.cost for octave in self._octaves[: self._at]))
        loss = None
        if self._optimizer is not None:
            state = self._optimizer.state
            whole = 2 * len(self._evaluation.pieces((octave.height, octave.width)))
            spent = state.evaluations + min(1.0, pieces / whole)
            done += octave.cost * min(1.0, spent / octave.evaluations)
            loss = state.value
        left = None if self._rate is None else (self._total - done) * self._rate
        return Progress(octave.name, done / self._total, loss, left)


@lru_cache(maxsize=2)
def _of_steps(backend: Backend, small: bool) -> tuple[Callable[..., Tensor], ...]:
    """Return what computes a step's direction, and two vectors' powers by frequency.

    In small pictures the way from one operation to the next takes longer than the operations, and
    they are traced. In large ones the history is unpacked piece by piece.
    """
    data_format = backend.data_format
    powers = partial(powers_beyond, data_format=data_format)
    if small:
        direction = partial(quasi_newton, data_format=data_format)
        return backend.traced(direction), backend.traced(powers)
    return partial(quasi_newton, data_format=data_format, block=BLOCK), powers
