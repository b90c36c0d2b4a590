"""How a worker is started: its interpreter, its environment, its log."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maya_stylize import logs, settings
from maya_stylize.errors import WorkerError

# The engine's interpreter; the setting is the installer's, the variable goes before it.
PYTHON_VARIABLE = "MAYA_STYLIZE_PYTHON"
PYTHON_SETTING = "engine_python"
# A folder of packages for an interpreter that has none of its own (pip install --target).
PACKAGES_VARIABLE = "MAYA_STYLIZE_PACKAGES"
PACKAGES_SETTING = "engine_packages"
ENGINE_PACKAGES = ("numpy", "keras", "h5py", "OpenImageIO")

# What Maya sets for its own Python and Qt, and what would lead another Python astray.
_MAYAS_OWN = ("PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Launch:
    """What a transport needs to start a worker.

    Attributes:
        command: The interpreter and its arguments.
        environment: All of the worker's variables.
        log: The file that takes its stderr.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path


def find() -> Launch:
    """Return how to start a worker from this process.

    Raises:
        WorkerError: No interpreter has the engine, or the log cannot be written.
    """
    python = _interpreter()
    log = logs.fresh("worker", WorkerError)
    worker = Path(__file__).resolve().parent / "__main__.py"
    command = (str(python), str(worker), "--parent", str(os.getpid()), "--log", str(log))
    return Launch(command, _environment(), log)


def engine_is_here() -> bool:
    """Return whether this very Python has the engine, and is not Maya's."""
    there = all(importlib.util.find_spec(name) is not None for name in ENGINE_PACKAGES)
    return there and not Path(sys.executable).stem.lower().startswith("maya")


def _interpreter() -> Path:
    named = os.environ.get(PYTHON_VARIABLE)
    source = f"the variable {PYTHON_VARIABLE}"
    if not named:
        named, source = settings.load().get(PYTHON_SETTING), f"the setting {PYTHON_SETTING}"
    if named:
        if not isinstance(named, str) or not Path(named).is_file():
            raise WorkerError(
                f"The engine's Python is not there: {source} names {named}.",
                "Run the installer again; it mends that.",
            )
        return Path(named)
    if not engine_is_here():
        raise WorkerError(
            "The engine is not installed.",
            f"Run the installer, or put the Python that has it into {PYTHON_VARIABLE}.",
        )
    return Path(sys.executable)


def _environment() -> dict[str, str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in _MAYAS_OWN and not name.startswith("QT_")
    }
    packages = os.environ.get(PACKAGES_VARIABLE) or settings.load().get(PACKAGES_SETTING)
    if isinstance(packages, str):
        environment[PACKAGES_VARIABLE] = packages
    return environment
