"""Small PNGs of pictures that Qt cannot read, kept in the user's folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from maya_stylize import settings
from maya_stylize.engine.plan import with_longer_side
from maya_stylize.errors import ImageError
from maya_stylize.files import unwritable
from maya_stylize.images import color_config, reader, writer
from maya_stylize.images.resize import resize

KEPT = 4000


def thumbnail(
    picture: Path, longest: int, space: str | None = None, config: str | None = None
) -> Path:
    """Return a small picture of a picture, display-referred; made once per state of the file.

    Args:
        picture: The file.
        longest: Its longer side at most, in pixels; a smaller picture keeps its size.
        space: Its color space; None for what the file tells.
        config: OpenColorIO's config with that space, as in a job. Where one is given, what is
            linear is shown by its default view.

    Returns:
        A PNG of 8 bits, with alpha where the picture has it.

    Raises:
        ImageError: The file cannot be read, the config has no such space, or the thumbnail cannot
            be written.
    """
    folder = settings.user_folder() / "thumbnails"
    colors = "" if space is None else f"{space}\0{color_config.content_of(config)}"
    small = folder / f"{_key(picture, longest, colors)}.png"
    if small.exists():
        return small
    known = None if space is None else color_config.load(config).space(space)
    found = reader.glance(picture, longest, known)
    rows, columns = found.pixels.shape[:2]
    size = with_longer_side((columns, rows), min(longest, max(rows, columns)))
    alpha = None if found.alpha is None else resize(found.alpha[..., None], *size)[..., 0]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error, ImageError) from error
    pixels = resize(found.pixels, *size)
    if config is not None and known is not None and known.is_linear():
        pixels = color_config.load(config).view()(pixels)
    writer.write(small, np.clip(pixels, 0, 1), alpha=alpha)
    return small


def prune() -> None:
    """Remove the oldest thumbnails where there are too many."""
    folder = settings.user_folder() / "thumbnails"
    kept = sorted(folder.glob("*.png"), key=lambda path: path.stat().st_mtime)
    for path in kept[:-KEPT]:
        path.unlink(missing_ok=True)


def _key(picture: Path, longest: int, colors: str) -> str:
    try:
        state = picture.stat()
    except OSError as error:
        raise ImageError(
            f"{picture} cannot be read: {error.strerror}.", "Check the path."
        ) from error
    facts = f"{picture.absolute()}\0{state.st_mtime_ns}\0{state.st_size}\0{longest}\0{colors}"
    return hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()[:32]
