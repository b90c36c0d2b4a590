"""The panel in Maya's window: docked, raised, and back in its place after a restart."""

from __future__ import annotations

import itertools
from typing import Any

from maya import OpenMayaUI, cmds

LABEL = "Maya Stylize"
CONTROL = "MayaStylizeWorkspaceControl"
# Maya's layout preferences keep this line and run it at every start: it must stay valid from
# version to version.
UI_SCRIPT = "import maya_stylize.host.dock; maya_stylize.host.dock.restore()"
_WIDTH, _SMALLEST = 900, 320

# Maya takes the panel's widget only; without this, Python would delete the panel.
_panels: dict[int, Any] = {}
_numbers = itertools.count(1)


def show() -> None:
    """Open the panel, or bring it to the front where it is open."""
    if not cmds.workspaceControl(CONTROL, query=True, exists=True):
        cmds.workspaceControl(
            CONTROL,
            label=LABEL,
            uiScript=UI_SCRIPT,
            dockToMainWindow=("right", True),
            initialWidth=_WIDTH,
            minimumWidth=_SMALLEST,
            loadImmediately=True,
        )
        return
    cmds.workspaceControl(CONTROL, edit=True, restore=True)
    if not _panels:
        # Left empty by a start of Maya at which the panel could not be made.
        _fill(OpenMayaUI.MQtUtil.findControl(CONTROL))


def restore() -> None:
    """Make the panel in the dock that Maya is just making; run by Maya."""
    _fill(OpenMayaUI.MQtUtil.getCurrentParent())


def _fill(parent: Any) -> None:
    # Qt is there only where Maya has a window, and the panel should not slow Maya's own start.
    from maya_stylize.host.maya_scene import MayaScene
    from maya_stylize.ui.panel import Panel
    from maya_stylize.ui.qt import application
    from maya_stylize.worker.qt_transport import make_client

    client = make_client(application())
    panel = Panel(MayaScene(), client)
    number = next(_numbers)
    _panels[number] = panel
    panel.destroyed.connect(client.shutdown)
    panel.destroyed.connect(lambda: _panels.pop(number, None))
    # Maya finds a widget by its name, and the last panel may not be quite gone yet.
    panel.setObjectName(f"{panel.objectName()}{number}")
    widget = OpenMayaUI.MQtUtil.findControl(panel.objectName())
    OpenMayaUI.MQtUtil.addWidgetToMayaLayout(int(widget), int(parent))
