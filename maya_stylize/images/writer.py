"""Write display-referred pixels to a picture file, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenImageIO

from maya_stylize import __version__
from maya_stylize.errors import ImageError
from maya_stylize.files import replacing, temporary_beside, unwritable
from maya_stylize.images import formats, jpeg, metadata, mipmaps
from maya_stylize.images.guess import state
from maya_stylize.images.held import Held
from maya_stylize.images.keep import Keep
from maya_stylize.images.spaces import FLOATS, Space, usual

FloatArray = npt.NDArray[np.float32]

_LARGEST_HALF = 65504.0
_NOTHING = Keep()


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        path: The picture.
        sidecar: The JSON file with the job, where the picture's format cannot hold it, else None.
        exact: Whether pixels were copied from the source to the bit.
    """

    path: Path
    sidecar: Path | None
    exact: bool


def check_writable(path: str | PathLike[str]) -> None:
    """Find out before a long computation whether a picture could be written; leave nothing behind.

    Args:
        path: The picture to write.

    Raises:
        ImageError: The suffix is of no supported format, the folder is missing or not writable, or
            the path is a folder or a file that is read-only, or the file for the job beside the
            picture is something else.
    """
    path = Path(path)
    if not metadata.fits(_format_of(path), "any job"):
        _check_sidecar(path)
    probe = temporary_beside(path)
    try:
        if path.is_dir():
            raise ImageError(f"{path} is a folder.", "Name a picture file inside it.")
        if not path.parent.is_dir():
            raise ImageError(f"{path.parent} is not a folder.", "Make it, or choose another.")
        if path.exists() and not os.access(path, os.W_OK):
            raise ImageError(f"{path} is read-only.", "Choose another name, or make it writable.")
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise unwritable(path, error, ImageError) from error


def write(
    path: str | PathLike[str],
    pixels: FloatArray,
    *,
    alpha: FloatArray | None = None,
    under: FloatArray | None = None,
    depth: str = "uint8",
    space: Space | None = None,
    job: Mapping[str, Any] | None = None,
    keep: Keep = _NOTHING,
    held: Held | None = None,
) -> Written:
    """Write a picture in the format of its suffix; the same input gives the same bytes.

    Whole numbers are clipped to 0..1 and rounded to the nearest. PNG holds 8 or 16 bits, TIFF 8, 16
    or float, EXR half or float, JPEG and TGA 8 bits: of these the one nearest to `depth` is taken.
    A .tx is tiled and mip-mapped: TIFF inside for whole numbers, EXR for floats.

    Args:
        path: Ends in .png, .tif, .tiff, .exr, .jpg, .jpeg, .tga or .tx.
        pixels: (height, width, 3), as in `reader.Picture.pixels`, not multiplied by alpha.
        alpha: (height, width), 0 to 1, or None; JPEG cannot hold it.
        under: (height, width, 3), numbers as in `reader.Picture.own`, which the file gets where
            alpha is 0 if it holds whole numbers as the source does, or floats as it does.
        depth: The source picture's, as in `reader.Picture.depth`.
        space: The color space of the file's numbers; None for sRGB in whole numbers, and linear
            Rec.709 in floats.
        job: Plain data that is stored in the metadata, or beside the picture where it does not fit.
        keep: What is taken over from the source picture, as in `reader.Picture.keep`.
        held: Pixels that are copied from the source to the bit, where the file has numbers of the
            same kind and no losses.

    Returns:
        Where the picture is, and its sidecar if it needed one.

    Raises:
        ImageError: The path or the pixels cannot be written; nothing is left behind.
    """
    path = Path(path)
    check_writable(path)
    is_texture = _format_of(path) == "tx"
    kind = kind_of(path, depth)
    colors = (space or usual(kind, depth)).back(pixels)
    if not (np.isfinite(pixels).all() and np.isfinite(colors).all()):
        raise ImageError(
            f"{path} was not written: the picture has values that are NaN or infinite.",
            "Run the job again with its default settings.",
        )
    if alpha is not None and kind == "jpeg":
        raise ImageError(f"{path} cannot hold alpha: JPEG has none.", "Write a PNG, TIFF or EXR.")
    associated = kind == "openexr" or (kind == "tiff" and keep.associated)
    values = _encode(kind, colors, alpha, depth, associated)
    if alpha is not None and under is not None:
        _put_under(values, alpha <= 0, under, depth)
    exact = held is not None and held.put(values, associated) and kind != "jpeg"
    spec = _header(kind, values, keep, associated)
    if space is not None:
        state(spec, kind, depth, space)
    description = None if job is None else metadata.pack(job)
    sidecar = None
    if description is not None and metadata.fits(kind, description):
        spec.attribute("ImageDescription", description)
    elif job is not None:
        sidecar = metadata.sidecar_path(path)
    if sidecar is not None:
        _check_sidecar(path)
    with ExitStack() as stack:
        temporary = stack.enter_context(replacing(path, ImageError))
        if is_texture:
            if reason := mipmaps.store(temporary, kind, values, spec, keep.wrap):
                raise _failed(path, reason)
        else:
            _write_file(path, temporary, kind, values, spec)
            if kind == "jpeg" and keep.profile:
                jpeg.put_profile(temporary, keep.profile)
        if sidecar is not None and job is not None:
            beside = stack.enter_context(replacing(sidecar, ImageError))
            beside.write_text(metadata.pack_sidecar(job, temporary), encoding="ascii", newline="\n")
    return Written(path, sidecar, exact)


def _check_sidecar(path: Path) -> None:
    """Refuse to put the job's own file in the place of something else."""
    sidecar = metadata.sidecar_path(path)
    if sidecar.exists() and not metadata.is_sidecar(sidecar):
        raise ImageError(
            f"{path} keeps its job in {sidecar.name}, and something else has that name.",
            "Choose another name for the picture.",
        )


def kind_of(path: Path, depth: str) -> str:
    """Return OpenImageIO's name of the format that a picture is written in.

    Args:
        path: Says it by its suffix.
        depth: As for `write`.

    Raises:
        ImageError: The suffix is of no supported format.
    """
    kind = _format_of(path)
    if kind == "tx":
        return "openexr" if depth in FLOATS else "tiff"
    return kind


def _format_of(path: Path) -> str:
    kind = formats.SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise ImageError(
            f"{path} has the suffix {path.suffix or 'of no format'}, which cannot be written.",
            "Use one of " + ", ".join(formats.SUFFIXES) + ".",
        )
    return kind


def _encode(
    kind: str, colors: FloatArray, alpha: FloatArray | None, depth: str, associated: bool
) -> npt.NDArray[Any]:
    """Return the numbers that go into the file, (height, width, 3 or 4)."""
    dtype = stored_as(kind, depth)
    if alpha is not None and associated:  # colors are held multiplied by alpha
        colors = colors * alpha[..., None]
    if dtype.kind == "f":
        values = colors if alpha is None else np.dstack([colors, alpha])
        if dtype == np.float16:
            values = np.clip(values, -_LARGEST_HALF, _LARGEST_HALF)
        return values.astype(dtype)
    return _whole(colors if alpha is None else np.dstack([colors, alpha]), dtype)


def stored_as(kind: str, depth: str) -> np.dtype[Any]:
    """Return the type of the numbers that a format holds of a source.

    Args:
        kind: The format, as `kind_of` returns it.
        depth: The source's, as for `write`.
    """
    if kind == "openexr":
        return np.dtype(np.float32 if depth in ("float", "double") else np.float16)
    if kind == "tiff" and depth in FLOATS:
        return np.dtype(np.float32)
    return np.dtype(np.uint16 if kind in ("png", "tiff") and depth != "uint8" else np.uint8)


def _whole(values: FloatArray, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return 0 to 1 as whole numbers, rounded to the nearest."""
    largest = np.float32(np.iinfo(dtype).max)
    return np.asarray(np.rint(np.clip(values, 0, 1) * largest), dtype)


def _put_under(
    values: npt.NDArray[Any], hidden: npt.NDArray[np.bool_], under: FloatArray, depth: str
) -> None:
    """Put a source's own numbers where nobody sees them; another kind of numbers stays away."""
    floating = values.dtype.kind == "f"
    if floating == (depth in FLOATS):
        own = under[hidden]
        values[hidden, :3] = own.astype(values.dtype) if floating else _whole(own, values.dtype)


def _header(
    kind: str, values: npt.NDArray[Any], keep: Keep, associated: bool
) -> OpenImageIO.ImageSpec:
    height, width, channels = values.shape
    spec = OpenImageIO.ImageSpec(
        width, height, channels, OpenImageIO.TypeDesc(_DEPTH_NAMES[values.dtype.name])
    )
    spec.attribute("Software", f"maya-stylize {__version__}")
    spec.attribute("DateTime", "")  # otherwise the clock's time goes into the bytes
    if channels == 4 and not associated:
        spec.attribute("oiio:UnassociatedAlpha", 1)
    if kind == "jpeg":
        spec.attribute("compression", "jpeg:95")
        spec.attribute("jpeg:subsampling", "4:4:4")
    keep.put(kind, spec)
    return spec


def _write_file(
    path: Path,
    temporary: Path,
    kind: str,
    values: npt.NDArray[Any],
    spec: OpenImageIO.ImageSpec,
) -> None:
    if kind == "jpeg":
        _reserve(temporary, values.nbytes + (1 << 17))
    output = OpenImageIO.ImageOutput.create(kind)
    if output is None:
        raise ImageError(f"{path}: {OpenImageIO.geterror()}.", "Reinstall OpenImageIO.")
    done = output.open(str(temporary), spec) and output.write_image(np.ascontiguousarray(values))
    reason = output.geterror()
    closed = output.close()
    if not done or not closed or reason:
        raise _failed(path, reason)


def _failed(path: Path, reason: str) -> ImageError:
    return ImageError(
        f"{path} cannot be written: {(reason or 'the disk may be full').splitlines()[0]}.",
        "Check the folder's permissions and free space, or choose another folder.",
    )


_DEPTH_NAMES = {"uint8": "uint8", "uint16": "uint16", "float16": "half", "float32": "float"}


def _reserve(temporary: Path, size: int) -> None:
    """Fill the file once: libjpeg ends the whole process when the disk is full."""
    with temporary.open("wb") as file:
        for _ in range(0, size, 1 << 20):
            file.write(bytes(1 << 20))
