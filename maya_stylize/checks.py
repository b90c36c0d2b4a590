"""Checks of one value each: what a job's field may hold, and the sentence when it does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from maya_stylize.errors import JobError

Check = Callable[[str, Any], Any]

_LAYER = re.compile(r"conv[0-9]{1,2}_[0-9]{1,2}|pool[0-9]{1,2}")
# A file's name that Windows takes for a device, whatever its suffix.
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d) *(\.|$)", re.IGNORECASE)
LARGEST_SIDE = 65536
SMALLEST_SIDE = 16
# What a person writes has some KB.
LARGEST_JSON = 16 << 20
# A list of many scenes' textures has some KB for each of them.
LARGEST_LIST = 64 << 20


def refuse(name: str, wanted: str, got: object) -> JobError:
    """Return the error for a field that holds something else than wanted."""
    return JobError(
        f"{name}: must be {wanted}, got {shown(got)}.", f"Correct {name} and run the job again."
    )


def shown(value: object) -> str:
    """Return a value as one short line for a message, whatever it is."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deeply; a whole number of 5000 digits
        return f"something too long to show ({type(value).__name__})"
    return text if len(text) <= 80 else f"{text[:77]}..."


def path(name: str, value: Any) -> str:
    """Check a path: a string with something in it, and no character that no file name has."""
    if not isinstance(value, str) or not value.strip() or re.search(r"[\0\ud800-\udfff]", value):
        raise refuse(name, "a path", value)
    return value


def flag(name: str, value: Any) -> bool:
    """Check a yes or no."""
    if not isinstance(value, bool):
        raise refuse(name, "true or false", value)
    return value


def choice(*allowed: str) -> Check:
    """Return a check that takes one of the names only."""

    def check(name: str, value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise refuse(name, "one of " + ", ".join(allowed), value)
        return value

    return check


def whole(lowest: int, highest: int) -> Check:
    """Return a check for a whole number from lowest to highest."""

    def check(name: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise refuse(name, f"a whole number from {lowest} to {highest}", value)
        return value

    return check


def number(lowest: float, highest: float) -> Check:
    """Return a check for a finite number from lowest to highest."""

    def check(name: str, value: Any) -> float:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not lowest <= value <= highest:  # NaN is in no range
            raise refuse(name, f"a number from {lowest:g} to {highest:g}", value)
        return float(value)

    return check


def optional(check: Check) -> Check:
    """Return a check that takes None as well."""
    return lambda name, value: None if value is None else check(name, value)


def device(name: str, value: Any) -> str:
    """Check a device: "auto", "cpu", "gpu", or "gpu:N"."""
    if not isinstance(value, str) or not re.fullmatch(r"auto|cpu|gpu(:[0-9]{1,2})?", value):
        raise refuse(name, '"auto", "cpu", "gpu" or "gpu:0"', value)
    return value


def size(name: str, value: Any) -> tuple[int, int]:
    """Check a picture size: two whole numbers, width then height."""
    side = whole(SMALLEST_SIDE, LARGEST_SIDE)
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise refuse(name, "width and height, such as [512, 512]", value)
    return side(f"{name}[0]", value[0]), side(f"{name}[1]", value[1])


def margins(name: str, value: Any) -> tuple[int, int, int, int]:
    """Check what is added around a picture: four whole numbers, from the left clockwise."""
    side = whole(0, LARGEST_SIDE)
    if not isinstance(value, (list, tuple)) or len(value) != 4:
        raise refuse(name, "left, top, right and bottom, such as [0, 0, 256, 0]", value)
    left, top, right, bottom = (
        side(f"{name}[{index}]", margin) for index, margin in enumerate(value)
    )
    return left, top, right, bottom


def layers(name: str, value: Any) -> tuple[str, ...]:
    """Check layers: Caffe's names, perhaps none."""
    if not isinstance(value, (list, tuple)):
        raise refuse(name, 'a list of layers, such as ["conv1_1", "pool1"]', value)
    for layer in value:
        if not isinstance(layer, str) or not _LAYER.fullmatch(layer):
            raise refuse(name, 'a list of layers, such as ["conv1_1", "pool1"]', value)
    return tuple(value)


def layer_weights(name: str, value: Any) -> dict[str, float]:
    """Check weights by layer: Caffe's layer names, each with a weight of 0 or more."""
    if not isinstance(value, Mapping) or not value:
        raise refuse(name, 'layers with weights, such as {"pool1": 1e9}', value)
    for layer in value:
        if not isinstance(layer, str) or not _LAYER.fullmatch(layer):
            raise refuse(name, 'named after layers such as "conv1_1" or "pool4"', layer)
    weights = {layer: number(0, 1e15)(f"{name}.{layer}", value[layer]) for layer in value}
    if not any(weights.values()):
        raise refuse(name, "given at least one weight above 0", dict(value))
    return weights


def json_file(
    path: Path, hint: str = "Correct it and run it again.", largest: int = LARGEST_JSON
) -> Any:
    """Return what a file of JSON holds that somebody wrote.

    Args:
        path: The file.
        hint: What to do about one that is not JSON, or is too large.
        largest: How many bytes it may have; no more are read.

    Raises:
        JobError: It cannot be read, is not JSON or is too large; the message names the file.
    """
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
        if len(data) > largest:
            raise JobError(f"{path}: is larger than {largest >> 20} MB.", hint)
        return json.loads(data.decode("utf-8-sig"))  # some editors write a mark
    except OSError as error:
        raise JobError(f"{path}: cannot be read ({error.strerror}).", "Check the path.") from error
    except (ValueError, RecursionError) as error:
        raise JobError(f"{path}: is not JSON ({error}).", hint) from error
