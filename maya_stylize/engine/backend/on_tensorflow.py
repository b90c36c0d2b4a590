"""TensorFlow: its devices, its settings, its gradient tape."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import tensorflow as tf

from maya_stylize.engine.backend import cuda
from maya_stylize.engine.backend.types import (
    Faster,
    Memory,
    Objective,
    Tensor,
    ValueAndGradient,
    processor,
)
from maya_stylize.errors import EngineError

MEMORY_ERRORS: tuple[type[Exception], ...] = (MemoryError, tf.errors.ResourceExhaustedError)


def devices() -> dict[str, str]:
    """Return what each device calls itself, by its name here."""
    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    names = [detail.get("device_name", "GPU") for detail in details]
    return {**{f"gpu:{index}": name for index, name in enumerate(names)}, "cpu:0": processor()}


def memory(device: str) -> Memory:
    """Return a GPU's memory in bytes; what TensorFlow once took it keeps, so that this is free."""
    found = cuda.memory(int(device.partition(":")[2]))
    used = tf.config.experimental.get_memory_info(device.upper())
    return Memory(found.total, found.free and found.free + used["peak"] - used["current"])


def start(threads: int, device: str) -> None:
    """Set threads, growing GPU memory, determinism and full float32.

    Args:
        threads: Of one operation on the CPU.
        device: What is computed on.

    Raises:
        EngineError: The process computes with other settings already.
    """
    try:
        # A second job in the same process finds these set.
        if tf.config.threading.get_intra_op_parallelism_threads() != threads:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
        for gpu in tf.config.list_physical_devices("GPU"):
            if not tf.config.experimental.get_memory_growth(gpu):
                tf.config.experimental.set_memory_growth(gpu, True)
    except RuntimeError as error:
        raise EngineError(
            "This process already computes with other settings of TensorFlow.",
            "Start a new process for this job.",
        ) from error
    tf.config.experimental.enable_op_determinism()
    tf.config.experimental.enable_tensor_float_32_execution(False)
    # On a CPU it rewrites graphs for seconds, and no step is any quicker for it.
    on_cpu = device.startswith("cpu")
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": on_cpu})
    # oneDNN remarks at the first such cast of a process that it leaves them to others.
    tf.cast(tf.zeros(()), tf.float16)


@lru_cache
def convolution(threads: int) -> Faster:
    """Return what makes a layer that convolves faster than Keras's own on the CPU.

    Args:
        threads: Of one operation.
    """
    from maya_stylize.engine.backend.winograd import WinogradConvolution  # it imports Keras

    def make(weight: Any, bias: Any, padding: str, name: str) -> WinogradConvolution | None:
        if not WinogradConvolution.pays(weight):
            return None
        return WinogradConvolution(weight, bias, padding, threads, name)

    return make


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of tensors, traced once for pictures of any size."""
    traced: dict[str, Callable[..., Any]] = {}

    def call(*arguments: Any) -> Any:
        specs = tf.nest.map_structure(_of_any_size, arguments)
        key = repr(specs)
        if key not in traced:
            traced[key] = tf.function(function, input_signature=specs, autograph=False)
        return traced[key](*arguments)

    return call


def traced(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of tensors, traced once for pictures of any size."""
    return compiled(function)


def value_and_gradient(objective: Objective) -> ValueAndGradient:
    """Return a function that gives the objective and its gradient, traced like `compiled`."""

    def evaluate(x: Tensor, *more: Any) -> tuple[Tensor, Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = objective(x, *more)
        return value, tape.gradient(value, x)

    return compiled(evaluate)


def _of_any_size(tensor: Tensor) -> tf.TensorSpec:
    """Return what a tensor is but for a picture's height and width."""
    shape = tensor.shape
    if len(shape) == 4:
        shape = (shape[0], None, None, shape[3])
    return tf.TensorSpec(shape, tensor.dtype)
