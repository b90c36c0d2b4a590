"""What the panel asks of the worker's client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, Union

from maya_stylize.errors import StylizeError

# What a request is answered with: the reply's fields, or why there is none.
Answer = Union[Mapping[str, Any], StylizeError, None]


class Client(Protocol):
    """A client of one worker; everything is called, and calls back, on the main thread."""

    def request(
        self,
        command: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Answer], None],
        progress: Callable[[Mapping[str, Any]], None] | None = None,
    ) -> int:
        """Send probe, thumbnail, plan or model; start the worker if need be; return its number."""

    def run(
        self,
        job: Mapping[str, Any],
        previews: Path | None,
        told: Callable[[Mapping[str, Any]], None],
    ) -> int:
        """Put a job at the queue's end; `told` gets its events, an end (JOB_ENDS) last."""

    def cancel(self, run: int) -> None:
        """Take a waiting job out of the queue, cancel a running one, kill it the second time."""

    def shutdown(self) -> None:
        """End the worker."""
