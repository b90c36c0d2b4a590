"""The mode "Stylize": style transfer from one or several pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maya_stylize.jobs import Job, StylizeJob
from maya_stylize.ui.fields import Choice, Field, Size, Slider
from maya_stylize.ui.ground import Ground
from maya_stylize.ui.mode import Guidance, Mode, Pictures, Well, first
from maya_stylize.ui.mode_fields import COLOR_SPACE, DEVICE, POOLING, QUALITY, SEED, STATISTICS

_SIZE = Size(sides=1)
_CONTENT = Well(
    "content",
    "&Content",
    "The texture to repaint; it says what is where. Follows the selection in the list.",
    follows=True,
)


def content_weight(strength: int) -> float:
    """Return the content's weight: the paper's 1e6 at strength 50, a hundredfold each way."""
    return float(10 ** (8 - strength / 25))


def _ground(pictures: Pictures, values: Mapping[str, Any]) -> Ground:
    return Ground(first(pictures, _CONTENT))


def _stylize(pictures: Pictures, values: Mapping[str, Any], common: dict[str, Any]) -> Job:
    size = _SIZE.read("size", values["size"])
    return StylizeJob(
        **common,
        content=pictures["content"][0].path,
        styles=tuple(pictures["styles"]),
        size=size[0] if size else None,
        keep_colors=values["keep_colors"],
        color_strength=values["color_strength"] / 100,
        content_weight=content_weight(values["strength"]),
        style_scale=2.0 ** ((values["stroke"] - 50) / 25),
        start=values["start"],
        alpha=values["alpha"],
        statistics=values["statistics"],
    )


STYLIZE = Mode(
    "stylize",
    "&Stylize",
    "The texture repainted in the manner of one or several pictures.",
    (
        _CONTENT,
        Well(
            "styles",
            "St&yles",
            "The pictures that say how it is painted: colors, strokes, grain. With several, "
            "the weights say how much each contributes.",
            many=True,
        ),
    ),
    (
        Field(
            "size",
            "Si&ze",
            "Longer side of the result in pixels. Empty: as large as the content.",
            _SIZE,
            "",
        ),
        QUALITY,
        SEED,
        Field(
            "strength",
            "Stren&gth",
            "How far the style may change the content: to the left shapes stay as they are, "
            "to the right they dissolve into strokes.",
            Slider("Content", "Style"),
            50,
        ),
        Field(
            "stroke",
            "Str&oke size",
            "How large the style's strokes and grain become in the result.",
            Slider("Fine", "Coarse"),
            50,
        ),
        Field(
            "keep_colors",
            "&Keep colors",
            "No: the result takes the styles' colors. In place: every spot keeps the content's "
            "color, and the styles change light and dark alone. The palette: the result is "
            "painted in the content's colors, arranged as the styles arrange theirs. The other two "
            "arrange them differently: by principal axes hues may turn, by channels red leads.",
            Choice(
                (
                    ("no", "No"),
                    ("luminance", "In place"),
                    ("symmetric", "The palette"),
                    ("pca", "The palette, by principal axes"),
                    ("cholesky", "The palette, by channels"),
                )
            ),
            "no",
        ),
        Field(
            "color_strength",
            "Color strength",
            "How far colors are kept, where they are: to the left the result takes the styles' "
            "colors, to the right the content's.",
            Slider("Styles", "Content"),
            100,
        ),
        Field(
            "start",
            "Start from",
            "From the content: shapes stay in place. From noise: freer, less like the content, "
            "and different with every seed.",
            Choice((("content", "The content"), ("noise", "Noise"))),
            "content",
            advanced=True,
        ),
        Field(
            "alpha",
            "Alpha",
            "Kept: the result has the content's alpha, and what is transparent stays as it is; "
            "islands are painted as if their colors went on around them. A mask: the same, and "
            "only what is opaque is compared with the styles, and of those only what is opaque. "
            "Ignored: colors are taken as they stand, and the result is opaque.",
            Choice((("keep", "Kept"), ("mask", "A mask"), ("ignore", "Ignored"))),
            "keep",
            advanced=True,
        ),
        STATISTICS,
        POOLING,
        COLOR_SPACE,
        DEVICE,
    ),
    _stylize,
    whole_sets=True,
    guidance=Guidance(_ground, "styles"),
)
