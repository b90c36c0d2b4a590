"""Running pip, with its progress on one line and its last words where it fails."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from installer.errors import SetupError
from installer.interpreters import clean_environment
from installer.status import Status

NETWORK = "Check the network and pip's configuration"
WHEELS = "See that the folder of wheels holds what is missing, for this Python and this system"
BARS = ("--progress-bar", "raw")


def install(
    python: Path,
    title: str,
    arguments: list[str],
    folder: Path,
    unpacking: Callable[[], None] = lambda: None,
) -> None:
    """Run ``pip install`` and show what it does.

    Args:
        python: The interpreter whose pip is run.
        title: What is being done, such as "installing requirements/engine.txt".
        arguments: What follows ``pip install``.
        folder: The folder to run in.
        unpacking: Called before pip begins to copy files into the environment.

    Raises:
        SetupError: pip failed, or cannot be started; its last words are in the message.
    """
    pip = [str(python), "-m", "pip", "--no-input", "--disable-pip-version-check"]
    lines = []
    try:
        with Status(title) as status, subprocess.Popen(
            [*pip, "install", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            cwd=folder,
            env={**clean_environment(), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
        ) as process:  # fmt: skip
            assert process.stdout
            try:
                for line in process.stdout:
                    if line.startswith("Installing collected packages"):
                        unpacking()
                    show(line, status)
                    if not line.startswith("Progress "):
                        lines.append(line)
            except BaseException:  # Ctrl-C reaches pip by itself, another signal does not
                process.terminate()
                raise
            if process.wait():
                raise SetupError(
                    f"pip failed while {title}. Its last words:\n\n{''.join(lines[-15:])}\n"
                    f"{WHEELS if '--no-index' in arguments else NETWORK}, then run this again."
                )
    except OSError as error:
        raise SetupError(f"{python} cannot be started: {error}.") from error


def show(line: str, status: Status) -> None:
    """Show what a line of pip's says."""
    words = line.split()
    if len(words) == 4 and words[0] == "Progress":
        status.amount(int(words[1]), int(words[3]))
    elif len(words) > 1 and words[0] == "Collecting":
        status.show(f"looking for {words[1]}")
    elif len(words) > 1 and words[0] == "Downloading":
        name_and_version = words[1].split("-")[:2]  # of a file name, the rest is its platform
        status.show(f"downloading {' '.join(name_and_version)}")
    elif line.startswith("Installing collected packages"):
        status.show(f"unpacking {len(words) - 3} package{'s' * (len(words) > 4)}")
