"""Make environments from the hash-pinned requirement files, once, and run commands in them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from installer import pip
from installer.interpreters import clean_environment, make_environment
from installer.status import Status

CUDA = ("nvidia-", "cuda-", "triton", "pytorch-triton")
PROBE = "import pip, sys; assert (3, 10) <= sys.version_info < (3, 14)"


class Environment:
    """A virtual environment of the checkout.

    Attributes:
        python: Its interpreter; absent before the first preparation.

    Args:
        root: The checkout: requirements/ is read from it, the environment made in it.
        name: The environment's folder.
        base: The command of the Python that makes it; None for this one.
    """

    def __init__(self, root: Path, name: str = ".venv", base: list[str] | None = None) -> None:
        self._root = root
        self._folder = root / name
        self._base = base or [sys.executable]
        self._stamps = self._folder / "dev-stamps.json"
        # pip takes a package whose files were half copied for an installed one.
        self._unfinished = self._folder / "dev-unfinished"
        scripts = "Scripts/python.exe" if os.name == "nt" else "bin/python"
        self.python = self._folder / scripts

    def prepare(self, kind: str) -> None:
        """Install requirements/KIND.txt and the project itself, unless that is done already.

        Args:
            kind: "engine"; "test", which holds all of "engine" too; or "maya2024" and the like,
                what a Maya of that year has.

        Raises:
            SetupError: pip could not install something, or the environment cannot be made.
        """
        kinds = ["engine", kind] if kind == "test" else [kind]
        wanted = {name: self._hash(name) for name in kinds}
        usable = self._usable()
        if usable and self._read_stamps().get(kind) == wanted[kind]:
            return
        if not usable:
            with Status(f"making {self._folder.name}"):
                make_environment(self._base, self._folder)
        # First, because the pip of an old Python shows no progress to a program.
        self._pip("updating pip", "--require-hashes", "-r", "requirements/pip.txt")
        requirements = f"requirements/{kind}.txt"
        self._pip(f"installing {requirements}", *pip.BARS, "--require-hashes", "-r", requirements)
        self._pip("installing the project", "--no-deps", "--no-build-isolation", "-e", ".")
        self._write_stamps(wanted)

    def provide_cpu_only(self, package: str, version: str) -> bool:
        """Install a package unless pip's plan for it holds CUDA's libraries.

        The answer no is remembered as long as the environment is, so that only the first run
        asks pip.

        Returns:
            Whether that version is there now.

        Raises:
            SetupError: pip planned a CPU build and then could not install it.
        """
        if self._has(package, version):
            return True
        answer = f"no CPU build of {version}"
        if self._read_stamps().get(package) == answer:
            return False
        requirement = f"{package}=={version}"
        planned = self._plan(requirement)
        if any(name.startswith(CUDA) for name in planned):
            self._write_stamps({package: answer})
            return False
        if not planned:
            return False
        self._pip(f"installing {requirement}", *pip.BARS, requirement)
        return True

    def call(self, *arguments: str, output: IO[bytes] | None = None, **variables: str) -> int:
        """Run the environment's Python in the checkout; return its exit code.

        Ctrl-C reaches that Python too: its end is waited for, so that it can tidy up.

        Args:
            arguments: What follows the Python.
            output: Where all that it prints goes; None for this process's own streams.
            variables: Added to its environment.
        """
        process = subprocess.Popen(
            [str(self.python), *arguments],
            cwd=self._root,
            env={**clean_environment(), **variables},
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
        )
        interrupted = False
        while process.returncode is None:
            try:
                process.wait()
            except KeyboardInterrupt:
                interrupted = True
        if interrupted:
            raise KeyboardInterrupt
        return process.returncode

    def _usable(self) -> bool:
        if self._unfinished.exists() or not self.python.exists():
            return False
        probe = [str(self.python), "-c", PROBE]
        return subprocess.run(probe, env=clean_environment(), capture_output=True).returncode == 0

    def _pip(self, title: str, *arguments: str) -> None:
        pip.install(self.python, title, list(arguments), self._root, self._unfinished.touch)
        self._unfinished.unlink(missing_ok=True)

    def _plan(self, requirement: str) -> list[str]:
        """Return the names of what pip would install; none where pip finds no way."""
        with tempfile.TemporaryDirectory() as folder, Status(f"asking pip for {requirement}"):
            report = Path(folder) / "report.json"
            ask = [str(self.python), "-m", "pip", "install", "--dry-run", "--quiet"]
            subprocess.run(
                [*ask, "--report", str(report), requirement],
                env=clean_environment(),
                capture_output=True,
            )
            if not report.exists():
                return []
            plan = json.loads(report.read_text(encoding="utf-8"))["install"]
        return [item["metadata"]["name"].lower() for item in plan]

    def _has(self, package: str, version: str) -> bool:
        code = f"import importlib.metadata as m; print(m.version({package!r}))"
        found = subprocess.run(
            [str(self.python), "-c", code], env=clean_environment(), capture_output=True, text=True
        )
        return found.stdout.strip().split("+")[0] == version

    def _hash(self, kind: str) -> str:
        digest = hashlib.sha256()
        for name in ("requirements/pip.txt", f"requirements/{kind}.txt", "pyproject.toml"):
            digest.update((self._root / name).read_bytes())
        return digest.hexdigest()

    def _read_stamps(self) -> dict[str, str]:
        if not self._stamps.exists():
            return {}
        stamps: dict[str, str] = json.loads(self._stamps.read_text(encoding="utf-8"))
        return stamps

    def _write_stamps(self, changes: dict[str, str]) -> None:
        content = json.dumps({**self._read_stamps(), **changes}, indent=2)
        temporary = self._stamps.with_suffix(".tmp")
        temporary.write_text(content, encoding="utf-8")
        temporary.replace(self._stamps)
