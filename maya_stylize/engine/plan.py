"""What a job will go through and take, from the sizes of its pictures; no backend is started.

The figures are measured on TensorFlow and a CPU (benchmarks/plan.py): what the process takes by
itself, what an evaluation takes for each pixel of the picture or of the tile that it looks at, and
what the optimizer keeps for each pixel of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from maya_stylize.engine import resolution, schedule
from maya_stylize.engine.canvas import worked_on
from maya_stylize.engine.seamless import example_size, octave_size, wrap_of
from maya_stylize.errors import EngineError
from maya_stylize.images import masks
from maya_stylize.jobs import Job, MaterialJob, RepairJob, StylizeJob, SynthesizeJob

Size = tuple[int, int]

# Bytes of the process with its libraries and the model.
BASE = 1050 << 20
# Bytes that the faster convolutions add: their weights, for what they compute and for its gradient.
FASTER = 340 << 20
# Bytes of an evaluation for each of its pixels: the features of all layers, and their gradients.
EVALUATION = 1650
# Bytes of an example for each of its pixels: its features, of which no gradient is taken.
EXAMPLE = 1150
# Bytes that each region adds to both: the features of the layers that Gram matrices are made of,
# weighted by its guide.
REGION = 700
# Bytes that projections of features, where these are compared, add to an evaluation: measured at
# 512x512. In tiles they are moreover kept for the whole picture, a float32 for each direction and
# position: 232 bytes for a pixel in the layers of a transfer, 152 in those of a texture.
SORTED, PROJECTED = 60, 232
# How much longer an evaluation takes with them: measured at 512x512 on two cores, 11.1 seconds of
# processor time in place of 8.2.
SLICED_TIME = 1.36
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
        example: Pixels of the largest example, as large as it is looked at.
        regions: How many there are; 0 where pictures are looked at as a whole.
        maps: How many pictures are made at once.
        sliced: Whether projections of features are compared in place of Gram matrices.
    """

    width: int
    height: int
    octaves: tuple[schedule.Octave, ...]
    example: int
    regions: int = 0
    maps: int = 1
    sliced: bool = False


def plan(
    job: Job,
    size_of: Callable[[str], Size],
    has_alpha: Callable[[str], bool] = lambda _: False,
) -> Plan:
    """Return what `run` will do.

    Args:
        job: What is wanted. One with a resolution is run as it was resolved.
        size_of: Gives width and height of a picture file.
        has_alpha: Tells whether a picture file has alpha, opaque or not.

    Raises:
        EngineError: The result or an example is too small to have statistics.
        JobError: The job's resolution is not one.
    """
    if isinstance(job, (SynthesizeJob, MaterialJob)):
        exemplar = size_of(job.pictures[0])
        size = job.size or exemplar
        examples = [exemplar]
    elif isinstance(job, RepairJob):
        whole = size_of(job.picture)
        mask = None if job.mask is None else masks.read(job.mask, whole, "the picture has")
        size = worked_on(job, whole, mask)
        examples = [whole if job.exemplar is None else size_of(job.exemplar)]
    else:
        size = with_longer_side(size_of(job.content), job.size)
        longer = job.style_scale * max(size)
        examples = [with_longer_side(size_of(style.path), longer) for style in job.styles]
    planned = schedule.octaves(job, size, min(map(min, examples)))
    octaves = resolution.read_octaves(job, planned)
    if isinstance(job, (SynthesizeJob, MaterialJob)):
        examples = [looked_at(job, exemplar, size)]
    largest = max(width * height for width, height in examples)
    count = _made_by(job, has_alpha)
    return Plan(*size, tuple(octaves), largest, regions_of(job), count, is_sliced(job))


def is_sliced(job: Job) -> bool:
    """Return whether projections of features are compared in place of Gram matrices."""
    return isinstance(job, (SynthesizeJob, StylizeJob)) and job.statistics == "sliced"


def _made_by(job: Job, has_alpha: Callable[[str], bool]) -> int:
    """Return how many pictures are made at once: maps, and an alpha that they may share."""
    if not isinstance(job, MaterialJob):
        return 1
    return len(job.maps) + (job.alpha == "keep" and any(map(has_alpha, job.pictures)))


def regions_of(job: Job) -> int:
    """Return how many regions a job's pictures have at most; 0 where they have none."""
    if isinstance(job, RepairJob):
        return 2
    if isinstance(job, MaterialJob):
        return 0
    masked = isinstance(job, StylizeJob) and job.alpha == "mask"
    return len(job.regions) + 1 if job.regions or masked else 0


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


def settle(job: Job, plan: Plan, free: int, fast: bool) -> Room:
    """Return how a job fits into memory: as it was resolved, or as `room` chooses.

    Args:
        job: What is wanted.
        plan: What it goes through.
        free: Bytes that the job may have; 0 where that is not known.
        fast: Whether the faster convolutions are taken.

    Raises:
        EngineError: It does not fit.
        JobError: The job's resolution is not one.
    """
    history, tile = resolution.read_history(job), resolution.read_tile(job)
    if history is None or tile is None:
        chosen = room(plan, free, fast)
        history = chosen.history if history is None else history
        tile = chosen.tile if tile is None else tile
    return Room(tile, history, BASE + needed(plan, tile, history, fast))


def room(plan: Plan, free: int, fast: bool) -> Room:
    """Choose history and tiles so that a job fits into memory.

    Whole pictures are the fastest; the history is shortened first, for four pairs are worth nearly
    as much as twenty while the tiles' overlap costs time in every evaluation.

    Args:
        plan: What the job goes through.
        free: Bytes that the job may have; 0 where that is not known, which is taken for enough.
        fast: Whether the faster convolutions are taken.

    Raises:
        EngineError: Not even the smallest tiles and the shortest history fit.
    """
    longest = max(plan.width, plan.height, math.isqrt(plan.example))
    tiles = [0, *(tile for tile in TILES if tile < longest)]
    for tile in tiles:
        for history in (HISTORY, HISTORY // 2, SHORTEST_HISTORY):
            bytes_needed = needed(plan, tile, history, fast)
            if not free or bytes_needed <= free * SHARE:
                return Room(tile, history, BASE + bytes_needed)
    least = needed(plan, tiles[-1], SHORTEST_HISTORY, fast)
    raise EngineError(
        f"{plan.width}x{plan.height} pixels need {least / 2**30:.1f} GiB of memory, and of "
        f"{free / 2**30:.1f} GiB that are free a job takes {SHARE:.0%}.",
        "Choose a smaller size, or close other programs.",
    )


def needed(plan: Plan, tile: int, history: int, fast: bool) -> int:
    """Return the bytes that a job takes at its peak beside what its process has at the start.

    Args:
        plan: What it goes through.
        tile: Side of the tiles; 0 for whole pictures.
        history: The optimizer's.
        fast: Whether the faster convolutions are taken.
    """
    pixels = plan.width * plan.height
    largest = (tile + 2 * REACH) ** 2 if tile else max(pixels, plan.example)
    # Two vectors of half precision for each step of the history.
    evaluation, example = (
        plan.maps * (each + plan.regions * REGION + SORTED * plan.sliced)
        for each in (EVALUATION, EXAMPLE)
    )
    vector = plan.maps * VECTOR
    climbing = pixels * vector * (VECTORS + history) + min(pixels, largest) * evaluation
    learning = pixels * vector * VECTORS + min(plan.example, largest) * example
    kept = PROJECTED * max(pixels, plan.example) if plan.sliced and tile else 0
    return max(climbing, learning) + kept + FASTER * fast


def looked_at(job: SynthesizeJob | MaterialJob, exemplar: Size, size: Size) -> Size:
    """Return the size at which an exemplar is looked at, with what is mirrored around it.

    Args:
        job: What is wanted.
        exemplar: Width and height of the exemplar.
        size: Of the result.
    """
    made = octave_size(job, size, 1)
    width, height = example_size(job, exemplar, size, made, 1)
    down, across = wrap_of(job)
    return width + 2 * REACH * across, height + 2 * REACH * down


def with_longer_side(size: Size, longer: float | None) -> Size:
    """Return a size scaled so that its longer side is the one wanted; None leaves it."""
    factor = (longer or max(size)) / max(size)
    width, height = size
    return max(1, round(width * factor)), max(1, round(height * factor))
