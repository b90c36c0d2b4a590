"""What is decided and loaded before a job's first evaluation: octaves, memory, backend, network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from maya_stylize.convert import keras_h5
from maya_stylize.convert.fingerprint import fingerprint
from maya_stylize.convert.network import Network
from maya_stylize.engine import resolution, schedule
from maya_stylize.engine.backend import Backend, activate, free_memory
from maya_stylize.engine.encoder import Encoder
from maya_stylize.engine.known import Known
from maya_stylize.engine.maps import Maps
from maya_stylize.engine.plan import Plan, is_sliced, regions_of, settle
from maya_stylize.engine.tasks import Task
from maya_stylize.engine.vgg19 import Wrap
from maya_stylize.jobs import Job


@dataclass(frozen=True, eq=False)
class Ready:
    """A job that can begin.

    Attributes:
        task: The job with its pictures read.
        model_file: The converted network.
        identity: The network's fingerprint.
        backend: What computes.
        octaves: What the job goes through.
        fast: Whether the backend's faster convolutions are taken.
        history: The optimizer's.
        tile: Side of the tiles; 0 for whole pictures.
        resolved: The job with all that is decided.
    """

    task: Task
    model_file: Path
    identity: str
    backend: Backend
    octaves: list[schedule.Octave]
    fast: bool
    history: int
    tile: int
    resolved: Job

    def encoder(self) -> tuple[Encoder, bool]:
        """Return the network ready to run, and whether it was made only now.

        It is kept with what it has compiled for the process's next job. Call it in the backend's
        scope.
        """
        problem = self.task.problem
        made = _encoder.cache_info().misses
        encoder = _encoder(
            self.model_file,
            _changed_at(self.model_file),
            tuple(problem.taps),
            self.resolved.pooling,
            self.backend,
            problem.wrap,
            self.fast,
            self.task.maps,
        )
        return encoder, _encoder.cache_info().misses > made

    def known(self, folder: Path, grows: bool = False) -> Known:
        """Return the statistics in a folder that this job can take over bit by bit.

        Args:
            folder: Where they are.
            grows: Whether what is not known yet is kept.
        """
        problem, chosen = self.task.problem, self.resolved.resolution
        other = ("octaves", "history", "color_config", "color_spaces")  # pixels tell of spaces
        setting = {name: chosen[name] for name in chosen if name not in other}
        setting |= {
            "taps": list(problem.taps),
            "pooling": self.resolved.pooling,
            "wrap": list(problem.wrap),
            "fast": self.fast,
            "maps": str(self.task.maps),
        }
        return Known(folder, setting, grows)


def prepare(job: Job, task: Task, model_file: Path) -> Ready:
    """Decide how a job is run, and start its backend.

    Args:
        job: What is wanted. One with a resolution is run as it was resolved.
        task: The same with its pictures read.
        model_file: The converted network.

    Raises:
        StylizeError: The job cannot be run.
    """
    problem = task.problem
    planned = schedule.octaves(job, problem.size, problem.smallest_example)
    octaves = resolution.read_octaves(job, planned)
    _, identity = _network(model_file, _changed_at(model_file))
    backend = activate(job.backend, job.device, resolution.read_threads(job))
    fast = backend.unit.has_faster and schedule.worth_tracing(octaves)
    example = problem.largest_example
    size, regions = problem.size, regions_of(job)
    plan = Plan(*size, tuple(octaves), example, regions, task.count, is_sliced(job))
    room = settle(job, plan, free_memory(backend.device), fast)
    history, tile = room.history, room.tile
    resolved = resolution.resolve(job, backend, identity, octaves, history, tile, task.spaces)
    return Ready(task, model_file, identity, backend, octaves, fast, history, tile, resolved)


def model_identity(model_file: Path) -> str:
    """Return the fingerprint of a model file's network.

    Raises:
        ModelError: The file cannot be read.
    """
    return _network(model_file, _changed_at(model_file))[1]


def _changed_at(model_file: Path) -> int:
    return model_file.stat().st_mtime_ns if model_file.is_file() else 0


@lru_cache(maxsize=1)
def _network(model_file: Path, _changed_at: int) -> tuple[Network, str]:
    """Return a model file's network and its fingerprint, kept for the process's next job."""
    network = keras_h5.read(model_file)
    return network, fingerprint(network)


@lru_cache(maxsize=2)
def _encoder(
    model_file: Path,
    changed_at: int,
    taps: tuple[str, ...],
    pooling: str,
    backend: Backend,
    wrap: Wrap,
    fast: bool,
    maps: Maps | None,
) -> Encoder:
    """Return an encoder, kept with what it has compiled for the process's next job."""
    return Encoder(_network(model_file, changed_at)[0], taps, pooling, backend, wrap, fast, maps)
