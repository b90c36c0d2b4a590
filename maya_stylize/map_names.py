"""Which kind of a material's maps a picture is, and which others go with it, by their names.

A studio's own words are added by a file of JSON that ``MAYA_STYLIZE_MAP_NAMES`` names, such as
``{"roughness": ["gls"], "height": ["hgt", "dpl"]}``.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path

from maya_stylize import checks
from maya_stylize.errors import JobError, StylizeError
from maya_stylize.tile_sets import without_tile

VARIABLE = "MAYA_STYLIZE_MAP_NAMES"

ALBEDO, NORMAL, ROUGHNESS, METALNESS, HEIGHT, OCCLUSION = KINDS = (
    "albedo",
    "normal",
    "roughness",
    "metalness",
    "height",
    "occlusion",
)

_ENDINGS = {
    ALBEDO: ("albedo", "alb", "basecolor", "basecolour", "diffuse", "diff", "dif", "color",
             "colour", "col"),
    NORMAL: ("normal", "normals", "norm", "nrm", "nor", "nml"),
    ROUGHNESS: ("roughness", "rough", "rgh"),
    METALNESS: ("metalness", "metallic", "metal"),
    HEIGHT: ("height", "displacement", "displace", "disp", "bump"),
    OCCLUSION: ("occlusion", "ambientocclusion", "occ", "ao"),
}  # fmt: skip
_KINDS = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings}
# These are words of a material too: alone they name what is shown, not which map it is.
_WORDS = ("color", "colour", "metal", "rough", "diff")
_BETWEEN = "_-. "
# Kinds in two words, and what the second begins with.
_TWO_WORDS = (("base", "colo"), ("ambient", "occ"))
# What may come behind: a size, a version, the normals' direction, a space, a depth, "map".
_BEHIND = re.compile(
    r"[0-9]+k?|v[0-9]+|[0-9]+bits?|gl|dx|opengl|directx|ogl|raw|srgb|linear|lin|acescg|maps?|tex"
)
_VARIANT = re.compile(r"[0-9]+k?|v[0-9]+")
_OPENGL, _DIRECTX = {"gl", "opengl", "ogl"}, {"dx", "directx"}
_PARTS = re.compile(
    r"(?i:acescg|srgb|(?<![a-z])v[0-9]+)|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+[A-Za-z]*"
)


def kind_of(name: str) -> str | None:
    """Return which map a picture is: one of KINDS, or None where its name does not say.

    The last word counts, after sizes, versions and the like: `Wall_2K_NormalGL.png` is a normal
    map, `metal_wall_albedo.1001.tif` an albedo.

    Args:
        name: A file's name or path, or a node's.

    Raises:
        StylizeError: The studio's file of words cannot be used.
    """
    return _kinds().get(_ending(name))


def data_kind_of(name: str) -> str | None:
    """Return which map with data a picture is: one of KINDS but for ALBEDO, or None.

    What may be a word for the thing that is shown does not count: `rusty_metal.png` is a picture.

    Args:
        name: A file's name or path, or a node's.

    Raises:
        StylizeError: The studio's file of words cannot be used.
    """
    ending = _ending(name)
    kind = None if ending in _WORDS else _kinds().get(ending)
    return None if kind == ALBEDO else kind


def _ending(name: str) -> str:
    """Return the last word of a name, or the last two, where they are one of the endings."""
    parts, _ = _parts(name)
    if not parts:
        return ""
    last = _without_map(parts[-1])
    if len(parts) == 1 and last in _WORDS:
        return ""
    two = "".join(parts[-2:])
    return two if two in _kinds() else last


def _parts(name: str) -> tuple[list[str], list[str]]:
    """Return a name's words, and what comes behind them: sizes, versions and the like."""
    parts = [part.lower() for part in _PARTS.findall(without_tile(name))]
    behind: list[str] = []
    while parts and _BEHIND.fullmatch(parts[-1]):
        behind.append(parts.pop())
    return parts, behind


def _without_map(word: str) -> str:
    return word if len(word) < 5 else word.removesuffix("map")


def _kinds() -> dict[str, str]:
    """Return the kind of every ending, a studio's own included."""
    named = os.environ.get(VARIABLE)
    return _KINDS if not named else _with_those_of(named)


@lru_cache(maxsize=1)
def _with_those_of(file: str) -> dict[str, str]:
    try:
        content = checks.json_file(Path(file).expanduser())
    except (JobError, RuntimeError) as error:  # the latter where no home is known
        raise _refused(str(getattr(error, "message", error)).rstrip(".")) from error
    if not isinstance(content, dict):
        raise _refused(f"{file} is not an object of JSON")
    kinds = dict(_KINDS)
    for kind, words in content.items():
        if kind not in KINDS or not isinstance(words, list):
            raise _refused(f"{file} has {kind!r}, which is no kind of map with a list of words")
        for word in words:
            ending = _without_map(word.lower()) if isinstance(word, str) else ""
            if not re.fullmatch("[a-z]+", ending) or _BEHIND.fullmatch(ending):
                raise _refused(
                    f"{file} has {word!r} as a {kind}, which is not a single word of its own"
                )
            kinds[ending] = kind
    return kinds


def _refused(what: str) -> StylizeError:
    return StylizeError(
        f"{VARIABLE}: {what}.",
        f'Write it as {{"roughness": ["gls"]}}, of the kinds {", ".join(KINDS)}; the words are '
        "letters.",
    )


def beside(path: Path, suffixes: Collection[str]) -> dict[str, str]:
    """Return the maps in a map's folder whose names are alike but for the kind, itself included.

    Those of a tile of a set are of the same tile. Of several of one kind the one is taken whose
    size and version are the given map's, or that has none where that one has none; then normals for
    OpenGL, as Maya wants them, come before those for DirectX, and heights before bumps. Where that
    leaves several, all kinds have the size and version that most of them have, of these the newest
    version and then the largest size.

    Args:
        path: A picture whose name says its kind.
        suffixes: Of pictures, in lower case.

    Returns:
        Paths by kind; nothing where the folder is not there.
    """
    stem, tile = without_kind(path.name), _tile(path)
    found: dict[str, list[Path]] = {}
    folder = path.parent
    for each in sorted(folder.iterdir()) if folder.is_dir() else ():
        kind = kind_of(each.name) if each.suffix.lower() in suffixes else None
        if kind is None or _tile(each) != tile:
            continue
        if without_kind(each.name) == stem:
            found.setdefault(kind, []).append(each)
    near = {kind: _nearest(those, path) for kind, those in found.items() if path not in those}
    shared = Counter(variant for those in near.values() for variant in {*map(_variant, those)})

    def preferred(candidate: Path) -> tuple[int, list[int], list[int]]:
        variant = _variant(candidate)
        return shared[variant], *_newest_and_largest(variant)

    # The first of the alphabet where two are alike in all of this.
    return {kind: str(max(near[kind], key=preferred) if kind in near else path) for kind in found}


def _nearest(candidates: list[Path], given: Path) -> list[Path]:
    """Return those of several maps of one kind that go with the given one equally well."""
    least = min(_rank(each, given) for each in candidates)
    return [each for each in candidates if _rank(each, given) == least]


def _rank(candidate: Path, given: Path) -> tuple[int, int, int]:
    """Return how far a map is from what goes with the given one; the nearest is the least."""
    _, behind = _parts(candidate.name)
    differing = _variant(candidate) ^ _variant(given)
    facing = 0 if _OPENGL & {*behind} else 2 if _DIRECTX & {*behind} else 1
    return len(differing), facing, int(_ending(candidate.name) == "bump")


def _variant(path: Path) -> frozenset[str]:
    """Return the sizes and versions in a map's name, behind its kind."""
    return frozenset(part for part in _parts(path.name)[1] if _VARIANT.fullmatch(part))


def _newest_and_largest(variant: Iterable[str]) -> tuple[list[int], list[int]]:
    """Return the versions and the sizes in a name as numbers, such as 2048 for "2k"."""
    versions = sorted(int(part[1:]) for part in variant if part.startswith("v"))
    sizes = (part for part in variant if not part.startswith("v"))
    numbers = sorted(1024 * int(each[:-1]) if each[-1] == "k" else int(each) for each in sizes)
    return versions, numbers


def without_kind(name: str) -> str:
    """Return what a map's name begins with, before the word for what it holds; "" if nothing."""
    whole = without_tile(name)
    words = (
        cut for cut, letter in enumerate(whole) if cut and (letter in _BETWEEN or letter.isupper())
    )
    for cut in reversed(list(words)):
        # Behind another word, as alone "color" would be no kind.
        if kind_of(f"of_{whole[cut:]}"):
            head = whole[:cut].rstrip(_BETWEEN)
            word = whole[cut:].lstrip(_BETWEEN).lower()
            for first, second in _TWO_WORDS:
                if word.startswith(second) and head.lower().endswith(first):
                    head = head[: -len(first)].rstrip(_BETWEEN)
            return head
    return ""


def _tile(path: Path) -> str:
    return path.stem[len(without_tile(path.name)) :]
