"""What a job will go through and take, from the sizes of its pictures; no backend is started.

The figures are measured on TensorFlow and a CPU (benchmarks/plan.py): what the process takes by
itself, what an evaluation takes for each pixel of the picture or of the tile that it looks at, and
what the optimizer keeps for each pixel of the picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from maya_stylize.engine import schedule
from maya_stylize.errors import EngineError
from maya_stylize.jobs import Job, SynthesizeJob

Size = tuple[int, int]

# Bytes of the process with its libraries and the model.
BASE = 900 << 20
# Bytes of an evaluation for each of its pixels: the features of all layers, and their gradients.
EVALUATION = 1650
# Bytes of one vector for each pixel of the picture: three colors in float32.
VECTOR = 12
# Vectors at once beside the optimizer's history: the picture, its gradient, the direction, the
# point that is tried, what becomes of them on the way, and the pictures that were read.
VECTORS = 14
# The history's length, and how short it may become to leave room.
HISTORY, SHORTEST_HISTORY = 20, 4
# Sides of tiles to choose from, the first that fits. What lies around a tile is REACH wide.
TILES = (2048, 1024, 512, 256, 128)
REACH = 80
# The share of the free memory that is taken.
SHARE = 0.8


@dataclass(frozen=True)
class Plan:
    """A job before it runs.

    Attributes:
        width: Of the result, in pixels.
        height: Of the result, in pixels.
        octaves: What it goes through, coarsest first.
    """

    width: int
    height: int
    octaves: tuple[schedule.Octave, ...]


def plan(job: Job, size_of: Callable[[str], Size]) -> Plan:
    """Return what `run` will do for a job without a resolution.

    Args:
        job: What is wanted.
        size_of: Gives width and height of a picture file.

    Raises:
        EngineError: The result or an example is too small to have statistics.
    """
    if isinstance(job, SynthesizeJob):
        exemplar = size_of(job.exemplar)
        size, example = job.size or exemplar, min(exemplar)
    else:
        size = with_longer_side(size_of(job.content), job.size)
        longer = job.style_scale * max(size)
        example = min(min(with_longer_side(size_of(style.path), longer)) for style in job.styles)
    return Plan(*size, tuple(schedule.octaves(job, size, example)))


@dataclass(frozen=True)
class Room:
    """How a job fits into memory.

    Attributes:
        tile: Side of the tiles; 0 for whole pictures.
        history: The optimizer's.
        memory: Bytes of the process at its peak, estimated.
    """

    tile: int
    history: int
    memory: int


def room(size: Size, free: int) -> Room:
    """Choose history and tiles so that a job fits into memory.

    Whole pictures are the fastest; the history is shortened first, for four pairs are worth nearly
    as much as twenty while the tiles' overlap costs time in every evaluation.

    Args:
        size: Width and height of the largest picture that is evaluated.
        free: Bytes that the job may have; 0 where that is not known, which is taken for enough.

    Raises:
        EngineError: Not even the smallest tiles and the shortest history fit.
    """
    pixels = size[0] * size[1]
    budget = int(free * SHARE) if free else None

    def needed(tile: int, history: int) -> int:
        evaluated = min(pixels, (tile + 2 * REACH) ** 2) if tile else pixels
        return pixels * VECTOR * (VECTORS + 2 * history) + evaluated * EVALUATION

    tiles = [0, *(tile for tile in TILES if tile < max(size))]
    for tile in tiles:
        for history in (HISTORY, HISTORY // 2, SHORTEST_HISTORY):
            if budget is None or needed(tile, history) <= budget:
                return Room(tile, history, BASE + needed(tile, history))
    least = needed(tiles[-1], SHORTEST_HISTORY)
    raise EngineError(
        f"{size[0]}x{size[1]} pixels need {least / 2**30:.1f} GiB of memory, and of "
        f"{free / 2**30:.1f} GiB that are free a job takes {SHARE:.0%}.",
        "Choose a smaller size, or close other programs.",
    )


def with_longer_side(size: Size, longer: float | None) -> Size:
    """Return a size scaled so that its longer side is the one wanted; None leaves it."""
    factor = (longer or max(size)) / max(size)
    width, height = size
    return max(1, round(width * factor)), max(1, round(height * factor))
