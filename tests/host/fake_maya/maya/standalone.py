"""Maya in mayapy. Where FAKE_MAYAPY is not set, the stand-in is a Maya that has been started."""

import importlib
import os

from stand_in import scene

from maya import cmds


def initialize(name: str = "python") -> None:
    if hasattr(cmds, "about"):
        raise RuntimeError("Maya has been started already.")
    if os.environ.get("FAKE_LICENSE") == "none":
        raise RuntimeError("Failed to obtain a license.\n")
    for module in ("scene_commands", "session_commands"):  # there is no window
        vars(cmds).update(
            {
                name: value
                for name, value in vars(importlib.import_module(module)).items()
                if hasattr(value, "__wrapped__")
            }
        )
    scene.batch = True
    scene.undo_on = False
    scene.plug_ins.clear()
    scene.project = os.environ["FAKE_MAYAPY"]
