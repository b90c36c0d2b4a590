"""What is handed out: a zip for artists and a wheel of the package, made from the last commit.

``python scripts/dev.py package [--with-model]`` runs this. The same commit (and the same model)
gives the same bytes in any folder: what lies in the working tree beside the commit, the clock, the
user's permissions and the compression of this Python do not come in.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from installer import identity
from installer.builds import BUILDS
from installer.errors import SetupError

from maya_stylize import settings
from maya_stylize.errors import StylizeError
from maya_stylize.files import replacing

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "maya_stylize/"
ARTIST_FOLDERS = (PACKAGE, "shelf/", "docs/", "scripts/installer/")
ARTIST_FILES = {
    "scripts/install.py",
    "README.md",
    "README.ja.md",
    "CHANGELOG.md",
    "benchmarks/README.md",  # the README's figures lead there
    "requirements/pip.txt",
    *(f"requirements/{build.requirements}" for build in BUILDS.values()),
}
WHEEL_FILES = {"pyproject.toml", "README.md"}
FIRST_DATE = 315532800  # 1980, where the dates of a zip begin
NO_NOTICE = "The weights carry no notice that is known to Maya Stylize; ask whoever made them."


@dataclass(frozen=True)
class Commit:
    """The files of a commit.

    Attributes:
        files: Each one's content by its path in the repository.
        time: Seconds since 1970 at which it was made.
    """

    files: dict[str, bytes]
    time: int

    @property
    def version(self) -> str:
        """The package's version."""
        text = self.files[f"{PACKAGE}__init__.py"].decode()
        found = re.search(r'^__version__ = "(.+)"$', text, re.M)
        assert found
        return found[1]


def read_commit(root: Path) -> Commit:
    """Return the last commit of a checkout.

    Raises:
        SetupError: The folder is no checkout, or there is no git.
    """
    # Line ends as they were committed, whatever this machine's checkouts have.
    archive = _git(root, "-c", "core.autocrlf=false", "archive", "--format=tar", "HEAD")
    files = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for member in members:
            content = members.extractfile(member) if member.isfile() else None
            if content:
                files[member.name] = content.read()
    return Commit(files, int(_git(root, "log", "-1", "--format=%ct")))


def artist_files(commit: Commit, model: dict[str, bytes]) -> dict[str, bytes]:
    """Return what an artist unpacks, by its path in the zip.

    Args:
        commit: What it is made from.
        model: Files of the package's folder ``model``; empty for none.
    """
    files = {
        name: content
        for name, content in commit.files.items()
        if name in ARTIST_FILES or name.startswith(ARTIST_FOLDERS)
    }
    files |= {f"{PACKAGE}model/{name}": content for name, content in model.items()}
    return {f"maya-stylize-{commit.version}/{name}": files[name] for name in sorted(files)}


def read_model(path: Path, notice: str) -> dict[str, bytes]:
    """Return a converted model and its license notice, as they lie in the package."""
    text = f"The weights in {settings.MODEL_NAME}\n\n{notice or NO_NOTICE}\n"
    return {settings.MODEL_NAME: path.read_bytes(), "NOTICE.txt": text.encode()}


def build_wheel(commit: Commit) -> tuple[str, dict[str, bytes]]:
    """Let the project's build backend make a wheel of a commit.

    Returns:
        The wheel's file name and what is in it, in its order.

    Raises:
        SetupError: The backend failed.
    """
    with tempfile.TemporaryDirectory() as scratch:
        source, made = Path(scratch, "source"), Path(scratch, "wheel")
        for name, content in commit.files.items():
            if name in WHEEL_FILES or name.startswith(PACKAGE):
                path = source / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(made)]
        done = subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "--quiet", *options, str(source)],
            env={**os.environ, "SOURCE_DATE_EPOCH": str(max(commit.time, FIRST_DATE))},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode:
            raise SetupError(
                f"The wheel cannot be built: {(done.stderr or done.stdout).strip()}\n"
                "Run this by scripts/dev.py, whose environment has what it takes."
            )
        (path,) = made.glob("*.whl")
        with zipfile.ZipFile(path) as wheel:
            return path.name, {name: wheel.read(name) for name in wheel.namelist()}


def write_zip(path: Path, files: dict[str, bytes], date: int) -> None:
    """Write files into a zip, in their order; the same ones give the same bytes.

    They are stored as they are, for no two versions of zlib need compress alike.

    Args:
        path: The zip.
        files: Each one's content by its path in the zip.
        date: Seconds since 1970, the time of all of them.

    Raises:
        StylizeError: It cannot be written.
    """
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, time.gmtime(max(date, FIRST_DATE))[:6])
            info.create_system = 3  # permissions as on Unix, wherever it is made
            info.external_attr = 0o100644 << 16
            archive.writestr(info, content)


def package(root: Path, output: Path, model: dict[str, bytes]) -> list[Path]:
    """Make the zip and the wheel of a checkout's last commit.

    Args:
        root: The checkout.
        output: The folder for both; it is made.
        model: Files to bundle in the package's folder ``model``; empty for none.

    Returns:
        The two files.

    Raises:
        SetupError: The folder is no checkout, or the wheel cannot be built.
        StylizeError: A file cannot be written.
    """
    commit = read_commit(root)
    suffix = "-with-model" if model else ""
    archive = output / f"maya-stylize-{commit.version}{suffix}.zip"
    name, wheel = build_wheel(commit)
    output.mkdir(parents=True, exist_ok=True)
    write_zip(archive, artist_files(commit, model), commit.time)
    write_zip(output / name, wheel, commit.time)
    return [archive, output / name]


def _git(root: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True)
    except OSError as error:
        raise SetupError(f"git cannot be run: {error.strerror}. Install it first.") from error
    if done.returncode:
        raise SetupError(
            f"{root} is not a git checkout with a commit: {done.stderr.decode().strip()}\n"
            "Packages are made from a commit: clone the repository, and run this there."
        )
    return done.stdout


def _usual_model() -> dict[str, bytes]:
    from maya_stylize.convert import sources  # it needs the engine's libraries

    found = sources.fetch(lambda *_: None)
    print(f"bundling {found.path}: {identity.told(vars(found.provenance))}.")
    return read_model(found.path, found.provenance.notice)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, make both files and print what they are; return the exit code."""
    parser = argparse.ArgumentParser(prog="dev.py package", description=__doc__)
    parser.add_argument("--with-model", action="store_true", help="bundle the converted model")
    parser.add_argument("output", type=Path, nargs="?", default=ROOT / "dist", help="the folder")
    options = parser.parse_args(arguments)
    try:
        if _git(ROOT, "status", "--porcelain"):
            print("warning: changes that are not committed stay out.", file=sys.stderr)
        made = package(ROOT, options.output, _usual_model() if options.with_model else {})
    except (SetupError, StylizeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for path in made:
        content = path.read_bytes()
        print(f"{path}  {len(content) / 1e6:.1f} MB  sha256 {hashlib.sha256(content).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
