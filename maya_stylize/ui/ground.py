"""What a mask is painted over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ground:
    """A picture under a mask, or an empty canvas.

    Attributes:
        picture: The picture; "" for an empty canvas of a given size.
        size: Width and height of what the mask is for; None for the picture's.
        shown: Whether the picture is seen, or lends its proportions to an empty canvas.
    """

    picture: str
    size: tuple[int, int] | None = None
    shown: bool = True
