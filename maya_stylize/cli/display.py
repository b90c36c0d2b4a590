"""Shows a job's events to a person, or hands them on as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from maya_stylize import events
from maya_stylize.errors import StylizeError


class Display(Protocol):
    """Takes a job's events."""

    def show(self, stream: Iterable[events.Event]) -> None:
        """Show events as they come; an error of the stream passes through."""


class JsonLines:
    """One JSON object per line on stdout; a failure is a line too."""

    def show(self, stream: Iterable[events.Event]) -> None:
        """Print each event as it comes."""
        try:
            for event in stream:
                self._print(event)
        except StylizeError as error:
            self._print(events.Failure(error.kind, error.message, error.hint))
            raise
        except KeyboardInterrupt:
            self._print(events.Failure("cancelled", "The job was cancelled.", ""))
            raise
        except BrokenPipeError:
            raise
        except Exception as error:
            self._print(events.Failure("bug", f"An error that should not happen: {error!r}", ""))
            raise

    def _print(self, event: events.Event) -> None:
        print(json.dumps(events.to_json(event), allow_nan=False), flush=True)


class Bar:
    """A progress bar on stderr, the result on stdout."""

    def show(self, stream: Iterable[events.Event]) -> None:
        """Move the bar; print notes above it, and the result once the bar is gone."""
        # While the bar is drawn, all that is printed goes to its console, which is not stdout.
        results = []
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description:<18}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[details]}"),
        )
        # A log file has no use for a bar, nor for the blank line it would leave.
        hidden = not console.is_terminal
        with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
            task = bar.add_task("starting", total=1.0, details="")
            for event in stream:
                if isinstance(event, events.Progress):
                    bar.update(
                        task,
                        description=event.stage,
                        completed=event.fraction,
                        details=_details(event),
                    )
                elif isinstance(event, events.Log):
                    note = f"{event.level}: {event.message}"
                    bar.console.print(note, markup=False, highlight=False, soft_wrap=True)
                elif isinstance(event, events.Result):
                    results.append(event)
        for result in results:
            _print_result(result)


def _details(event: events.Progress) -> str:
    loss = "" if event.loss is None else f"loss {event.loss:.3g}"
    return f"{loss}  {_duration(event.seconds_left)}".strip()


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} left"


def _print_result(event: events.Result) -> None:
    errors = ", ".join(f"{layer} {error:.2%}" for layer, error in event.layer_errors.items())
    print("\n".join(event.maps.values()) or event.path)
    if event.sidecar:
        print(event.sidecar)
    sliced = event.job.get("statistics") == "sliced"
    what = "sliced statistics" if sliced else "Gram matrices"
    print(f"  loss {event.loss:.4g}; {what} off by: {errors}")
