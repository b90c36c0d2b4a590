"""Maya without a window, as mayapy has it."""

from __future__ import annotations

from maya import cmds, standalone

from maya_stylize.errors import SceneError


def start() -> None:
    """Make Maya's commands work in mayapy; Maya with a window needs nothing.

    Arnold's plug-in is loaded where there is one.
    """
    if not hasattr(cmds, "about"):
        standalone.initialize(name="python")  # type: ignore[no-untyped-call]
    if "mtoa" not in (cmds.pluginInfo(query=True, listPlugins=True) or []):
        try:
            cmds.loadPlugin("mtoa", quiet=True)
        except RuntimeError:
            return  # a Maya without Arnold is a Maya


def refuse_unsaved() -> None:
    """Refuse to go on where a new scene would cost the artist something.

    Raises:
        SceneError: The scene has changes that are not saved.
    """
    if cmds.file(query=True, modified=True):
        raise SceneError(
            "The open scene has changes that are not saved.", "Save it, or open a new scene."
        )
