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
    """

    values: Values
    where: npt.NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        path: str | PathLike[str],
        where: npt.NDArray[np.bool_],
        extend: tuple[int, int, int, int] = (0, 0, 0, 0),
    ) -> Held | None:
        """Read what is kept of a file; None where no copy to the bit can be made of it.

        Args:
            path: The picture.
            where: (H, W) of the result: which of its pixels are the picture's.
            extend: How many pixels the result has more on the left, at the top, on the right and at
                the bottom.

        Raises:
            ImageError: It cannot be read.
        """
        left, top, right, bottom = extend
        values = reader.numbers(path)
        if values is None:
            return None
        return cls(np.pad(values, ((top, bottom), (left, right), (0, 0))), where)

    def put(self, values: Values) -> bool:
        """Copy the numbers into a result's, which are changed; return whether they fit there.

        Args:
            values: (H, W, 3 or 4), as they go into a file. They fit where the source had numbers of
                the same kind.
        """
        if values.dtype != self.values.dtype or values.shape[:2] != self.where.shape:
            return False
        channels = min(values.shape[-1], self.values.shape[-1])
        values[self.where, :channels] = self.values[self.where, :channels]
        return True
