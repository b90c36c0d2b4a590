"""Maya without a window, as mayapy has it."""

from __future__ import annotations

from maya import cmds, standalone

from maya_stylize.errors import SceneError


def start() -> None:
    """Make Maya's commands work in mayapy; Maya with a window needs nothing.

    Arnold's plug-in is loaded where there is one.

    Raises:
        SceneError: Maya cannot start, for want of a license for example.
    """
    if not hasattr(cmds, "about"):
        try:
            standalone.initialize(name="python")  # type: ignore[no-untyped-call]
        except RuntimeError as error:
            reason = " ".join(str(error).split()).rstrip(".")
            raise SceneError(
                f"Maya could not start: {reason}.",
                "See whether mayapy starts by itself, and whether a license is free.",
            ) from error
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
