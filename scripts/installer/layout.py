"""What an installed module looks like to Maya.

One module file names, for each Maya, a folder beside it: ``scripts`` and ``icons``, which Maya
finds by their names, ``shelves``, and ``bin``, which is not for Maya. All paths in it are relative,
so that it is plain ASCII wherever it lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from installer.machine import PLATFORMS, Machine
from maya_stylize import settings

NAME = "maya-stylize"
MODULE_FILE = "maya_stylize.mod"
ENGINE_FOLDER = "engine"
MODEL_FOLDER = "model"
PACKAGES = "scripts"
COMMANDS = "bin"
FOLDERS = (PACKAGES, COMMANDS, "icons", "shelves")


@dataclass(frozen=True)
class Places:
    """Where an installation lies.

    Attributes:
        modules: The folder of module files.
        engines: The folder of the engine's environments.
        shared: Whether it is a studio's.
    """

    modules: Path
    engines: Path
    shared: bool

    @property
    def module(self) -> Path:
        """The module's own folder."""
        return self.modules / NAME

    @property
    def receipt(self) -> Path:
        """The installation's receipt."""
        return self.module / "receipt.json"

    @property
    def model(self) -> Path:
        """Where the converted model lies, or will."""
        if self.shared:
            return self.module / MODEL_FOLDER / settings.MODEL_NAME
        return settings.cached_model()


def places(machine: Machine, shared: Path | None) -> Places:
    """Return where an installation lies, or would.

    Args:
        machine: For which user.
        shared: A studio's folder; None for this user alone.
    """
    if shared:
        modules = shared.absolute()
        return Places(modules, modules / NAME / ENGINE_FOLDER, True)
    engines = settings.user_folder() / ENGINE_FOLDER
    return Places(machine.maya_folder() / "modules", engines, False)


def contents(source: Path) -> dict[str, Path]:
    """Return the files of the module: each one's source by its path below the modules' folder."""
    found = {}
    for path in sorted((source / "maya_stylize").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            inner = path.relative_to(source).as_posix()
            found[f"{NAME}/{PACKAGES}/{inner}"] = path
    for path in sorted((source / "shelf").rglob("*")):
        if path.suffix == ".mel":
            found[f"{NAME}/shelves/{path.name}"] = path
        elif path.suffix in (".svg", ".png"):
            found[f"{NAME}/icons/{path.name}"] = path
    return found


def module_file(version: str, mayas: list[str], system: str, variables: list[str]) -> str:
    """Return the text of the module file.

    Args:
        version: The package's version.
        mayas: Years of the Mayas that take the module.
        system: Python's name of the platform.
        variables: Further lines for each Maya, such as "NAME:=path below the module".
    """
    blocks = []
    for year in mayas:
        head = f"+ MAYAVERSION:{year} PLATFORM:{PLATFORMS[system]} {NAME} {version} ./{NAME}"
        blocks.append("\n".join([head, "MAYA_SHELF_PATH+:=shelves", *variables]))
    return "\n\n".join(blocks) + "\n"


def engine_variables(places: Places, python: Path, packages: Path | None) -> list[str]:
    """Return the lines that tell every user of a shared module which Python has the engine."""
    if packages is None:
        return [f"MAYA_STYLIZE_PYTHON:={python.relative_to(places.module).as_posix()}"]
    return [
        f"MAYA_STYLIZE_PYTHON={python.as_posix()}",
        f"MAYA_STYLIZE_PACKAGES:={packages.relative_to(places.module).as_posix()}",
    ]
