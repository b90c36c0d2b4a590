"""Maps of data, such as normals: what is said where one of them is made anew alone."""

from __future__ import annotations

from pathlib import Path

from maya_stylize.images.spaces import Space
from maya_stylize.map_names import data_kind_of


def warning(path: str, space: Space) -> str | None:
    """Return what is to be said of a picture that is repainted or learned from as if of colors.

    Args:
        path: The picture.
        space: Its color space.

    Returns:
        A sentence or two; None where nothing marks it as data.
    """
    kind = data_kind_of(Path(path).name)
    if not kind and not space.is_data:
        return None
    what = f"by its name this is a map of {kind}" if kind else f"its color space is {space.name}"
    taken = ", and its numbers are taken as they are" if space.is_data else ""
    return (
        f"{path}: {what}{taken}. Made anew alone, it no longer fits the other maps of its material;"
        " make them together, or name its color space if it holds colors."
    )
