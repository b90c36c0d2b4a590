"""Removing what a receipt names, and nothing else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from installer import engine, layout, receipt
from installer.errors import SetupError
from installer.layout import Places
from installer.receipt import Receipt
from maya_stylize import settings
from maya_stylize.files import replacing

SCRATCH = ".maya-stylize.part"
PART = re.compile(r"\.[0-9a-f]{16}(-[0-9]+-[0-9a-f]{8})?\.part")  # as `files.replacing` names them


def uninstall(where: Places, years: Collection[str]) -> list[str]:
    """Remove an installation, or take it from some Mayas only.

    The module file goes first, so that no Maya sees half of it, and the receipt last, so that an
    interrupted removal can be done again.

    Args:
        where: Where it lies.
        years: Years of the Mayas to take it from; empty for all.

    Returns:
        Lines for the user.

    Raises:
        SetupError: There is none, or something of it cannot be deleted.
        StylizeError: A file cannot be written.
    """
    old = receipt.read(where.receipt)
    if old is None:
        raise SetupError(f"Nothing is installed in {where.modules}.")
    left = [year for year in old.mayas if year not in years]
    if years and left:
        _keep(where, old, left)
        return [f"Removed from Maya {', '.join(sorted(years))}; Maya {', '.join(left)} keep it."]
    receipt.write(where.receipt, replace(old, complete=False))
    sweep(where)
    _delete(where.modules / layout.MODULE_FILE)
    remove_files(where.modules, old.files)
    if where.engines.exists():
        for folder in where.engines.iterdir():
            engine.remove(folder)
    if old.model:
        _delete(where.model)
    settings.forget(old.settings)
    _delete(where.receipt)
    for path in [where.engines, where.module, *(Path(name) for name in reversed(old.folders))]:
        _remove_empty(path)
    strange = sorted(where.module.rglob("*")) if where.module.exists() else []
    return ["Removed.", *(f"left, for it was not installed: {path}" for path in strange)]


def remove_files(folder: Path, names: Collection[str]) -> None:
    """Delete files, what Python compiled from them, and the folders that this leaves empty.

    Args:
        folder: What the names are relative to; it stays.
        names: Paths with "/"; those that are not there do not matter.

    Raises:
        SetupError: One cannot be deleted.
    """
    parents = set()
    for name in names:
        path = folder / name
        _delete(path)
        if path.suffix == ".py":
            for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
                _delete(compiled)
            parents.add(path.parent / "__pycache__")
        parents |= {folder.joinpath(*Path(name).parts[:i]) for i in range(1, len(Path(name).parts))}
    for path in sorted(parents, key=lambda path: len(path.parts), reverse=True):
        _remove_empty(path)


def sweep(where: Places) -> None:
    """Delete what an installation that was killed may have left half written.

    Raises:
        SetupError: Something of it cannot be deleted.
    """
    beside = [
        where.module,
        where.modules,
        where.modules.parent,
        where.engines,
        *where.engines.glob("*"),
    ]
    if not where.shared:
        beside.append(settings.user_folder())
    halves = [path for folder in beside for path in folder.glob(".*.part")]
    for name in layout.FOLDERS:
        halves += (where.module / name).rglob(".*.part")
    for path in halves:
        if PART.fullmatch(path.name):
            _delete(path)
    for folder in (where.model.parent, where.modules.parent):
        shutil.rmtree(folder / SCRATCH, ignore_errors=True)


def _keep(where: Places, old: Receipt, years: list[str]) -> None:
    path = where.modules / layout.MODULE_FILE
    blocks = path.read_text(encoding="ascii").split("\n\n")
    kept = [text for text in blocks if any(f"MAYAVERSION:{year} " in text for year in years)]
    with replacing(path) as temporary:
        temporary.write_text("\n\n".join(kept).rstrip("\n") + "\n", encoding="ascii")
    receipt.write(where.receipt, replace(old, mayas=years))


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except NotADirectoryError:  # a file lies where one of its folders was
        return
    except OSError as error:
        raise SetupError(
            f"{path} cannot be deleted: {error.strerror}.\n"
            "Close every Maya and check the folder's permissions, then run this again."
        ) from error


def _remove_empty(path: Path) -> None:
    with suppress(OSError):  # it is gone, or holds what is not ours
        path.rmdir()
