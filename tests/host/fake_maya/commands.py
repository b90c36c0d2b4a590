"""How the stand-in's commands check what they are given.

A flag that Maya does not have is a TypeError, and so is one that the stand-in does not know.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stand_in import scene

FLAGS: dict[str, list[str]] = json.loads(
    (Path(__file__).resolve().parent / "flags.json").read_text("utf-8")
)


def command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Check the flags against Maya's, and the thread."""
    name = function.__name__

    @functools.wraps(function)
    def call(*arguments: Any, **flags: Any) -> Any:
        scene.check_thread()
        unknown = set(flags) - set(FLAGS[name])
        if unknown:
            raise TypeError(f"Invalid flag {', '.join(sorted(unknown))!r} of {name}")
        scene.calls.append(name)
        if scene.fail_at == name:
            scene.fail_at = ""
            raise RuntimeError(f"{name} failed as the test wanted.")
        return function(*arguments, **flags)

    return call


def undoable(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*arguments: Any, **flags: Any) -> Any:
        with scene.undoable(function.__name__):
            return function(*arguments, **flags)

    return command(call)
