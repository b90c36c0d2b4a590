"""The receipt of an installation: what was put where, so that exactly that can be removed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from installer.errors import SetupError
from maya_stylize.files import replacing


@dataclass(frozen=True)
class Receipt:
    """What an installation consists of.

    Written before the first of these things is made, and again when all are there.

    Attributes:
        version: Of the package.
        complete: False while an installation is under way, or after one was interrupted.
        mayas: Years of the Mayas that it serves.
        shared: Whether it is a studio's, for many users.
        build: The engine's build.
        engine: The folder of the engine's environment, among the others of its kind; empty before
            there is one.
        device: What the engine ran on when it was tried.
        files: Paths below the folder of module files, with "/".
        folders: Folders that were missing and had to be made, the outer ones first.
        settings: Names of the settings that were set.
        model: Whether a model was put where there was none.
    """

    version: str
    complete: bool
    mayas: list[str]
    shared: bool
    build: str
    engine: str = ""
    device: str = ""
    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    model: bool = False


def read(path: Path) -> Receipt | None:
    """Return the receipt at `path`, None where there is none.

    Raises:
        SetupError: It cannot be read, or is damaged.
    """
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        receipt = Receipt(**content)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError) as error:
        raise _damaged(path, str(error)) from error
    for name, value in asdict(Receipt("", False, [], False, "")).items():
        if type(getattr(receipt, name)) is not type(value):
            raise _damaged(path, f"the value of {name}")
    for name in ("mayas", "files", "folders", "settings"):
        if not all(isinstance(item, str) for item in getattr(receipt, name)):
            raise _damaged(path, f"an item of {name}")
    if not all(_is_inside(name) for name in receipt.files):
        raise _damaged(path, "a file outside the installation")
    return receipt


def write(path: Path, receipt: Receipt) -> None:
    """Replace the receipt at `path` as a whole.

    Raises:
        StylizeError: It cannot be written.
    """
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(asdict(receipt), indent=1) + "\n", encoding="utf-8")


def extend(old: Receipt | None, new: Receipt) -> Receipt:
    """Return the receipt of an installation over an older one: what either of them put there."""
    if old is None:
        return new
    return replace(
        new,
        engine=old.engine,
        device=old.device,
        files=sorted({*old.files, *new.files}),
        folders=list(dict.fromkeys([*old.folders, *new.folders])),
        settings=sorted({*old.settings, *new.settings}),
        model=old.model or new.model,
    )


def _is_inside(name: str) -> bool:
    parts = name.split("/")
    return ".." not in parts and not Path(name).is_absolute() and bool(Path(name).name)


def _damaged(path: Path, what: str) -> SetupError:
    return SetupError(
        f"The receipt {path} is damaged: {what}.\n"
        "Delete it and install again; that mends what is installed and writes a new one."
    )
