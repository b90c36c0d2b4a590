"""The panel's modes as data: which pictures each asks for, its settings, and how they make a job.

A new mode is one more entry of MODES; no other module knows one mode from another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maya_stylize.errors import JobError
from maya_stylize.jobs import Job, Style, StylizeJob, SynthesizeJob
from maya_stylize.ui.fields import Choice, Field, Size, Slider, Toggle, Whole

# By well name: the pictures in it with their weights.
Pictures = Mapping[str, Sequence[Style]]


@dataclass(frozen=True)
class Well:
    """A place to drop pictures on.

    Attributes:
        name: Its key.
        label: For people; "&" before the letter that reaches it.
        tooltip: What the picture in it does to the result.
        many: Whether it takes several, with weights.
        follows: Whether it shows the texture that is selected in the list.
    """

    name: str
    label: str
    tooltip: str
    many: bool = False
    follows: bool = False


@dataclass(frozen=True)
class Mode:
    """One way of making a texture.

    Attributes:
        name: Its key, also in file names.
        title: For people; "&" before the letter that reaches it.
        tooltip: What it makes.
        wells: The pictures it asks for; the first is the one that results are compared with.
        fields: Its settings.
        make: Makes a job's own settings out of pictures and values.
    """

    name: str
    title: str
    tooltip: str
    wells: tuple[Well, ...]
    fields: tuple[Field, ...]
    make: Callable[[Pictures, Mapping[str, Any], dict[str, Any]], Job]

    def job(self, pictures: Pictures, values: Mapping[str, Any], output: str, backend: str) -> Job:
        """Return the job that the panel shows.

        Args:
            pictures: What is in the wells.
            values: Of the settings, checked.
            output: The picture to write.
            backend: What to compute with.

        Raises:
            JobError: A well is empty, or a setting is not what the job takes.
        """
        self.check(pictures)
        common = {name: values[name] for name in ("seed", "quality", "pooling", "device")}
        return self.make(pictures, values, {**common, "output": output, "backend": backend})

    def check(self, pictures: Pictures) -> None:
        """Raise `JobError` where a well is empty."""
        for well in self.wells:
            if not pictures.get(well.name):
                raise JobError(
                    f"No picture in “{plain(well.label)}”.",
                    "Drop one there, or take it from the texture list.",
                )


def plain(label: str) -> str:
    """Return a label without the mark of its letter."""
    return label.replace("&", "")


def content_weight(strength: int) -> float:
    """Return the content's weight: the paper's 1e6 at strength 50, a hundredfold each way."""
    return float(10 ** (8 - strength / 25))


def _synthesize(pictures: Pictures, values: Mapping[str, Any], common: dict[str, Any]) -> Job:
    return SynthesizeJob(
        **common,
        exemplar=pictures["exemplar"][0].path,
        size=_SQUARE.read("size", values["size"]),  # type: ignore[arg-type]
        match_histogram=values["match_histogram"],
        seamless=values["seamless"],
    )


def _stylize(pictures: Pictures, values: Mapping[str, Any], common: dict[str, Any]) -> Job:
    size = _LONGER.read("size", values["size"])
    return StylizeJob(
        **common,
        content=pictures["content"][0].path,
        styles=tuple(pictures["styles"]),
        size=size[0] if size else None,
        keep_colors=values["keep_colors"],
        content_weight=content_weight(values["strength"]),
        style_scale=2.0 ** ((values["stroke"] - 50) / 25),
        start=values["start"],
    )


_SQUARE = Size(sides=2)
_LONGER = Size(sides=1)

_QUALITY = Field(
    "quality",
    "&Quality",
    "How long the picture is worked on. Draft shows soonest where it is heading; "
    "final brings out the large structures and clean details.",
    Choice((("draft", "Draft"), ("normal", "Normal"), ("final", "Final"))),
    "normal",
)
_SEED = Field(
    "seed",
    "See&d",
    "Another seed arranges the picture anew; the same seed and settings give the same picture.",
    Whole(0, 2**31 - 1, dice=True),
    0,
)
_SEAMLESS = Field(
    "seamless",
    "Seamless ed&ges",
    "Where the picture can be laid beside itself without a seam. Exact at sizes that are multiples "
    "of 16; others are made a little larger and resampled.",
    Choice((("no", "No"), ("both", "Both ways"), ("across", "Across"), ("down", "Down"))),
    "no",
)
_POOLING = Field(
    "pooling",
    "Pooling",
    "How the network shrinks what it sees. Average, the papers' choice, gives smoother pictures; "
    "maximum gives harsher, more contrasted ones.",
    Choice((("average", "Average"), ("max", "Maximum"))),
    "average",
    advanced=True,
)
_DEVICE = Field(
    "device",
    "Device",
    "Where the computation runs. It does not change what the picture looks like, only how long "
    "it takes. The processor is slower but leaves the graphics card to the viewport.",
    Choice((("auto", "Graphics card if there is one"), ("cpu", "Processor"))),
    "auto",
    advanced=True,
)

MODES = (
    Mode(
        "texture",
        "&New texture",
        "A new texture of any size that looks like the exemplar without repeating it.",
        (
            Well(
                "exemplar",
                "E&xemplar",
                "The picture to learn from: an even piece of the material, seen straight on. "
                "The new texture has its colors and its structures.",
            ),
        ),
        (
            Field(
                "size",
                "Si&ze",
                "Width and height of the new texture in pixels; structures keep their size, so a "
                "larger texture holds more of them. Empty: as large as the exemplar.",
                _SQUARE,
                "",
            ),
            _SEAMLESS,
            _QUALITY,
            _SEED,
            Field(
                "match_histogram",
                "Match the exemplar's colors",
                "Brings each color channel's brightness to the exemplar's exactly. Without it "
                "colors may drift a little.",
                Toggle(),
                True,
                advanced=True,
            ),
            _POOLING,
            _DEVICE,
        ),
        _synthesize,
    ),
    Mode(
        "stylize",
        "&Stylize",
        "The texture repainted in the manner of one or several pictures.",
        (
            Well(
                "content",
                "&Content",
                "The texture to repaint; it says what is where. Follows the selection in the list.",
                follows=True,
            ),
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
                _LONGER,
                "",
            ),
            _QUALITY,
            _SEED,
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
                "painted in the content's colors, arranged as the styles arrange theirs.",
                Choice((("no", "No"), ("luminance", "In place"), ("match", "The palette"))),
                "no",
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
            _POOLING,
            _DEVICE,
        ),
        _stylize,
    ),
)


def by_name(name: str) -> Mode:
    """Return a mode.

    Raises:
        JobError: There is no mode of that name.
    """
    for mode in MODES:
        if mode.name == name:
            return mode
    raise JobError(f"There is no mode “{name}”.", "Update Maya Stylize, or choose another preset.")
