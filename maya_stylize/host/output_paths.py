"""Where results go, and what they are called: never on top of anything."""

from __future__ import annotations

import os
import re
import string
import tempfile
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from maya_stylize import checks
from maya_stylize.errors import SceneError
from maya_stylize.host.scene import Scene
from maya_stylize.map_names import without_kind
from maya_stylize.tile_sets import tile_of, with_tile, without_tile

PROJECT, BESIDE, FOLDER = PLACES = ("project", "beside", "folder")
DEFAULT_PATTERN = "{name}_{mode}_v{version:03}"
FIELDS = ("name", "mode", "version")
_LAST_VERSION = 9999
# Of 255 bytes that file systems take; suffixes and tiles' numbers come on top.
_LONGEST_NAME = 200
_LONGEST_PART = 100
# What Windows forbids, and what a shell, Maya or Arnold would expand: $ % < > #.
_UNWANTED = re.compile(r'[\x00-\x1f<>:"/\\|?*$%#]+')
_OTHER_TILE = re.compile(r"(1\d{3}|u\d+_v\d+)[._]")


@dataclass(frozen=True)
class Destination:
    """Where results go.

    Attributes:
        place: "project" (its source images; beside the source where there is no project),
            "beside" (beside the source), or "folder".
        folder: For "folder": may hold $VARIABLES and "~", and be relative to the project.
        pattern: The name without suffix: {name} of the source, {mode} and {version}.
    """

    place: str = PROJECT
    folder: str = ""
    pattern: str = DEFAULT_PATTERN


def next_output(
    scene: Scene,
    destination: Destination,
    source: Path,
    mode: str,
    suffix: str = ".png",
    taken: Collection[Path] = (),
    each: str = "",
) -> Path:
    """Return the first path in the versions' order that nothing has.

    A version is passed over where any file has its name and another suffix too: a picture must
    not come to lie beside a `.tx` that the renderer would take in its stead.

    What is made of one tile of a texture's set keeps the tile's number, and other tiles may have
    the same version: made one after the other, they become a set that can be applied.

    A material's maps have one version, and {name} is what their names have in common.

    Args:
        scene: Whose project it is.
        destination: Where results go.
        source: The picture that the result is made of; gives {name}, and the folder of "beside".
        mode: The panel's mode.
        suffix: The format's, with its dot.
        taken: Paths promised to jobs that have not written them yet.
        each: Stands behind the version where a picture is written for each of a material's maps,
            to be replaced by the map's kind; "" for one picture.

    Raises:
        SceneError: There is no such folder, it cannot be written to, or the pattern is wrong.
    """
    check_pattern(destination.pattern)
    folder = _folder(scene, destination, source)
    names = _names(folder, make=destination.place != BESIDE)
    names |= {_folded(path.name) for path in taken if path.parent == folder}
    name = (each and without_kind(source.name)) or without_tile(source.name)
    fields = {"name": _clean(name, _LONGEST_PART), "mode": _clean(mode, 20)}
    tile = "" if each else _tile(scene, source)
    behind = f"_{each}" if each else ""
    for version in range(1, _LAST_VERSION + 1):
        stem = _clean(destination.pattern.format(**fields, version=version))
        own = re.compile(re.escape(_folded(stem)) + r"(?:[._](.*))?", re.DOTALL)
        rest = [match[1] or "" for match in map(own.fullmatch, names) if match]
        if not any(_in_the_way(part, tile) for part in rest):
            return folder / f"{with_tile(stem, tile)}{behind}{suffix}"
    raise SceneError(f"{folder} has every version of {stem}.", "Move the old ones elsewhere.")


def check_pattern(pattern: str) -> None:
    """Refuse a pattern for names that cannot number the results.

    Raises:
        SceneError: It is not a name's pattern, or two versions would get one name.
    """
    hint = f"Write it like {DEFAULT_PATTERN}; it may hold {', '.join(FIELDS)}."
    try:
        parts = list(string.Formatter().parse(pattern))
    except ValueError as error:
        raise SceneError(f"The naming pattern {pattern!r} is not understood: {error}.", hint) from (
            error
        )
    for _, field, width, conversion in parts:
        if field is not None and (field not in FIELDS or conversion):
            raise SceneError(f"The naming pattern {pattern!r} has an unknown {{{field}}}.", hint)
        # A letter's width, and an endless one, make no name.
        if width and (field != "version" or not re.fullmatch("0?[1-9]", width)):
            raise SceneError(f"The naming pattern {pattern!r} has an unknown :{width}.", hint)
    fields = [field for _, field, _, _ in parts]
    if "version" not in fields:
        raise SceneError(f"The naming pattern {pattern!r} has no {{version}}.", hint)
    if re.search(r"[/\\]", pattern):
        raise SceneError(f"The naming pattern {pattern!r} names a folder.", hint)
    whole = pattern.format(name="n" * _LONGEST_PART, mode="m" * 20, version=1)
    if len(whole.encode()) > _LONGEST_NAME:
        raise SceneError(f"The naming pattern {pattern!r} makes names too long.", hint)


def _tile(scene: Scene, source: Path) -> str:
    """Return which tile of a texture's set a picture is; empty where it is none."""
    for texture in scene.textures():
        if source.as_posix() in texture.tiles:
            return tile_of(source.name, texture.tiling)
    return ""


def _in_the_way(rest: str, tile: str) -> bool:
    """Return whether a file keeps a tile from a version; `rest` is its name after the version."""
    return not tile or rest.startswith(tile) or not _OTHER_TILE.match(rest)


def _folder(scene: Scene, destination: Destination, source: Path) -> Path:
    if destination.place == BESIDE:
        return source.parent
    if destination.place == FOLDER:
        return _chosen(destination.folder, scene.project())
    return scene.source_images() or source.parent


def _chosen(folder: str, project: Path | None) -> Path:
    if not folder.strip():
        raise SceneError("No folder for results is chosen.", "Name one under Output file.")
    expanded = os.path.expandvars(folder.strip())
    unknown = re.search(r"\$(\w+|\{\w+\})", expanded)
    if unknown:
        raise SceneError(
            f"The folder for results, {folder}, names {unknown[0]}, which is not set.",
            "Set that variable before Maya starts, or choose another folder.",
        )
    try:
        path = Path(expanded).expanduser()
    except RuntimeError as error:
        raise SceneError(
            f"The folder for results, {folder}, names a user whose home is unknown.",
            "Choose another folder.",
        ) from error
    if not path.is_absolute() and project is None:
        raise SceneError(
            f"The folder for results, {folder}, is relative, and there is no project.",
            "Set a project, or choose a whole path.",
        )
    return path if project is None else project / path


def _names(folder: Path, make: bool) -> set[str]:
    """Return the folder's names, folded; see to it that it can be written to."""
    hint = "Choose another folder for results, or ask for permission to write there."
    try:
        if make:
            folder.mkdir(exist_ok=True)
        # Windows answers os.access by the wrong flag, and network drives as they like.
        with tempfile.TemporaryFile(dir=folder, prefix=".maya-stylize-"):
            return {_folded(path.name) for path in folder.iterdir()}
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else error
        raise SceneError(f"Results cannot be written to {folder}: {reason}.", hint) from error


def _folded(name: str) -> str:
    """Return a name as file systems see it that tell neither cases nor accents' forms apart."""
    return unicodedata.normalize("NFC", name).casefold()


def _clean(name: str, longest: int = _LONGEST_NAME) -> str:
    """Return a name that every file system takes and nothing expands."""
    plain = _UNWANTED.sub("_", name).strip(". ")
    plain = plain.encode("utf-8", "replace")[:longest].decode("utf-8", "ignore")
    return f"_{plain}" if not plain or checks.DEVICE.match(plain) else plain
