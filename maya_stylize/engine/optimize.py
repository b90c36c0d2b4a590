"""L-BFGS with box bounds, on the device.

Limited-memory BFGS (Nocedal 1980) with bounds by two-metric projection (Bertsekas 1982): variables
that sit on a bound and would leave the box are held, the quasi-Newton step is taken in the others,
and the line search walks the projected path. Unlike SciPy's L-BFGS-B the vectors never leave the
device; only the loss and a slope are read back, once per evaluation. Where the variables are a
picture, its colors and frequencies shape the first guess of the curvature (`spectrum`).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from keras import ops

from maya_stylize.engine.backend.types import Tensor
from maya_stylize.engine.beats import Beats
from maya_stylize.engine.direction import quasi_newton
from maya_stylize.engine.history import Half
from maya_stylize.engine.spectrum import Powers, Spectrum

# Value and gradient at a point, in as many beats as they take.
Function = Callable[[Tensor], Beats[tuple[float, Tensor]]]

# The weak Wolfe conditions with the customary constants for quasi-Newton steps (Nocedal, Wright).
SUFFICIENT_DECREASE = 1e-4
CURVATURE = 0.9
EXPANSION = 4.0
MOST_TRIALS = 20


@dataclass
class State:
    """Everything that the next step depends on.

    Attributes:
        x: The variables, of any shape, inside the box.
        value: The function there.
        gradient: Its gradient there, of the shape of x.
        steps: Differences of x over the last steps, oldest first.
        changes: Differences of the gradient over the same steps.
        evaluations: How often the function has been evaluated.
        powers: What the steps have told of curvature by color and frequency.
    """

    x: Tensor
    value: float
    gradient: Tensor
    steps: deque[Half] = field(default_factory=deque)
    changes: deque[Half] = field(default_factory=deque)
    evaluations: int = 1
    powers: Powers = field(default_factory=Powers.none)


class LBFGS:
    """Minimizes a function within a box, one step per call of `step`.

    Args:
        function: Gives value and gradient at a tensor.
        lower: Lower bounds, broadcastable to the variables.
        upper: Upper bounds, broadcastable to the variables.
        history: How many past steps shape the next one.
        spectrum: Takes the variables apart, where they are a picture.
        direction: `quasi_newton`, or the same compiled for the picture's format.

    Attributes:
        state: Where it is; set by `begin`, or by whoever goes on from a state that was kept.
    """

    state: State

    def __init__(
        self,
        function: Function,
        lower: Tensor,
        upper: Tensor,
        history: int = 20,
        spectrum: Spectrum | None = None,
        direction: Callable[..., Tensor] = quasi_newton,
    ) -> None:
        self._function = function
        self._lower, self._upper = lower, upper
        self._history = history
        self._spectrum = spectrum
        self._quasi_newton = direction

    def begin(self, start: Tensor) -> Beats[None]:
        """Evaluate the function at a point, which is moved into the box first."""
        x = ops.clip(start, self._lower, self._upper)
        value, gradient = yield from self._function(x)
        self.state = State(x, value, gradient)

    def step(self) -> Beats[bool]:
        """Take one step; return False, with the state as it was, where no step leads down."""
        state = self.state
        free = self._free()
        downhill = -state.gradient * free
        slope = _inner(downhill, downhill)
        if slope == 0:
            return False
        if state.steps:
            direction = self._direction(downhill, free)
            if _inner(direction, downhill) > 0 and (yield from self._search(direction, 1.0)):
                return True
            # The curvature misled: forget it and go straight down.
            state.steps.clear()
            state.changes.clear()
        # The step on which a loss that falls straight would reach zero.
        return (yield from self._search(downhill, (abs(state.value) or 1.0) / slope))

    def _free(self) -> Tensor:
        """Return 1 where a variable may move, 0 where it is held on its bound."""
        x, gradient = self.state.x, self.state.gradient
        held_low = ops.logical_and(x <= self._lower, gradient > 0)
        held_high = ops.logical_and(x >= self._upper, gradient < 0)
        return ops.cast(ops.logical_not(ops.logical_or(held_low, held_high)), x.dtype)

    def _direction(self, downhill: Tensor, free: Tensor) -> Tensor:
        """Return the quasi-Newton direction among the free variables."""
        state, spectrum = self.state, self._spectrum
        # Always as many pairs, so that one compiled function serves: pairs of nothing say nothing.
        nothing = Half(ops.zeros_like(state.steps[0].shares), 0.0)
        missing = [nothing] * (self._history - len(state.steps))
        steps, changes = [*missing, *state.steps], [*missing, *state.changes]
        return self._quasi_newton(
            downhill,
            free,
            [half.shares for half in steps],
            [half.shares for half in changes],
            ops.convert_to_tensor([[half.largest for half in each] for each in (steps, changes)]),
            *([] if spectrum is None else [spectrum.inverse(state.powers)]),
        )

    def _search(self, direction: Tensor, scale: float) -> Beats[bool]:
        """Find a point on the projected path that satisfies the weak Wolfe conditions; keep it.

        Where the evaluations run out, the best point that lowers the loss enough is kept.
        """
        state = self.state
        evaluations = state.evaluations
        initial_slope = float(ops.sum(state.gradient * direction))
        low, high = 0.0, math.inf
        best: tuple[Tensor, float, Tensor] | None = None
        for _ in range(MOST_TRIALS):
            x = ops.clip(state.x + scale * direction, self._lower, self._upper)
            descent = float(ops.sum(state.gradient * (x - state.x)))
            if not descent < 0:  # the step is lost in rounding, or leaves the box at once
                break
            value, gradient = yield from self._function(x)
            evaluations += 1
            if not value <= state.value + SUFFICIENT_DECREASE * descent:
                high = scale
                scale = low + (high - low) * _shrink(value, state.value, initial_slope, scale)
                continue
            if best is None or value <= best[1]:
                best = x, value, gradient
            moving = ops.logical_and(x > self._lower, x < self._upper)
            slope = float(ops.sum(gradient * direction * ops.cast(moving, x.dtype)))
            if slope >= CURVATURE * initial_slope:
                break
            low = scale
            scale = EXPANSION * scale if math.isinf(high) else (low + high) / 2
        # Not before: a search that is broken off leaves the state as it was.
        state.evaluations = evaluations
        if best is None or best[1] >= state.value:
            return False
        self._keep(*best)
        return True

    def _keep(self, x: Tensor, value: float, gradient: Tensor) -> None:
        state = self.state
        step, change = x - state.x, gradient - state.gradient
        if float(ops.sum(step * change)) > 0:
            state.steps.append(Half.of(step))
            state.changes.append(Half.of(change))
            if len(state.steps) > self._history:
                state.steps.popleft()
                state.changes.popleft()
            if self._spectrum is not None:
                state.powers = self._spectrum.learned(state.powers, step, change)
        state.x, state.value, state.gradient = x, value, gradient


def _shrink(value: float, value_before: float, slope: float, scale: float) -> float:
    """Return where, as a share of the step, the parabola through both values has its minimum."""
    rise = value - value_before - slope * scale
    if not 0 < rise < math.inf:
        return 0.5
    return min(max(-slope * scale / (2 * rise), 0.1), 0.5)


def _inner(first: Tensor, second: Tensor) -> float:
    return float(ops.sum(first * second))
