"""``maya-stylize mayapy``: a Maya's own Python, with this package within its reach.

    maya-stylize mayapy [--maya YEAR] -m maya_stylize.batch SCENE ...
    maya-stylize mayapy [--maya YEAR] SCRIPT.py ...

Maya reads module files only once it has started, so that mayapy alone finds no package of a
module. Where ``maya-stylize`` is not at hand, any Python runs this file by its path.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

if __name__ == "__main__" and not __package__:
    sys.path[0] = str(Path(__file__).resolve().parents[1])  # its own folder is no place for imports

from maya_stylize import mayas, settings
from maya_stylize.errors import JobError, StylizeError
from maya_stylize.worker import launch

USAGE = """\
usage: maya-stylize mayapy [--maya YEAR] -m MODULE [ARGUMENT ...]
       maya-stylize mayapy [--maya YEAR] SCRIPT.py [ARGUMENT ...]

Run a module or a script in Maya's Python, with this package within its reach:
the Maya of that year, else the one in MAYA_LOCATION, else the newest one. The
exit code is that of the module or script."""
# What leads Maya's Python, or its Qt, to another one's files.
_DISTURBING = (
    *("PYTHONHOME", "PYTHONEXECUTABLE", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__", "VIRTUAL_ENV"),
    *("QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH"),
)


def run(arguments: Sequence[str]) -> int:
    """Run a module or a script in mayapy; return its exit code.

    Ctrl-C and SIGTERM are mayapy's to answer; this process waits for it to end.

    Args:
        arguments: As the usage says.

    Raises:
        JobError: They are others.
        StylizeError: There is no such Maya, or it cannot be started.
    """
    rest = list(arguments)
    if rest[:1] in (["-h"], ["--help"]):
        print(USAGE)
        return 0
    year = None
    if rest[:1] == ["--maya"]:
        year, rest = (rest[1] if len(rest) > 1 else ""), rest[2:]
    is_module = rest[:1] == ["-m"] and len(rest) > 1
    if not is_module and (not rest or rest[0].startswith("-")):
        raise JobError("mayapy: there is no module and no script to run.", USAGE)
    command = [str(_mayapy(year)), str(Path(__file__).with_name("in_mayapy.py")), *rest]
    return _run(command, environment(os.environ))


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for mayapy: those given, less what would lead it astray.

    Of PYTHONPATH stays what is not of this Python, nor in its folder of packages. Where this Python
    has the engine and nothing else is set, it becomes the engine's.
    """
    kept = {name: value for name, value in variables.items() if name not in _DISTURBING}
    own = {Path(sys.prefix).resolve()}
    if kept.get(launch.PACKAGES_VARIABLE):
        own.add(Path(kept[launch.PACKAGES_VARIABLE]).resolve())
    entries = kept.pop("PYTHONPATH", "").split(os.pathsep)
    foreign = [each for each in entries if each and own.isdisjoint(_with_parents(Path(each)))]
    if foreign:
        kept["PYTHONPATH"] = os.pathsep.join(foreign)
    if launch.engine_is_here() and launch.PYTHON_SETTING not in settings.load():
        kept.setdefault(launch.PYTHON_VARIABLE, sys.executable)
    return kept


def _with_parents(path: Path) -> list[Path]:
    whole = path.resolve()
    return [whole, *whole.parents]


def _mayapy(year: str | None) -> Path:
    location = os.environ.get("MAYA_LOCATION", "")
    found = {
        maya.year: maya.mayapy
        for maya in mayas.installed(mayas.applications(), location, sys.platform)
    }
    there = f"Found: {', '.join(found) or 'none'}."
    if year is not None:
        if year not in found:
            raise StylizeError(
                f"There is no Maya {year} here. {there}",
                "Set MAYA_LOCATION to the folder that it is in.",
            )
        return found[year]
    if location:
        named = mayas.mayapy_of(Path(location), sys.platform)
        if not named.is_file():
            raise StylizeError(
                f"MAYA_LOCATION names {location}, but {named} is not there.",
                "Correct it, or leave it out.",
            )
        return named
    if not found:
        raise StylizeError(
            "There is no Maya here.", "Set MAYA_LOCATION to the folder that Maya is in."
        )
    return found[max(found)]


def _run(command: list[str], variables: dict[str, str]) -> int:
    try:
        process = subprocess.Popen(command, env=variables)
    except OSError as error:
        raise StylizeError(
            f"{command[0]} cannot be started: {error.strerror}.",
            "See that this Maya is installed completely and starts by itself.",
        ) from error

    def wait(_number: int, _frame: FrameType | None) -> None:
        """Let mayapy end by itself; the terminal has told it too."""

    def pass_on(number: int, _frame: FrameType | None) -> None:
        process.send_signal(number)

    before = signal.signal(signal.SIGINT, wait), signal.signal(signal.SIGTERM, pass_on)
    try:
        code = process.wait()
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])
    if code < 0:
        raise StylizeError(
            f"mayapy crashed (signal {-code}).", "What it had finished is there; run it again."
        )
    return code


if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1:]))
    except StylizeError as failure:
        print(f"maya-stylize: {failure.message}\n  {failure.hint}", file=sys.stderr)
        sys.exit(2 if isinstance(failure, JobError) else 1)
