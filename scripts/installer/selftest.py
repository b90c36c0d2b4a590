"""The self-test of what is installed, run by the Python of an installed Maya.

``mayapy -m maya_stylize.selftest`` alone finds nothing: Maya reads module files only once it is
initialized, and the package would have to be on the path before.
"""

from __future__ import annotations

import subprocess
from collections.abc import Collection
from pathlib import Path

from installer import layout, receipt
from installer.errors import SetupError
from installer.layout import Places
from installer.machine import Machine
from maya_stylize.mayas import Maya

MODULE = "maya_stylize.selftest"


def run(where: Places, machine: Machine, years: Collection[str]) -> int:
    """Run the self-test in each Maya; what it prints goes straight to the user.

    Args:
        where: Where the installation lies.
        machine: The machine with the Mayas.
        years: Years of the Mayas to try; empty for all that are found and served.

    Returns:
        0, or the first exit code of a self-test that is another.

    Raises:
        SetupError: Nothing is installed, it is not whole, there is no such Maya, or its Python
            cannot be run to the end.
    """
    there = receipt.read(where.receipt)
    if there is None:
        raise SetupError(f"Nothing is installed in {where.modules}: install it first.")
    packages = where.module / layout.PACKAGES
    if not packages.joinpath(*MODULE.split(".")).with_suffix(".py").is_file():
        raise SetupError(f"{packages} has no self-test: run install again, which mends it.")
    codes = []
    for maya in _chosen(machine, there.mayas, years):
        print(f"Maya {maya.year} ({maya.mayapy})", flush=True)
        codes.append(_try(maya, packages, machine))
    return next((code for code in codes if code), 0)


def _chosen(machine: Machine, served: list[str], years: Collection[str]) -> list[Maya]:
    found = {maya.year: maya for maya in machine.mayas()}
    wanted = list(years) or [year for year in found if year in served]
    missing = [year for year in wanted if year not in found]
    if missing or not wanted:
        raise SetupError(
            f"No Maya {' or '.join(missing or served)} was found; found: "
            f"{', '.join(found) or 'none'}.\n"
            "Name another one with --maya, or set MAYA_LOCATION to the folder that Maya is in."
        )
    return [found[year] for year in wanted]


def _try(maya: Maya, packages: Path, machine: Machine) -> int:
    environment = {**machine.environment, "PYTHONPATH": str(packages)}
    environment.pop("PYTHONHOME", None)  # it would be of the Python that runs this
    command = [str(maya.mayapy), "-m", MODULE]
    try:
        # -m looks in the folder it is run in first, which may hold another version of the package.
        done = subprocess.run(command, cwd=packages, env=environment, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise SetupError(
            f"{maya.mayapy} cannot be started: {error.strerror}.\n"
            "See that this Maya is installed completely and starts by itself."
        ) from error
    if done.returncode < 0:
        raise SetupError(
            f"Maya {maya.year} crashed during the self-test (signal {-done.returncode}).\n"
            "Please report that with what is printed above."
        )
    return done.returncode
