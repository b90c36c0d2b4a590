"""A small distribution with wheels of its own, and a machine with three Mayas that are none."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from installer.machine import Machine

VERSION_FILE = "part.py"

# Stands for installer/prove.py: it leans on what pip has installed.
PROVE = """
import json, sys
import part
print(json.dumps({"backend": sys.argv[1], "version": part.VERSION, "device": "cpu:0",
                  "device_name": "a processor"}))
"""
# Stands for `maya_stylize model`: it takes the file for a model as it is. Also says its version.
COMMAND = """
import json, os, pathlib, sys
if sys.argv[1] == "--version":
    import maya_stylize, part
    model = os.environ.get("MAYA_STYLIZE_MODEL", "no model")
    sys.exit(print(maya_stylize.__version__, part.VERSION, model, *sys.argv[2:]))
home = pathlib.Path(os.environ["MAYA_STYLIZE_HOME"], "models")
if sys.argv[2] == "fetch":
    home.mkdir()
    (home / "vgg_normalised.h5").write_bytes(pathlib.Path(sys.argv[4]).read_bytes())
else:
    provenance = {"identity": "a test's network", "notice": "for tests only"}
    print(json.dumps({"provenance": provenance}, indent=2))
"""


# Stands for the self-test: it says which Python runs what, and ends as the test wants.
SELFTEST = """
import os, pathlib, sys
print(pathlib.Path(__file__).parent)
print(os.environ["PYTHONPATH"], os.environ.get("PYTHONHOME"), file=sys.stderr)
sys.exit(int(os.environ.get("CODE", 0)))
"""


def write_wheel(folder: Path, name: str, version: str, content: bytes = b"") -> str:
    """Write a package of one module; return the line that pins it."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inner, data in {
            f"{name}.py": content or f"VERSION = {version!r}\n".encode(),
            f"{name}-{version}.dist-info/METADATA": (
                f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
            ),
            f"{name}-{version}.dist-info/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-any\n",
            f"{name}-{version}.dist-info/RECORD": b"",
        }.items():
            archive.writestr(zipfile.ZipInfo(inner), data)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def write_source(root: Path, version: str = "1.0") -> Path:
    """Write what is installed: a package, a shelf, requirements, and their wheels."""
    files = {
        "maya_stylize/__init__.py": f"__version__ = {version!r}\n",
        "maya_stylize/__main__.py": COMMAND,
        "maya_stylize/selftest.py": SELFTEST,
        "maya_stylize/ui/__init__.py": "",
        "maya_stylize/exemplars/rust.png": "a picture",
        "maya_stylize/__pycache__/x.pyc": "compiled",
        "shelf/shelf_MayaStylize.mel": "global proc shelf_MayaStylize() {}\n",
        "shelf/icons/stylize.svg": "<svg/>",
        "scripts/installer/prove.py": PROVE,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "requirements").mkdir(exist_ok=True)
    (root / "wheels").mkdir(exist_ok=True)
    (root / "requirements/pip.txt").write_text(write_wheel(root / "wheels", "first", "1.0"))
    engine = write_wheel(root / "wheels", "part", version)
    for name in ("engine.txt", "engine-cuda.txt", "engine-torch.txt"):
        (root / "requirements" / name).write_text(engine)
    return root


def write_python(path: Path) -> Path:
    """Write a program that is this very Python under another name, as mayapy is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    path.chmod(0o755)
    return path


def machine(root: Path, years: tuple[str, ...] = ("2024", "2025", "2027")) -> Machine:
    """Return a machine whose home and Mayas lie below `root`."""
    for year in years:
        write_python(root / "applications" / f"maya{year}" / "bin" / "mayapy")
    (root / "home").mkdir(exist_ok=True)
    environment = {"PATH": os.environ["PATH"]}
    applications = (root / "applications",)
    return Machine("linux", environment, root / "home", applications, False, False)


def tree(root: Path) -> dict[str, str]:
    """Return what lies below a folder: each file's content in brief, by its path."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_dir():
            found[name] = "folder"
        else:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return found


def said(command: Path, *arguments: str, **variables: str) -> str:
    """Run a launcher as a new user would: what it prints, without this process's own settings."""
    own = {name for name in os.environ if name.startswith("MAYA_STYLIZE_")} - {"MAYA_STYLIZE_HOME"}
    environment = {name: text for name, text in os.environ.items() if name not in own} | variables
    done = subprocess.run(
        [str(command), *arguments], cwd="/", env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def receipt_of(modules: Path) -> dict[str, object]:
    """Return the receipt in a folder of module files."""
    content: dict[str, object] = json.loads((modules / "maya-stylize/receipt.json").read_text())
    return content
