"""What the installer asks of a machine: its Mayas, the user's folder, its graphics card."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

YEARS = ("2024", "2025", "2026", "2027")
PLATFORMS = {"win32": "win64", "darwin": "mac", "linux": "linux"}  # in a module file's words
HOMES = {  # below a user's home folder
    "win32": Path("Documents", "maya"),
    "darwin": Path("Library", "Preferences", "Autodesk", "maya"),
    "linux": Path("maya"),
}
_DOCUMENTS = 5  # CSIDL_PERSONAL: the documents folder may lie elsewhere than in the home


@dataclass(frozen=True)
class Maya:
    """An installed Maya.

    Attributes:
        year: Its version, such as "2025".
        mayapy: Its Python.
    """

    year: str
    mayapy: Path


@dataclass(frozen=True)
class Machine:
    """A machine and its user, as far as an installation depends on them.

    Attributes:
        system: "win32", "darwin" or "linux".
        environment: The process's variables.
        home: The user's home folder.
        applications: Folders that hold Mayas, each in a folder named like "maya2025".
        nvidia: Whether there is a working NVIDIA card.
        apple_silicon: Whether it is a Mac with Apple's own processor.
    """

    system: str
    environment: Mapping[str, str]
    home: Path
    applications: tuple[Path, ...]
    nvidia: bool
    apple_silicon: bool

    @classmethod
    def here(cls) -> Machine:
        """Return this machine."""
        return cls(
            sys.platform,
            dict(os.environ),
            _home(),
            tuple(_applications()),
            _has_nvidia(),
            sys.platform == "darwin" and platform.machine() == "arm64",
        )

    def mayas(self) -> list[Maya]:
        """Return the installed Mayas that are supported, the oldest first."""
        folders = [path for root in self.applications for path in sorted(root.glob("[Mm]aya20*"))]
        if self.environment.get("MAYA_LOCATION"):
            folders.append(Path(self.environment["MAYA_LOCATION"]))
        found = {}
        for folder in folders:
            year = re.search(r"maya(20\d\d)", str(folder), re.IGNORECASE)
            mayapy = self._mayapy(folder)
            if year and year[1] in YEARS and mayapy.is_file():
                found[year[1]] = Maya(year[1], mayapy)
        return [found[year] for year in sorted(found)]

    def maya_folder(self) -> Path:
        """Return the folder of Maya's files for this user, ``MAYA_APP_DIR`` where that is set."""
        chosen = self.environment.get("MAYA_APP_DIR")
        return Path(chosen) if chosen else self.home / HOMES[self.system]

    def _mayapy(self, folder: Path) -> Path:
        if self.system == "darwin" and folder.name != "Contents":
            folder = folder / "Maya.app" / "Contents"
        return folder / "bin" / ("mayapy.exe" if self.system == "win32" else "mayapy")


def _home() -> Path:
    if sys.platform != "win32":
        return Path.home()
    documents = ctypes.create_unicode_buffer(260)
    ctypes.windll.shell32.SHGetFolderPathW(None, _DOCUMENTS, None, 0, documents)
    return Path(documents.value).parent


def _applications() -> Iterator[Path]:
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


def _has_nvidia() -> bool:
    try:
        listed = subprocess.run(
            ["nvidia-smi", "-L"], stdin=subprocess.DEVNULL, capture_output=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return listed.returncode == 0 and b"GPU 0" in listed.stdout
