"""What a backend's tensors and functions are called here."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

Tensor = Any
# A scalar function of a tensor, and of further tensors in dictionaries.
Objective = Callable[..., Tensor]
# The same arguments to the function's value and its gradient by the first of them.
ValueAndGradient = Callable[..., tuple[Tensor, Tensor]]
# From a convolution's weight (out, in, 3, 3), bias, padding and name to a layer with its ReLU, or
# to None where Keras's own layer is to be taken.
Faster = Callable[[Any, Any, str, str], Any]


class Memory(NamedTuple):
    """A device's memory in bytes, 0 where it is not known.

    Attributes:
        total: What the device has.
        free: What a job can still have of it; what this process keeps unused counts as free.
    """

    total: int
    free: int


class Unit(NamedTuple):
    """What computes: a device, under a backend.

    Attributes:
        backend: "tensorflow", "torch" or "jax".
        device: Keras's name of it, such as "cpu:0" or "gpu:0".
        device_name: What the device calls itself.
        threads: Of one operation on the CPU.
    """

    backend: str
    device: str
    device_name: str
    threads: int

    @property
    def has_faster(self) -> bool:
        """Whether the backend has faster convolutions than Keras's there."""
        return self.backend == "tensorflow" and self.device.startswith("cpu")


def keras_only(*_layer: object) -> None:
    """Leave a convolution to Keras."""


def processor() -> str:
    """Return what the CPU calls itself."""
    facts = Path("/proc/cpuinfo")
    if facts.exists():  # on Linux, platform knows the architecture only
        for line in facts.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
