"""What a backend's tensors and functions are called here."""

from __future__ import annotations

import platform
from collections.abc import Callable
from typing import Any

Tensor = Any
Objective = Callable[[Tensor], Tensor]
ValueAndGradient = Callable[[Tensor], tuple[Tensor, Tensor]]


def processor() -> str:
    """Return what the CPU calls itself."""
    return platform.processor() or platform.machine()
