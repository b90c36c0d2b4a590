"""The command line: one module per group of commands."""

from __future__ import annotations

import argparse
import errno
import faulthandler
import importlib
import io
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from maya_stylize import __version__
from maya_stylize.cli.failures import report
from maya_stylize.cli.interrupt import CANCELLED
from maya_stylize.errors import JobError, StylizeError

# The module of each command. Only that of the command named is loaded: the panel is shown in
# environments that have none of the engine's packages.
MODULES = {
    "synthesize": "jobs",
    "stylize": "jobs",
    "repair": "repair",
    "material": "material",
    "batch": "batch",
    "farm": "farm",
    "run": "jobs",
    "convert": "convert",
    "normalize": "convert",
    "model": "model",
    "info": "info",
    "panel": "panel",
    "mayapy": "mayapy",
}

FAILED = 1
WRONG_USAGE = 2
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when it is done, 1 when it failed, 2 when it was used wrongly, 130 when it was cancelled.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a pipe's encoding may lack a path's letters
        sys.stdout.reconfigure(errors="backslashreplace")
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        parsed = _parser(arguments).parse_args(arguments)
        code: int = parsed.run(parsed)
        sys.stdout.flush()
    except StylizeError as error:
        report(error)
        return WRONG_USAGE if isinstance(error, JobError) else FAILED
    except KeyboardInterrupt:
        print("maya-stylize: cancelled.", file=sys.stderr)
        return CANCELLED
    except BrokenPipeError:
        # Whoever read our output has gone; keep the interpreter from complaining at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            named = f" ({error.filename})" if error.filename else ""
            print(f"maya-stylize: {os.strerror(error.errno)}{named}.", file=sys.stderr)
            print("  Make room for what is printed and for temporary files.", file=sys.stderr)
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FAILED
        details = _keep(traceback.format_exc())
        print(f"maya-stylize: an error that should not happen: {error!r}", file=sys.stderr)
        print(f"  Please report it with the details in {details}.", file=sys.stderr)
        return FAILED
    return code


def program() -> NoReturn:
    """Run one command as a program and end the process with its code.

    What may crash in a native library does so in a child of this process; see `guard`.
    """
    if sys.stderr is None:  # `print` would take stdout instead
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    with suppress(AttributeError, OSError, RuntimeError, ValueError):  # it may have no descriptor
        faulthandler.enable()  # a crash in a native library is told too, and where it happened
    if sys.platform == "linux":
        from maya_stylize.cli import guard

        if guard.is_for(sys.argv[1:]):
            guard.begin(sys.argv[1:])
    code = main()
    if code == CANCELLED:
        # Threads of a native library may still be at work, and their teardown can crash.
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _keep(details: str) -> Path:
    """Write what only a developer wants to read to a file, and say where."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="maya-stylize-", suffix=".log", delete=False, encoding="utf-8"
    ) as file:
        file.write(details)
    return Path(file.name)


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="maya-stylize",
        description="Texture synthesis and style transfer with the normalized VGG-19.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    named = [MODULES[name] for name in arguments[:1] if name in MODULES]
    for module in named or dict.fromkeys(MODULES.values()):
        importlib.import_module(f"maya_stylize.cli.{module}").add_parsers(commands)
    return parser
