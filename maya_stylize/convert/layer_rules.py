"""Which settings of Caffe's layers the engine can carry out; all others are refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maya_stylize.convert.chain import fault
from maya_stylize.convert.network import Pooling

_POOLS: tuple[Pooling, ...] = ("max", "average")
_CONVOLUTION = "Only 3x3 convolutions of stride 1 and padding 1, in one group, convert."
_POOLING = "Only 2x2 max or average pools of stride 2 without padding, rounding up, convert."


def check_convolution(path: Path, name: str, parameters: Any) -> None:
    """Refuse a ConvolutionParameter other than 3x3, stride 1, padding 1, one group.

    Raises:
        ModelError: Names the layer and the field.
    """
    for field, wanted, default in (("kernel", 3, 0), ("pad", 1, 0), ("stride", 1, 1)):
        many = "kernel_size" if field == "kernel" else field
        listed = list(getattr(parameters, many)) or [default]
        for axis, value in zip("hw", (listed[0], listed[-1]), strict=True):
            single = f"{field}_{axis}"
            if parameters.HasField(single):
                _expect(path, name, single, getattr(parameters, single), wanted, _CONVOLUTION)
            else:
                _expect(path, name, many, value, wanted, _CONVOLUTION)
    for value in parameters.dilation:
        _expect(path, name, "dilation", value, 1, _CONVOLUTION)
    for field in ("group", "axis"):
        if parameters.HasField(field):
            _expect(path, name, field, getattr(parameters, field), 1, _CONVOLUTION)


def check_relu(path: Path, name: str, parameters: Any) -> None:
    """Refuse a leaky ReLU.

    Raises:
        ModelError: Names the layer and the field.
    """
    _expect(path, name, "negative_slope", parameters.negative_slope, 0, "Only plain ReLUs convert.")


def pool_kind(path: Path, name: str, parameters: Any) -> Pooling:
    """Return the kind of a 2x2 pool of stride 2 that rounds up, refusing any other.

    Raises:
        ModelError: Names the layer and the field.
    """
    for field, wanted, default in (("kernel", 2, 0), ("stride", 2, 1), ("pad", 0, 0)):
        both = "kernel_size" if field == "kernel" else field
        for axis in "hw":
            single = f"{field}_{axis}"
            chosen = single if parameters.HasField(single) else both
            value = getattr(parameters, chosen) if parameters.HasField(chosen) else default
            _expect(path, name, chosen, value, wanted, _POOLING)
    _expect(path, name, "global_pooling", parameters.global_pooling, False, _POOLING)
    _expect(path, name, "round_mode", parameters.round_mode, 0, _POOLING)
    if parameters.pool not in (0, 1):
        raise fault(
            path, name, "pool", f"method {parameters.pool} is neither MAX nor AVE", _POOLING
        )
    return _POOLS[int(parameters.pool)]


def _expect(path: Path, name: str, field: str, value: Any, wanted: Any, hint: str) -> None:
    if value != wanted:
        raise fault(path, name, field, f"{value} is not supported, only {wanted}", hint)
