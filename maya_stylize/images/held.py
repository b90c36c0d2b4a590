"""Pixels that a result has from its source unchanged: a file's own numbers, copied."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt

from maya_stylize.images import reader

Values = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Held:
    """Numbers of a file, and where they are kept.

    Attributes:
        values: (H, W, 3 or 4), as the file has them; alpha last.
        where: (H, W): which are kept.
        associated: Whether the colors are multiplied by alpha.
    """

    values: Values
    where: npt.NDArray[np.bool_]
    associated: bool

    @classmethod
    def of(
        cls,
        path: str | PathLike[str],
        where: npt.NDArray[np.bool_],
        extend: tuple[int, int, int, int] = (0, 0, 0, 0),
    ) -> Held:
        """Read what is kept of a file.

        Args:
            path: The picture.
            where: (H, W) of the result: which of its pixels are the picture's.
            extend: How many pixels the result has more on the left, at the top, on the right and at
                the bottom.

        Raises:
            ImageError: It cannot be read.
        """
        left, top, right, bottom = extend
        values, associated = reader.numbers(path)
        return cls(np.pad(values, ((top, bottom), (left, right), (0, 0))), where, associated)

    def put(self, values: Values, associated: bool) -> bool:
        """Copy the numbers into a result's, which are changed; return whether they fit there.

        Args:
            values: (H, W, 3 or 4), as they go into a file. They fit where the source had numbers of
                the same kind.
            associated: Whether colors are multiplied by alpha in that file, where it has alpha.
        """
        if self.values.shape[-1] == 4:
            associated = associated and values.shape[-1] == 4
            if self.associated != associated:
                return False
        if values.dtype != self.values.dtype or values.shape[:2] != self.where.shape:
            return False
        channels = min(values.shape[-1], self.values.shape[-1])
        values[self.where, :channels] = self.values[self.where, :channels]
        return True
