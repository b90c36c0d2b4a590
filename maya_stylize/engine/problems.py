"""What a job's pictures and masks come to: the problem that is solved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Union

from maya_stylize.engine import alpha
from maya_stylize.engine.canvas import Canvas
from maya_stylize.engine.guidance import Regions
from maya_stylize.engine.material import Material
from maya_stylize.engine.repair import Repair
from maya_stylize.engine.texture import Synthesis
from maya_stylize.engine.transfer import Transfer
from maya_stylize.engine.vgg19 import FloatArray
from maya_stylize.errors import ImageError
from maya_stylize.images import masks
from maya_stylize.images.reader import Picture
from maya_stylize.jobs import RepairJob, StylizeJob, SynthesizeJob

Problem = Union[Synthesis, Transfer, Repair, Material]


def synthesis(job: SynthesizeJob, exemplar: FloatArray, alpha: FloatArray | None) -> Synthesis:
    """Return a texture's problem.

    Args:
        job: What is wanted.
        exemplar: (H, W, 3), tone-compressed.
        alpha: Of the exemplar, (H, W), of which only what is opaque is learned from; None for
            none.

    Raises:
        ImageError: A mask cannot be read or used, or lies on what is transparent only.
    """
    plain = Synthesis(job, exemplar)
    if not job.regions and (alpha is None or alpha.min() >= 1):
        return plain
    regions = _regions(job, plain.size, [exemplar], [1.0], (None, [alpha]))
    return Synthesis(job, exemplar, regions)


def transfer(
    job: StylizeJob, pixels: Mapping[str, FloatArray], pictures: Mapping[str, Picture]
) -> Transfer:
    """Return a transfer's problem.

    Args:
        job: What is wanted.
        pixels: Of every picture by path, (H, W, 3), tone-compressed.
        pictures: The same as they were read.

    Raises:
        ImageError: A mask cannot be read or used, or lies on what is transparent only.
    """
    styles = tuple(pixels[style.path] for style in job.styles)
    start = job.content if job.start == "content" else job.start
    first = None if job.start == "noise" else pixels[start]
    plain = Transfer(job, pixels[job.content], styles, first)
    opaque, shown = None, []
    if job.alpha == "mask":
        cover = alpha.cover_of(job, pictures[job.content]).at(*plain.size)
        alphas = [pictures[style.path].alpha for style in job.styles]
        opaque = cover.alpha, alphas
        shown = [(each, pictures[job.content].alpha) for each in alphas]
    if not job.regions and opaque is None:
        return plain
    shares = [style.weight for style in job.styles]
    regions = _regions(job, plain.size, styles, shares, opaque)
    return Transfer(job, pixels[job.content], styles, first, regions, tuple(shown))


def repair(job: RepairJob, pixels: Mapping[str, FloatArray]) -> Repair:
    """Return a repair's problem.

    Args:
        job: What is wanted.
        pixels: Of every picture by path, (H, W, 3), tone-compressed.

    Raises:
        ImageError: The mask cannot be read or used.
        JobError: Nothing of the picture is kept.
    """
    picture = pixels[job.picture]
    size = picture.shape[1], picture.shape[0]
    mask = None if job.mask is None else masks.read(job.mask, size, "the picture has")
    exemplar = None if job.exemplar is None else pixels[job.exemplar]
    return Repair(job, Canvas.of(job, picture, mask), exemplar)


def _regions(
    job: SynthesizeJob | StylizeJob,
    size: tuple[int, int],
    examples: Sequence[FloatArray],
    shares: Sequence[float],
    opaque: tuple[FloatArray | None, list[FloatArray | None]] | None,
) -> Regions:
    pairs = []
    for region in job.regions:
        rows, columns = examples[region.style].shape[:2]
        target = masks.read(region.target, size, "the result has")
        source = None
        if region.source is not None:
            source = masks.read(region.source, (columns, rows), "the example has")
        pairs.append((target, source, region.style))
    sizes = [(int(each.shape[0]), int(each.shape[1])) for each in examples]
    found = Regions.of(pairs, (size[1], size[0]), sizes, shares, opaque)
    if not found.weights.any():
        raise ImageError(
            f"{job.pictures[0]}: its regions lie only where it is transparent.",
            'Paint their masks where it is opaque, or choose "keep" or "ignore" for the alpha.',
        )
    for index, region in enumerate(job.regions):
        if found.has_nothing_of(region.style, index):
            example = _example(job, region.style)
            raise ImageError(
                f"{region.source}: this mask lies only where {example} is transparent, so that "
                "there is nothing to learn from.",
                "Paint it where the picture is opaque, or export the picture without alpha.",
            )
    return found


def _example(job: SynthesizeJob | StylizeJob, index: int) -> str:
    return job.styles[index].path if isinstance(job, StylizeJob) else job.exemplar
