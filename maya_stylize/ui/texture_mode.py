"""The mode "New texture": synthesis from an exemplar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maya_stylize.jobs import Job, SynthesizeJob
from maya_stylize.ui.fields import Field, Size
from maya_stylize.ui.ground import Ground
from maya_stylize.ui.mode import Guidance, Mode, Pictures, Well, first
from maya_stylize.ui.mode_fields import (
    COLOR_SPACE,
    DEVICE,
    MATCH_HISTOGRAM,
    POOLING,
    QUALITY,
    SEAMLESS,
    SEED,
    STATISTICS,
)

_SIZE = Size(sides=2)
_EXEMPLAR = Well(
    "exemplar",
    "E&xemplar",
    "The picture to learn from: an even piece of the material, seen straight on. "
    "The new texture has its colors and its structures.",
)


def _ground(pictures: Pictures, values: Mapping[str, Any]) -> Ground:
    size = _SIZE.read("size", values["size"])
    if size is not None:
        return Ground("", size)  # type: ignore[arg-type]
    return Ground(first(pictures, _EXEMPLAR), shown=False)


def _synthesize(pictures: Pictures, values: Mapping[str, Any], common: dict[str, Any]) -> Job:
    return SynthesizeJob(
        **common,
        exemplar=pictures["exemplar"][0].path,
        size=_SIZE.read("size", values["size"]),  # type: ignore[arg-type]
        match_histogram=values["match_histogram"],
        seamless=values["seamless"],
        statistics=values["statistics"],
    )


TEXTURE = Mode(
    "texture",
    "&New texture",
    "A new texture of any size that looks like the exemplar without repeating it.",
    (_EXEMPLAR,),
    (
        Field(
            "size",
            "Si&ze",
            "Width and height of the new texture in pixels; structures keep their size, so a "
            "larger texture holds more of them. Empty: as large as the exemplar.",
            _SIZE,
            "",
        ),
        SEAMLESS,
        QUALITY,
        SEED,
        MATCH_HISTOGRAM,
        STATISTICS,
        POOLING,
        COLOR_SPACE,
        DEVICE,
    ),
    _synthesize,
    guidance=Guidance(_ground, _EXEMPLAR.name),
)
