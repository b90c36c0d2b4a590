"""The commands, from their options to their exit codes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from installer import layout, overview, receipt, removal, selftest
from installer.errors import SetupError
from installer.installation import Request, install
from installer.layout import Places
from installer.machine import Machine
from maya_stylize import __version__
from maya_stylize.errors import StylizeError


def run(options: argparse.Namespace, source: Path, machine: Machine) -> int:
    """Run one command of install.py.

    Args:
        options: The command line.
        source: The folder that holds the package, requirements/, shelf/ and scripts/.
        machine: The machine and user to install for.

    Returns:
        0 when it is done, 1 when it failed or what is installed is not whole, 130 when it was
        cancelled; for the self-test, its own exit code.
    """
    try:
        where = layout.places(machine, options.shared)
        if options.task == "status":
            lines, whole = overview.describe(where, machine)
            print(*lines, sep="\n")
            return 0 if whole else 1
        if options.task == "uninstall":
            print(*removal.uninstall(where, options.maya or ()), sep="\n")
            return 0
        if options.task == "selftest":
            return selftest.run(where, machine, options.maya or ())
        request = _request(options, where)
        install(source, request, machine, lambda line: print(line, flush=True))
    except (SetupError, StylizeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("cancelled; run this again to go on.", file=sys.stderr)
        return 130
    return 0


def _request(options: argparse.Namespace, where: Places) -> Request:
    if options.wheelhouse and not options.wheelhouse.is_dir():
        raise SetupError(f"{options.wheelhouse} is not a folder of wheels.")
    if options.model and not options.model.is_file():
        raise SetupError(f"{options.model} is not a model file.")
    years, build = tuple(options.maya or ()), options.backend
    if options.task == "upgrade":
        old = receipt.read(where.receipt)
        if old is None:
            raise SetupError(f"Nothing is installed in {where.modules}: install it first.")
        print(f"Upgrading from {old.version} to {__version__}")
        years, build = years or tuple(old.mayas), build or old.build
    wheelhouse = options.wheelhouse.absolute() if options.wheelhouse else None
    return Request(years, options.python, wheelhouse, options.model, build, options.shared)
