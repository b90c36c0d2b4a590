"""What dev.py runs under a supported Python: the demo, the tests, what is handed out.

The demo and the engine's tests run in ``.venv``; the Maya side's tests run once more in an
environment for each Maya (maya_sides.py).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from environment import Environment
from installer.errors import SetupError
from maya_sides import MayaSides

ROOT = Path(__file__).resolve().parent.parent
TORCH = "2.13.0"
# A file's tests share what they have made, so a file stays with one process. The order of the files
# is that of tests/conftest.py.
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
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
    if arguments:
        prepare(environment)
        return environment.call(*runner, *arguments)
    with MayaSides(environment, runner) as sides:
        prepare(environment)
        sides.begin()
        engine = environment.call(*runner, *SIDE_BY_SIDE)
    codes: dict[str, int | None] = {"engine": engine, **sides.codes}
    for name, code in codes.items():
        result = "NOT RUN" if code is None else "passed" if code == 0 else "FAILED"
        print(f"{name:10} {result}", flush=True)
    return next((code for code in codes.values() if code), 0)


def prepare(environment: Environment) -> None:
    """Make the environment of the engine's tests."""
    environment.prepare("test")
    if not environment.provide_cpu_only("torch", TORCH):
        print(WITHOUT_TORCH.format(python=environment.python), file=sys.stderr, flush=True)


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
