"""A job bundle on disk: the template, its parameters, the files it needs, and the resolved jobs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from maya_stylize import checks, jobs
from maya_stylize.errors import ImageError, JobError
from maya_stylize.farm import mapping, ranges
from maya_stylize.farm.template import JOBS_FOLDER, RESULTS, RESULTS_FOLDER, template
from maya_stylize.files import replacing, unwritable
from maya_stylize.job_sources import FileHashes, read_with, with_sources
from maya_stylize.jobs import Job

FORMAT = 1
ABOUT = "bundle.json"
_EXPORT = "Export the bundle anew."
_NUMBER = re.compile(r"[0-9]{4,7}")


@dataclass(frozen=True)
class Texture:
    """One result of a bundle.

    Attributes:
        picture: What it is made of.
        exemplar: What it is to look like, where the recipe has several; else None.
        job: Resolved. In a bundle its output is a name; on a worker it is in the results' folder.
        content: The hash of every file that the job reads, by path.
    """

    picture: str
    exemplar: str | None
    job: Job
    content: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the result's file is called."""
        return Path(self.job.output).name

    def here(self, rules: Sequence[mapping.Rule], results: Path) -> Texture:
        """Return the texture with the paths of the machine that this runs on."""

        def change(path: str) -> str:
            return mapping.mapped(path, rules)

        data = with_sources(self.job.to_json(), change)
        data["output"] = str(results / self.name)
        return replace(
            self,
            picture=change(self.picture),
            exemplar=None if self.exemplar is None else change(self.exemplar),
            job=jobs.from_json(data),
            content={change(path): content for path, content in self.content.items()},
        )

    def check(self, hashes: FileHashes) -> None:
        """Refuse to make the texture of other pictures than it was exported with.

        Raises:
            ImageError: A picture is not there, or is another one now.
        """
        for path, content in self.content.items():
            if hashes(path) != content:
                raise ImageError(f"{path} has changed since the bundle was exported.", _EXPORT)


@dataclass(frozen=True)
class About:
    """What holds for all textures of a bundle.

    Attributes:
        count: How many there are.
        tx: Whether each result gets a `.tx` beside it.
        recipe: What is made of each picture, as plain data.
    """

    count: int
    tx: bool
    recipe: dict[str, Any]


def write(
    folder: Path,
    textures: Sequence[Texture],
    about: About,
    results: Path | None,
    chunk: int,
    memory: int,
) -> None:
    """Write a bundle.

    Args:
        folder: Where; it must not be there, or be empty.
        textures: What is made, at least one; the order is their numbers', from 1 on.
        about: What holds for all of them.
        results: Where the results go; None for a folder in the bundle.
        chunk: How many textures one task makes.
        memory: Bytes that the largest one takes at its peak, on the device it is resolved for.

    Raises:
        JobError: The folder has something in it, or cannot be written to.
    """
    check_empty(folder)
    values = []
    outputs = folder / RESULTS_FOLDER if results is None else results
    if results is not None:
        values.append({"name": RESULTS, "value": str(results.absolute())})
    read = {path for each in textures for path in each.content}  # whole paths
    files = sorted(read.union(*map(read_with, read)))
    assets = {
        "inputs": {"filenames": files, "directories": []},
        "outputs": {"directories": [str(outputs.absolute())]},
        "referencedPaths": [],
    }
    try:
        (folder / JOBS_FOLDER).mkdir(parents=True, exist_ok=True)
        outputs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error, JobError) from error
    for number, texture in enumerate(textures, 1):
        _write(_path(folder / JOBS_FOLDER, number), _to_json(texture))
    _write(folder / JOBS_FOLDER / ABOUT, {"format": FORMAT, **vars(about)})
    _write(folder / "asset_references.json", {"assetReferences": assets})
    _write(folder / "parameter_values.json", {"parameterValues": values})
    gpu = any(str(each.job.resolution.get("device")).startswith("gpu") for each in textures)
    last = template(len(textures), chunk, memory, gpu)
    _write(folder / "template.json", last)  # now it is a bundle


def check_empty(folder: Path) -> None:
    """Refuse a folder in which a bundle's files would be among others.

    Raises:
        JobError: It has something in it, or is none.
    """
    try:
        first = next(folder.iterdir(), None)
    except FileNotFoundError:
        return
    except OSError as error:
        raise JobError(
            f"{folder} is no folder that can be read ({error.strerror}).", "Name another one."
        ) from error
    if first is not None:
        raise JobError(
            f"{folder} is not empty: {first.name} is in it.", "Name a new folder for the bundle."
        )


def about(folder: Path) -> About:
    """Read what holds for all textures.

    Args:
        folder: The jobs' of a bundle.

    Raises:
        JobError: It cannot be read, or is of another version.
    """
    path = folder / ABOUT
    data = _read(path)
    tx, recipe = data.get("tx"), data.get("recipe")
    if not isinstance(tx, bool) or not isinstance(recipe, dict):
        raise JobError(f"{path}: is damaged.", _EXPORT)
    try:
        count = checks.whole(1, ranges.LARGEST)("count", data.get("count"))
    except JobError as error:
        raise JobError(f"{path}: {error.message}", _EXPORT) from error
    return About(count, tx, recipe)


def read(folder: Path, number: int) -> Texture:
    """Read a texture, as it was exported.

    Args:
        folder: The jobs' of a bundle.
        number: From 1 on.

    Raises:
        JobError: There is none of that number, or it is damaged.
    """
    path = _path(folder, number)
    data = _read(path)
    picture, exemplar, content = data.get("picture"), data.get("exemplar"), data.get("content")
    try:
        job = jobs.from_json(data.get("job"))
    except JobError as error:
        raise JobError(f"{path}: {error.message}", error.hint) from error
    # It must not lead out of the folder of the results.
    name = job.output
    plain = Path(name).name == name and Path(name).suffix and not re.search(r"[/\\\0]", name)
    if not plain or checks.DEVICE.match(name):
        raise JobError(f"{path}: output: {name} is not the plain name of a file.", _EXPORT)
    sound = isinstance(picture, str) and (exemplar is None or isinstance(exemplar, str))
    if not sound or not isinstance(content, dict) or set(content) != set(files_of(job)):
        raise JobError(f"{path}: is damaged.", _EXPORT)
    return Texture(str(picture), exemplar, job, content)


def numbers(folder: Path) -> set[int]:
    """Return the numbers of the textures that a bundle has files of, whatever it says to have.

    Args:
        folder: The jobs'.

    Raises:
        JobError: It cannot be read.
    """
    try:
        found = [path.stem for path in folder.glob("*.json") if _NUMBER.fullmatch(path.stem)]
    except OSError as error:
        raise JobError(f"{folder} cannot be read ({error.strerror}).", _EXPORT) from error
    return {int(stem) for stem in found}


def files_of(job: Job) -> list[str]:
    """Return every file that a job reads, a color config included, each once."""
    found: dict[str, None] = {}

    def note(path: str) -> str:
        found[path] = None
        return path

    with_sources(job.to_json(), note)
    return list(found)


def _to_json(texture: Texture) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "picture": texture.picture,
        "exemplar": texture.exemplar,
        "job": {**texture.job.to_json(), "output": texture.name},
        "content": dict(texture.content),
    }


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:04}.json"


def _write(path: Path, data: Mapping[str, Any]) -> None:
    with replacing(path, JobError) as temporary:
        temporary.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    data = checks.json_file(path, _EXPORT)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise JobError(f"{path}: is of another version of Maya Stylize.", _EXPORT)
    return data
