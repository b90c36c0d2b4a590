"""The errors that users see: what happened, to which thing, and what to do next."""

from __future__ import annotations

import re

_LONGEST, _ITS_END = 2000, 400
# What steers a terminal, and the halves of letters that stand for bytes which are no text.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def printable(text: str) -> str:
    """Return a name that a file or a user gave with its control characters spelled out."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def _shortened(text: str) -> str:
    """Return a text of what a file holds that a person can still read, its end included."""
    return (
        text if len(text) <= _LONGEST else f"{text[: _LONGEST - _ITS_END]} ... {text[-_ITS_END:]}"
    )


class StylizeError(Exception):
    """Base of every error that may cross a pipe or reach a panel.

    Args:
        message: What happened, naming the file, layer or field; the middle of a very long one,
            which some file made so, is left out.
        hint: What to do next, a sentence of its own; may be empty.
    """

    kind = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = _shortened(message)
        super().__init__(self.message)
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class JobError(StylizeError):
    """A job, or a setting of one, that cannot be carried out as written."""

    kind = "job"


class ModelError(StylizeError):
    """A model file that cannot be read, converted, verified or found."""

    kind = "model"


class ImageError(StylizeError):
    """A picture that cannot be read or written."""

    kind = "image"


class EngineError(StylizeError):
    """A computation that cannot be started or finished."""

    kind = "engine"


class WorkerError(StylizeError):
    """A worker process that cannot be started, reached or understood."""

    kind = "worker"


class SceneError(StylizeError):
    """A scene that refuses what is asked of it."""

    kind = "scene"
