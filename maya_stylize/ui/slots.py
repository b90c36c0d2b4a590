"""Keeps errors of slots from becoming tracebacks: they are told to the panel instead."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable
from typing import Any

from maya_stylize.errors import StylizeError
from maya_stylize.ui.qt import is_alive

LOG = logging.getLogger("maya_stylize.ui")


def slot(method: Callable[..., None]) -> Callable[..., None]:
    """Make a widget's method a slot whose errors the nearest `report_error` above it shows.

    What a signal sends beyond the method's parameters is dropped, as Qt itself does. A slot that
    is called although Qt has deleted its widget does nothing: PySide 6.8 does so now and then
    when a new object gets the old one's address.
    """
    parameters = list(inspect.signature(method).parameters.values())[1:]
    takes_all = any(item.kind is inspect.Parameter.VAR_POSITIONAL for item in parameters)
    count = None if takes_all else len(parameters)

    @functools.wraps(method)
    def guarded(self: Any, *arguments: Any) -> None:
        if not is_alive(self):
            return
        try:
            method(self, *arguments[:count])
        except StylizeError as error:
            report(self, error)
        except Exception as error:
            LOG.exception("An error that should not happen, in %s", method.__qualname__)
            report(self, unexpected(error))

    return guarded


def unexpected(error: Exception) -> StylizeError:
    """Return what to tell of an error that nobody foresaw; its details are in the log."""
    return StylizeError(
        f"Something went wrong inside the panel: {type(error).__name__}: {error}.",
        "Your scene and pictures are untouched. Please send us Help > Copy report.",
    )


def report(widget: Any, error: StylizeError) -> None:
    """Hand an error to the nearest widget from here upwards that can show it."""
    while widget is not None:
        if hasattr(widget, "report_error"):
            widget.report_error(error)
            return
        widget = widget.parent()
    LOG.error("%s", error)
