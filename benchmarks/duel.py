"""One task for two: ours and another program, each in a process of its own; for peers.py."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from measured import Run, measure
from rich.progress import Progress

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
EXEMPLARS = ROOT / "maya_stylize" / "exemplars"
PACKAGES = ROOT / "build" / "peers"  # of the peer alone; torch and numpy are the environment's
PEER = (
    "import torch; torch.library.define('torchvision::nms', "
    "'(Tensor dets, Tensor scores, float iou_threshold) -> Tensor'); "
    "from neural_style.neural_style import main; main()"
)
STYLE_WEIGHT, CONTENT_WEIGHT = 1e9 / 5, 1e6
NEURAL_STYLE = {
    "gpu": "c",
    "backend": "nn",
    "model_file": "vgg19.pth",
    "pooling": "avg",
    "init": "image",
    "optimizer": "lbfgs",
    "content_image": "content.png",
    "style_image": "style.png",
    "output_image": "other.png",
    "style_weight": STYLE_WEIGHT / 4,
    "content_weight": CONTENT_WEIGHT / 4,
    "tv_weight": 0,
    "print_iter": 1,
}

# Seconds since the process's start, and the loss then.
Curve = list[tuple[float, float]]


@dataclass(frozen=True)
class Settings:
    """How a duel is fought.

    Attributes:
        quality: Of ours.
        backend: Of ours.
        iterations: Of the other.
        every: Iterations of the other from one saved picture to the next.
        exemplar: Of the texture, by its name among those shipped.
    """

    quality: str
    backend: str
    iterations: int
    every: int
    exemplar: str


@dataclass(frozen=True)
class Side:
    """One run of one side.

    Attributes:
        run: Its process.
        curves: By "optimizer" and by "picture". Ours has one point, the end.
    """

    run: Run
    curves: dict[str, Curve]


class Duel:
    """Ours and another on one task.

    Args:
        task: "transfer" or "texture".
        size: Longer side of the result.
        settings: How it is fought.
        folder: For the pictures.
        progress: Where the bars are.
    """

    def __init__(
        self, task: str, size: int, settings: Settings, folder: Path, progress: Progress
    ) -> None:
        self._task, self._size, self._settings = task, size, settings
        self._folder, self._progress = folder, progress
        self._exemplar = EXEMPLARS / f"{settings.exemplar}.png"
        folder.mkdir(parents=True, exist_ok=True)
        if task == "transfer":
            pictures = {"content": EXEMPLARS / "coffee.png", "style": EXEMPLARS / "brushwork.png"}
            self._plain("pictures", {"folder": folder, **pictures, "size": size}, 1)

    def ours(self) -> Side:
        """Run the command."""
        output = self._folder / "ours.png"
        command = [sys.executable, "-m", "maya_stylize"]
        if self._task == "transfer":
            command += ["stylize", str(self._folder / "content.png")]
            command += [str(self._folder / "style.png"), "--content-weight", f"{CONTENT_WEIGHT:g}"]
        else:
            command += ["synthesize", str(self._exemplar), "--size", str(self._size)]
            command += ["--no-histogram"]  # matching it leads away from the loss
        command += ["--quality", self._settings.quality, "--backend", self._settings.backend]
        command += ["--device", "cpu", "--json", "-o", str(output)]
        run = self._measure("ours", command, ROOT, 1)
        end = run.seconds
        loss = json.loads(run.lines[-1][1])["loss"]
        picture = self._judge([output])[0]
        return Side(run, {"optimizer": [(end, loss)], "picture": [(end, picture)]})

    def other(self) -> Side:
        """Run neural-style, or the recipe."""
        total, every = self._settings.iterations, self._settings.every
        if self._task == "transfer":
            options = {
                **NEURAL_STYLE,
                "image_size": self._size,
                "num_iterations": total,
                "save_iter": every,
            }
            command = [sys.executable, "-c", PEER, "-disable_check"]
            command += [
                word for name, value in options.items() for word in (f"-{name}", f"{value}")
            ]
        else:
            command = [sys.executable, str(HERE / "scipy_recipe.py"), str(self._exemplar)]
            command += ["other.png", str(self._size), str(total), str(every)]
        run = self._measure("other", command, self._folder, total)
        own = [(at, float(line.split()[-1])) for at, line in run.lines if "Total loss" in line]
        saved = [index for index in range(1, total + 1) if index % every == 0 or index == total]
        names = [f"other_{index}.png" if index < total else "other.png" for index in saved]
        judged = self._judge([self._folder / name for name in names])
        moments = [own[index - 1][0] for index in saved]
        return Side(run, {"optimizer": own, "picture": list(zip(moments, judged, strict=True))})

    def _judge(self, pictures: Sequence[Path]) -> list[float]:
        transfer = self._task == "transfer"
        wanted = {
            "example": self._folder / "style.png" if transfer else self._exemplar,
            "content": self._folder / "content.png" if transfer else None,
            "pictures": [str(path) for path in pictures],
        }
        return [float(line) for line in self._plain("judge", wanted, len(pictures))]

    def _plain(self, title: str, wanted: Mapping[str, object], total: int) -> list[str]:
        command = [sys.executable, str(HERE / "plain.py"), json.dumps(wanted, default=str)]
        return [line for _, line in self._measure(title, command, ROOT, total).lines]

    def _measure(self, title: str, command: list[str], cwd: Path, total: float) -> Run:
        bar = self._progress.add_task(f"{self._task} {self._size}: {title}", total=total)

        def heard(line: str) -> None:
            if title == "ours":
                event = json.loads(line)
                self._progress.update(bar, completed=event.get("fraction", 0), refresh=False)
            elif title == "judge" or line.startswith("Iteration"):
                self._progress.advance(bar)

        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        if title == "other":
            paths.insert(0, str(PACKAGES))
        try:
            return measure(command, cwd, heard, PYTHONPATH=os.pathsep.join(paths))
        finally:
            self._progress.remove_task(bar)
