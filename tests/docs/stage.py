"""A folder in which every file is there that a command of the documentation names."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import doc_pages
import numpy as np
import PyOpenColorIO
from caffe_writer import caffemodel, prototxt
from networks import caffe_layers, random_network

from maya_stylize.convert import keras_h5, provenance
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine.run import run
from maya_stylize.images import reader, writer
from maya_stylize.jobs import SynthesizeJob

SIZE = ROWS, COLUMNS = (40, 48)
OUTPUTS = ("-o", "--output", "--report", "--results", "--overwrite")
PICTURES = (".png", ".tif", ".exr", ".jpg", ".tga", ".tx")
MODELS = (".caffemodel", ".prototxt", ".h5", ".pth", ".whl")


class Stage:
    """The folder.

    Args:
        folder: Empty; commands are run in it.
        model: The normalized network as `.h5`.
        pickle: The same as a torch pickle.
    """

    def __init__(self, folder: Path, model: Path, pickle: Path) -> None:
        self._folder, self._model, self._pickle = folder, model, pickle

    def provide(self, command: list[str]) -> list[str]:
        """Make what a command reads; return its words, with absolute paths led into the folder."""
        words = [f"{self._folder}{word}" if word.startswith("/") else word for word in command]
        before, masks = "", False
        for word in words:
            masks = word in ("--region", "--mask") or (masks and not word.startswith("-"))
            if not word.startswith("-") and before not in OUTPUTS:
                self._provide(word, before, masks, words)
            before = word
        return words

    def _provide(self, word: str, before: str, masks: bool, words: list[str]) -> None:
        path = self._folder / word.rpartition("=")[2].rpartition(":")[0 if ":" in word else 2]
        if before == "--recipe":
            self._recipe(path)
        elif before == "--resume":
            self._broken_off(path)
        elif path.suffix == ".json" and words[1] == "run":
            job = SynthesizeJob(
                exemplar=str(self._picture(path.with_name("e.png"))), output="o.png"
            )
            path.write_text(json.dumps(job.to_json()))
        elif path.suffix in PICTURES:
            for number in ("1001", "1002") if "<" in word else ("",):
                name = path.name.replace("<UDIM>", number)
                self._picture(path.with_name(name), "white" if masks else "bricks")
            if words[1] == "material" and word.count("_") == 1:
                self._other_maps(path)
        elif path.suffix == ".ocio":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(PyOpenColorIO.Config.CreateFromFile("ocio://default").serialize())
        elif path.suffix in MODELS:
            self._network(path, words[1])
        elif before == "--images" or (words[1] in ("batch", "farm") and word.endswith("/")):
            for name in ("a_albedo.png", "b.png"):
                self._picture(path / name)

    def _picture(self, path: Path, what: str = "bricks") -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = reader.read(EXEMPLARS / "bricks.png").pixels[:ROWS, :COLUMNS]
        if what == "white":
            pixels = np.zeros_like(pixels)
            pixels[8:24, 8:24] = 1
        if not path.exists():
            writer.write(path, pixels)
        return path

    def _other_maps(self, albedo: Path) -> None:
        for kind, color in (("normal", (0.5, 0.5, 1.0)), ("roughness", (0.4, 0.4, 0.4))):
            flat = np.tile(np.float32(color), (*SIZE, 1))
            writer.write(albedo.with_name(albedo.name.replace("albedo", kind)), flat)

    def _recipe(self, path: Path) -> None:
        known = doc_pages.recipes()
        assert path.name in known, f"no page shows what is in {path.name}"
        path.write_text(known[path.name])
        for picture in _pictures_in(json.loads(known[path.name])):
            self._picture(path.parent / picture)

    def _broken_off(self, path: Path) -> None:
        """Leave the checkpoint of a job that really began."""
        output = path.with_suffix("")
        exemplar = self._picture(output.with_name("exemplar.png"))
        job = SynthesizeJob(exemplar=str(exemplar), output=str(output), quality="draft")
        events = run(job, self._model)
        next(event for event in events if event.event == "progress" and event.loss is not None)
        next(events)
        events.close()
        assert path.is_file()

    def _network(self, path: Path, command: str) -> None:
        if command not in ("convert", "normalize"):
            shutil.copy(self._pickle if path.suffix == ".pth" else self._model, path)
        elif path.suffix == ".h5":
            network = random_network((2,))
            keras_h5.write(path, network, provenance.describe(network, "stock", "0" * 64))
        elif path.suffix == ".prototxt":
            path.write_text(prototxt(caffe_layers(random_network(kind="average"))))
        else:
            path.write_bytes(caffemodel(caffe_layers(random_network())))


def _pictures_in(data: object) -> Iterable[str]:
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list):
        for each in data:
            yield from _pictures_in(each)
    elif isinstance(data, str) and Path(data).suffix in PICTURES and "{" not in data:
        yield data
