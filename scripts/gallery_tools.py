"""What the gallery's sections share: running a job, and laying pictures side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from maya_stylize.demo import EXEMPLARS
from maya_stylize.events import Log, Result
from maya_stylize.images import reader, writer
from maya_stylize.jobs import Job

FloatArray = npt.NDArray[np.float32]

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images" / "gallery"
GAP = 8


@dataclass(frozen=True)
class Studio:
    """Where the gallery's pictures are made.

    Attributes:
        model: The converted network.
        folder: For pictures on the way.
        quality: Of all jobs.
    """

    model: Path
    folder: Path
    quality: str

    def exemplar(self, name: str) -> FloatArray:
        """Return a picture that ships."""
        return reader.read(EXEMPLARS / f"{name}.png").pixels

    def path(self, name: str) -> str:
        """Return where a picture on the way lies."""
        return str(self.folder / f"{name}.png")

    def save(self, name: str, pixels: FloatArray) -> str:
        """Write a picture on the way; return its path."""
        writer.write(self.path(name), pixels)
        return self.path(name)

    def mask(self, name: str, where: npt.NDArray[np.bool_]) -> str:
        """Write a mask; return its path."""
        return self.save(name, np.repeat(where[..., None].astype(np.float32), 3, -1))

    def run(self, job: Job) -> Result:
        """Run a job to its end."""
        from maya_stylize.engine.run import run  # the backend is chosen first

        for event in run(job, self.model):
            if isinstance(event, Log):
                print(event.message)
            elif isinstance(event, Result):
                result = event
        return result

    def made(self, job: Job) -> FloatArray:
        """Run a job and return its picture."""
        return reader.read(self.run(job).path).pixels


def show(name: str, caption: str, *pictures: FloatArray) -> str:
    """Write pictures side by side for the page; return the line that shows them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    writer.write(IMAGES / f"{name}.jpg", beside(*pictures))
    return f"![{caption}](images/gallery/{name}.jpg)\n"


def beside(*pictures: FloatArray) -> FloatArray:
    """Return pictures in a row with gaps between them, white below those that are lower."""
    height = max(len(picture) for picture in pictures)
    row: list[FloatArray] = []
    for picture in pictures:
        below = ((0, height - len(picture)), (0, 0), (0, 0))
        row += [np.pad(picture, below, constant_values=1), np.ones((height, GAP, 3), np.float32)]
    return np.concatenate(row[:-1], 1)


def twice(pixels: FloatArray) -> FloatArray:
    """Return a picture laid beside itself, twice each way."""
    return np.tile(pixels, (2, 2, 1))
