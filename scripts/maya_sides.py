"""The Maya side's tests in an environment for each Maya, with its Python and Qt and no engine.

They run one environment after another, beside the engine's tests. What they print is kept until
those are done.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from environment import Environment
from installer import interpreters
from installer.errors import SetupError

ROOT = Path(__file__).resolve().parent.parent
MAYAS = {"maya2024": "3.10", "maya2025": "3.11", "maya2027": "3.13"}
# The panel's tests have a process of their own: what the scene's tests leave behind of docked
# panels can hit a new widget at the same address.
PANEL = ("tests/ui",)
MAYA_SIDE = (
    "tests/test_maya_environment.py",
    "tests/host",
    "tests/docs/test_mayapy.py",
    "tests/docs/test_modes.py",
    "tests/install/test_dropped.py",
    "tests/worker/client",
)
# What depends on the Python and not on Qt runs on the oldest and the newest; .venv is between.
OLDEST_AND_NEWEST = ("maya2024", "maya2027")
WITHOUT_QT = (
    "tests/install",
    "tests/test_checks.py",
    "tests/test_files.py",
    "tests/test_job_sources.py",
    "tests/test_jobs.py",
    "tests/test_ledger.py",
    "tests/test_public_api.py",
    "tests/test_recipes.py",
    "tests/test_settings.py",
    "tests/test_tile_sets.py",
    "tests/worker/test_pool.py",
)
NO_PYTHON = """\
==============================================================================
The Maya side's tests for {name} will NOT RUN: no Python {version} with its venv
and ensurepip modules was found on the PATH or among pyenv's versions.
To run them, install that Python, then run this command again.
=============================================================================="""


class MayaSides:
    """The runs, begun on entering the context; leaving it waits for them.

    Attributes:
        codes: After the context: pytest's exit code by the Maya's name; None without its Python.

    Args:
        engine: The engine's environment: real workers run on its Python, as in Maya.
        runner: What Python is told to run, before pytest's arguments.
    """

    def __init__(self, engine: Environment, runner: tuple[str, ...]) -> None:
        self.codes: dict[str, int | None] = {}
        self._engine, self._runner = engine, runner
        self._ready, self._stopped = threading.Event(), threading.Event()
        self._open = ExitStack()

    def __enter__(self) -> MayaSides:
        # Unbuffered, for the tests' processes write to it too.
        self._printed = self._open.enter_context(tempfile.TemporaryFile(buffering=0))
        self._done = self._open.enter_context(ThreadPoolExecutor(1)).submit(self._run)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._open:
            try:
                if error is not None:
                    self._stopped.set()
                self._ready.set()
                self._done.result()
            except KeyboardInterrupt:  # has reached what runs now, and nothing more is begun
                self._stopped.set()
                raise
            self._printed.seek(0)
            print(self._printed.read().decode("utf-8", "replace"), end="", flush=True)

    def begin(self) -> None:
        """Begin with the tests: the engine's environment is complete."""
        self._ready.set()

    def _run(self) -> None:
        prepared = {name: self._prepare(name) for name in MAYAS if not self._stopped.is_set()}
        self._ready.wait()
        for name, environment in prepared.items():
            if environment is not None and not self._stopped.is_set():
                self.codes[name] = self._test(name, environment)

    def _prepare(self, name: str) -> Environment | None:
        """Make an environment; where that cannot be, leave its code."""
        version = MAYAS[name]
        self.codes[name] = None
        base = interpreters.find((version,))
        if base is None:
            print(NO_PYTHON.format(name=name, version=version), file=sys.stderr, flush=True)
            return None
        environment = Environment(ROOT, f".venv-{name}", base)
        try:
            environment.prepare(name)
        except SetupError as failure:
            print(f"error: {failure}", file=sys.stderr, flush=True)
            self.codes[name] = 1
            return None
        return environment

    def _test(self, name: str, environment: Environment) -> int:
        self._printed.write(f"\nThe Maya side as in {name}, Python {MAYAS[name]}:\n".encode())
        variables = {"MAYA_STYLIZE_PYTHON": str(self._engine.python)}
        paths = MAYA_SIDE + (WITHOUT_QT if name in OLDEST_AND_NEWEST else ())
        codes = [
            environment.call(*self._runner, *part, output=self._printed, **variables)
            for part in (PANEL, paths)
            if not self._stopped.is_set()
        ]
        return next((code for code in codes if code), 0)
