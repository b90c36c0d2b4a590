"""The few lines of MEL that the stand-in understands."""

from __future__ import annotations

from stand_in import scene
from window import window


def eval(line: str) -> str:
    scene.check_thread()
    if "= $gShelfTopLevel;" in line:
        return window.SHELVES
    if line == 'addNewShelfTab "MayaStylize";':
        window.shelves["MayaStylize"] = []
        window.in_front = "MayaStylize"
        return "MayaStylize"
    raise RuntimeError(f"Cannot find procedure: {line}")
