"""What the panel asks of the worker's client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from maya_stylize.worker.client import Answer, Answered, Told
from maya_stylize.worker.protocol import Device, Hello

__all__ = ["Answer", "Answered", "Client", "Told"]


class Client(Protocol):
    """`worker.client.Client`, as far as the panel uses it; all on the main thread."""

    changed: Callable[[], None]

    @property
    def hello(self) -> Hello | None:
        """What the running worker said of itself."""

    @property
    def device(self) -> Device | None:
        """What its jobs run on, once its backend runs."""

    @property
    def log(self) -> Path | None:
        """The worker's log."""

    @property
    def queue(self) -> tuple[int, ...]:
        """The jobs that have not ended, the running one first."""

    def warm(self, backend: str) -> None:
        """Let an idle worker start its backend."""

    def request(
        self,
        command: str,
        arguments: Mapping[str, Any],
        answered: Answered,
        progress: Told | None = None,
    ) -> int:
        """Send a small command."""

    def run(
        self, job: Mapping[str, Any], previews: Path | None, told: Told, resume: bool = False
    ) -> int:
        """Put a job at the queue's end; one that was broken off may go on."""

    def cancel(self, number: int) -> None:
        """Cancel a job; the second time at once."""

    def tick(self) -> None:
        """Look whether the worker hangs."""

    def shutdown(self) -> None:
        """End the worker."""
