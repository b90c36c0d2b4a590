"""JAX: its devices, its settings, its transformations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax

from maya_stylize.engine.backend import cuda
from maya_stylize.engine.backend.types import Memory, Objective, ValueAndGradient, processor

MEMORY_ERRORS: tuple[type[Exception], ...] = (MemoryError, RuntimeError)


def devices() -> dict[str, str]:
    """Return what each device calls itself, by its name here."""
    found = {f"gpu:{index}": item.device_kind for index, item in enumerate(_accelerators())}
    return {**found, "cpu:0": processor()}


def memory(device: str) -> Memory:
    """Return a GPU's memory in bytes; JAX takes no more of it than its own limit."""
    index = int(device.partition(":")[2])
    found, used = cuda.memory(index), _accelerators()[index].memory_stats() or {}
    if not {"bytes_limit", "pool_bytes", "bytes_in_use"} <= set(used):
        return found
    within = min(used["bytes_limit"], found.free + used["pool_bytes"]) - used["bytes_in_use"]
    return Memory(found.total, found.free and within)


def start(_threads: int, _device: str) -> None:
    """Set full float32; JAX has read the number of threads from NPROC when it looked around."""
    jax.config.update("jax_default_matmul_precision", "float32")


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of tensors, compiled once per shape."""
    fast: Callable[..., Any] = jax.jit(function)
    return fast


def _accelerators() -> list[jax.Device]:
    return [item for item in jax.devices() if item.platform != "cpu"]


def traced(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of tensors, compiled once per size."""
    return compiled(function)


def value_and_gradient(objective: Objective) -> ValueAndGradient:
    """Return a function that gives the objective and its gradient, compiled once per shape."""
    return compiled(jax.value_and_grad(objective))
