"""The panel's modes, in the order of their tabs.

A new mode is one more entry of MODES; no other module knows one mode from another.
"""

from __future__ import annotations

from maya_stylize.errors import JobError
from maya_stylize.ui.material_mode import MATERIAL
from maya_stylize.ui.mode import Mode
from maya_stylize.ui.repair_mode import REPAIR
from maya_stylize.ui.stylize_mode import STYLIZE
from maya_stylize.ui.texture_mode import TEXTURE

MODES = (TEXTURE, STYLIZE, REPAIR, MATERIAL)


def by_name(name: str) -> Mode:
    """Return a mode.

    Raises:
        JobError: There is no mode of that name.
    """
    for mode in MODES:
        if mode.name == name:
            return mode
    raise JobError(f"There is no mode “{name}”.", "Update Maya Stylize, or choose another preset.")
