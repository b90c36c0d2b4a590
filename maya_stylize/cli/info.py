"""``info``: what is installed here and what the engine would run on."""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from importlib import metadata
from typing import Any

from rich.console import Console

from maya_stylize import __version__
from maya_stylize.convert import sources
from maya_stylize.engine import backend

LIBRARIES = ("keras", "numpy", "h5py", "openimageio", "opencolorio", "protobuf")


def add_parsers(commands: Any) -> None:
    """Add the command to the command line's parser."""
    parser = commands.add_parser("info", help="show versions, backends, devices and the model")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_info)


def _info(arguments: argparse.Namespace) -> int:
    model = sources.locate()
    with Console(stderr=True).status("Starting each backend"):
        devices = {name: _devices(name) for name in backend.installed()}
    facts = {
        "maya_stylize": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "threads": backend.available_threads(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "backends": {
            name: {"version": version, "devices": devices[name]}
            for name, version in backend.installed().items()
        },
        "model": None if model is None else str(model),
    }
    if arguments.json:
        print(json.dumps(facts))
    else:
        _print(facts)
    return 0


def _devices(name: str) -> dict[str, str]:
    """Ask a process of its own, since one process has one backend."""
    script = (
        "import json, sys; from maya_stylize.engine import backend; "
        "print(json.dumps(backend.devices(sys.argv[1])))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script, name], capture_output=True, text=True, check=False
    )
    if answer.returncode:
        return {}
    devices: dict[str, str] = json.loads(answer.stdout.splitlines()[-1])
    return devices


def _print(facts: dict[str, Any]) -> None:
    print(f"maya-stylize  {facts['maya_stylize']}")
    print(f"python        {facts['python']} on {facts['platform']}, {facts['threads']} processors")
    libraries = (f"{name} {version}" for name, version in facts["libraries"].items())
    print(f"libraries     {', '.join(libraries)}")
    for name, found in facts["backends"].items():
        devices = ", ".join(f"{key} ({value})" for key, value in found["devices"].items())
        print(f"{name:<13} {found['version']}: {devices or 'does not start here'}")
    print(f"model         {facts['model'] or 'none yet; run: maya-stylize model fetch'}")
