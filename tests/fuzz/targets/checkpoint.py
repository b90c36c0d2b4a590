"""What a job that was broken off has left beside its output."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from maya_stylize.engine import checkpoint
from maya_stylize.jobs import SynthesizeJob

_KEPT = {"octave": 1, "largest": [0.5], "value": 1.0, "evaluations": 3, "recent": [2.0, 1.0]}


def seeds() -> Mapping[str, bytes]:
    job = SynthesizeJob(output="o.png", exemplar="a.png", resolution={"octaves": [[16, 16]]})
    return {
        "plain": _file(job, np.savez),
        "larger": _file(job, np.savez, pixels=np.ones((4, 4, 3), "f4")),
        "compressed": _file(job, np.savez_compressed),
        "bomb": _file(job, np.savez_compressed, pixels=np.zeros((1000, 1000, 3), "f4")),
        "objects": _file(job, np.savez, pixels=np.array([{}])),
        "array": _npy(),
        "lie": _lie(),
    }


def _file(job: SynthesizeJob, save: Any, **arrays: Any) -> bytes:
    facts = {"format": checkpoint.FORMAT, "job": job.to_json(), "sources": {"a.png": "sha256:0"}}
    text = json.dumps({**facts, "vectors": 1, "kept": _KEPT}).encode()
    usual = {"pixels": np.zeros((2, 2, 3), "f4"), "vector0": np.zeros(4, "f4")}
    file = io.BytesIO()
    save(file, facts=np.frombuffer(text, np.uint8), **{**usual, **arrays})
    return file.getvalue()


def _lie() -> bytes:
    """Numbers of which the archive's directory says that there are 256 GB."""
    file, head = io.BytesIO(), io.BytesIO()
    said = {"descr": "<f4", "fortran_order": False, "shape": (1 << 36,)}
    np.lib.format.write_array_header_1_0(head, said)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("facts.npy", head.getvalue())
        archive.getinfo("facts.npy").file_size = 1 << 39
    return file.getvalue()


def _npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


def feed(data: bytes, folder: Path) -> None:
    path = folder / "o.png.checkpoint"
    path.write_bytes(data)
    checkpoint.read(path)
