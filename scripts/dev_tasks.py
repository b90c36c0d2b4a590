"""What dev.py runs under a supported Python: the demo, the tests, what is handed out.

The demo and the engine's tests run in ``.venv``. The Maya side's run once more in an environment
for each Maya, with that Maya's Python and Qt and without the engine.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from environment import Environment
from installer import interpreters
from installer.errors import SetupError

ROOT = Path(__file__).resolve().parent.parent
TORCH = "2.13.0"
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
# A file's tests share what they have made, so a file stays with one process.
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile")
PYTEST = ("-m", "pytest")
MEASURED = ("-m", "coverage", "run", *PYTEST)  # what it measures is in pyproject.toml
WITHOUT_TORCH = f"""\
==============================================================================
The PyTorch tests will be SKIPPED: pip found no CPU build of torch {TORCH} here,
and the ordinary one would bring several gigabytes of CUDA libraries along.
To run them, install a CPU build of torch {TORCH} (the selector on PyTorch's
site prints the command) with this Python, then run this command again:
    {{python}}
=============================================================================="""

NO_PYTHON = """\
==============================================================================
The Maya side's tests for {name} will NOT RUN: no Python {version} with its venv
and ensurepip modules was found on the PATH or among pyenv's versions.
To run them, install that Python, then run this command again.
=============================================================================="""


def demo(environment: Environment) -> int:
    """Make the demo's pictures in demo_output; return the exit code."""
    environment.prepare("engine")
    output = ROOT / "demo_output"
    return environment.call("-m", "maya_stylize.demo", str(output))


def package(environment: Environment, with_model: bool) -> int:
    """Make what is handed out in dist; return the exit code."""
    environment.prepare("engine")
    options = ["--with-model"] if with_model else []
    return environment.call("scripts/distribution.py", *options)


def coverage(environment: Environment, arguments: list[str]) -> int:
    """Run what `test` runs, then say which lines and branches ran, processes of tests included.

    Returns:
        The code of the tests, else that of the report.
    """
    environment.prepare("test")
    (ROOT / "build" / "coverage").mkdir(parents=True, exist_ok=True)
    environment.call("-m", "coverage", "erase")
    code = test(environment, arguments, MEASURED)
    reports = (("combine", "--quiet"), ("html", "--quiet"), ("report",))
    codes = [environment.call("-m", "coverage", *report) for report in reports]
    return next((code for code in (code, *codes) if code), 0)


def test(environment: Environment, arguments: list[str], runner: tuple[str, ...]) -> int:
    """Run the suite, and without arguments the Maya side's part of it for each Maya too.

    Args:
        environment: The engine's.
        arguments: Those of pytest.
        runner: What Python is told to run, before them.

    Returns:
        pytest's own exit code, the first that is not 0 where there are several.
    """
    environment.prepare("test")
    if not environment.provide_cpu_only("torch", TORCH):
        print(WITHOUT_TORCH.format(python=environment.python), file=sys.stderr, flush=True)
    chosen = arguments or SIDE_BY_SIDE
    codes: dict[str, int | None] = {"engine": environment.call(*runner, *chosen)}
    if not arguments:
        for name in MAYAS:
            codes[name] = test_maya_side(name, environment, runner)
        for name, code in codes.items():
            result = "NOT RUN" if code is None else "passed" if code == 0 else "FAILED"
            print(f"{name:10} {result}", flush=True)
    return next((code for code in codes.values() if code), 0)


def test_maya_side(name: str, engine: Environment, runner: tuple[str, ...]) -> int | None:
    """Run the Maya side's tests as in one Maya; return pytest's exit code, None without Python."""
    version = MAYAS[name]
    base = interpreters.find((version,))
    if base is None:
        print(NO_PYTHON.format(name=name, version=version), file=sys.stderr, flush=True)
        return None
    environment = Environment(ROOT, f".venv-{name}", base)
    try:
        environment.prepare(name)
    except SetupError as failure:
        print(f"error: {failure}", file=sys.stderr, flush=True)
        return 1
    print(f"\nThe Maya side as in {name}, Python {version}:", flush=True)
    # A real worker runs on the engine's Python, as it does in Maya.
    variables = {"MAYA_STYLIZE_PYTHON": str(engine.python)}
    paths = MAYA_SIDE + (WITHOUT_QT if name in OLDEST_AND_NEWEST else ())
    codes = [environment.call(*runner, *part, **variables) for part in (PANEL, paths)]
    return next((code for code in codes if code), 0)


def main(arguments: list[str]) -> int:
    """Read the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="dev.py", description="Make environments with pinned dependencies and run a task."
    )
    tasks = parser.add_subparsers(dest="task", metavar="TASK", required=True)
    tasks.add_parser("demo", help="fetch the model and make the pictures in demo_output")
    texts = {
        "test": "run the whole suite; what follows goes to pytest, which then runs in .venv alone",
        "coverage": "run the same, then report which lines ran, here and in build/coverage/html",
    }
    for task, text in texts.items():
        # An option belongs to pytest, not to this parser.
        tests = tasks.add_parser(task, help=text, add_help=False, prefix_chars="\0")
        tests.add_argument("pytest", nargs="*")
    tasks.add_parser("package", help="make a zip for artists and a wheel in dist").add_argument(
        "--with-model", action="store_true", help="bundle the converted model"
    )
    options = parser.parse_args(arguments)
    environment = Environment(ROOT)
    try:
        if options.task == "demo":
            return demo(environment)
        if options.task == "package":
            return package(environment, options.with_model)
        if options.task == "coverage":
            return coverage(environment, options.pytest)
        return test(environment, options.pytest, PYTEST)
    except SetupError as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
