"""The artist's way from end to end: a real worker, the real weights, a stand-in for the scene.

The worker runs on the Python that MAYA_STYLIZE_PYTHON names, the engine's; the weights are those
that the engine's tests have kept. Where either is missing this is skipped, with the reason.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from maya import cmds
from node_types import PLACEMENT_PAIRS
from stand_in import scene as stand_in

from maya_stylize import settings
from maya_stylize.host.maya_scene import MayaScene
from maya_stylize.ui.panel import Panel
from maya_stylize.ui.qt import QtCore
from maya_stylize.worker.qt_transport import make_client

# Before any test has a user's folder of its own.
WEIGHTS = settings.user_folder() / "tests" / "vgg_normalised.pth"
HANGING_SECONDS = 1200
ENGINE = {"numpy", "keras", "tensorflow", "torch", "jax", "h5py", "OpenImageIO", "rich"}


@pytest.fixture
def painted(pictures: Path) -> Iterator[str]:
    """A scene whose material shows pebbles.png."""
    stand_in.clear()
    stand_in.project = f"{pictures.parent}/"
    node: str = cmds.shadingNode("file", asTexture=True, isColorManaged=True, name="pebbles")
    placement = cmds.shadingNode("place2dTexture", asUtility=True, name="pebbles_place")
    for source, destination in PLACEMENT_PAIRS.items():
        cmds.connectAttr(f"{placement}.{source}", f"{node}.{destination}")
    cmds.setAttr(f"{placement}.repeatU", 4)
    cmds.setAttr(f"{node}.fileTextureName", str(pictures / "pebbles.png"), type="string")
    cmds.setAttr(f"{node}.colorSpace", "sRGB", type="string")
    cmds.shadingNode("lambert", asShader=True, name="ground")
    cmds.connectAttr(f"{node}.outColor", "ground.color")
    yield node
    stand_in.clear()


def graph() -> tuple[dict[str, str], set[str]]:
    return dict(stand_in.state.connections), set(stand_in.state.nodes)


def engine_log() -> str:
    logs = (settings.user_folder() / "logs").glob("worker-*.log")
    return "\n".join(log.read_text(errors="replace")[-2000:] for log in logs)


def wait(app: Any, holds: Callable[[], object], panel: Panel) -> None:
    end = time.monotonic() + HANGING_SECONDS
    while not holds():
        assert not panel.messages.text(), engine_log()
        assert time.monotonic() < end, "it did not come about"
        app.processEvents(QtCore.QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


@pytest.mark.skipif(
    "MAYA_STYLIZE_PYTHON" not in os.environ, reason="MAYA_STYLIZE_PYTHON names no engine"
)
@pytest.mark.skipif(not WEIGHTS.is_file(), reason="the engine's tests have kept no weights")
def test_list_make_apply_undo_redo_revert(app: Any, painted: str, pictures: Path) -> None:
    client = make_client(app)
    panel = Panel(MayaScene(), client)
    panel.show()
    try:
        page = panel.first_launch
        wait(app, page.agree.isVisible, panel)
        page.file.setText(str(WEIGHTS))
        page.agree.click()
        page.start.click()
        wait(app, page.go_on.isVisible, panel)
        page.go_on.click()

        wait(app, lambda: client.device, panel)  # before any job
        assert client.device is not None
        assert f" on {client.device.name}, " in panel.engine.text()

        panel.textures.select(painted)
        assert panel.textures.texture() is not None
        panel.maker.tabs.setCurrentIndex(1)
        stylize = panel.maker.page()
        assert stylize.source() == str(pictures / "pebbles.png")
        stylize.wells["styles"].add([str(pictures / "coffee.png")])
        stylize.form.set_values({"size": "64", "quality": "draft"})
        wait(app, lambda: panel.plan.text().startswith("64 x 64, "), panel)
        assert "about" not in panel.plan.text()  # no job ran here yet
        previews: list[str] = []
        panel.runs.previewed.connect(lambda run, path: previews.append(path))
        panel.maker.start.click()
        wait(app, lambda: panel.runs.running() is None, panel)
        output = pictures / "pebbles_stylize_v001.png"
        assert output.is_file()
        assert previews
        wait(app, lambda: panel.plan.text().startswith("64 x 64, about "), panel)
        wait(app, panel.preview.view.has_both, panel)

        before = graph()
        panel.results.apply.click()
        after = graph()
        assert panel.messages.text() == ""
        shown = panel.textures.texture()
        assert shown is not None
        assert shown.path == str(output)
        assert after != before
        cmds.undo()
        assert graph() == before
        cmds.redo()
        assert graph() == after
        panel.textures.refresh()
        panel.textures.select(shown.node)
        panel.results.revert.click()
        assert panel.messages.text() == ""
        assert graph() == before
        assert not ENGINE & {name.partition(".")[0] for name in sys.modules}
    finally:
        panel.close()
        client.shutdown()
        panel.deleteLater()
        app.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
