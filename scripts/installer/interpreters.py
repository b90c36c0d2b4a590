"""Finding ordinary Pythons by asking each candidate, for a name on the PATH proves nothing.

A name may lead to a version manager's stub, to the store's page on Windows, to a Python without
its venv module, or to another version than it says.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from installer.errors import SetupError

SUPPORTED = ("3.11", "3.12", "3.13", "3.10")  # the best first: 3.10 gets older libraries
FOREIGN = ("PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
# Environments made by Maya's own Python are known to break; Debian leaves out ensurepip.
PROBE = """
import importlib.util, struct, sys, ensurepip, venv
own = importlib.util.find_spec("maya") is not None
print("%d.%d" % sys.version_info[:2], struct.calcsize("P") * 8, "maya" if own else "ordinary")
"""
PATIENCE = 30  # seconds; a cold disk is slow, a stub that waits for an answer must not hold us


def clean_environment() -> dict[str, str]:
    """Return this process's environment less what would let another Python's packages in."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in FOREIGN and not name.startswith("QT_")
    }


def version_of(command: list[str]) -> str | None:
    """Return the version of an ordinary 64 bit Python that can make environments, else None."""
    try:
        process = subprocess.run(
            [*command, "-I", "-c", PROBE],  # the folder it is run in may hold a "maya" of the user
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = process.stdout.decode("ascii", "replace").split()
    if process.returncode or words[1:] != ["64", "ordinary"]:
        return None
    return words[0]


def find(versions: tuple[str, ...] = SUPPORTED) -> list[str] | None:
    """Return the command of the first Python that works, None where none does.

    Args:
        versions: The versions wanted, such as "3.10", the preferred one first.
    """
    for version in versions:
        for command in candidates(version):
            if version_of(command) == version:
                return command
    return None


def make_environment(command: Sequence[str], folder: Path) -> None:
    """Make an empty virtual environment, over an older one where there is one.

    Args:
        command: An ordinary Python.
        folder: The environment's folder.

    Raises:
        SetupError: It cannot be made.
    """
    made = subprocess.run(
        [*command, "-E", "-m", "venv", "--clear", str(folder)],
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if made.returncode:
        raise SetupError(
            f"The virtual environment {folder} cannot be made: {made.stdout.strip()}\n"
            "Delete that folder if it is there, and see that this one can be written to."
        )


def candidates(version: str) -> Iterator[list[str]]:
    """Give the commands that might be a Python of a version, each once.

    Looked at are this process's own Python (never Maya itself), every folder of the PATH, the
    launcher ``py`` on Windows, macOS's framework folders, and pyenv's versions.
    """
    seen = set()
    for path in _paths(version):
        if str(path) not in seen and path.is_file():
            seen.add(str(path))
            yield [str(path)]
    if os.name == "nt":
        yield ["py", f"-{version}"]


def _paths(version: str) -> Iterator[Path]:
    if Path(sys.executable).stem.lower().startswith("python"):
        yield Path(sys.executable)
    names = ("python.exe",) if os.name == "nt" else (f"python{version}", "python3")
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        for name in names:
            yield Path(folder or ".", name).absolute()
    if sys.platform == "darwin":  # a program started from the Dock has a bare PATH
        frameworks = Path("/Library/Frameworks/Python.framework/Versions")
        for folder in (frameworks / version / "bin", "/opt/homebrew/bin", "/usr/local/bin"):
            yield Path(folder, f"python{version}")
    for root in _pyenv_roots():
        for home in sorted((root / "versions").glob(f"{version}.*"), reverse=True):
            yield home / "python.exe" if os.name == "nt" else home / "bin" / f"python{version}"


def _pyenv_roots() -> Iterator[Path]:
    if os.environ.get("PYENV_ROOT"):
        yield Path(os.environ["PYENV_ROOT"])
    try:
        yield Path.home() / ".pyenv" / ("pyenv-win" if os.name == "nt" else "")
    except RuntimeError:  # an account without a home
        return
