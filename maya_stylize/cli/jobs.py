"""``synthesize``, ``stylize`` and ``run``: a job out of arguments or a file, and its events."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from maya_stylize import checks
from maya_stylize import jobs as job_kinds
from maya_stylize.cli import color, running
from maya_stylize.engine import checkpoint
from maya_stylize.errors import JobError
from maya_stylize.job_sources import with_color_config
from maya_stylize.jobs import (
    ALPHA,
    BACKENDS,
    KEEP_COLORS,
    QUALITIES,
    SEAMLESS,
    STATISTICS,
    Job,
    Region,
    Style,
    StylizeJob,
    SynthesizeJob,
)


def add_parsers(commands: Any) -> None:
    """Add the commands to the command line's parser."""
    synthesize = commands.add_parser(
        "synthesize",
        help="make a new texture that looks like an exemplar",
        description="Make a new texture that looks like an exemplar (Gatys et al. 2015).",
        epilog="Example: maya-stylize synthesize pebbles.png --size 1024x512 -o more_pebbles.png",
    )
    synthesize.add_argument("exemplar", metavar="EXEMPLAR", help="the picture to learn from")
    synthesize.add_argument(
        "--size",
        metavar="WxH",
        help="width and height of the result, as 512 or 768x512; the exemplar's if not given",
    )
    synthesize.add_argument(
        "--no-histogram",
        action="store_true",
        help="leave the result's histogram as it comes instead of matching the exemplar's",
    )
    synthesize.add_argument(
        "--seamless",
        choices=SEAMLESS,
        default="no",
        help="where the result repeats without a seam: both ways, across (left to right) or down "
        "(top to bottom); exact at multiples of 16 pixels, else resampled (default: no)",
    )
    _add_statistics(synthesize)
    _add_regions(synthesize, "the exemplar")
    add_common(synthesize)
    synthesize.set_defaults(run=run, job_of=_synthesize)

    stylize = commands.add_parser(
        "stylize",
        help="repaint a picture in the style of others",
        description="Repaint a picture in the style of others (Gatys et al. 2016).",
        epilog="Example: maya-stylize stylize wall.tif rust.png:2 moss.png:1 -o old_wall.tif",
    )
    stylize.add_argument(
        "content",
        metavar="CONTENT",
        help="the picture that says what is where, or a set of tiles: wall.<UDIM>.tif",
    )
    stylize.add_argument(
        "styles",
        metavar="STYLE[:WEIGHT]",
        nargs="+",
        help="pictures that say how it is painted; of several, each with its weight (default: 1)",
    )
    stylize.add_argument(
        "--size", metavar="N", help="longer side of the result; the content's if not given"
    )
    stylize.add_argument(
        "--start",
        default="content",
        metavar="content|noise|PICTURE",
        help="what to start from (default: content)",
    )
    stylize.add_argument(
        "--style-scale",
        type=float,
        default=1.0,
        metavar="X",
        help="size of the style's strokes: 2 is twice as coarse (default: 1)",
    )
    stylize.add_argument(
        "--keep-colors",
        choices=KEEP_COLORS,
        default="no",
        help="luminance: the styles change light and dark alone, every color stays in its place; "
        "symmetric, pca, cholesky: their colors become like the content's, with symmetric they "
        "change least (default: no)",
    )
    stylize.add_argument(
        "--color-strength",
        type=float,
        default=1.0,
        metavar="S",
        help="how far colors are kept, from 0, not at all, to 1 (default: 1)",
    )
    stylize.add_argument(
        "--alpha",
        choices=ALPHA,
        default="keep",
        help="keep: the result has the content's alpha, and what is transparent stays as it is; "
        "mask: moreover only what is opaque is compared, of content and styles; "
        "ignore: colors are taken as they stand, the result is opaque (default: keep)",
    )
    stylize.add_argument(
        "--content-weight",
        type=float,
        default=job_kinds.CONTENT_WEIGHT,
        metavar="W",
        help=f"more keeps more of the content (default: {job_kinds.CONTENT_WEIGHT:g})",
    )
    _add_statistics(stylize)
    _add_regions(stylize, "a style")
    add_common(stylize)
    stylize.set_defaults(run=run, job_of=_stylize)

    from_file = commands.add_parser(
        "run",
        help="run a job from a JSON file",
        description="Run a job from a JSON file; its paths are relative to the current folder.",
    )
    what = from_file.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "job",
        metavar="JOB.json",
        type=Path,
        nargs="?",
        help='such as the "job" of a result under --json',
    )
    what.add_argument(
        "--resume",
        metavar="OUT.checkpoint",
        type=Path,
        help="go on with a job that was broken off, from what it left beside its output",
    )
    _add_output_options(from_file)
    from_file.set_defaults(run=run, job_of=_from_file)


def _add_statistics(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--statistics",
        choices=STATISTICS,
        default="gram",
        help="what is compared: gram, which features come together, as in the papers; sliced, how "
        "often every value comes, which keeps flat areas even and edges sharp and arranges less "
        "(default: gram)",
    )


def _add_regions(parser: argparse.ArgumentParser, example: str) -> None:
    parser.add_argument(
        "--region",
        action="append",
        nargs="+",
        default=[],
        metavar="MASK",
        dest="regions",
        help=f"an area of the result, and the area of {example} that it is to look like: one mask "
        "each, white inside; may be given several times"
        + (", each with the number of its style, from 1 on" if example == "a style" else ""),
    )


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add what every kind of job has."""
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="OUT",
        help="the picture to write: .png, .tif, .exr, .jpg, .tga or .tx",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another one starts from other noise"
    )
    parser.add_argument(
        "--quality", choices=QUALITIES, default="normal", help="time spent (default: normal)"
    )
    parser.add_argument(
        "--pooling",
        choices=("average", "max"),
        default="average",
        help="how the network sums up its features (default: average, as in the papers)",
    )
    parser.add_argument(
        "--backend",
        choices=BACKENDS,
        default="tensorflow",
        help="the library that computes (default: tensorflow)",
    )
    parser.add_argument(
        "--device",
        default="auto",
        metavar="auto|cpu|gpu|gpu:N",
        help="what it runs on (default: auto, the first GPU if there is one)",
    )
    color.add_options(parser)
    _add_output_options(parser)


def _add_output_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print events as JSON lines")
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="say what the job would take, memory and time, and do nothing",
    )
    parser.add_argument(
        "--model",
        type=Path,
        metavar="FILE",
        help="use this model instead of the fetched one: an .h5, or what converts to it",
    )


def _synthesize(arguments: argparse.Namespace) -> Job:
    return SynthesizeJob(
        exemplar=arguments.exemplar,
        size=None if arguments.size is None else width_and_height(arguments.size),
        match_histogram=not arguments.no_histogram,
        seamless=arguments.seamless,
        statistics=arguments.statistics,
        regions=tuple(map(_region, arguments.regions)),
        **common(arguments),
    )


def _stylize(arguments: argparse.Namespace) -> Job:
    return StylizeJob(
        content=arguments.content,
        styles=tuple(_style(text) for text in arguments.styles),
        size=None if arguments.size is None else _side(arguments.size),
        start=arguments.start,
        style_scale=arguments.style_scale,
        keep_colors=arguments.keep_colors,
        color_strength=arguments.color_strength,
        alpha=arguments.alpha,
        content_weight=arguments.content_weight,
        statistics=arguments.statistics,
        regions=tuple(map(_region, arguments.regions)),
        **common(arguments),
    )


def _from_file(arguments: argparse.Namespace) -> Job:
    if arguments.resume:
        return checkpoint.read(arguments.resume).job
    path: Path = arguments.job
    data = checks.json_file(path)
    try:
        return with_color_config(job_kinds.from_json(data))
    except JobError as error:
        raise JobError(f"{path}: {error.message}", error.hint) from error


def run(arguments: argparse.Namespace) -> int:
    """Run the job that the arguments describe, or say what it would take."""
    job: Job = arguments.job_of(arguments)
    resume: Path | None = getattr(arguments, "resume", None)
    if arguments.dry_run:
        return running.plan(job, arguments.model, arguments.json)
    return running.run(job, arguments.model, arguments.json, resume)


def common(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the fields that every kind of job has."""
    names = ("output", "seed", "quality", "pooling", "backend", "device")
    return {name: getattr(arguments, name) for name in names} | color.fields(arguments)


def width_and_height(text: str) -> tuple[int, int]:
    """Read a size, such as "512" or "768x512"."""
    match = re.fullmatch(r"(\d{1,6})(?:[xX×](\d{1,6}))?", text.strip())
    if match is None:
        raise checks.refuse("size", "a number or WIDTHxHEIGHT, such as 512 or 768x512", text)
    return int(match[1]), int(match[2] or match[1])


def _side(text: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text.strip()):
        raise checks.refuse("size", "the longer side in pixels, such as 512", text)
    return int(text)


def _style(text: str) -> Style:
    """Split PATH:WEIGHT; a Windows drive's colon is no weight's."""
    path, colon, weight = text.rpartition(":")
    if colon and path and re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", weight):
        return Style(path, float(weight))
    return Style(text)


def _region(words: list[str]) -> Region:
    target, *rest = words
    source, style = (*rest, "1")[:2] if rest else (None, "1")
    if len(rest) > 2 or not re.fullmatch(r"[1-9]\d{0,2}", style):
        wanted = "a mask of the result, perhaps one of the example, and the number of its style"
        raise checks.refuse("region", wanted, " ".join(words))
    return Region(target, source, int(style) - 1)
