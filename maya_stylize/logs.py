"""The logs in the user's folder: each has a name of its own, and the oldest are removed."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from maya_stylize import settings
from maya_stylize.errors import StylizeError
from maya_stylize.files import unwritable

KEPT = 10  # of a kind


def fresh(kind: str, failure: type[StylizeError] = StylizeError) -> Path:
    """Make an empty log, and remove the oldest ones of its kind.

    Args:
        kind: What it is of, the first word of its name.
        failure: The kind of error to raise.

    Raises:
        StylizeError: It cannot be written.
    """
    folder = settings.user_folder() / "logs"
    name = f"{kind}-{datetime.now():%Y%m%d-%H%M%S-%f}-{os.getpid()}.log"

    def age(log: Path) -> tuple[bool, str]:
        return log.name < name, log.name  # what is of the future the clock was set back from

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in sorted(folder.glob(f"{kind}-*.log"), key=age)[: 1 - KEPT]:
            _remove(old)
        (folder / name).touch()
    except OSError as error:
        raise unwritable(folder / name, error, failure) from error
    return folder / name


def _remove(log: Path) -> None:
    try:
        log.unlink(missing_ok=True)
    except PermissionError:  # Windows does not remove what another process still writes
        return
