"""How much a picture's seam shows where it is laid beside itself."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

# The inner steps that are as steep as a picture's own, and a difference nobody sees: half of one
# in eight bits.
OWN = 0.95
UNSEEN = 0.5 / 255


def score(pixels: FloatArray, axis: int) -> float:
    """Return how steep the step over the edge is, in the picture's own variation of steps.

    The step between two neighboring lines (rows for axis 0, columns for axis 1) is the mean of
    |difference| over their pixels and channels. A side of N has N − 1 steps inside and one over
    the edge, from the last line to the first. With m the median of those inside and q the 95th
    percentile, the score is (step over the edge − m) / (q − m): 0 at the median, 1 where only one
    inner step in twenty is steeper, negative where the edge is smoother than most. q − m counts as
    half a step of eight bits at least, so that a flat picture has no seam by rounding alone.

    Args:
        pixels: (H, W, channels) on the sRGB curve, nominally 0 to 1; at least 3 lines.
        axis: 0 for the seam between bottom and top, 1 for that between right and left.
    """
    others = tuple(each for each in range(pixels.ndim) if each != axis)
    steps = np.abs(np.roll(pixels, -1, axis) - pixels).mean(others, dtype=np.float64)
    inside, edge = steps[:-1], float(steps[-1])
    middle, steep = np.quantile(inside, (0.5, OWN))
    return (edge - float(middle)) / max(float(steep - middle), UNSEEN)
