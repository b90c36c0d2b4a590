"""PyTorch: its devices, its settings, its autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from maya_stylize.engine.backend.types import (
    Memory,
    Objective,
    Tensor,
    ValueAndGradient,
    processor,
)

MEMORY_ERRORS: tuple[type[Exception], ...] = (MemoryError, RuntimeError)


def devices() -> dict[str, str]:
    """Return what each device calls itself, by its name here."""
    found = {f"gpu:{i}": torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())}
    if torch.backends.mps.is_available():
        found["mps:0"] = "Metal"
    return {**found, "cpu:0": processor()}


def memory(device: str) -> Memory:
    """Return a GPU's memory in bytes; what PyTorch keeps of it unused is free."""
    if device == "mps:0":
        total = torch.mps.recommended_max_memory()
        return Memory(total, total - torch.mps.current_allocated_memory())
    index = int(device.partition(":")[2])
    free, total = torch.cuda.mem_get_info(index)
    kept = torch.cuda.memory_reserved(index) - torch.cuda.memory_allocated(index)
    return Memory(total, free + kept)


def start(threads: int, _device: str) -> None:
    """Set threads, determinism and full float32."""
    torch.set_num_threads(threads)
    # Pooling windows that do not overlap are deterministic, though PyTorch warns of all pooling.
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of tensors that keeps nothing for a gradient."""
    lean: Callable[..., Any] = torch.no_grad()(function)
    return lean


def traced(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of tensors that keeps nothing for a gradient."""
    return compiled(function)


def value_and_gradient(objective: Objective) -> ValueAndGradient:
    """Return a function that gives the objective and its gradient."""

    def evaluate(x: Tensor, *more: Any) -> tuple[Tensor, Tensor]:
        x = x.detach().requires_grad_(True)
        value = objective(x, *more)
        (gradient,) = torch.autograd.grad(value, x)
        return value.detach(), gradient

    return evaluate
