"""What the panel keeps on disk: presets, its own state, the history; all JSON, nothing run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maya_stylize import settings
from maya_stylize.errors import JobError, StylizeError
from maya_stylize.files import replacing
from maya_stylize.ui.fields import checked
from maya_stylize.ui.mode import Mode
from maya_stylize.ui.modes import by_name

PRESET_VERSION = 1
LARGEST_PRESET = 1 << 20


def save_preset(path: Path, mode: Mode, values: Mapping[str, Any]) -> None:
    """Write a mode's settings to a file that can be shared.

    Raises:
        StylizeError: The file cannot be written.
    """
    write(path, {"maya_stylize_preset": PRESET_VERSION, "mode": mode.name, "settings": {**values}})


def load_preset(path: Path) -> tuple[Mode, dict[str, Any]]:
    """Return the mode and the checked settings of a preset.

    Raises:
        JobError: The file is no preset, or holds what the mode's settings may not be.
        StylizeError: The file cannot be read.
    """
    data = read(path)
    expected = {"maya_stylize_preset", "mode", "settings"}
    if not isinstance(data, dict) or set(data) != expected:
        raise JobError(f"{path} is not a preset.", "Choose a file that “Save preset” wrote.")
    if data["maya_stylize_preset"] != PRESET_VERSION:
        raise JobError(f"{path} is a preset of another version.", "Update Maya Stylize.")
    if not isinstance(data["mode"], str) or not isinstance(data["settings"], dict):
        raise JobError(f"{path} is a damaged preset.", "Save it again.")
    try:
        mode = by_name(data["mode"])
        return mode, checked(mode.fields, data["settings"])
    except JobError as error:
        raise JobError(f"{path}: {error.message}", "Correct it there, or save it again.") from error


def panel_file() -> Path:
    """Return where the panel's own state is kept."""
    return settings.user_folder() / "panel.json"


def history_file() -> Path:
    """Return where the list of results is kept."""
    return settings.user_folder() / "history.json"


def read(path: Path) -> Any:
    """Return what a JSON file holds, None where there is none.

    Raises:
        StylizeError: The file cannot be read, is no JSON, or is too large to be one of ours.
    """
    try:
        if path.stat().st_size > LARGEST_PRESET:
            raise StylizeError(f"{path} is too large to be one of ours.", "Choose another file.")
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = error.strerror or error
        raise StylizeError(f"{path} cannot be read: {reason}.", "Check the file.") from error
    except (ValueError, RecursionError) as error:
        raise StylizeError(f"{path} is damaged: not JSON.", "Choose another file.") from error


def write(path: Path, data: Any) -> None:
    """Write plain data as JSON, whole or not at all.

    Raises:
        StylizeError: The file cannot be written.
    """
    with replacing(path) as temporary:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
