"""Coarse to fine: which sizes a job goes through, how much is spent on each, when one is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from maya_stylize.engine.seamless import octave_size
from maya_stylize.errors import EngineError
from maya_stylize.jobs import Job, StylizeJob

# Side of a square as large as the coarsest octave: there is room for a few of the largest
# features, and a content to start from survives.
COARSEST_SIDE = 32
COARSEST_CONTENT = 72
SMALLEST_SIDE = 16

# What is minimized, in this order: easier losses (`temper`), and the true one.
LOSSES = ("deep", "flat", "level", "true")

# The loss of the coarser octaves; then evaluations in each of them, in the one before the last, and
# in the last one those of each of its stages.
COARSE = {"synthesize": "deep", "repair": "flat", "material": "deep", "stylize": "true"}
Spent = dict[str, tuple[int, int, dict[str, int]]]
OF_TEXTURES: Spent = {
    "draft": (60, 40, {"flat": 10, "true": 10}),
    "normal": (100, 60, {"flat": 30, "true": 30}),
    "final": (150, 100, {"flat": 90, "level": 150, "true": 160}),
}
SPENT: dict[str, Spent] = {
    "synthesize": OF_TEXTURES,
    "material": OF_TEXTURES,
    # It begins as copies of the picture's own patches, which the optimizer only joins: where it
    # does more, it makes the few positions of a hole fit the statistics by means of odd colors.
    "repair": {
        "draft": (5, 5, {"true": 6}),
        "normal": (5, 5, {"true": 15}),
        "final": (10, 10, {"true": 30}),
    },
    "stylize": {
        "draft": (40, 40, {"true": 15}),
        "normal": (60, 60, {"true": 50}),
        "final": (200, 200, {"true": 300}),
    },
}

# An octave is done when this many steps together lower its loss by less than this share.
PATIENCE = 20
LEAST_GAIN = 1e-3

# Cost from which on faster convolutions earn the second or two that making them takes: some 25
# evaluations at 128x128.
WORTH_TRACING = 400_000


@dataclass(frozen=True)
class Octave:
    """One size of the result on the way up.

    Attributes:
        width: Of the result in this octave, in pixels.
        height: Of the result in this octave, in pixels.
        shrink: The final size over this one: 1, 2, 4, ...
        evaluations: How often the loss is evaluated here, give or take one line search.
        loss: One of `LOSSES`.
    """

    width: int
    height: int
    shrink: int
    evaluations: int
    loss: str = "true"

    @property
    def cost(self) -> int:
        """Work in arbitrary units: evaluations times pixels."""
        return self.evaluations * self.width * self.height

    @property
    def name(self) -> str:
        """The octave in words."""
        return f"octave {self.width}x{self.height}"


def octaves(job: Job, size: tuple[int, int], example: int) -> list[Octave]:
    """Return the octaves of a job, coarsest first.

    Args:
        job: What is wanted; its quality says how much is spent.
        size: Width and height of the result.
        example: Shorter side of the smallest example picture, which shrinks along.

    Raises:
        EngineError: The result or an example is too small to have statistics.
    """
    if min(*size, example) < SMALLEST_SIDE:
        raise EngineError(
            f"A side of {min(*size, example)} pixels is too short to have a texture.",
            f"Use pictures and sizes of at least {SMALLEST_SIDE} pixels a side.",
        )
    from_noise = not isinstance(job, StylizeJob) or job.start == "noise"
    coarsest = COARSEST_SIDE if from_noise else COARSEST_CONTENT
    shrink = 1
    while (
        size[0] * size[1] >= (2 * shrink * coarsest) ** 2
        and min(*size, example) // (2 * shrink) >= SMALLEST_SIDE
    ):
        shrink *= 2
    coarse, before_last, last = SPENT[job.kind][job.quality]
    shrinks = [shrink >> index for index in range(shrink.bit_length())]
    sides = [(*octave_size(job, size, each), each) for each in shrinks]
    counts = [coarse] * (len(sides) - 2) + [before_last] * (len(sides) > 1)
    loss = COARSE[job.kind]
    climb = [Octave(*each, count, loss) for each, count in zip(sides, counts, strict=False)]
    finish = [Octave(*sides[-1], count, stage) for stage, count in last.items()]
    if not climb:  # the only octave builds the picture before it finishes it
        finish[0] = replace(finish[0], evaluations=finish[0].evaluations + coarse)
    return [*climb, *finish]


def worth_tracing(octaves: Iterable[Octave]) -> bool:
    """Return whether a job is long enough for convolutions that take seconds to trace."""
    return sum(octave.cost for octave in octaves) > WORTH_TRACING


class Patience:
    """Watches the loss of one octave and says when further steps no longer pay.

    Args:
        recent: The last losses, where it goes on from another one.
    """

    def __init__(self, recent: Iterable[float] = ()) -> None:
        self._recent = deque(recent, maxlen=PATIENCE + 1)

    @property
    def recent(self) -> list[float]:
        """The last losses, from which another one can go on."""
        return list(self._recent)

    def add(self, loss: float) -> None:
        """Take the loss after a step."""
        self._recent.append(loss)

    @property
    def spent(self) -> bool:
        """Whether the octave is done."""
        if len(self._recent) <= PATIENCE:
            return False
        first, last = self._recent[0], self._recent[-1]
        return first - last < LEAST_GAIN * abs(first)
