"""What support needs to know: the panel's log, and a report for the clipboard."""

from __future__ import annotations

import json
import logging
import platform
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from maya_stylize import __version__, settings
from maya_stylize.files import unwritable
from maya_stylize.ui.calls import Client
from maya_stylize.ui.qt import QtCore
from maya_stylize.ui.slots import LOG

_TAIL = 60


def log_file() -> Path:
    """Return where the panel's own log is kept."""
    return settings.user_folder() / "logs" / "panel.log"


def open_log() -> None:
    """Let the panel's log go to a file of the user's; once per session.

    Raises:
        StylizeError: The file cannot be written.
    """
    if LOG.handlers:
        return
    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1 << 20, backupCount=2, encoding="utf-8")
    except OSError as error:
        raise unwritable(path, error) from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.addHandler(handler)
    LOG.propagate = False  # Maya would show tracebacks in the artist's script editor


def report(program: str, client: Client, message: str, job: dict[str, Any] | None) -> str:
    """Return a report for support; the home folder's name is left out.

    Args:
        program: The program that the panel lives in, with its version.
        client: The worker's.
        message: What the panel shows.
        job: The latest job, if there was one.
    """
    hello = client.hello
    lines = [
        f"Maya Stylize {__version__} in {program}",
        f"Python {platform.python_version()}, Qt {QtCore.qVersion()}, {platform.platform()}",
        f"Engine: {hello if hello else 'not running'}",
        f"Message: {message or 'none'}",
        f"Job: {json.dumps(job) if job else 'none'}",
    ]
    for path in filter(None, (log_file(), client.log)):
        lines += ["", f"{path}, last {_TAIL} lines:", *_tail(path)]
    return "\n".join(lines).replace(str(Path.home()), "~") + "\n"


def _tail(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return [f"(cannot be read: {error.strerror})"]
    return text.splitlines()[-_TAIL:]
