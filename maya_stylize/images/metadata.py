"""The job that made a picture, inside the picture or in a JSON file beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from maya_stylize.files import sha256
from maya_stylize.images import formats
from maya_stylize.images.reader import opened

_JOB = "maya_stylize_job"
_PICTURE = "picture_sha256"
# TGA keeps 326 characters. TIFF and JPEG hold 64 KiB, and libjpeg ends the process on more.
_MOST_CHARACTERS = {"targa": 0, "tiff": 60_000, "jpeg": 60_000}


def sidecar_path(path: Path) -> Path:
    """Return where the job of a picture lies that cannot hold it, such as `wood.tga.json`."""
    return path.with_name(f"{path.name}.json")


def fits(kind: str, text: str) -> bool:
    """Return whether a format can hold a text of this length in its metadata."""
    return len(text) <= _MOST_CHARACTERS.get(kind, len(text))


def pack(job: Mapping[str, Any]) -> str:
    """Return a job as one line of ASCII JSON, the same for the same job."""
    return json.dumps({_JOB: job}, sort_keys=True, separators=(",", ":"), allow_nan=False)


def pack_sidecar(job: Mapping[str, Any], picture: Path) -> str:
    """Return the sidecar's text: the job, and the hash of the picture that it is true of."""
    content = {_JOB: job, _PICTURE: sha256(picture)}
    return json.dumps(content, sort_keys=True, indent=2, allow_nan=False) + "\n"


def is_sidecar(path: Path) -> bool:
    """Return whether a file is one that `pack_sidecar` made."""
    return path.is_file() and _PICTURE in _parse(path.read_bytes())


def read_job(path: str | PathLike[str]) -> dict[str, Any] | None:
    """Return the job that made a picture, as `writer.write` stored it.

    Args:
        path: The picture.

    Returns:
        The job's plain data; None when the picture has none, or when the sidecar belongs to other
        pixels than these.

    Raises:
        ImageError: The file is not a picture.
    """
    path = Path(path)
    kind = formats.identify(path)
    with opened(path, kind) as source:
        job = _parse(source.spec().get_string_attribute("ImageDescription")).get(_JOB)
    sidecar = sidecar_path(path)
    if job is None and sidecar.is_file():
        content = _parse(sidecar.read_bytes())
        if content.get(_PICTURE) == sha256(path):
            job = content.get(_JOB)
    return job if isinstance(job, dict) else None


def _parse(text: str | bytes) -> dict[str, Any]:
    """Return the JSON object that a text is, or an empty one: descriptions may say anything."""
    try:
        content = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
