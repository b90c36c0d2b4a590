"""What a running job says: plain data, one JSON object per event."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, ClassVar, Union


@dataclass(frozen=True)
class Progress:
    """How far a stage has come.

    Attributes:
        stage: The stage in words an artist reads, such as "octave 128x128".
        fraction: Progress of the whole job, 0 to 1.
        loss: The objective's value, where the stage has one.
        seconds_left: Estimated time to the job's end, where one can be given.
    """

    stage: str
    fraction: float
    loss: float | None = None
    seconds_left: float | None = None
    event: ClassVar[str] = "progress"


@dataclass(frozen=True)
class Preview:
    """A picture on disk of the work so far."""

    path: str
    event: ClassVar[str] = "preview"


@dataclass(frozen=True)
class Result:
    """The finished picture, and the job as it was resolved and run.

    Attributes:
        path: The picture.
        sidecar: The JSON beside it, where the picture's format cannot hold the job.
        job: The resolved job.
        loss: The objective's last value.
        layer_errors: Relative error of every layer's statistics: of its Gram matrix, ‖G−Ĝ‖/‖Ĝ‖;
            where they are sliced, the same of the table of its projections' quantiles. The two
            do not compare.
        maps: Of a material: the picture of each of its maps.
    """

    path: str
    sidecar: str | None
    job: dict[str, Any]
    loss: float
    layer_errors: dict[str, float]
    maps: dict[str, str] = field(default_factory=dict)
    event: ClassVar[str] = "result"


@dataclass(frozen=True)
class Failure:
    """Why a job ended without a result."""

    kind: str
    message: str
    hint: str
    event: ClassVar[str] = "failure"


@dataclass(frozen=True)
class Log:
    """A line worth reading that is not progress: a note or a warning."""

    message: str
    level: str = "info"
    event: ClassVar[str] = "log"


Event = Union[Progress, Preview, Result, Failure, Log]


def to_json(event: Event) -> dict[str, Any]:
    """Return the event as plain data, its kind under "event"."""
    return {"event": event.event, **dataclasses.asdict(event)}
