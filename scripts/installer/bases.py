"""Which Python the engine's environment is made with."""

from __future__ import annotations

from installer import interpreters
from installer.engine import Base
from installer.errors import SetupError
from maya_stylize.mayas import Maya


def choose(python: str | None, mayas: list[Maya]) -> Base:
    """Return the Python the user named, else an ordinary one, else the newest Maya's own.

    Args:
        python: What the user named; None for nothing.
        mayas: The installed Mayas, the newest last.

    Raises:
        SetupError: What was named does not do, or there is nothing to take.
    """
    if python:
        version = interpreters.version_of([python])
        if version not in interpreters.SUPPORTED:
            raise SetupError(
                f"{python} cannot be used: it is not an ordinary 64 bit Python 3.10 to 3.13 with "
                "its venv and ensurepip modules.\nName another one with --python, or leave that "
                "out to have one looked for."
            )
        return Base((python,), version)
    for version in interpreters.SUPPORTED:
        command = interpreters.find((version,))
        if command:
            return Base(tuple(command), version)
    if mayas:
        return Base((str(mayas[-1].mayapy),), "")
    raise SetupError(
        "No Python 3.10 to 3.13 with its venv and ensurepip modules was found, and no Maya either."
        "\nInstall one of them, or name one with --python."
    )
