"""What is to be made of every one of many pictures: a job without its picture and its output."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from maya_stylize import checks, jobs
from maya_stylize.errors import JobError
from maya_stylize.job_sources import with_sources
from maya_stylize.jobs import Job
from maya_stylize.tile_sets import without_tile

VERSION = 1
# The field that takes each of the pictures, by the kind of job.
MAIN = {"synthesize": "exemplar", "stylize": "content", "repair": "picture"}
# How a result is named where the recipe does not say.
OUTPUTS = {
    "synthesize": "{stem}_new{suffix}",
    "stylize": "{stem}_stylized{suffix}",
    "repair": "{stem}_repaired{suffix}",
}
OF_SEVERAL = "{stem}_{exemplar}{suffix}"
TOKENS = ("stem", "suffix", "exemplar")

_FIELDS = ("recipe", "job", "output", "exemplars")
_TOKEN = re.compile(r"\{(\w*)\}")
_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|{}\x00-\x1f\ud800-\udfff]')
# A tile at the end of a picture's name: its number or its token, with what is before it.
_TILE = re.compile(r"\.1[0-9]{3}|_u[0-9]+_v[0-9]+|[._-]?(<udim>|u<u>_v<v>)|<tile>", re.IGNORECASE)


@dataclass(frozen=True)
class Recipe:
    """A job for many pictures.

    Attributes:
        job: A job's plain data without its picture and its output; its paths are whole.
        output: A result's name, with "{stem}", "{suffix}" and "{exemplar}" for what the picture
            and the exemplar are called.
        exemplars: The pictures to learn from, one result for each; empty for those that the job
            names.
    """

    job: dict[str, Any]
    output: str
    exemplars: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Any, folder: Path) -> Recipe:
        """Return the recipe that plain data describes.

        Args:
            data: {"recipe": 1, "job": {...}}, perhaps with "output" and "exemplars".
            folder: What the paths in it are relative to.

        Raises:
            JobError: The data is not a recipe of this version; the message names the field.
        """
        if not isinstance(data, Mapping):
            wanted = 'It starts with {"recipe": 1, "job": {"kind": "stylize", ...'
            raise JobError("The recipe is not a JSON object.", wanted)
        if "kind" in data and "job" not in data:
            wanted = (
                f'Put it into {{"recipe": {VERSION}, "job": ...}}, without its picture and output.'
            )
            raise JobError("This is a job, not a recipe.", wanted)
        for name in data:
            if name not in _FIELDS:
                has = f"It has: {', '.join(_FIELDS)}."
                raise JobError(f"{checks.shown(name)}: a recipe has no such field.", has)
        if type(data.get("recipe")) is not int or data["recipe"] != VERSION:
            raise checks.refuse("recipe", str(VERSION), data.get("recipe"))
        job = data.get("job")
        if not isinstance(job, Mapping):
            raise checks.refuse("job", 'such as {"kind": "stylize", "styles": ["rust.png"]}', job)
        kind = job.get("kind")
        if not isinstance(kind, str) or kind not in MAIN:
            raise checks.refuse("job.kind", "one of " + ", ".join(MAIN), kind)
        exemplars = _exemplars(data.get("exemplars", []))
        if exemplars and set(job) & {"styles", "exemplar"}:
            raise JobError(
                "exemplars: the job names what it learns from as well.",
                'Leave "exemplars" out, or the job\'s own "styles" or "exemplar".',
            )
        output = data.get("output", OUTPUTS[kind])
        whole = tuple(str(folder / path) for path in exemplars)
        checked = _checked(job, kind, folder, whole)
        return cls(checked, _pattern(output, kind), ())._learning_from(whole)

    def to_json(self) -> dict[str, Any]:
        """Return the recipe as plain data that JSON can hold; its paths are whole."""
        return {
            "recipe": VERSION,
            "job": self.job,
            "output": self.output,
            "exemplars": list(self.exemplars),
        }

    @property
    def kind(self) -> str:
        """What kind of job is run on every picture."""
        return str(self.job["kind"])

    def with_exemplars(self, exemplars: Iterable[str]) -> Recipe:
        """Return the recipe with other pictures to learn from, one result for each.

        Args:
            exemplars: Paths; relative ones are taken as they are.

        Raises:
            JobError: The kind of job learns from the picture alone, or results of several
                exemplars would have one name.
        """
        given = _exemplars(list(exemplars))
        job = {name: value for name, value in self.job.items() if name not in _learned(self.kind)}
        _checked(job, self.kind, Path(), given)
        return replace(self, job=job)._learning_from(given)

    def output_for(self, picture: str, exemplar: str | None = None) -> str:
        """Return the name of a picture's result.

        A tile's number, or its token, stays at the name's end, where Maya looks for it.

        Args:
            picture: A path, or the pattern of a set of tiles such as "wall.<UDIM>.png".
            exemplar: The picture to learn from; None for the job's own.

        Raises:
            JobError: The name would be none, or lead out of a folder.
        """
        path = Path(picture)
        stem, tile = path.stem, ""
        found = stem[len(without_tile(path.name)) :]
        if _TILE.fullmatch(found):
            stem, tile = stem[: -len(found)], found
        parts = {
            "stem": stem,
            "suffix": path.suffix,
            "exemplar": "" if exemplar is None else without_tile(Path(exemplar).name),
        }
        name = _TOKEN.sub(lambda token: parts[token[1]], self.output)
        made = Path(name)
        if made.name != name or not made.suffix or checks.DEVICE.match(name):
            wanted = 'a file\'s name with a suffix, such as "{stem}_new{suffix}"'
            raise checks.refuse("output", wanted, name)
        return f"{made.stem}{tile}{made.suffix}"

    def job_for(self, picture: str, folder: Path, exemplar: str | None = None) -> Job:
        """Return the job of one picture.

        Args:
            picture: A path, or the pattern of a set of tiles: `tile_jobs.each_tile` then tells its
                jobs.
            folder: Where the result goes.
            exemplar: One of `exemplars`; None where there are none.

        Raises:
            JobError: There is no such job.
        """
        if exemplar is None and self.kind == "stylize" and "styles" not in self.job:
            raise JobError(
                "exemplars: there is none to take the style from.",
                'Name pictures as the recipe\'s "exemplars", or as its job\'s "styles".',
            )
        output = str(folder / self.output_for(picture, exemplar))
        return jobs.from_json(_complete(self.job, self.kind, picture, output, exemplar))

    def _learning_from(self, exemplars: tuple[str, ...]) -> Recipe:
        output = self.output
        if len(exemplars) > 1 and output == OUTPUTS[self.kind]:
            output = OF_SEVERAL
        if len(exemplars) > 1 and "{exemplar}" not in output:
            wanted = f'a name with {{exemplar}} in it, such as "{OF_SEVERAL}"'
            raise checks.refuse("output", f"{wanted}, for there are several exemplars", output)
        return replace(self, output=output, exemplars=exemplars)


def load(path: Path) -> Recipe:
    """Return the recipe in a file; its paths are relative to the file's folder.

    Raises:
        JobError: It cannot be read or is no recipe; the message names the file and the field.
    """
    data = checks.json_file(path)
    try:
        return Recipe.from_json(data, path.absolute().parent)
    except JobError as error:
        raise JobError(f"{path}: {error.message}", error.hint) from error


def _exemplars(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise checks.refuse("exemplars", "a list of pictures", value)
    return tuple(checks.path(f"exemplars[{index}]", path) for index, path in enumerate(value))


def _pattern(value: Any, kind: str) -> str:
    wanted = f'a file\'s name such as "{OUTPUTS[kind]}"'
    if not isinstance(value, str) or value.startswith("."):
        raise checks.refuse("output", wanted, value)
    for token in _TOKEN.findall(value):
        if token not in TOKENS:
            known = ", ".join(f"{{{name}}}" for name in TOKENS)
            raise JobError(f"output: there is no {{{token}}}.", f"There are {known}.")
    if not value or _NOT_IN_NAMES.search(_TOKEN.sub("", value)):
        raise checks.refuse("output", wanted, value)
    return value


def _learned(kind: str) -> tuple[str, ...]:
    """Return the fields that an exemplar takes the place of."""
    return {"stylize": ("styles",), "repair": ("exemplar",)}.get(kind, ())


def _complete(
    job: Mapping[str, Any], kind: str, picture: str, output: str, exemplar: str | None
) -> dict[str, Any]:
    data = {**job, MAIN[kind]: picture, "output": output}
    if exemplar is not None:
        taken: Any = [exemplar] if kind == "stylize" else exemplar
        data.update(dict.fromkeys(_learned(kind), taken))
    return data


def _checked(
    job: Mapping[str, Any], kind: str, folder: Path, exemplars: tuple[str, ...]
) -> dict[str, Any]:
    """Return a recipe's job with all its fields and whole paths.

    Raises:
        JobError: It is none; the message names the field.
    """
    if exemplars and not _learned(kind):
        raise JobError(
            f"exemplars: a {kind} job learns from the picture itself.",
            'Leave "exemplars" out, or name them as the pictures.',
        )
    for name in (MAIN[kind], "output", "resolution"):
        if name in job:
            raise JobError(
                f"job.{name}: is each picture's own.", "Leave it out of the recipe's job."
            )
    data = {"version": jobs.VERSION, **job}
    needs_exemplar = kind == "stylize" and "styles" not in data
    stands_in = exemplars[0] if exemplars else "exemplar" if needs_exemplar else None
    try:
        made = jobs.from_json(_complete(data, kind, "picture", "output", stands_in))
    except JobError as error:
        raise JobError(f"job.{error.message}", error.hint) from error
    plain = made.to_json()
    own = (MAIN[kind], "output", *(_learned(kind) if stands_in else ()))
    kept = {name: value for name, value in plain.items() if name not in own}
    return with_sources(kept, lambda path: str(folder / path))
