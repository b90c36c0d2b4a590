"""The mode "Repair": a part of a picture made anew, the rest kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from maya_stylize.errors import JobError
from maya_stylize.jobs import Job, RepairJob
from maya_stylize.ui.fields import Field, Numbers
from maya_stylize.ui.mode import Mode, Pictures, Well
from maya_stylize.ui.mode_fields import COLOR_SPACE, DEVICE, QUALITY, SEAMLESS, SEED

_BAND = Numbers((1,), 2, "a whole number from 2 on, such as 32", "As wide as structures need")
_EXTEND = Numbers((1, 4), 0, "one number, or four such as 0, 0, 256, 0", "Not at all")


def _repair(pictures: Pictures, values: Mapping[str, Any], common: dict[str, Any]) -> Job:
    mask = _only(pictures, "mask")
    band = _BAND.read("band", values["band"])
    extend = _EXTEND.read("extend", values["extend"]) or (0,)
    if mask is None and not any(extend) and values["seamless"] == "no":
        raise JobError(
            "There is nothing to repair.",
            "Paint a mask where the picture is to be made anew, extend it, or choose seamless "
            "edges.",
        )
    return RepairJob(
        **common,
        picture=pictures["picture"][0].path,
        mask=mask,
        extend=extend * 4 if len(extend) == 1 else extend,  # type: ignore[arg-type]
        seamless=values["seamless"],
        band=band[0] if band else None,
        exemplar=_only(pictures, "exemplar"),
    )


def _only(pictures: Pictures, name: str) -> str | None:
    inside = pictures.get(name)
    return inside[0].path if inside else None


REPAIR = Mode(
    "repair",
    "Repa&ir",
    "A part of the texture made anew, such as a stain or its edges; every other pixel is kept.",
    (
        Well(
            "picture",
            "Pi&cture",
            "The texture to repair. Follows the selection in the list.",
            follows=True,
        ),
        Well(
            "mask",
            "Mas&k",
            "Where the picture is made anew: white inside, black outside. Paint it, or drop a "
            "picture of the same proportions.",
            empty="Empty: nothing inside the picture",
            over="picture",
            inside="What is red is made anew; every other pixel is kept.",
        ),
        Well(
            "exemplar",
            "Learn fr&om",
            "Another picture to learn from, such as a clean piece of the same material. What is "
            "made anew has its colors and its structures.",
            empty="Empty: what is kept of the picture itself",
        ),
    ),
    (
        dataclasses.replace(
            SEAMLESS,
            tooltip="Where the picture is to repeat without a seam. A band along those edges is "
            "made anew, and what is between them is kept.",
        ),
        Field(
            "band",
            "Band &width",
            "Width in pixels of what is made anew along a seam, half of it on each side. Wider "
            "hides a seam between large structures better. Empty: found from the picture.",
            _BAND,
            "",
        ),
        Field(
            "extend",
            "E&xtend by",
            "Pixels to add around the picture, made to look like it: one number for all sides, or "
            "four for left, top, right and bottom. Empty: the picture keeps its size.",
            _EXTEND,
            "",
        ),
        QUALITY,
        SEED,
        COLOR_SPACE,
        DEVICE,
    ),
    _repair,
)
