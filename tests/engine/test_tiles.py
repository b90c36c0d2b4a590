"""How a picture is cut, whatever its size."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize.engine import tiles, vgg19

STRIDES = st.sampled_from([1, 2, 8, 16])


@st.composite
def axes(draw):
    """Size, tile, reach, stride and whether the axis wraps."""
    stride = draw(STRIDES)
    wraps = draw(st.booleans())
    size = draw(st.integers(1, 40)) * stride if wraps else draw(st.integers(1, 600))
    return (
        size,
        draw(st.integers(1, 20)) * stride,
        draw(st.integers(0, 8)) * stride,
        stride,
        wraps,
    )


@given(axes())
def test_cores_cover_an_axis_once_and_crops_hold_what_they_need(axis):
    size, tile, reach, stride, wraps = axis

    found = tiles.cuts(size, tile, reach, stride, wraps)

    assert [cut.core[0] for cut in found] == [0, *(cut.core[1] for cut in found[:-1])]
    assert found[-1].core[1] == size
    for cut in found:
        (begin, end), (first, last) = cut.core, cut.crop
        assert first % stride == 0
        assert 0 < end - begin <= tile
        if wraps:
            assert (first, last) == (begin - reach, end + reach)
            continue
        assert 0 <= first <= max(0, begin - reach)
        assert min(size, end + reach) <= last <= size
        assert last % stride == 0 or last == size
        assert last - first < min(size, tile + 2 * reach) + stride


@given(axes(), st.sampled_from([1, 2, 8]))
def test_masks_cover_a_layers_positions_once(axis, layer_stride):
    size, tile, reach, stride, wraps = axis
    layer_stride = min(layer_stride, stride)
    positions = -(-size // layer_stride)
    covered = np.zeros(positions)

    for cut in tiles.cuts(size, tile, reach, stride, wraps):
        mask = cut.mask(layer_stride)
        crop = tiles.at_stride(cut.crop, layer_stride)
        assert len(mask) == crop[1] - crop[0]
        for part, place in tiles.spans(crop, positions):
            covered[place] += mask[part]

    assert (covered == 1).all()


@given(st.integers(-50, 50), st.integers(1, 90), st.integers(1, 40))
def test_spans_walk_around_the_edge(begin, length, size):
    picture, crop = np.arange(size), np.full(length, -1)

    for part, place in tiles.spans((begin, begin + length), size):
        crop[part] = picture[place]

    assert crop.tolist() == [index % size for index in range(begin, begin + length)]


@given(axes(), st.integers(0, 2**32 - 1))
def test_what_is_cut_out_is_added_back_where_it_was(axis, seed):
    size, tile, reach, stride, wraps = axis
    picture = np.random.default_rng(seed).normal(size=(1, 3, size, 3)).astype(np.float32)
    geometry = vgg19.Geometry({}, stride, reach)
    back, times = np.zeros_like(picture), np.zeros_like(picture)
    row = tiles.Cut((0, 3), (0, 3))

    for cut in tiles.cuts(size, tile, reach, stride, wraps):
        piece = tiles.Tile(row, cut)
        crop = tiles.cut_out(picture, piece, 1, (1, 2))
        assert crop.shape == (1, 3, cut.crop[1] - cut.crop[0], 3)
        tiles.add_to(back, crop, piece, (1, 2))
        tiles.add_to(times, np.ones_like(crop), piece, (1, 2))

    assert geometry.reach == reach
    assert times.min() >= 1
    np.testing.assert_allclose(back, picture * times, rtol=1e-5)
