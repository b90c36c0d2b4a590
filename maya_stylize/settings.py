"""Where the user's files lie, and the few settings that are remembered between runs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from maya_stylize.errors import StylizeError
from maya_stylize.files import replacing, unwritable

HOME_VARIABLE = "MAYA_STYLIZE_HOME"
MODEL_VARIABLE = "MAYA_STYLIZE_MODEL"
# OpenColorIO's own.
COLOR_CONFIG_VARIABLE = "OCIO"
MODEL_NAME = "vgg_normalised.h5"
_NAME = "maya-stylize"


def user_folder() -> Path:
    """Return the folder of this user's data; it need not exist.

    ``MAYA_STYLIZE_HOME`` where that is set. Otherwise ``maya-stylize`` below ``LOCALAPPDATA``
    (Windows), below ``~/Library/Application Support`` (macOS), or below ``XDG_DATA_HOME`` (Linux;
    freedesktop.org's base directory specification: a relative value does not count).

    Raises:
        StylizeError: Neither the variables nor the system say where the user's files belong, or
            ``MAYA_STYLIZE_HOME`` names the home of somebody who has none here.
    """
    chosen = os.environ.get(HOME_VARIABLE)
    if chosen:
        return _expanded(HOME_VARIABLE, chosen).absolute()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else _home() / "AppData" / "Local") / _NAME
    if sys.platform == "darwin":
        return _home() / "Library" / "Application Support" / _NAME
    data = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (data if data.is_absolute() else _home() / ".local" / "share") / _NAME


def color_config() -> str | None:
    """Return the color config that the environment names, a file or "ocio://..."; None for none."""
    return os.environ.get(COLOR_CONFIG_VARIABLE) or None


def models_folder() -> Path:
    """Return the folder of this user's converted models; it need not exist."""
    return user_folder() / "models"


def cached_model() -> Path:
    """Return where this user's converted model lies, or will."""
    return models_folder() / MODEL_NAME


def shared_model() -> Path | None:
    """Return the model file, or the folder of one, that a studio names for everybody.

    Read from ``MAYA_STYLIZE_MODEL``; nothing is ever written there.

    Raises:
        StylizeError: It names the home of somebody who has none here.
    """
    named = os.environ.get(MODEL_VARIABLE)
    return _expanded(MODEL_VARIABLE, named) if named else None


def load() -> dict[str, Any]:
    """Return the settings that were remembered; empty before the first.

    Raises:
        StylizeError: The settings file cannot be read or is not a JSON object.
    """
    path = _file()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StylizeError(
            f"The settings file {path} cannot be read: {error.strerror}.",
            "Check the permissions of that file.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path) from error
    if not isinstance(content, dict):
        raise _damaged(path)
    return content


def remember(changes: Mapping[str, Any]) -> None:
    """Change some settings and leave the others; the file is replaced as a whole.

    Args:
        changes: New values, plain JSON data.

    Raises:
        StylizeError: The settings file is damaged or cannot be written.
    """
    _write({**load(), **changes})


def forget(names: Collection[str]) -> None:
    """Remove some settings and leave the others; the file goes with the last one.

    Args:
        names: The settings to remove; those that are not there do not matter.

    Raises:
        StylizeError: The settings file is damaged, or cannot be written or removed.
    """
    before = load()
    left = {name: value for name, value in before.items() if name not in names}
    if left == before:
        return
    if left:
        _write(left)
        return
    try:
        _file().unlink()
    except OSError as error:
        raise unwritable(_file(), error) from error


def _write(content: Mapping[str, Any]) -> None:
    path = _file()
    with replacing(path) as temporary:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _file() -> Path:
    return user_folder() / "settings.json"


def _expanded(variable: str, value: str) -> Path:
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise StylizeError(
            f"{variable} names {value}, but that user has no home folder here.",
            "Set it to a whole path.",
        ) from error


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        raise StylizeError(
            "This account has no home folder.", f"Set {HOME_VARIABLE} to a folder for its files."
        ) from error


def _damaged(path: Path) -> StylizeError:
    return StylizeError(
        f"The settings file {path} is damaged: it does not hold a JSON object.",
        "Delete it; it will be written again.",
    )
