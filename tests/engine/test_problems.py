"""Masks that lie on transparent pixels only: refused, for nothing could be learned there."""

import numpy as np
import pytest

from maya_stylize.engine import problems
from maya_stylize.engine.guidance import Regions
from maya_stylize.errors import ImageError
from maya_stylize.images import reader, writer
from maya_stylize.jobs import Region, StylizeJob, SynthesizeJob


@pytest.fixture
def folder(tmp_path):
    """A picture whose left half is opaque, and masks of its halves."""
    left = np.zeros((32, 40), np.float32)
    left[:, :20] = 1
    colors = np.random.default_rng(0).uniform(0.2, 0.8, (32, 40, 3)).astype(np.float32)
    writer.write(tmp_path / "half.png", colors, alpha=left)
    writer.write(tmp_path / "whole.png", colors)
    for name, mask in (("left", left), ("right", 1 - left)):
        writer.write(tmp_path / f"{name}.png", mask[..., None].repeat(3, -1))
    return tmp_path


def synthesis(folder, source):
    region = Region(str(folder / "left.png"), str(folder / source))
    job = SynthesizeJob(
        exemplar=str(folder / "half.png"), output=str(folder / "o.png"), regions=(region,)
    )
    picture = reader.read(job.exemplar)
    return problems.synthesis(job, picture.pixels, picture.alpha)


def transfer(folder, content, style, **more):
    job = StylizeJob(
        content=str(folder / content),
        styles=(str(folder / style),),
        output=str(folder / "o.png"),
        alpha="mask",
        **more,
    )
    pictures = {path: reader.read(path) for path in job.pictures}
    return problems.transfer(job, {p: each.pixels for p, each in pictures.items()}, pictures)


def test_a_source_on_transparent_pixels_only_is_refused(folder):
    with pytest.raises(ImageError, match=r"right\.png.*only where .*half\.png is transparent"):
        synthesis(folder, "right.png")
    regions = (Region(str(folder / "left.png"), str(folder / "right.png")),)
    with pytest.raises(ImageError, match=r"right\.png.*only where .*half\.png is transparent"):
        transfer(folder, "whole.png", "half.png", regions=regions)


def test_where_all_that_is_opaque_is_taken_the_rest_looks_at_it_too(folder):
    regions = synthesis(folder, "left.png").regions
    for region in range(2):
        np.testing.assert_array_equal(regions.sources[0][:, :20, region], 1)
        np.testing.assert_array_equal(regions.sources[0][:, 20:, region], 0)
    np.testing.assert_allclose(regions.weights, [[0.5, 0.5]])


def test_a_region_of_the_result_that_is_transparent_counts_nothing(folder):
    regions = (Region(str(folder / "right.png"), str(folder / "right.png")),)
    found = transfer(folder, "half.png", "half.png", regions=regions).regions
    np.testing.assert_allclose(found.weights, [[0, 1]])


def test_a_result_of_which_nothing_is_left_is_refused(folder):
    everything = np.ones((32, 40, 3), np.float32)
    everything[0, 0] = 0  # too little to be a region of its own
    writer.write(folder / "all.png", everything)
    dot = np.zeros((32, 40), np.float32)
    dot[0, 0] = 1
    writer.write(folder / "dot.png", everything, alpha=dot)
    regions = (Region(str(folder / "all.png")),)
    with pytest.raises(ImageError, match=r"dot\.png: its regions lie only where it is transp"):
        transfer(folder, "dot.png", "whole.png", regions=regions)


def test_weights_of_nothing_are_zero_and_not_nan():
    ones, zeros = np.ones((4, 4), np.float32), np.zeros((4, 4), np.float32)
    regions = Regions.of([(ones, None, 0)], (4, 4), [(4, 4)], [1.0], (zeros, [None]))
    np.testing.assert_array_equal(regions.weights, [[0]])
