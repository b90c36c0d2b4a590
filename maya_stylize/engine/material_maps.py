"""The pictures of a material's maps as one exemplar, and what becomes of each in the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from maya_stylize.engine import colors
from maya_stylize.engine.alpha import has_alpha, not_held
from maya_stylize.engine.material import ALPHA, COLORED, NORMAL, Material
from maya_stylize.engine.output import Conversion, Output
from maya_stylize.engine.vgg19 import FloatArray
from maya_stylize.errors import ImageError
from maya_stylize.events import Log
from maya_stylize.images import reader, writer
from maya_stylize.images.islands import Cover
from maya_stylize.images.raw import Range
from maya_stylize.images.resize import resize
from maya_stylize.images.tone import Curve
from maya_stylize.jobs import MaterialJob

# What a number is exact to. More than 16 bits are not read from whole numbers.
_BITS = {"uint8": 8, "uint16": 16, "uint32": 16, "half": 11, "float": 24, "double": 24}
_BITS_OF = {"uint8": 8, "uint16": 16, "float16": 11, "float32": 24}
# Of a map's pixels, and of their numbers.
_ALIKE = 0.05
# Alphas that differ by no more than rounding are one.
_SAME_ALPHA = 1 / 255


def together(
    job: MaterialJob,
    pictures: Mapping[str, reader.Picture],
    seen: Mapping[str, FloatArray],
    notes: list[Log],
) -> tuple[Material, tuple[Output, ...]]:
    """Return a material's problem, and what it writes.

    Args:
        job: What is wanted.
        pictures: Its maps by path, as they were read.
        seen: Their colors, as `alpha.seen` returns them.
        notes: Is added to.

    Raises:
        StylizeError: The maps do not go together, or an output cannot hold what is wanted.
    """
    _refuse_shared(job)
    height, width = pictures[job.pictures[0]].pixels.shape[:2]
    exemplars, outputs = [], []
    for (kind, path), output in zip(job.maps.items(), job.outputs, strict=True):
        picture = pictures[path]
        pixels, back = _of_map(kind, seen[path], picture.depth)
        if kind not in (*COLORED, NORMAL) and _is_colored(seen[path], picture.depth):
            told = (
                f"{path}: its red, green and blue differ, as where several maps are packed into "
                f"one; the {kind} is made of their mean. Split it into single maps."
            )
            notes.append(Log(told, "warning"))
        rows, columns = pixels.shape[:2]
        if columns * height != rows * width:
            raise ImageError(
                f"{path}: the {kind} has {columns}x{rows} pixels, and {job.pictures[0]} has "
                f"{width}x{height}.",
                "The maps of a material show the same surface: use maps of one size.",
            )
        if columns != width:
            notes.append(Log(f"{path}: resampled from {columns}x{rows} to {width}x{height}."))
        exemplars.append(resize(pixels, width, height))
        space = colors.of_output(job, output, path, picture)
        if lost := _lost(kind, output, seen[path], picture.depth):
            hint = "Without a suffix the output has each map's own format."
            notes.append(Log(f"{output}: {lost} {hint}", "warning"))
        outputs.append(Output(output, picture, space, back))
    alphas = _alphas(job, pictures, (width, height))
    kinds, opaque = list(job.maps), None
    if job.alpha == "mask" and alphas:
        opaque = np.minimum.reduce([each for _, each in alphas])
        if opaque.max() <= 0:
            raise ImageError(
                f"{job.pictures[0]}: no pixel is opaque in all maps of the material.",
                'Export them with alphas that go together, or choose "keep" or "ignore" for the '
                "alpha.",
            )
    elif job.alpha == "keep":
        for members, each in alphas:
            for member in members:
                outputs[member] = replace(outputs[member], alpha=len(kinds))
            kinds.append(ALPHA)
            exemplars.append(np.repeat(each[..., None], 3, -1))
    whole = np.concatenate(exemplars, -1)
    return Material(whole, job=job, kinds=tuple(kinds), opaque=opaque), tuple(outputs)


def _alphas(
    job: MaterialJob, pictures: Mapping[str, reader.Picture], size: tuple[int, int]
) -> list[tuple[list[int], FloatArray]]:
    """Return the alphas that are not opaque, (H, W), each with the maps that have it, by number.

    Raises:
        JobError: One is wanted in a format that has none.
    """
    found: list[tuple[list[int], FloatArray]] = []
    for index, (path, output) in enumerate(zip(job.pictures, job.outputs, strict=True)):
        alpha = pictures[path].alpha
        if job.alpha == "ignore" or alpha is None or alpha.min() >= 1:
            continue
        if job.alpha == "keep" and not has_alpha(output):
            raise not_held(job, output, path)
        resized = Cover(np.clip(alpha, 0, 1)).at(*size).alpha
        assert resized is not None
        for members, known in found:
            if np.abs(known - resized).max() <= _SAME_ALPHA:
                members.append(index)
                break
        else:
            found.append(([index], resized))
    return found


def _refuse_shared(job: MaterialJob) -> None:
    kinds: dict[Path, str] = {}
    for kind, path in job.maps.items():
        first = kinds.setdefault(Path(path).resolve(), kind)
        if first != kind:
            raise ImageError(
                f"{path} is given as the {first} and as the {kind}.",
                "Where it packs several maps into its channels, split it into single maps first.",
            )


def _lost(kind: str, output: str, pixels: FloatArray, depth: str) -> str:
    """Return in words what of a data map's numbers its output's format cannot hold, if anything."""
    if kind in COLORED:  # of which its color space tells
        return ""
    stored = writer.stored_as(writer.kind_of(Path(output), depth), depth)
    low, high = float(pixels.min()), float(pixels.max())
    if stored.kind == "u" and (low < 0 or high > 1):
        return (
            f"the {kind} has numbers from {low:.4g} to {high:.4g}, and this format holds 0 to 1; "
            "those beyond are cut off."
        )
    if _BITS[depth] > (bits := _BITS_OF[stored.name]):
        return f"the {kind} has {_BITS[depth]} bits a number, and this format holds {bits}."
    return ""


def _is_colored(pixels: FloatArray, depth: str) -> bool:
    """Return whether channels that ought to be alike differ by more than a JPEG's rounding."""
    least = 3 / 255 if depth == "uint8" else 0.0
    most = max(least, _ALIKE * float(np.percentile(np.abs(pixels), 99)))
    return bool(np.mean(np.ptp(pixels, axis=-1) > most) > _ALIKE)


def _of_map(kind: str, seen: FloatArray, depth: str) -> tuple[FloatArray, Conversion]:
    """Return a material's map as the network is to see it, and what takes it back.

    What lies beyond the range where nearly all of its numbers are is compressed as highlights are.

    Args:
        kind: What it holds.
        seen: (H, W, 3), as it was read.
        depth: The file's own.
    """
    if kind == NORMAL:
        normals = Range.of_normals(seen, depth)
        return normals.clipped(seen), normals.pixels
    if kind in COLORED:
        curve = Curve.of(seen)
        return curve.compress(seen), curve.restore
    gray = np.repeat(seen.mean(-1, keepdims=True), 3, -1)
    data = Range.of(gray, depth)
    beyond = Curve.of(data.numbers(gray))

    def back(pixels: FloatArray) -> FloatArray:
        return data.pixels(beyond.restore(pixels))

    return beyond.compress(data.numbers(gray)), back
