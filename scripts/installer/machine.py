"""What the installer asks of a machine: its Mayas, the user's folder, its graphics card."""

from __future__ import annotations

import ctypes
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maya_stylize.mayas import Maya, applications, installed

PLATFORMS = {"win32": "win64", "darwin": "mac", "linux": "linux"}  # in a module file's words
HOMES = {  # below a user's home folder
    "win32": Path("Documents", "maya"),
    "darwin": Path("Library", "Preferences", "Autodesk", "maya"),
    "linux": Path("maya"),
}
_DOCUMENTS = 5  # CSIDL_PERSONAL: the documents folder may lie elsewhere than in the home


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
            tuple(applications()),
            _has_nvidia(),
            sys.platform == "darwin" and platform.machine() == "arm64",
        )

    def mayas(self) -> list[Maya]:
        """Return the installed Mayas that are supported, the oldest first."""
        location = self.environment.get("MAYA_LOCATION", "")
        return installed(self.applications, location, self.system)

    def maya_folder(self) -> Path:
        """Return the folder of Maya's files for this user, ``MAYA_APP_DIR`` where that is set."""
        chosen = self.environment.get("MAYA_APP_DIR")
        return Path(chosen) if chosen else self.home / HOMES[self.system]


def _home() -> Path:
    if sys.platform != "win32":
        return Path.home()
    documents = ctypes.create_unicode_buffer(260)
    ctypes.windll.shell32.SHGetFolderPathW(None, _DOCUMENTS, None, 0, documents)
    return Path(documents.value).parent


def _has_nvidia() -> bool:
    try:
        listed = subprocess.run(
            ["nvidia-smi", "-L"], stdin=subprocess.DEVNULL, capture_output=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return listed.returncode == 0 and b"GPU 0" in listed.stdout
