"""The only place that knows TensorFlow from PyTorch from JAX.

Everything above is ``keras.ops``; here are the devices, the memory, the determinism and the
value and gradient of a function. A process has one Keras backend: `activate` comes before the first
import of anything else in the engine.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from maya_stylize import __version__
from maya_stylize.engine.backend import machine
from maya_stylize.engine.backend.types import (
    Faster,
    Memory,
    Objective,
    Unit,
    ValueAndGradient,
    keras_only,
    processor,
)
from maya_stylize.errors import EngineError

NAMES = ("tensorflow", "torch", "jax")

# Beside the backend's own.
_LIBRARIES = ("keras", "numpy", "openimageio", "opencolorio")
_in_use: list[Unit] = []

# How the frameworks say that memory ran out, in an error's type or text.
_NO_MEMORY = ("MemoryError", "OutOfMemory", "ResourceExhausted", "RESOURCE_EXHAUSTED", "allocate")


@dataclass(frozen=True)
class Backend:
    """The backend of this process, ready on one device.

    Attributes:
        name: "tensorflow", "torch" or "jax".
        device: Keras's name of the device, such as "cpu:0" or "gpu:0".
        device_name: What the device calls itself.
        data_format: "channels_last" or "channels_first", as the backend likes.
        threads: Threads of one operation on the CPU.
        compiled: Takes a function of tensors and of dictionaries of them, returns the same one
            compiled, once per shape at most, where the backend compiles; no gradient is kept.
        traced: Takes a function of tensors, returns the same one traced, once per shape at most,
            where the backend traces.
        value_and_gradient: Takes such a function with a scalar value, returns one that gives its
            value and its gradient by the first argument; compiled in the same way.
        convolution: Makes the layers that the backend has a faster way for than Keras.
        memory_errors: Errors that may mean that memory ran out.
    """

    name: str
    device: str
    device_name: str
    data_format: str
    threads: int
    compiled: Callable[[Callable[..., Any]], Callable[..., Any]]
    traced: Callable[[Callable[..., Any]], Callable[..., Any]]
    value_and_gradient: Callable[[Objective], ValueAndGradient]
    convolution: Faster
    memory_errors: tuple[type[Exception], ...]

    @property
    def unit(self) -> Unit:
        """What it computes on."""
        return Unit(self.name, self.device, self.device_name, self.threads)

    @contextmanager
    def telling_of_memory(self, work: str) -> Iterator[None]:
        """Turn the backend's own way of running out of memory into our error.

        Args:
            work: What was being done, in words.

        Raises:
            EngineError: Memory ran out in the block.
        """
        try:
            yield
        except self.memory_errors as error:
            if not is_out_of_memory(error):
                raise
            raise EngineError(
                f"{self.device_name} ran out of memory in {work}.",
                "Choose a smaller size or smaller pictures, or the CPU with --device cpu.",
            ) from error

    def scope(self) -> AbstractContextManager[Any]:
        """Return a context in which tensors are made on the device."""
        import keras

        # PyTorch takes "cpu:0" for another place than "cpu" and copies every weight.
        name = self.device.removesuffix(":0") if self.name == "torch" else self.device
        scope: AbstractContextManager[Any] = keras.device(name)
        return scope


def available_threads() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def installed() -> dict[str, str]:
    """Return the version of each backend that is installed, by name."""
    versions = {}
    for name in NAMES:
        if importlib.util.find_spec(name) is None:
            continue
        for distribution in (name, f"{name}-cpu"):
            try:
                versions[name] = metadata.version(distribution)
                break
            except metadata.PackageNotFoundError:
                continue
    return versions


def versions(name: str) -> dict[str, str]:
    """Return the versions of the libraries that decide a result's bytes.

    Raises:
        EngineError: One of them is missing, as in an environment of an earlier version.
    """
    return {
        "maya_stylize": __version__,
        name: installed()[name],
        **{library: _version(library) for library in _LIBRARIES},
    }


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError as error:
        raise EngineError(
            f"{library} is not installed beside the engine.",
            f"Run the installer again, or: python -m pip install {library}.",
        ) from error


def choose(name: str) -> None:
    """Import a backend and make it the one that Keras takes.

    Args:
        name: "tensorflow", "torch" or "jax".

    Raises:
        EngineError: The backend is not installed, or another one is in use already.
    """
    if name not in installed():
        others = ", ".join(installed()) or "none"
        raise EngineError(
            f"The backend {name} is not installed here.",
            f"Install it with: python -m pip install {name}; installed now: {others}.",
        )
    if "keras" in sys.modules:
        in_use = sys.modules["keras"].backend.backend()
        if in_use != name:
            raise EngineError(
                f"This process already runs {in_use}; it cannot change to {name}.",
                "Start a new process for the other backend.",
            )
    os.environ["KERAS_BACKEND"] = name
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # TensorFlow itself takes these only on the newest processors; they help on all.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    # cuBLAS is deterministic only with a fixed workspace, set before its first call.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    flags = os.environ.get("XLA_FLAGS", "")
    if name == "jax" and "xla_gpu_deterministic_ops" not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} --xla_gpu_deterministic_ops=true".strip()
    with _quiet():
        importlib.import_module(name)


def devices(name: str) -> dict[str, str]:
    """Return what a backend can run on: what each device calls itself, by its name here.

    Raises:
        EngineError: As for `choose`.
    """
    found: dict[str, str] = _framework(name).devices()
    return found


def _framework(name: str) -> Any:
    """Return the module here that speaks to a backend."""
    choose(name)
    return importlib.import_module(f"{__name__}.on_{name}")


def activate(name: str, device: str = "auto", threads: int | None = None) -> Backend:
    """Start a backend on one device and return it.

    Deterministic operations are on, float32 is float32 (no TF32), and GPU memory is taken as it is
    needed, so that Maya's viewport keeps its share.

    Args:
        name: "tensorflow", "torch" or "jax".
        device: "auto" (the first GPU, else the CPU), "cpu", "gpu" or "gpu:N".
        threads: Threads of one operation on the CPU; None is as many as there are processors.

    Raises:
        EngineError: The backend is not installed, another one is in use already, there is no such
            device, or the process already computes with another number of threads.
    """
    threads = threads or available_threads()
    os.environ["NPROC"] = str(threads)  # JAX reads it when it first looks for devices
    found = devices(name)
    chosen = _pick(device, found, name)
    framework = _framework(name)
    with _quiet():
        framework.start(threads, chosen)
    # Channels last was the faster on the CPU in all three; PyTorch's GPU kernels are native to
    # channels first.
    on_cpu = chosen.startswith("cpu")
    data_format = "channels_first" if name == "torch" and not on_cpu else "channels_last"
    unit = Unit(name, chosen, found[chosen], threads)
    _in_use[:] = [unit]
    return Backend(
        name=name,
        device=chosen,
        device_name=unit.device_name,
        data_format=data_format,
        threads=threads,
        compiled=framework.compiled,
        traced=framework.traced,
        value_and_gradient=framework.value_and_gradient,
        convolution=framework.convolution(threads) if unit.has_faster else keras_only,
        memory_errors=framework.MEMORY_ERRORS,
    )


def memory(device: str) -> Memory:
    """Return a device's memory in bytes; 0 where it is not known, or its backend not started.

    Args:
        device: As `devices` names it, such as "cpu:0" or "gpu:0".
    """
    if device.startswith("cpu"):
        return machine.memory()
    name = os.environ.get("KERAS_BACKEND", "")
    if name not in NAMES or name not in sys.modules:
        return Memory(0, 0)
    found: Memory = _framework(name).memory(device)
    return found


def unit_for(name: str, device: str) -> Unit:
    """Return what a job would be computed on, as far as that is known without a start.

    It is what this process computes on already, else the CPU.

    Args:
        name: The job's backend.
        device: The job's device.
    """
    if device != "cpu" and _in_use and _in_use[0].backend == name:
        return _in_use[0]
    return Unit(name, "cpu:0", processor(), available_threads())


def free_memory(device: str) -> int:
    """Return how many bytes of a device's memory a job can have; 0 where that is not known."""
    return memory(device).free


def _pick(wanted: str, found: dict[str, str], name: str) -> str:
    gpus = [device for device in found if not device.startswith("cpu")]
    if wanted == "auto":
        return gpus[0] if gpus else "cpu:0"
    chosen = wanted if ":" in wanted else f"{wanted}:0"
    if chosen == "gpu:0" and gpus == ["mps:0"]:
        return "mps:0"
    if chosen not in found:
        raise EngineError(
            f"{name} finds no device {wanted}; it finds: {', '.join(found)}.",
            'Choose one of these with --device, or leave "auto"; a GPU needs its driver and a '
            f"build of {name} made for it.",
        )
    return chosen


def is_out_of_memory(error: BaseException) -> bool:
    """Whether this is how a framework, or Python, says that memory ran out."""
    return any(word in f"{type(error).__name__} {error}" for word in _NO_MEMORY)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what native libraries print while they load from the user's screen."""
    sys.stderr.flush()
    screen = os.dup(2)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            kept.seek(0)
            os.write(screen, kept.read())
            raise
        finally:
            os.dup2(screen, 2)
            os.close(screen)
