"""How fast the panel opens, and how long a job keeps Qt's event loop from running.

    MAYA_STYLIZE_PYTHON=.venv/bin/python .venv-maya2025/bin/python benchmarks/panel.py

Run in an environment that has PySide2 or PySide6; the worker runs on the Python that is named.
Opening is measured in a fresh process, from the panel's import to its first painted frame with the
list in it. The longest block is the longest time between two beats of a timer of 1 ms; on
a busy machine much of it is waiting for the processor, so that the time worked is given as well.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import maya_stylize  # noqa: E402
from maya_stylize import settings  # noqa: E402

EXEMPLARS = Path(maya_stylize.__file__).parent / "exemplars"
TEXTURES = 200
LIMIT = 300.0


class Heart:
    """Beats in the event loop and remembers its longest pause, and the most it worked in one."""

    def __init__(self) -> None:
        from maya_stylize.ui.qt import QtCore

        self._longest = self._most = 0.0
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._timer = QtCore.QTimer()
        self._timer.setTimerType(QtCore.Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(1)

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self._longest = max(self._longest, now - self._last)
        self._most = max(self._most, worked - self._worked)
        self._last, self._worked = now, worked

    def pause(self) -> str:
        """Return the longest pause so far and the most processor time in one; begin anew."""
        words = f"{self._longest * 1000:.0f} ms, of processor time {self._most * 1000:.0f} ms"
        self._longest = self._most = 0.0
        return words


def open_panel(pictures: list[Path]) -> tuple[Any, Any, Any]:
    """Show a panel over pictures; return the application, its panel and its client."""
    from maya_stylize.host.no_scene import PictureList
    from maya_stylize.ui import look
    from maya_stylize.ui.panel import Panel
    from maya_stylize.ui.qt import application
    from maya_stylize.worker.qt_transport import make_client

    app = application()
    app.setStyle("Fusion")
    client = make_client(app)
    panel = Panel(PictureList(pictures), client)
    panel.resize(look.em(panel) * 85, look.em(panel) * 52)
    panel.show()
    return app, panel, client


def wait(app: Any, panel: Any, holds: Callable[[], object]) -> None:
    """Run the event loop until something holds."""
    from maya_stylize.ui.qt import QtCore, execute

    loop, timer = QtCore.QEventLoop(), QtCore.QTimer()
    end = time.monotonic() + LIMIT

    def look() -> None:
        if holds() or panel.messages.text() or time.monotonic() > end:
            loop.quit()

    timer.timeout.connect(look)
    timer.start(5)
    execute(loop)
    if not holds():
        raise SystemExit(f"It did not come about: {panel.messages.text()}")


def measure_opening(pictures: list[Path]) -> float:
    """Return the seconds from the panel's import to its first picture."""
    began = time.perf_counter()
    app, panel, client = open_panel(pictures)
    app.processEvents()
    while not panel.textures.view.model().rowCount():
        app.processEvents()
    panel.grab()
    seconds = time.perf_counter() - began
    client.shutdown()
    return seconds


def measure_blocks(pictures: list[Path], weights: Path) -> dict[str, str]:
    """Return the longest pause of the event loop in each part of a session."""
    app, panel, client = open_panel(pictures)
    heart = Heart()
    pauses: dict[str, str] = {}
    wait(app, panel, lambda: panel.first_launch.agree.isVisible())
    pauses["engine started, list filled"] = heart.pause()
    page = panel.first_launch
    page.file.setText(str(weights))
    page.agree.click()
    page.start.click()
    wait(app, panel, lambda: page.go_on.isVisible())
    page.go_on.click()
    pauses["model converted"] = heart.pause()
    maker = panel.maker.page()
    maker.wells["exemplar"].add([str(pictures[0])])
    maker.form.set_values({"size": "256", "quality": "draft"})
    panel.maker.start.click()
    wait(app, panel, lambda: panel.runs.running() is None)
    wait(app, panel, panel.preview.view.has_both)
    pauses["a job of 256 x 256 with previews"] = heart.pause()
    view = panel.textures.view
    bar = view.verticalScrollBar()
    for place in range(0, bar.maximum() + 1, max(1, bar.maximum() // 40)):
        bar.setValue(place)
        wait(app, panel, lambda: True)
    pauses["scrolling the list, thumbnails arriving"] = heart.pause()
    panel.close()
    client.shutdown()
    return pauses


def main() -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure the panel.")
    parser.add_argument("--opening", action="store_true", help="print one opening's seconds")
    parser.add_argument(
        "--weights", type=Path, default=settings.user_folder() / "tests" / "vgg_normalised.pth"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ[settings.HOME_VARIABLE] = str(Path(folder) / "user")
        exemplars = sorted(EXEMPLARS.glob("*.png"))
        pictures = []
        for number in range(TEXTURES):
            source = exemplars[number % len(exemplars)]
            pictures.append(Path(folder) / f"{source.stem}_{number:03}.png")
            shutil.copy(source, pictures[-1])
        if options.opening:
            print(measure_opening(pictures))
            return 0
        command = [sys.executable, __file__, "--opening"]
        for _ in range(3):
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            print(f"opened with {TEXTURES} textures in {float(done.stdout):.2f} s")
        for part, pause in measure_blocks(pictures, options.weights).items():
            print(f"longest block while {part}: {pause}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
