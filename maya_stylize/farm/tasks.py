"""What the steps *targets* and *tiles* do on a worker, told as it goes."""

from __future__ import annotations

import json
import traceback
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import Any

from maya_stylize import events
from maya_stylize.convert import sources
from maya_stylize.engine import backend, checkpoint, resolution
from maya_stylize.errors import EngineError, ModelError, StylizeError, printable
from maya_stylize.farm import bundle, mapping, ranges, standing
from maya_stylize.farm.bundle import Texture
from maya_stylize.farm.mapping import Rule
from maya_stylize.files import checkpoint_of
from maya_stylize.job_sources import FileHashes
from maya_stylize.jobs import Job, MaterialJob, RepairJob, StylizeJob
from maya_stylize.ledger import FOLDER, State
from maya_stylize.worker.running import explain

# What a task tells: a percentage, what it is at, why it failed, or a line for its log.
PROGRESS, STATUS, FAIL, LOG = "progress", "status", "fail", "log"
Told = tuple[str, str]
Telling = Generator[Told, None, None]


@dataclass(frozen=True)
class Order:
    """What one task is to do.

    Attributes:
        jobs: The jobs' folder of a bundle.
        results: Where the results go.
        mapping: The file of the session's path mapping rules.
        textures: The numbers of the textures, such as "1-10".
    """

    jobs: str
    results: str
    mapping: str
    textures: str

    def numbers(self) -> list[int]:
        """Return the numbers of the textures.

        Raises:
            JobError: They are no numbers.
        """
        return ranges.parse(self.textures)

    def texture(self, number: int) -> Texture:
        """Return a texture with this machine's paths.

        Raises:
            JobError: There is none of that number, or the bundle or the rules are damaged.
        """
        rules = self._rules
        return bundle.read(Path(self.jobs), number).here(rules, Path(self.results))

    @cached_property
    def _rules(self) -> list[Rule]:
        return mapping.read(Path(self.mapping))

    @property
    def statistics(self) -> Path:
        """Where what several textures learn is kept."""
        return Path(self.results) / FOLDER / "statistics"


class Worker:
    """Does tasks one after the other in one process, which keeps the engine and the model.

    Args:
        log: The file that takes stderr, named in messages.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._hashes = FileHashes()

    def targets(self, order: Order) -> Telling:
        """Keep what several textures learn from the same examples.

        A texture that cannot be made is told, and fails in its own task alone.

        Raises:
            StylizeError: No texture can be made here.
        """
        shared = yield from self._shared(order)
        for index, texture in enumerate(shared):
            yield STATUS, f"statistics {index + 1} of {len(shared)}"
            model = _begin(texture.job)
            from maya_stylize.engine.run import learn  # needs its backend chosen first

            try:
                for event in learn(texture.job, model, order.statistics):
                    if isinstance(event, events.Progress):
                        yield PROGRESS, f"{100 * (index + event.fraction) / len(shared):.1f}"
            except StylizeError as error:  # each of its textures learns for itself then
                yield LOG, f"{printable(texture.name)}: {error}"
        yield LOG, f"Examples that several textures share: {len(shared)}."
        yield PROGRESS, "100"

    def _shared(self, order: Order) -> Generator[Told, None, list[Texture]]:
        """Return one texture for each set of examples that several learn from in the same way."""
        groups: dict[str, list[Texture]] = {}
        for number in order.numbers():
            name = f"texture {number}"
            try:
                texture = order.texture(number)
                name = printable(texture.name)
                if not _may_share(texture.job):
                    continue
                texture.check(self._hashes)
                if standing.entry_of(texture.job).state is not State.DONE:
                    groups.setdefault(_learned(texture.job), []).append(texture)
            except StylizeError as error:
                yield LOG, f"{name}: {error}"
        return [group[0] for group in groups.values() if len(group) > 1]

    def tiles(self, order: Order) -> Telling:
        """Make textures; one that fails does not keep the others from being made.

        Raises:
            StylizeError: Not all could be made.
        """
        numbers = order.numbers()
        failed = []
        for index, number in enumerate(numbers):
            name = f"texture {number}"
            try:
                texture = order.texture(number)
                name = printable(texture.name)
                yield STATUS, f"{name}, {index + 1} of {len(numbers)}"
                with closing(self._made(texture, order.statistics)) as work:
                    for event in work:
                        if isinstance(event, events.Progress):
                            done = (index + event.fraction) / len(numbers)
                            yield PROGRESS, f"{100 * done:.1f}"
                        elif isinstance(event, events.Log):
                            yield LOG, f"{name}: {event.message}"
            except Exception as error:
                if not isinstance(error, StylizeError):
                    traceback.print_exception(error)
                failure = explain(error, self._log)
                failed.append(f"{name}: {failure.message} {failure.hint}".strip())
                yield LOG, failed[-1]
        if failed:
            raise StylizeError(f"{len(failed)} of {len(numbers)} not made: {'; '.join(failed)}")
        yield PROGRESS, "100"

    def _made(self, texture: Texture, statistics: Path) -> Generator[events.Event, None, None]:
        """Make one texture, if it is not made yet; an earlier task's checkpoint is gone on from."""
        texture.check(self._hashes)
        job = texture.job
        entry = standing.entry_of(job)
        if entry.state is State.DONE:
            yield events.Log("is made already.")
            return
        standing.begin(job, entry)
        try:
            model = _begin(job)
            began = monotonic()
            facts: dict[str, Any] = {}
            with closing(_run(job, model, statistics)) as work:
                for event in work:
                    if isinstance(event, events.Result):
                        facts = {"seconds": round(monotonic() - began, 1), "loss": event.loss}
                    yield event
            standing.record(job, entry, facts)
        finally:
            standing.end(job)


def _begin(job: Job) -> Path:
    """Start the job's backend and return the model file, which has to be the job's.

    Raises:
        ModelError: There is no model here, or another one.
        EngineError: The backend cannot be started.
    """
    model = sources.locate()
    if model is None:
        raise ModelError(
            "There is no model on this worker.",
            "Name one for all workers with MAYA_STYLIZE_MODEL, or run: maya-stylize model fetch.",
        )
    backend.activate(job.backend, job.device, resolution.read_threads(job))
    from maya_stylize.engine.prepare import model_identity  # needs its backend chosen first

    if model_identity(model) != job.resolution.get("model"):
        raise ModelError(
            f"{model} is another network than the bundle was exported with.",
            "Give the workers the same model, or export the bundle with theirs.",
        )
    return model


def _run(job: Job, model: Path, statistics: Path) -> Generator[events.Event, None, None]:
    """Run a job from where an earlier task was broken off, or else from its beginning."""
    from maya_stylize.engine.run import run  # needs its backend chosen first

    if checkpoint_of(job.output).exists():
        begun = False
        try:
            left = checkpoint.left_by(job)
            with closing(_closable(run(job, model, resume=left, statistics=statistics))) as work:
                for event in work:
                    if not begun and isinstance(event, events.Progress):
                        begun = True
                        yield events.Log("goes on from its checkpoint.")
                    yield event
            return
        except EngineError as error:
            if begun:
                raise
            yield events.Log(f"begins anew. {error.message}", "warning")
    with closing(_closable(run(job, model, statistics=statistics))) as work:
        yield from work


def _closable(stream: Iterator[events.Event]) -> Generator[events.Event, None, None]:
    assert isinstance(stream, Generator)
    return stream


def _may_share(job: Job) -> bool:
    """Return whether what a job learns does not depend on the picture itself."""
    own = isinstance(job, (RepairJob, MaterialJob))
    return not own and not (isinstance(job, StylizeJob) and job.keep_colors != "no")


def _learned(job: Job) -> str:
    """Return what a job learns from, and how."""
    data = job.to_json()
    for name in ("output", "seed", "content", "start"):
        data.pop(name, None)
    return json.dumps(data, sort_keys=True)
