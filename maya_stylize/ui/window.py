"""The panel as a window of its own, over a list of pictures instead of a scene."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from maya_stylize.host.no_scene import PictureList
from maya_stylize.ui import look
from maya_stylize.ui.panel import Panel
from maya_stylize.ui.qt import QtCore, application, execute
from maya_stylize.worker.qt_transport import make_client


def show(pictures: Iterable[Path], palette: str) -> int:
    """Show the panel until its window is closed.

    Args:
        pictures: What the list begins with.
        palette: "dark" or "light".

    Returns:
        The exit code.
    """
    app = application()
    app.setStyle("Fusion")
    app.setPalette(look.palette(palette))
    panel = Panel(PictureList(pictures), make_client(app))
    unit = look.em(panel)
    room = app.primaryScreen().availableSize()
    panel.resize(QtCore.QSize(unit * 85, unit * 52).boundedTo(room))
    panel.show()
    return execute(app)
