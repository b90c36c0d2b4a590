"""What dev.py runs under a supported Python: the demo and the tests, each in ``.venv``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from environment import Environment, SetupError

ROOT = Path(__file__).resolve().parent.parent
TORCH = "2.13.0"
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


def test(environment: Environment, arguments: list[str]) -> int:
    """Run the suite; return pytest's own exit code."""
    environment.prepare("test")
    if not environment.provide_cpu_only("torch", TORCH):
        print(WITHOUT_TORCH.format(python=environment.python), file=sys.stderr, flush=True)
    return environment.call("-m", "pytest", *arguments)


def main(arguments: list[str]) -> int:
    """Read the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="dev.py", description="Make .venv with pinned dependencies and run a task in it."
    )
    tasks = parser.add_subparsers(dest="task", metavar="TASK", required=True)
    tasks.add_parser("demo", help="fetch the model and make the pictures in demo_output")
    tasks.add_parser(
        "test",
        help="run the whole suite; what follows goes to pytest",
        add_help=False,
        prefix_chars="\0",  # an option belongs to pytest, not to this parser
    ).add_argument("pytest", nargs="*")
    options = parser.parse_args(arguments)
    environment = Environment(ROOT)
    try:
        return demo(environment) if options.task == "demo" else test(environment, options.pytest)
    except SetupError as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
