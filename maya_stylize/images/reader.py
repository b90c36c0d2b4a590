"""Read a picture file into display-referred float32 pixels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenImageIO

from maya_stylize import crash_notes
from maya_stylize.errors import ImageError
from maya_stylize.images import formats, jpeg
from maya_stylize.images.embedded import Embedded
from maya_stylize.images.guess import guess
from maya_stylize.images.keep import Keep, is_associated
from maya_stylize.images.spaces import Space
from maya_stylize.images.values import read_values

FloatArray = npt.NDArray[np.float32]

_DEPTHS = ("uint8", "uint16", "uint32", "half", "float", "double")
# MinIsWhite, MinIsBlack, RGB, palette, YCbCr: what can be shown as RGB without a profile.
_TIFF_PHOTOMETRIC = (None, 0, 1, 2, 3, 6)


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as the engine wants it.

    Attributes:
        pixels: float32 (height, width, 3), Rec.709 on the sRGB curve, 0 to 1, or data as it is;
            floating point pictures may go beyond, and so may those of wider spaces. Colors are not
            multiplied by alpha.
        alpha: float32 (height, width), 0 to 1, or None.
        depth: The file's own: "uint8", "uint16", "uint32", "half", "float" or "double".
        space: The file's own color space.
        format: OpenImageIO's name of the file's format, such as "png".
        keep: What a result takes over from the file.
        own: float32 (height, width, 3), colors in the file's own numbers, the largest whole one as
            1; None where no pixel is fully transparent.
        embedded: The file's ICC profile; None for none, and for data.
    """

    pixels: FloatArray
    alpha: FloatArray | None
    depth: str
    space: Space
    format: str
    keep: Keep
    own: FloatArray | None = None
    embedded: Embedded | None = None

    @property
    def by_profile(self) -> bool:
        """Whether the color space is the one that the ICC profile means."""
        if self.embedded is None or self.embedded.space is None:
            return False
        return self.space is self.embedded.space or self.space.is_like(self.embedded.space)


def read(path: str | PathLike[str], space: Space | None = None) -> Picture:
    """Read a PNG, TIFF, EXR, JPEG, TGA or PSD file, whichever its content says it is.

    Gray becomes RGB, palettes are looked up, the EXIF orientation is applied. Of a file with
    several parts or mip levels the first is read, of an EXR file its data window, of a PSD file
    its layers merged. A `.tx` is a TIFF or an EXR file.

    Args:
        path: The file.
        space: Its color space; None for what its name or its header says, or what is usual.

    Returns:
        The picture.

    Raises:
        ImageError: The file is missing, empty, damaged, cut short or no picture; or it holds what
            cannot be shown as RGB: CMYK, CIELAB, deep or volume data, other channels, NaN.
    """
    return _read(Path(path), None, space)


def glance(path: str | PathLike[str], longest: int, space: Space | None = None) -> Picture:
    """Read a picture for a look at it, in little memory however large the file is.

    The file's own smaller versions are used where it has them, as a `.tx` does; a large one is
    averaged over squares of pixels while it is read. NaN and infinite values become black.

    Args:
        path: The file.
        longest: Length of the longer side that is wanted.
        space: As for `read`.

    Returns:
        The picture, its longer side at least the one wanted and less than four times that, where
        the file is not smaller itself.

    Raises:
        ImageError: As for `read`, values that are not finite aside.
    """
    return _read(Path(path), longest, space)


def numbers(path: str | PathLike[str]) -> tuple[npt.NDArray[Any], bool]:
    """Read a picture's numbers as they are in the file, for a copy to the bit.

    Args:
        path: A file that `read` takes.

    Returns:
        (height, width, 3), or 4 with alpha, turned upright, of the file's own type; and whether the
        colors are multiplied by alpha.

    Raises:
        ImageError: As for `read`.
    """
    path = Path(path)
    kind = formats.identify(path)
    with opened(path, kind) as source:
        spec = source.spec()
        _check_layout(path, spec)
        channels, _ = _color_channels(path, kind, spec)
        if spec.alpha_channel >= 0:
            channels.append(spec.alpha_channel)
        values = source.read_image("unknown")
        if values is None or source.has_error:
            raise formats.damaged(path, kind, _reason(source.geterror()))
    turn = spec.get_int_attribute("Orientation", 1)
    values = np.asarray(values).reshape(spec.height, spec.width, spec.nchannels)
    return np.ascontiguousarray(_orient(values[..., channels], turn)), is_associated(spec)


def _read(path: Path, longest: int | None, space: Space | None) -> Picture:
    kind = formats.identify(path)
    with opened(path, kind) as source:
        spec = source.spec()
        _check_layout(path, spec)
        colors, depth = _color_channels(path, kind, spec)
        values = read_values(source, longest)
        if values is None or source.has_error:
            raise formats.damaged(path, kind, _reason(source.geterror()))
    pixels = stored = values[..., colors]
    alpha = values[..., spec.alpha_channel] if spec.alpha_channel >= 0 else None
    if alpha is not None and is_associated(spec):
        pixels = _unpremultiply(pixels, alpha)
    if longest is None:
        _check_finite(path, pixels, alpha)
    else:
        pixels = np.nan_to_num(pixels, nan=0, posinf=0, neginf=0)
        alpha = None if alpha is None else np.nan_to_num(alpha, nan=0, posinf=0, neginf=0)
    found = guess(path, kind, spec, depth, space)
    pixels = found.space.read(pixels, path)
    turn = spec.get_int_attribute("Orientation", 1)
    upright = np.ascontiguousarray(_orient(pixels, turn))
    own = None
    if alpha is not None and longest is None and alpha.min() <= 0:
        own = upright if stored is pixels else np.ascontiguousarray(_orient(stored, turn))
    keep = replace(Keep.of(kind, spec), profile=found.profile)
    if kind == "jpeg" and (quality := jpeg.quality(path)):
        keep = replace(keep, compression=f"jpeg:{quality}")
    return Picture(
        pixels=upright,
        alpha=None if alpha is None else np.ascontiguousarray(_orient(alpha, turn)),
        depth=depth,
        space=found.space,
        format=kind,
        keep=keep.turned() if turn in (5, 6, 7, 8) else keep,
        own=own,
        embedded=found.embedded,
    )


@contextmanager
def opened(path: Path, kind: str) -> Iterator[OpenImageIO.ImageInput]:
    """Open a file with the plug-in of its format and close it afterwards.

    Args:
        path: The file.
        kind: Its format, from `formats.identify`.

    Yields:
        An OpenImageIO ImageInput that leaves colors unmultiplied.

    Raises:
        ImageError: OpenImageIO cannot make sense of the header.
    """
    wanted = OpenImageIO.ImageSpec()
    wanted.attribute("oiio:UnassociatedAlpha", 1)
    try:
        with crash_notes.noted(picture=str(path)):
            source = OpenImageIO.ImageInput.open(str(path), wanted)
            if source is None:
                raise formats.damaged(path, kind, _reason(OpenImageIO.geterror()))
            try:
                yield source
            finally:
                source.close()
    except UnicodeDecodeError as error:  # names and messages come as bytes from the file
        raise formats.damaged(path, kind, "its header has garbled names") from error


def _reason(message: str) -> str:
    lines = message.strip().splitlines()
    return lines[0].strip().rstrip(".") if lines else "its pixels cannot be read"


def _check_layout(path: Path, spec: OpenImageIO.ImageSpec) -> None:
    """Refuse what is not one flat picture of a sensible size."""
    formats.check_size(path, spec.width, spec.height, spec.nchannels)
    if spec.deep:
        raise ImageError(
            f"{path} is a deep EXR file, with many samples in a pixel.",
            "Flatten it to one color per pixel and choose that file.",
        )
    if max(spec.depth, spec.tile_depth) > 1:
        raise ImageError(f"{path} is a volume, not a flat picture.", "Export one slice of it.")
    tile, picture = (spec.tile_width, spec.tile_height), (spec.width, spec.height)
    formats.check_tile(path, tile, picture, spec.nchannels)


def _color_channels(path: Path, kind: str, spec: OpenImageIO.ImageSpec) -> tuple[list[int], str]:
    """Return where red, green and blue are in a pixel, and their depth."""
    names = list(spec.channelnames)
    # OpenImageIO turns these into RGB without a word and without their profile.
    space = spec.getattribute(f"{kind}:ColorSpace")
    if space in ("CMYK", "YCbCrK"):
        raise ImageError(
            f"{path} is a CMYK picture, meant for print.", "Convert it to RGB and save it again."
        )
    if spec.getattribute("tiff:PhotometricInterpretation") not in _TIFF_PHOTOMETRIC:
        raise ImageError(
            f"{path} holds colors as {space or 'something else than RGB'}.",
            "Convert it to RGB and save it again.",
        )
    if {"R", "G", "B"} <= set(names):
        colors = [names.index(name) for name in "RGB"]
    elif "Y" in names and "RY" not in names:
        colors = [names.index("Y")] * 3
    else:
        raise ImageError(
            f"{path} has the channels {', '.join(names)}, but neither R, G, B nor Y.",
            "Export the color layer under the names R, G and B.",
        )
    depth = str(spec.channelformats[colors[0]] if spec.channelformats else spec.format)
    depth = {"uint": "uint32"}.get(depth, depth)
    if depth not in _DEPTHS or (kind == "openexr" and depth == "uint32"):
        raise ImageError(
            f"{path} holds its colors as {depth}.", "Export it with 8 or 16 bits, or half floats."
        )
    return colors, depth


def _unpremultiply(pixels: FloatArray, alpha: FloatArray) -> FloatArray:
    """Divide colors by alpha; where alpha is zero they stay."""
    return np.asarray(pixels / np.where(alpha > 0, alpha, 1)[..., None], np.float32)


def _check_finite(path: Path, pixels: FloatArray, alpha: FloatArray | None) -> None:
    good = np.isfinite(pixels).all(axis=-1)
    if alpha is not None:
        good &= np.isfinite(alpha)
    if not good.all():
        row, column = np.argwhere(~good)[0]
        count = int(good.size - good.sum())
        raise ImageError(
            f"{path} has NaN or infinite values in {count} of {good.size} pixels, first in"
            f" column {column}, row {row}.",
            "Render or export it again without them.",
        )


def _orient(values: npt.NDArray[Any], orientation: int) -> npt.NDArray[Any]:
    """Turn an array (height, width, ...) upright as EXIF's orientation 1 to 8 says."""
    if orientation in (5, 6, 7, 8):
        values = values.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return values
