"""Tables of quantiles, and where numbers go, against brute force and float64."""

from itertools import permutations

import numpy as np
import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize.engine.transport import LEVELS, UNITS, counted, quantiles, transported

NUMBERS = st.floats(-1e3, 1e3, width=32)


def rows(least=1, most=40):
    return st.lists(NUMBERS, min_size=least, max_size=most).map(np.float32)


@st.composite
def weighted(draw):
    values = draw(rows())
    weights = draw(st.lists(st.floats(0, 1), min_size=len(values), max_size=len(values)))
    weights = np.float64(weights)
    if weights.sum() < 1e-3:
        weights += 1
    return values, (weights / weights.sum()).astype(np.float32)


@given(st.lists(NUMBERS, min_size=2, max_size=6), st.data())
def test_no_other_way_of_going_is_cheaper(values, data):
    """As many numbers as others: each goes to one, and the squared ways are the least in sum."""
    others = data.draw(st.lists(NUMBERS, min_size=len(values), max_size=len(values)))
    # A table in which every one of the others has the same share of the levels.
    table = np.repeat(np.sort(np.float64(others)), -(-LEVELS // len(others)))[:LEVELS]
    goes = transported(np.float32(values), table.astype(np.float32))
    cost = np.sum((np.float64(values) - goes) ** 2)
    least = min(np.sum((np.float64(values) - each) ** 2) for each in permutations(others))
    assert cost <= least * (1 + 1e-5) + 1e-3


@given(rows())
def test_a_number_goes_to_itself_where_the_others_are_its_own(values):
    goes = transported(values, quantiles(values[None])[0])
    # Between neighbors a table's straight lines cut corners, by a level at most.
    gaps = np.abs(np.diff(np.sort(values.astype(np.float64))))
    largest = gaps.max() if gaps.size else 0.0
    assert np.abs(goes - values).max() <= 1e-3 + largest * len(values) / LEVELS


@given(weighted())
def test_a_table_is_that_of_the_definition(pair):
    values, weights = pair
    np.testing.assert_allclose(
        quantiles(values[None], weights),
        oracle.quantile_table(values[None], weights),
        rtol=1e-4,
        atol=1e-2,
    )


@given(weighted(), rows(2))
def test_weights_decide_the_levels_and_order_is_kept(pair, others):
    values, weights = pair
    table = quantiles(others[None])[0]
    goes = transported(values, table, counted(weights[None])[0])
    order = np.argsort(values, kind="stable")
    assert (np.diff(goes[order]) >= 0).all()
    assert others.min() <= goes.min()
    assert goes.max() <= others.max()
    shares = weights[order].astype(np.float64)
    levels = (np.cumsum(shares) - shares / 2) * LEVELS - 0.5
    wanted = np.interp(levels, np.arange(LEVELS), table.astype(np.float64))
    steepest = np.diff(table.astype(np.float64)).max()
    np.testing.assert_allclose(goes[order], wanted, rtol=1e-5, atol=1e-4 + 2e-2 * steepest)


@given(weighted())
def test_numbers_of_no_weight_are_none(pair):
    values, weights = pair
    more = np.concatenate([values, values[:3] + 7])
    heavier = np.concatenate([weights, np.zeros(len(values[:3]), np.float32)])
    np.testing.assert_array_equal(quantiles(more[None], heavier), quantiles(values[None], weights))


@pytest.mark.parametrize("count", [1, 3, LEVELS, LEVELS + 1, 10 * LEVELS + 7])
def test_equal_weights_are_as_no_weights(count):
    values = np.random.default_rng(count).normal(size=(2, count)).astype(np.float32)
    equal = np.full(count, 1 / count, np.float32)
    plain = quantiles(values)
    np.testing.assert_allclose(quantiles(values, equal), plain, atol=2e-4)
    goes = transported(values[0], plain[1])
    np.testing.assert_allclose(
        transported(values[0], plain[1], counted(equal[None])[0]), goes, atol=2e-3
    )


def test_a_table_of_nothing_is_nothing():
    values = np.ones((2, 5), np.float32)
    assert not quantiles(values, np.zeros(5, np.float32)).any()


@given(weighted())
def test_units_are_whole_and_add_up(pair):
    _, weights = pair
    counts = counted(np.stack([weights, 0 * weights]))
    assert counts.dtype == np.int32
    assert np.abs(counts[0] / UNITS - weights).max() <= 1 / UNITS
    assert abs(int(counts[0].astype(np.int64).sum()) - UNITS) <= UNITS * 1e-5
    assert not counts[1].any()


def test_millions_of_small_weights_reach_the_last_level():
    count = 3_000_001
    counts = counted(np.full((1, count), 1 / count, np.float32))
    assert abs(counts.sum(dtype=np.int64) - UNITS) < UNITS / LEVELS / 10
