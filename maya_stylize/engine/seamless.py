"""What circular padding asks of a job: which sides wrap, and the sizes at which they can.

A picture wraps exactly where its side is a multiple of the deepest layer's stride: only then does
every pool's last window end where the picture does. A result of another size is made at the next
multiple and resampled; its example is stretched as much beforehand, so that structures end up in
their own proportions.
"""

from __future__ import annotations

import re

from maya_stylize.jobs import Job, StylizeJob, SynthesizeJob

Size = tuple[int, int]

# The network's blocks of convolutions, with a pool after each.
BLOCKS = 5


def wrap_of(job: Job) -> tuple[bool, bool]:
    """Return whether a job's result wraps from top to bottom, and from left to right."""
    seamless = "no" if isinstance(job, StylizeJob) else job.seamless
    return seamless in ("both", "down"), seamless in ("both", "across")


def stride_of(job: SynthesizeJob) -> int:
    """Return the pixels between two positions of the deepest layer that a job looks at."""
    stride = 1
    for layer, weight in job.layers.items():
        kind, block = re.findall("pool|conv|[0-9]+", layer)[:2]
        pools = min(int(block), BLOCKS) - (kind == "conv")
        stride = max(stride, 2**pools if weight else 1)
    return stride


def octave_size(job: Job, size: Size, shrink: int) -> Size:
    """Return the size at which one octave of a job is made.

    Args:
        job: What is wanted.
        size: Width and height of the result, in pixels.
        shrink: The final size over the octave's: 1, 2, 4, ...

    Returns:
        Width and height over `shrink`, rounded; a side that wraps is a multiple of the stride, the
        last octave's the next one from the result's size on, a coarser one's the nearest.
    """
    down, across = wrap_of(job)
    sides = []
    for side, wraps in zip(size, (across, down), strict=True):
        if wraps and isinstance(job, SynthesizeJob):
            stride = stride_of(job)
            multiples = -(-side // stride) if shrink == 1 else round(side / (shrink * stride))
            sides.append(stride * max(1, multiples))
        else:
            sides.append(shrunk(side, shrink))
    return sides[0], sides[1]


def fits(job: Job, octave: Size) -> bool:
    """Return whether a width and height can wrap as a job's result does."""
    down, across = wrap_of(job)
    return not isinstance(job, SynthesizeJob) or not any(
        side % stride_of(job) for side, wraps in zip(octave, (across, down), strict=True) if wraps
    )


def example_size(job: Job, example: Size, size: Size, octave: Size, shrink: int) -> Size:
    """Return the size at which an example is looked at in one octave.

    Args:
        job: What is wanted.
        example: Width and height of the example, in pixels.
        size: Of the result.
        octave: Of the result in the octave.
        shrink: Of the octave.

    Returns:
        Width and height over `shrink`, rounded; along a side that wraps, in the proportion in which
        the octave stands to the result.
    """
    down, across = wrap_of(job)
    width, height = (
        max(1, round(side * made / wanted)) if wraps else shrunk(side, shrink)
        for side, made, wanted, wraps in zip(example, octave, size, (across, down), strict=True)
    )
    return width, height


def shrunk(side: int, shrink: int) -> int:
    """Return a side divided by a whole number, rounded, at least one pixel."""
    return max(1, round(side / shrink))
