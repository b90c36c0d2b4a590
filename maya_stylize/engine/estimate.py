"""What a job would take, memory and time, told without starting anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from maya_stylize.engine import named_spaces, schedule, speed
from maya_stylize.engine.backend import free_memory
from maya_stylize.engine.backend.types import Unit
from maya_stylize.engine.plan import SLICED_TIME, Plan, Room, settle
from maya_stylize.engine.plan import plan as planned
from maya_stylize.images.probe import probe
from maya_stylize.jobs import Job


@dataclass(frozen=True)
class Estimate:
    """What a job would take.

    Attributes:
        plan: What it goes through.
        room: How it fits into memory.
        fast: Whether the backend's faster convolutions are taken.
        seconds: Its time in a process that has just loaded the backend; None where no job like it
            has been measured on this machine yet. Less where the loss stops falling early.
    """

    plan: Plan
    room: Room
    fast: bool
    seconds: float | None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data, as the worker and ``--dry-run`` tell it."""
        octaves = [[item.width, item.height, item.evaluations] for item in self.plan.octaves]
        return {
            "width": self.plan.width,
            "height": self.plan.height,
            "octaves": octaves,
            "tile": self.room.tile,
            "history": self.room.history,
            "memory": self.room.memory,
            "seconds": None if self.seconds is None else round(self.seconds, 1),
        }


def estimate(job: Job, unit: Unit) -> Estimate:
    """Return what a job would take.

    Args:
        job: What is wanted. One with a resolution is run as it was resolved.
        unit: What it would be computed on.

    Raises:
        StylizeError: The job cannot be run: a picture cannot be read or is too small, the config
            has no color space of a name, or there is too little memory.
    """

    def size_of(path: str) -> tuple[int, int]:
        facts = probe(path)
        return facts.width, facts.height

    def has_alpha(path: str) -> bool:
        return "A" in probe(path).channels

    named_spaces.check(job)
    found = planned(job, size_of, has_alpha)
    fast = unit.has_faster and schedule.worth_tracing(found.octaves)
    room = settle(job, found, free_memory(unit.device), fast)
    seen = speed.known(unit, fast)
    seconds = None if seen is None else seconds_of(found, room, seen)
    return Estimate(found, room, fast, seconds)


def seconds_of(plan: Plan, room: Room, seen: speed.Speed) -> float:
    """Return how long a job will take.

    Args:
        plan: What it goes through.
        room: How it fits into memory.
        seen: What the machine needs for one picture with Gram matrices.
    """
    climbing = seen.seconds(plan.octaves, room.tile) - seen.start
    return seen.start + climbing * plan.maps * (SLICED_TIME if plan.sliced else 1.0)
