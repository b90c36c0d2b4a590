"""A job broken off, in a file from which it goes on to the same bytes.

The file is NumPy's `.npz` (a zip, whose checksums tell a torn one): the optimizer's vectors, and a
text of JSON with the resolved job and the hashes of its pictures. It lies beside the job's output.
"""

from __future__ import annotations

import json
import math
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import numpy.typing as npt

from maya_stylize.engine.resolution import differences
from maya_stylize.errors import EngineError, StylizeError
from maya_stylize.files import checkpoint_of, replacing
from maya_stylize.job_sources import Contents, file_hash
from maya_stylize.jobs import Job, from_json

FloatArray = npt.NDArray[np.float32]

FORMAT = 3
EVERY_SECONDS = 60.0
# Writing may take this share of the time at most.
LARGEST_SHARE = 0.05
# What a damaged file makes the standard library and NumPy raise.
_TORN = (
    *(ValueError, KeyError, TypeError, AttributeError, EOFError, RuntimeError, SyntaxError),
    *(zipfile.BadZipFile, zlib.error, tokenize.TokenError),
)
_START_ANEW = "Delete it and start the job anew."


@dataclass(frozen=True)
class Kept:
    """A climb as it can be stored: with the same problem, what follows is the same to the bit.

    Attributes:
        octave: Index of the octave it is in.
        pixels: The picture that the octave began from, (H, W, 3).
        vectors: The optimizer's x and gradient, then the shares (float16) of its steps, then those
            of its changes; empty where the octave has not begun.
        largest: The largest magnitude in each step, then in each change.
        value: The loss at x; before an octave, that of the octave behind.
        evaluations: Of the octave, so far.
        recent: The last losses.
        layer_errors: Of the octave behind.
        powers: What the optimizer knows of curvature by color and frequency, as `Powers.to_json`.
    """

    octave: int
    pixels: FloatArray
    vectors: tuple[npt.NDArray[Any], ...] = ()
    largest: list[float] = field(default_factory=list)
    value: float = math.nan
    evaluations: int = 0
    recent: tuple[float, ...] = ()
    layer_errors: dict[str, float] = field(default_factory=dict)
    powers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Checkpoint:
    """What a file holds.

    Attributes:
        path: The file.
        job: The resolved job.
        sources: The hashes of the job's pictures, by path.
        kept: Where the climb was.
    """

    path: Path
    job: Job
    sources: dict[str, str]
    kept: Kept

    def check(self, resolved: Job) -> None:
        """Refuse to go on where the result would not be that of the uninterrupted job.

        Args:
            resolved: The job as it is resolved now.

        Raises:
            EngineError: A library, the device, the model or a picture is another one.
        """
        changed = differences(self.job.resolution, resolved.resolution)
        changed += [
            f"the content of {path}"
            for path, content in self.sources.items()
            if file_hash(path) != content
        ]
        if changed:
            raise EngineError(
                f"{self.path} is of another run; it differs in: {'; '.join(changed)}.", _START_ANEW
            )


def read(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        EngineError: It is not there, torn, of another version, or no checkpoint.
    """
    try:
        size = path.stat().st_size
        with zipfile.ZipFile(path) as file:
            facts = json.loads(_array(file, "facts", size).tobytes())
            if not isinstance(facts, dict) or facts.get("format") != FORMAT:
                raise EngineError(f"{path} is of another version of Maya Stylize.", _START_ANEW)
            vectors = tuple(
                _array(file, f"vector{index}", size) for index in range(facts["vectors"])
            )
            kept = Kept(pixels=_array(file, "pixels", size), vectors=vectors, **facts["kept"])
            sources = {str(path): str(content) for path, content in facts["sources"].items()}
        return Checkpoint(path, from_json(facts["job"]), sources, kept)
    except OSError as error:
        reason = error.strerror or "it is cut short"
        raise EngineError(f"{path} cannot be read: {reason}.", "Check the path.") from error
    except _TORN as error:
        raise EngineError(f"{path} is torn, or no checkpoint.", _START_ANEW) from error


def _array(file: zipfile.ZipFile, name: str, size: int) -> npt.NDArray[Any]:
    """Return an array that is not larger than what the file holds of it.

    Args:
        file: The archive.
        name: The array's.
        size: Of the archive on the disk, for its own directory may say anything of its members.

    Raises:
        ValueError: It is said to be larger, or is compressed, which we do not write.
    """
    member = file.getinfo(f"{name}.npy")
    with file.open(member) as stream:
        np.lib.format.read_magic(stream)
        shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    plain = member.compress_type == zipfile.ZIP_STORED and member.file_size <= size
    if not plain or math.prod(shape) * dtype.itemsize > member.file_size:
        raise ValueError(name)
    with file.open(member) as stream:
        array: npt.NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
        return array


def left_by(job: Job) -> Checkpoint:
    """Read what a job that was broken off has left beside its output.

    Raises:
        EngineError: It cannot be read, or is of a job with other settings.
    """
    found = read(checkpoint_of(job.outputs[0]))
    wanted, kept = job.to_json(), found.job.to_json()
    names = {*wanted, *kept} - {"resolution"}
    changed = sorted(name for name in names if wanted.get(name) != kept.get(name))
    if changed:
        raise EngineError(
            f"{found.path} is of another job; it differs in: {', '.join(changed)}.",
            "Run the job again, into a new file.",
        )
    return found


class Keeper:
    """Writes a climb's checkpoint from time to time, and where the climb is broken off.

    Args:
        job: The resolved job.
        keep: Tells where the climb is.
        every: Seconds between two.
        contents: Of the job's pictures, as they were read.
    """

    def __init__(
        self, job: Job, keep: Callable[[], Kept], every: float, contents: Contents
    ) -> None:
        self._job, self._keep, self._every = job, keep, every
        self._path = checkpoint_of(job.outputs[0])
        self._sources = {path: contents(path) for path in job.sources}
        self._latest = monotonic()

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Write where the climb is if the block does not come to its end; else remove the file."""
        try:
            yield
        except BaseException:
            # What went wrong matters more than that this cannot be kept.
            with suppress(StylizeError):
                self._write()
            raise
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def now_and_then(self) -> None:
        """Write where the climb is, if it is time.

        Raises:
            EngineError: The file cannot be written.
        """
        if monotonic() - self._latest < self._every:
            return
        began = monotonic()
        self._write()
        self._latest = monotonic()
        self._every = max(self._every, (self._latest - began) / LARGEST_SHARE)

    def _write(self) -> None:
        kept = self._keep()
        if kept.octave == 0 and not kept.vectors:
            return  # there is nothing to lose yet
        facts: dict[str, Any] = {
            "format": FORMAT,
            "job": self._job.to_json(),
            "sources": self._sources,
            "vectors": len(kept.vectors),
            "kept": {
                name: value
                for name, value in vars(kept).items()
                if name not in ("pixels", "vectors")
            },
        }
        text = np.frombuffer(json.dumps(facts).encode("ascii"), np.uint8)
        vectors: dict[str, Any] = {
            f"vector{index}": vector for index, vector in enumerate(kept.vectors)
        }
        with replacing(self._path, EngineError) as temporary, temporary.open("wb") as file:
            np.savez(file, facts=text, pixels=kept.pixels, **vectors)
