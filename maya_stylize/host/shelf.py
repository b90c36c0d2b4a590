"""The shelf's button; the artist's own shelf stays in front."""

from __future__ import annotations

from maya import cmds, mel

SHELF = "MayaStylize"
LABEL = "Stylize"
ANNOTATION = "Maya Stylize: make new textures from pictures, or repaint textures in their style"
ICON = "maya_stylize.svg"
COMMAND = "import maya_stylize.host.dock; maya_stylize.host.dock.show()"


def install() -> None:
    """Put the button on its shelf, in the stead of an older one, without a restart of Maya.

    From the next start on Maya finds the shelf by itself, for the module brings it.
    """
    tabs = _mel("global string $gShelfTopLevel; $mayaStylizeTabs = $gShelfTopLevel;")
    in_front = cmds.shelfTabLayout(tabs, query=True, selectTab=True)
    try:
        if not cmds.shelfLayout(SHELF, exists=True):
            _mel(f'addNewShelfTab "{SHELF}";')  # registers it, so that Maya keeps it
        _put_button()
    finally:
        if in_front:
            cmds.shelfTabLayout(tabs, edit=True, selectTab=in_front)


def _put_button() -> None:
    for child in cmds.shelfLayout(SHELF, query=True, childArray=True) or []:
        is_button = cmds.objectTypeUI(child) == "shelfButton"
        if is_button and cmds.shelfButton(child, query=True, label=True) == LABEL:
            cmds.shelfButton(
                child,
                edit=True,
                annotation=ANNOTATION,
                image=ICON,
                sourceType="python",
                command=COMMAND,
            )
            return
    cmds.shelfButton(
        parent=SHELF,
        label=LABEL,
        annotation=ANNOTATION,
        image=ICON,
        sourceType="python",
        command=COMMAND,
    )


def _mel(line: str) -> str:
    result: str = mel.eval(line)  # type: ignore[no-untyped-call]
    return result
