"""The mode "Material": the maps of a material made anew together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maya_stylize import map_names
from maya_stylize.errors import JobError
from maya_stylize.jobs import MAPS, Job, MaterialJob
from maya_stylize.ui.drops import SUFFIXES
from maya_stylize.ui.fields import Choice, Field, Size
from maya_stylize.ui.mode import Mode, Pictures, Well
from maya_stylize.ui.mode_fields import (
    COLOR_SPACE,
    DEVICE,
    MATCH_HISTOGRAM,
    POOLING,
    QUALITY,
    SEAMLESS,
    SEED,
)

_SIZE = Size(sides=2)
_WELLS = {
    "albedo": "The surface's color without light on it.",
    "normal": "Which way the surface faces, as a tangent space normal map.",
    "roughness": "How blurred its reflections are, in gray.",
    "metalness": "Where it is bare metal, in gray.",
    "height": "How far it stands out, in gray: a displacement or a bump.",
    "occlusion": "Where little light from around arrives, in gray.",
}


def found(picture: str, network: Mapping[str, str]) -> dict[str, str]:
    """Return the maps that go with a picture, by kind.

    What the shading network says comes before what names say; a picture that neither knows is an
    albedo.

    Args:
        picture: One of the maps.
        network: The maps' pictures by kind, as the scene's shading network has them.
    """
    maps = dict(network)
    named = map_names.kind_of(picture)
    if picture not in maps.values():
        maps.setdefault(named or map_names.ALBEDO, picture)
    others = map_names.beside(Path(picture), SUFFIXES) if named else {}
    for kind, path in others.items():
        if Path(path) not in map(Path, maps.values()):  # it may have been put elsewhere by hand
            maps.setdefault(kind, Path(path).as_posix())
    return {kind: maps[kind] for kind in MAPS if kind in maps}


def _material(pictures: Pictures, values: Mapping[str, Any], common: dict[str, Any]) -> Job:
    maps = {kind: pictures[kind][0].path for kind in MAPS if pictures.get(kind)}
    if len(maps) < 2:
        raise JobError(
            "A material needs at least two maps.",
            "Select a texture whose other maps are found, or drop each map where it belongs.",
        )
    return MaterialJob(
        **common,
        maps=maps,
        size=_SIZE.read("size", values["size"]),  # type: ignore[arg-type]
        match_histogram=values["match_histogram"],
        seamless=values["seamless"],
        alpha=values["alpha"],
    )


MATERIAL = Mode(
    "material",
    "Material",
    "All maps of a material made anew together, so that a crack in one is a crack in every one.",
    tuple(
        Well(kind, kind.capitalize(), tooltip, small=True, empty="Empty: not made")
        for kind, tooltip in _WELLS.items()
    ),
    (
        Field(
            "size",
            "Si&ze",
            "Width and height of the new maps in pixels; structures keep their size, so that "
            "larger maps hold more of them. Empty: as large as the maps above.",
            _SIZE,
            "",
        ),
        SEAMLESS,
        QUALITY,
        SEED,
        dataclasses.replace(
            MATCH_HISTOGRAM,
            label="Match the maps' colors",
            tooltip="Brings each map's colors or grays to those of the map that it is learned "
            "from exactly. Without it they may drift a little.",
        ),
        Field(
            "alpha",
            "Alpha",
            "Made anew: where a map has alpha, such as leaves or a chain link fence, a new one is "
            "made together with the maps. A mask: only what is opaque is learned from, and the new "
            "maps are opaque. Ignored: colors are taken as they stand, and the new maps are "
            "opaque.",
            Choice((("keep", "Made anew"), ("mask", "A mask"), ("ignore", "Ignored"))),
            "keep",
            advanced=True,
        ),
        POOLING,
        COLOR_SPACE,
        DEVICE,
    ),
    _material,
    found=found,
)
