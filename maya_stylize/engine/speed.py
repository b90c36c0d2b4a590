"""How long evaluations took on this machine, kept by every job to tell how long the next will take.

Time does not grow evenly with the picture: small ones keep the processor less busy. So the seconds
of an evaluation are kept at each size that was seen, and taken in proportion between those.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from maya_stylize import settings
from maya_stylize.engine.backend.types import Unit
from maya_stylize.engine.plan import REACH, Size
from maya_stylize.engine.schedule import Octave
from maya_stylize.errors import StylizeError
from maya_stylize.files import replacing

# What tiles cost beside what lies around them: their features are computed twice, of which the
# gradient, computed once, is more than half.
PASSES = 1.35
# What an octave takes beside its evaluations, in evaluations: the statistics of the example at its
# beginning and of the result at its end, both without a gradient.
BESIDE = 0.7
# Sizes nearer to each other than this ratio are one; the later measurement stands.
NEAR = math.sqrt(2)


class Stint(NamedTuple):
    """An octave's evaluations but for its first, which may compile.

    Attributes:
        size: Width and height of the picture.
        tile: Side of the tiles; 0 for whole pictures.
        evaluations: How many.
        seconds: What they took together.
    """

    size: Size
    tile: int
    evaluations: int
    seconds: float


@dataclass(frozen=True)
class Speed:
    """What a machine was seen to need.

    Attributes:
        start: Seconds of a process's first job beside its evaluations: compiling, for the most.
        points: Pixels of pictures evaluated whole, and the seconds of one evaluation there.
    """

    start: float
    points: Mapping[int, float]

    def seconds(self, octaves: Iterable[Octave], tile: int) -> float:
        """Return what a job will take.

        Args:
            octaves: What it goes through.
            tile: Side of its tiles; 0 for whole pictures.
        """
        total = self.start
        for octave in octaves:
            wholes, pixels = split((octave.width, octave.height), tile)
            total += (octave.evaluations + BESIDE) * wholes * self.at(pixels)
        return total

    def at(self, pixels: int) -> float:
        """Return the seconds of one evaluation of a whole picture.

        In proportion between the sizes seen. A larger one takes as long for each pixel as the
        largest, a smaller one as long as the smallest.
        """
        sizes = sorted(self.points)
        if pixels <= sizes[0]:
            return self.points[sizes[0]]
        if pixels >= sizes[-1]:
            return self.points[sizes[-1]] * pixels / sizes[-1]
        above = next(size for size in sizes if size >= pixels)
        below = sizes[sizes.index(above) - 1]
        share = (pixels - below) / (above - below)
        return self.points[below] + share * (self.points[above] - self.points[below])


def split(size: Size, tile: int) -> tuple[float, int]:
    """Return how many evaluations of a whole picture one in tiles costs, and that picture's pixels.

    Args:
        size: Width and height.
        tile: Side of the tiles; 0 for whole pictures.
    """
    width, height = size
    if not tile or tile >= max(size):
        return 1.0, width * height
    pieces = -(-width // tile) * -(-height // tile)
    crop = min(width, tile + 2 * REACH) * min(height, tile + 2 * REACH)
    return PASSES * pieces, crop


def known(unit: Unit, fast: bool) -> Speed | None:
    """Return what was kept; None if no job ran there yet.

    Args:
        unit: What computes.
        fast: Whether by the backend's faster convolutions.
    """
    return _speed(_read().get(_key(unit, fast)))


def remember(
    unit: Unit, fast: bool, stints: Iterable[Stint], whole: float | None, maps: int = 1
) -> Speed:
    """Keep how long a job took and return what is known with it.

    Where it cannot be written, or has no evaluations, it is not kept.

    Args:
        unit: What computed.
        fast: Whether by the backend's faster convolutions.
        stints: Its evaluations.
        whole: Seconds of the whole job; None if something was compiled already, so that they do
            not tell what a start takes.
        maps: How many pictures were made at once, each of which every evaluation looks at.
    """
    everything = _read()
    before = _speed(everything.get(_key(unit, fast))) or Speed(0.0, {})
    points, spent = dict(before.points), 0.0
    for size, tile, evaluations, seconds in stints:
        wholes, pixels = split(size, tile)
        took = seconds / evaluations
        points = {old: points[old] for old in points if not 1 / NEAR < old / pixels < NEAR}
        points[pixels] = took / wholes / maps
        spent += seconds + (1 + BESIDE) * took
    now = Speed(before.start if whole is None else max(0.0, whole - spent), points)
    if points:
        everything[_key(unit, fast)] = {"start": now.start, "points": sorted(points.items())}
        with suppress(StylizeError), replacing(_file()) as temporary:
            temporary.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    return now


def _speed(kept: Any) -> Speed | None:
    """Return what was read, unless it is not what is written here."""
    try:
        points = {int(pixels): float(seconds) for pixels, seconds in kept["points"]}
        start = float(kept["start"])
    except (KeyError, TypeError, ValueError):
        return None
    numbers = (start, *points, *points.values())
    if not points or not all(math.isfinite(number) and number >= 0 for number in numbers):
        return None
    return Speed(start, points)


def _read() -> dict[str, Any]:
    try:
        content = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, StylizeError):
        return {}  # the next job writes it anew
    return content if isinstance(content, dict) else {}


def _key(unit: Unit, fast: bool) -> str:
    way = "faster convolutions" if fast else "Keras's convolutions"
    return f"{unit.backend}, {unit.device}, {unit.device_name}, {unit.threads} threads, {way}"


def _file() -> Path:
    return settings.user_folder() / "speed.json"
