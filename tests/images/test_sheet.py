from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize.images.sheet import contact_sheet

RED = np.broadcast_to(np.float32([1, 0, 0]), (30, 60, 3))
GREEN = np.broadcast_to(np.float32([0, 1, 0]), (50, 25, 3))


def area_of(sheet, color):
    rows, columns = np.nonzero(np.all(sheet == np.float32(color), axis=-1))
    return rows.min(), rows.max() + 1, columns.min(), columns.max() + 1


def test_pictures_lie_side_by_side_at_one_height():
    sheet = contact_sheet([(RED, "a"), (GREEN, "b")], height=64)
    top, bottom, left, right = area_of(sheet, [1, 0, 0])
    assert (bottom - top, right - left) == (64, 128)
    other = area_of(sheet, [0, 1, 0])
    assert other[:2] == (top, bottom)
    assert other[3] - other[2] == 32
    assert other[2] > right


def test_rows_are_filled_in_reading_order():
    blue = np.broadcast_to(np.float32([0, 0, 1]), (9, 9, 3))
    sheet = contact_sheet([(RED, ""), (GREEN, ""), (blue, "")], height=32, columns=2)
    red, green, below = (area_of(sheet, color) for color in np.eye(3))
    assert red[0] == green[0]
    assert below[0] > red[1]
    assert below[2] == red[2]


def test_captions_are_light_ink_under_their_picture():
    sheet = contact_sheet([(RED, "exemplar"), (GREEN, "")], height=64)
    _, bottom, left, right = area_of(sheet, [1, 0, 0])
    ink = np.argwhere((sheet > 0.5).all(axis=-1))
    assert len(ink) > 50
    assert ink[:, 0].min() >= bottom
    assert left <= ink[:, 1].min()
    assert ink[:, 1].max() < right
    middle = (ink[:, 1].min() + ink[:, 1].max()) / 2
    assert abs(middle - (left + right) / 2) < 3


def test_a_long_caption_is_shown_whole():
    """The same ink as where there is plenty of room."""
    caption = "style transfer, 512x341, seed 1, a caption wider than its picture"
    wide = np.zeros((32, 900, 3), np.float32)
    narrow = contact_sheet([(GREEN * 0, caption)], height=32)
    roomy = contact_sheet([(wide, caption)], height=32)
    for sheet in (narrow, roomy):
        assert (sheet[:, -10:] == sheet[0, 0]).all()
    assert np.isclose((narrow > 0.5).sum(), (roomy > 0.5).sum(), rtol=0.02)


def test_values_beyond_the_range_are_clipped_and_the_input_is_untouched():
    bright = np.full((20, 20, 3), 7, np.float32)
    sheet = contact_sheet([(bright, "bright")], height=20)
    assert sheet.max() == 1
    assert (bright == 7).all()


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.integers(1, 40), st.text(max_size=9)),
        min_size=1,
        max_size=7,
    ),
    st.integers(1, 5),
)
def test_any_pictures_and_captions_fit(shapes, columns):
    pictures = [(np.ones((rows, width, 3), np.float32), text) for rows, width, text in shapes]
    sheet = contact_sheet(pictures, height=24, columns=columns)
    assert sheet.dtype == np.float32
    assert sheet.shape[0] > -(-len(pictures) // columns) * 24
    assert np.isfinite(sheet).all()
    white = sum(24 * max(1, round(width * 24 / rows)) for rows, width, _ in shapes)
    assert (sheet == 1).all(axis=-1).sum() >= white
