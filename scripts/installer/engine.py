"""The engine's environment: made whole under a name of its own, or made again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from installer import pip
from installer.builds import BUILDS
from installer.errors import SetupError
from installer.interpreters import clean_environment, make_environment
from installer.status import Status
from maya_stylize.files import replacing

MARKER = "complete.json"


@dataclass(frozen=True)
class Base:
    """The Python that an environment is made with.

    Attributes:
        command: How it is called.
        version: Such as "3.11"; empty for Maya's own, whose packages go to a plain folder, for
            virtual environments made by it are known to break.
    """

    command: tuple[str, ...]
    version: str


@dataclass(frozen=True)
class Engine:
    """An environment that is complete.

    Attributes:
        folder: Where it lies.
        python: Its interpreter.
        packages: The folder of its packages where the interpreter is Maya's own, else None.
        version: The interpreter's version, empty where it is Maya's own.
    """

    folder: Path
    python: Path
    packages: Path | None
    version: str

    def call(self, source: Path, *arguments: str, **variables: str) -> list[str]:
        """Run the interpreter with the package of `source`; return its lines of output.

        Raises:
            SetupError: It failed; its last words are in the message.
        """
        paths = [str(path) for path in (source, self.packages) if path]
        extra = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8", **variables}
        try:
            done = subprocess.run(
                [str(self.python), *arguments],
                cwd=source,  # -m looks in the folder it is run in first
                env={**clean_environment(), **extra},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise SetupError(f"{self.python} cannot be started: {error}.") from error
        if done.returncode:
            words = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise SetupError(f"The engine's Python failed at {arguments[0]}:\n\n{words}")
        return done.stdout.splitlines()


def find(source: Path, build: str, engines: Path) -> Engine | None:
    """Return the complete environment of a build, None where there is none that works.

    Args:
        source: The folder that holds requirements/.
        build: A name in BUILDS.
        engines: The folder that holds environments.
    """
    folder = engines / _key(source, build)
    try:
        marker = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    engine = _engine(folder, Base((marker["python"],), marker["version"]))
    return engine if _runs(engine.python) else None


def make(
    source: Path, build: str, base: Base, engines: Path, wheelhouse: Path | None = None
) -> Engine:
    """Make the environment of a build, anew where there is an older one or half of one.

    Its folder is named after what is installed in it, so that that of another version stays as it
    is, and marked once it is complete, so that half of one is never taken for a whole.

    Args:
        source: The folder that holds requirements/.
        build: A name in BUILDS.
        base: The Python to make it with.
        engines: The folder that holds environments.
        wheelhouse: A folder of wheels to take in place of any index.

    Raises:
        SetupError: It cannot be made.
    """
    folder = engines / _key(source, build)
    if folder.exists():
        remove(folder)
    engine = _engine(folder, base)
    common = ["--no-index", "--find-links", str(wheelhouse)] if wheelhouse else []
    if engine.packages:
        common += ["--target", str(folder)]
    else:
        with Status("making the engine's environment"):
            make_environment(base.command, folder)
        # First, because the pip of an old Python shows no progress to a program.
        pinned = [*common, "--require-hashes", "-r", "requirements/pip.txt"]
        pip.install(engine.python, "updating pip", pinned, source)
        common += pip.BARS
    chosen = BUILDS[build]
    requirements = f"requirements/{chosen.requirements}"
    pinned = [*common, "--require-hashes", "-r", requirements]
    pip.install(engine.python, f"installing {requirements}", pinned, source)
    if chosen.torch:
        torch = chosen.torch_arguments(sys.platform, bool(wheelhouse))
        pip.install(engine.python, "installing PyTorch", [*common, *torch], source)
    marker = {"version": base.version, "python": "" if base.version else base.command[0]}
    with replacing(folder / MARKER) as temporary:
        temporary.write_text(json.dumps(marker), encoding="utf-8")
    return engine


def prove(engine: Engine, source: Path, build: str) -> dict[str, str]:
    """Run one convolution; return the backend, its version and the device that it ran on.

    Raises:
        SetupError: It cannot be run, or gives a wrong result.
    """
    script = source / "scripts" / "installer" / "prove.py"
    with Status("trying one convolution"):
        lines = engine.call(source, str(script), BUILDS[build].backend)
    found: dict[str, str] = json.loads(lines[-1])
    return found


def remove(folder: Path) -> None:
    """Delete an environment, its mark first.

    Raises:
        SetupError: Something in it is in use or may not be deleted.
    """
    try:
        (folder / MARKER).unlink(missing_ok=True)
        shutil.rmtree(folder)
    except OSError as error:
        raise SetupError(
            f"{folder} cannot be deleted: {error.strerror}.\n"
            "Close every Maya and whatever else uses it, then run this again."
        ) from error


def _key(source: Path, build: str) -> str:
    digest = hashlib.sha256(str(BUILDS[build]).encode())
    for name in ("pip.txt", BUILDS[build].requirements):
        digest.update((source / "requirements" / name).read_bytes())
    return digest.hexdigest()[:8]  # short, for Windows' limit on paths


def _engine(folder: Path, base: Base) -> Engine:
    if not base.version:
        return Engine(folder, Path(base.command[0]), folder, "")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return Engine(folder, python, None, base.version)


def _runs(python: Path) -> bool:
    try:
        command = [str(python), "-c", ""]
        return subprocess.run(command, env=clean_environment(), capture_output=True).returncode == 0
    except OSError:
        return False
