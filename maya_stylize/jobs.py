"""What the user wants, as plain data: one frozen dataclass per kind of job."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Union

from maya_stylize import checks
from maya_stylize.errors import JobError

VERSION = 1
QUALITIES = ("draft", "normal", "final")
SEAMLESS = ("no", "both", "across", "down")
KEEP_COLORS = ("no", "luminance", "symmetric", "pca", "cholesky")
ALPHA = ("keep", "mask", "ignore")
BACKENDS = ("tensorflow", "torch", "jax")
STATISTICS = ("gram", "sliced")

# Gatys, Ecker, Bethge 2015, from the authors' notebook.
TEXTURE_LAYERS = {"conv1_1": 1e9, "pool1": 1e9, "pool2": 1e9, "pool3": 1e9, "pool4": 1e9}
# Gatys, Ecker, Bethge 2016, with the normalized network.
STYLE_LAYERS = {f"conv{block}_1": 1e9 / 5 for block in (1, 2, 3, 4, 5)}
CONTENT_LAYERS = {"conv4_2": 1.0}
CONTENT_WEIGHT = 1e6
# What the maps of a material can hold, and the layers that look at them together.
MAPS = ("albedo", "normal", "roughness", "metalness", "height", "occlusion")
JOINT_LAYERS = ("conv1_1", "pool1", "pool2")
# Stands in a material's output for a map's name.
MAP = "<map>"
_DEEPEST = 16


def _setting(default: Any, check: checks.Check) -> Any:
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata={"check": check})
    return field(default=default, metadata={"check": check})


def _required(check: checks.Check) -> Any:
    return field(metadata={"check": check})


@dataclass(frozen=True)
class Style:
    """One picture to take the style from.

    Attributes:
        path: The picture.
        weight: Its share of the style, relative to the other styles' weights.
    """

    path: str
    weight: float = 1.0


def _styles(name: str, value: Any) -> tuple[Style, ...]:
    if not isinstance(value, (list, tuple)) or not value:
        raise checks.refuse(name, "a list of pictures", value)
    styles = []
    for index, entry in enumerate(value):
        here = f"{name}[{index}]"
        if isinstance(entry, Style):
            entry = dataclasses.asdict(entry)
        elif isinstance(entry, str):
            entry = {"path": entry}
        if not isinstance(entry, Mapping) or not {"path"} <= set(entry) <= {"path", "weight"}:
            raise checks.refuse(here, 'a path, or {"path": ..., "weight": ...}', entry)
        weight = checks.number(0, 1e6)(f"{here}.weight", entry.get("weight", 1.0))
        styles.append(Style(checks.path(f"{here}.path", entry["path"]), weight))
    if not any(style.weight for style in styles):
        raise checks.refuse(name, "given at least one weight above 0", value)
    return tuple(styles)


@dataclass(frozen=True)
class Region:
    """An area of the result, and the area of an example that it is to look like.

    Attributes:
        target: A mask over the result: white inside, black outside, gray in between.
        source: A mask over the example; None for all of it.
        style: Which of the styles is the example, counted from 0.
    """

    target: str
    source: str | None = None
    style: int = 0


def _regions(name: str, value: Any) -> tuple[Region, ...]:
    if not isinstance(value, (list, tuple)):
        raise checks.refuse(name, "a list of regions", value)
    regions = []
    for index, entry in enumerate(value):
        here = f"{name}[{index}]"
        if isinstance(entry, Region):
            entry = dataclasses.asdict(entry)
        known = {"target", "source", "style"}
        if not isinstance(entry, Mapping) or not {"target"} <= set(entry) <= known:
            raise checks.refuse(here, '{"target": ..., "source": ..., "style": ...}', entry)
        regions.append(
            Region(
                checks.path(f"{here}.target", entry["target"]),
                checks.optional(checks.path)(f"{here}.source", entry.get("source")),
                checks.whole(0, 1000)(f"{here}.style", entry.get("style", 0)),
            )
        )
    return tuple(regions)


def _maps(name: str, value: Any) -> dict[str, str]:
    wanted = "at least two of " + ", ".join(MAPS) + ", each with a path"
    if not isinstance(value, Mapping) or len(value) < 2 or not set(value) <= set(MAPS):
        raise checks.refuse(name, wanted, value)
    return {kind: checks.path(f"{name}.{kind}", value[kind]) for kind in MAPS if kind in value}


def _masks_of(regions: tuple[Region, ...]) -> tuple[str, ...]:
    return tuple(
        path for region in regions for path in (region.target, region.source) if path is not None
    )


def _color_spaces(name: str, value: Any) -> dict[str, str]:
    wanted = 'names of color spaces by picture, such as {"content": "ACEScg"}'
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise checks.refuse(name, wanted, value)
    for key, space in value.items():
        if not isinstance(space, str) or not space.strip():
            raise checks.refuse(f"{name}.{key}", "the name of a color space", space)
    return dict(value)


def _resolution(name: str, value: Any) -> dict[str, Any]:
    wanted = "what an earlier run of the job wrote there"
    if not isinstance(value, Mapping):
        raise checks.refuse(name, wanted, value)
    try:
        plain: dict[str, Any] = json.loads(json.dumps(dict(value), allow_nan=False))
        too_deep = _is_deeper(plain, _DEEPEST)
    except (TypeError, ValueError, RecursionError) as error:
        raise checks.refuse(name, wanted, value) from error
    if too_deep:
        raise checks.refuse(name, wanted, value)
    return plain


def _is_deeper(value: Any, depth: int) -> bool:
    """Whether lists and objects lie in each other more often: what copies them must not fail."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(depth == 0 or _is_deeper(each, depth - 1) for each in inner)


@dataclass(frozen=True)
class _Job:
    """What every kind of job has.

    Attributes:
        output: The picture to write; its suffix is its format.
        seed: Of the noise; the same resolved job with the same seed gives the same bytes.
        quality: "draft", "normal" or "final": how many evaluations are spent.
        pooling: "average" (the papers' choice) or "max".
        backend: "tensorflow", "torch" or "jax".
        device: "auto" (the first GPU, else the CPU), "cpu", "gpu" or "gpu:N".
        color_spaces: Names of color spaces by what is in them: one of `roles`, or the result under
            "output". A picture's path may stand for its roles. The rest is told by the files.
        color_config: OpenColorIO's config with these spaces: a file, or "ocio://" and a name; None
            for OpenColorIO's own.
        resolution: What the engine decided before it started; empty until then.
    """

    output: str = _required(checks.path)
    seed: int = _setting(0, checks.whole(0, 2**32 - 1))
    quality: str = _setting("normal", checks.choice(*QUALITIES))
    pooling: str = _setting("average", checks.choice("average", "max"))
    backend: str = _setting("tensorflow", checks.choice(*BACKENDS))
    device: str = _setting("auto", checks.device)
    color_spaces: dict[str, str] = _setting({}, _color_spaces)
    color_config: str | None = _setting(None, checks.optional(checks.path))
    resolution: dict[str, Any] = _setting({}, _resolution)

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        for item in dataclasses.fields(self):
            checked = item.metadata["check"](item.name, getattr(self, item.name))
            object.__setattr__(self, item.name, checked)
        object.__setattr__(self, "color_spaces", self._by_role())

    def _by_role(self) -> dict[str, str]:
        """Return the color spaces with roles in the place of paths.

        Raises:
            JobError: A key is neither, or one picture is in two spaces.
        """
        roles, found = self.roles, dict[str, str]()
        for key, space in self.color_spaces.items():
            known = [role for role, path in roles.items() if Path(path) == Path(key)]
            for role in [key] if key in (*roles, "output") else known:
                found[role] = space
            if not known and key not in (*roles, "output"):
                names = ", ".join((*roles, "output"))
                raise JobError(
                    f"color_spaces: the job has no picture {checks.shown(key)}.",
                    f"Name a picture's path or one of: {names}.",
                )
        spaces: dict[str, str] = {}
        for role, path in roles.items():
            if role in found and spaces.setdefault(path, found[role]) != found[role]:
                raise JobError(
                    f"color_spaces: {path} is in {spaces[path]} and in {found[role]}.",
                    "Name one color space for it.",
                )
        return found

    def space_of(self, path: str) -> str | None:
        """Return the name of a picture's color space; None where the job does not say."""
        names = (self.color_spaces.get(role) for role, named in self.roles.items() if named == path)
        return next(filter(None, names), None)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Every picture the job writes."""
        return (self.output,)

    @property
    def roles(self) -> dict[str, str]:
        """The pictures the job reads for their colors, by what they are in it; the first leads."""
        raise NotImplementedError

    @property
    def pictures(self) -> tuple[str, ...]:
        """Every picture the job reads for its colors."""
        return tuple(self.roles.values())

    @property
    def masks(self) -> tuple[str, ...]:
        """Every mask the job reads."""
        raise NotImplementedError

    @property
    def sources(self) -> tuple[str, ...]:
        """Every file the job reads."""
        return self.pictures + self.masks

    def to_json(self) -> dict[str, Any]:
        """Return the job as plain data that JSON can hold."""
        data = {"kind": self.kind, "version": VERSION, **vars(self)}
        if not self.resolution:
            del data["resolution"]
        plain: dict[str, Any] = json.loads(json.dumps(data, default=dataclasses.asdict))
        return plain


@dataclass(frozen=True)
class SynthesizeJob(_Job):
    """A new texture that looks like the exemplar (Gatys, Ecker, Bethge 2015).

    Attributes:
        exemplar: The picture to learn from.
        size: Width and height of the result; None is the exemplar's size.
        statistics: How features are compared: "gram", by which of them come together; or
            "sliced", by how often each value comes, along many directions (Heitz et al. 2021).
        layers: Weight of each layer's statistics.
        match_histogram: Whether each color channel's histogram is matched at the end.
        seamless: Where the result repeats without a seam: "no", "across" (from its right edge to
            its left), "down" (from its bottom edge to its top) or "both".
        regions: Areas of the result, each with the area of the exemplar that it is to look like;
            none for one texture all over.
    """

    exemplar: str = field(kw_only=True, metadata={"check": checks.path})
    size: tuple[int, int] | None = _setting(None, checks.optional(checks.size))
    statistics: str = _setting("gram", checks.choice(*STATISTICS))
    layers: dict[str, float] = _setting(TEXTURE_LAYERS, checks.layer_weights)
    match_histogram: bool = _setting(True, checks.flag)
    seamless: str = _setting("no", checks.choice(*SEAMLESS))
    regions: tuple[Region, ...] = _setting((), _regions)

    kind: ClassVar[str] = "synthesize"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_styles(self.regions, 1)

    @property
    def roles(self) -> dict[str, str]:
        """The pictures the job reads for their colors, by what they are in it."""
        return {"exemplar": self.exemplar}

    @property
    def masks(self) -> tuple[str, ...]:
        """Every mask the job reads."""
        return _masks_of(self.regions)


@dataclass(frozen=True)
class StylizeJob(_Job):
    """The content picture repainted in the styles (Gatys, Ecker, Bethge 2016).

    Attributes:
        content: The picture that says what is where.
        styles: The pictures that say how it is painted, with weights.
        size: Length of the result's longer side; None is the content's size.
        start: "content", "noise", or the path of a picture to start from.
        style_scale: Longer side of the style over that of the result: larger is coarser strokes.
        keep_colors: "no"; "luminance", where the styles change light and dark alone; or how their
            colors are first moved to the content's: "symmetric", which moves them least, "pca" or
            "cholesky" (Gatys et al. 2016 and 2017).
        color_strength: How far colors are kept: 0 is as "no", at 1 none of the styles' are left.
        alpha: "keep", where the result has the content's alpha and, where that is 0, its pixels;
            "mask", where moreover only what is opaque is compared, of content and styles; or
            "ignore", where colors are taken as they stand and the result is opaque.
        content_weight: Weight of the content against styles whose weights sum to one.
        content_layers: Weight of each layer's features, times content_weight.
        statistics: How the styles' features are compared, as in a `SynthesizeJob`.
        style_layers: Weight of each layer's statistics.
        regions: Areas of the result, each with the area of a style that it is to look like; what no
            region covers looks like all of the styles.
    """

    content: str = field(kw_only=True, metadata={"check": checks.path})
    styles: tuple[Style, ...] = field(kw_only=True, metadata={"check": _styles})
    size: int | None = _setting(
        None, checks.optional(checks.whole(checks.SMALLEST_SIDE, checks.LARGEST_SIDE))
    )
    start: str = _setting("content", checks.path)
    style_scale: float = _setting(1.0, checks.number(0.1, 10))
    keep_colors: str = _setting("no", checks.choice(*KEEP_COLORS))
    color_strength: float = _setting(1.0, checks.number(0, 1))
    alpha: str = _setting("keep", checks.choice(*ALPHA))
    content_weight: float = _setting(CONTENT_WEIGHT, checks.number(0, 1e15))
    content_layers: dict[str, float] = _setting(CONTENT_LAYERS, checks.layer_weights)
    statistics: str = _setting("gram", checks.choice(*STATISTICS))
    style_layers: dict[str, float] = _setting(STYLE_LAYERS, checks.layer_weights)
    regions: tuple[Region, ...] = _setting((), _regions)

    kind: ClassVar[str] = "stylize"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_styles(self.regions, len(self.styles))

    @property
    def roles(self) -> dict[str, str]:
        """The pictures the job reads for their colors, by what they are in it."""
        styles = {f"styles[{index}]": style.path for index, style in enumerate(self.styles)}
        start = {} if self.start in ("content", "noise") else {"start": self.start}
        return {"content": self.content, **styles, **start}

    @property
    def masks(self) -> tuple[str, ...]:
        """Every mask the job reads."""
        return _masks_of(self.regions)


def _check_styles(regions: tuple[Region, ...], styles: int) -> None:
    for index, region in enumerate(regions):
        if region.style >= styles:
            there_are = f"one of the {styles} pictures to learn from, counted from 0"
            raise checks.refuse(f"regions[{index}].style", there_are, region.style)


@dataclass(frozen=True)
class RepairJob(_Job):
    """A part of a picture made anew, the rest kept bit for bit.

    Attributes:
        picture: What is repaired.
        mask: White where it is made anew; None for nowhere.
        extend: Pixels that are added on the left, at the top, on the right and at the bottom.
        seamless: Where the result repeats without a seam, as in a `SynthesizeJob`; a band along
            each seam is made anew.
        band: Width of that band in pixels, half of it on each side of the seam; None to take as
            much as the picture's structures need.
        exemplar: The picture to learn from; None for what is kept of the picture itself.
        layers: Weight of each layer's Gram matrix.
    """

    picture: str = field(kw_only=True, metadata={"check": checks.path})
    mask: str | None = _setting(None, checks.optional(checks.path))
    extend: tuple[int, int, int, int] = _setting((0, 0, 0, 0), checks.margins)
    seamless: str = _setting("no", checks.choice(*SEAMLESS))
    band: int | None = _setting(None, checks.optional(checks.whole(2, checks.LARGEST_SIDE)))
    exemplar: str | None = _setting(None, checks.optional(checks.path))
    layers: dict[str, float] = _setting(TEXTURE_LAYERS, checks.layer_weights)

    kind: ClassVar[str] = "repair"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.mask is None and not any(self.extend) and self.seamless == "no":
            raise JobError(
                "mask: there is nothing to make anew.",
                'Give a mask, "extend" or "seamless".',
            )

    @property
    def roles(self) -> dict[str, str]:
        """The pictures the job reads for their colors, by what they are in it."""
        learned = {} if self.exemplar is None else {"exemplar": self.exemplar}
        return {"picture": self.picture, **learned}

    @property
    def masks(self) -> tuple[str, ...]:
        """Every mask the job reads."""
        return () if self.mask is None else (self.mask,)


@dataclass(frozen=True)
class MaterialJob(_Job):
    """The maps of a material made anew together, so that a crack is a crack in every one.

    The output has "<map>" where a map's name goes, as in "new_<map>.png". Without a suffix behind
    it, as in "new_<map>", each map has its own source's; of a PSD, which is only read, ".tif".

    Attributes:
        maps: The pictures to learn from, all of one surface, by what they hold: one of `MAPS`.
        size: Width and height of the result; None is the pictures' size.
        layers: Weight of each layer's Gram matrix.
        joint_layers: The layers whose Gram matrices also tell which features of one map come
            together with which of another.
        match_histogram: Whether each channel's histogram is matched at the end.
        seamless: Where the result repeats without a seam, as in a `SynthesizeJob`.
        alpha: "keep", where a map's alpha is made anew with the maps, as one more of them, and
            becomes the new map's alpha; "mask", where only what is opaque in all of them is learned
            from and the results are opaque; or "ignore", where they are too and colors are taken
            as they stand.
    """

    maps: dict[str, str] = field(kw_only=True, metadata={"check": _maps})
    size: tuple[int, int] | None = _setting(None, checks.optional(checks.size))
    layers: dict[str, float] = _setting(TEXTURE_LAYERS, checks.layer_weights)
    joint_layers: tuple[str, ...] = _setting(JOINT_LAYERS, checks.layers)
    match_histogram: bool = _setting(True, checks.flag)
    seamless: str = _setting("no", checks.choice(*SEAMLESS))
    alpha: str = _setting("keep", checks.choice(*ALPHA))

    kind: ClassVar[str] = "material"

    def __post_init__(self) -> None:
        super().__post_init__()
        if MAP not in Path(self.output).name:
            wanted = f"a file's name with {MAP} where a map's name goes, such as new_{MAP}"
            raise checks.refuse("output", wanted, self.output)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Every picture the job writes, in the order of its maps."""
        path = Path(self.output)
        own = "." not in path.name.rpartition(MAP)[2]
        return tuple(
            str(path.with_name(path.name.replace(MAP, kind) + (_suffix(source) if own else "")))
            for kind, source in self.maps.items()
        )

    @property
    def roles(self) -> dict[str, str]:
        """The pictures the job reads for their colors, by what they are in it."""
        return dict(self.maps)

    @property
    def masks(self) -> tuple[str, ...]:
        """Every mask the job reads."""
        return ()


def _suffix(source: str) -> str:
    suffix = Path(source).suffix.lower()
    return ".tif" if suffix == ".psd" else suffix


Job = Union[SynthesizeJob, StylizeJob, RepairJob, MaterialJob]
KINDS: dict[str, type[Job]] = {
    kind.kind: kind for kind in (SynthesizeJob, StylizeJob, RepairJob, MaterialJob)
}


def from_json(data: Any) -> Job:
    """Return the job that plain data describes.

    Raises:
        JobError: The data is not a job of this version; the message names the field.
    """
    if not isinstance(data, Mapping):
        raise JobError("The job is not a JSON object.", 'It starts with {"kind": "synthesize", ...')
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise checks.refuse("kind", "one of " + ", ".join(KINDS), kind)
    if type(data.get("version")) is not int or data["version"] != VERSION:
        raise checks.refuse("version", str(VERSION), data.get("version"))
    job_type = KINDS[kind]
    known = {item.name: item for item in dataclasses.fields(job_type)}
    given = {name: value for name, value in data.items() if name not in ("kind", "version")}
    for name in given:
        if name not in known:
            raise JobError(
                f"{name}: a {kind} job has no such field.",
                f"It has: {', '.join(sorted(known))}.",
            )
    for name, item in known.items():
        missing = item.default is item.default_factory is dataclasses.MISSING
        if missing and name not in given:
            raise JobError(f"{name}: is missing.", f"A {kind} job needs {name}.")
    return job_type(**given)
