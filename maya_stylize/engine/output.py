"""One picture that a job writes, and what it takes over from the one that it is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from maya_stylize.engine.vgg19 import FloatArray
from maya_stylize.images.held import Held
from maya_stylize.images.islands import Cover
from maya_stylize.images.keep import Keep
from maya_stylize.images.reader import Picture
from maya_stylize.images.spaces import Space

OPAQUE = Cover()
Conversion = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, eq=False)
class Output:
    """One picture that a job writes.

    Attributes:
        path: Where to.
        like: The picture whose depth it has, and what else is taken over.
        space: The color space that it is written in.
        restore: Takes the result back to that one's range.
        cover: What it takes over of that one's transparency.
        held: Pixels that it has unchanged from that one; None for none.
        alpha: Which of the pictures that are made at once is its alpha, counted from 0; None where
            none is.
    """

    path: str
    like: Picture
    space: Space
    restore: Conversion
    cover: Cover = OPAQUE
    held: Held | None = None
    alpha: int | None = None

    def alpha_in(self, pixels: FloatArray) -> FloatArray | None:
        """Return the alpha that it is written with, (H, W), of all that was made, (H, W, 3 K)."""
        return self.cover.alpha if self.alpha is None else pixels[..., 3 * self.alpha]

    @property
    def keep(self) -> Keep:
        """What is taken over of the header: what tells of colors only where they are alike."""
        keep = self.like.keep
        if self.space is self.like.space:
            return keep
        return replace(keep, primaries=None, profile=b"")
