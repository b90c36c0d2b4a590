"""Which Mayas are installed on a machine, and where their Python is."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

YEARS = ("2024", "2025", "2026", "2027")


@dataclass(frozen=True)
class Maya:
    """An installed Maya.

    Attributes:
        year: Its version, such as "2025".
        mayapy: Its Python.
    """

    year: str
    mayapy: Path


def installed(applications: Iterable[Path], location: str, system: str) -> list[Maya]:
    """Return the installed Mayas that are supported, the oldest first.

    Args:
        applications: Folders that hold Mayas, each in a folder named like "maya2025".
        location: The variable ``MAYA_LOCATION``, which goes before those; may be empty.
        system: "win32", "darwin" or "linux".
    """
    folders = [path for root in applications for path in sorted(root.glob("[Mm]aya20*"))]
    if location:
        folders.append(Path(location))
    found = {}
    for folder in folders:
        year = re.search(r"maya(20\d\d)", str(folder), re.IGNORECASE)
        mayapy = mayapy_of(folder, system)
        if year and year[1] in YEARS and mayapy.is_file():
            found[year[1]] = Maya(year[1], mayapy)
    return [found[year] for year in sorted(found)]


def mayapy_of(folder: Path, system: str) -> Path:
    """Return where the Python of a Maya is; it need not be there.

    Args:
        folder: Maya's, as ``MAYA_LOCATION`` names it.
        system: As for `installed`.
    """
    if system == "darwin" and folder.name != "Contents":
        folder = folder / "Maya.app" / "Contents"
    return folder / "bin" / ("mayapy.exe" if system == "win32" else "mayapy")


def applications() -> Iterator[Path]:
    """Give the folders that hold this machine's Mayas."""
    if sys.platform == "win32":
        yield Path(os.environ.get("PROGRAMFILES", r"C:\Program Files"), "Autodesk")
        yield from _registered()
    elif sys.platform == "darwin":
        yield Path("/Applications/Autodesk")
    else:
        yield Path("/usr/autodesk")
        yield Path("/opt/autodesk")


if sys.platform == "win32":
    import winreg

    def _registered() -> Iterator[Path]:
        """Give the folders around those Mayas that Windows knows of."""
        for year in YEARS:
            name = rf"SOFTWARE\Autodesk\Maya\{year}\Setup\InstallPath"
            try:
                with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, name) as key:
                    location = winreg.QueryValueEx(key, "MAYA_INSTALL_LOCATION")[0]
            except OSError:  # it is not installed
                continue
            yield Path(location).parent
