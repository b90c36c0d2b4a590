"""Our L-BFGS against SciPy's L-BFGS-B."""

import itertools
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops
from scipy.optimize import minimize, rosen, rosen_der

from maya_stylize.engine.beats import finish
from maya_stylize.engine.direction import quasi_newton
from maya_stylize.engine.history import Half
from maya_stylize.engine.optimize import LBFGS

# JAX compiles every function and every length anew.
ON_JAX = os.environ.get("MAYA_STYLIZE_TEST_BACKEND") == "jax"


def rosenbrock(x):
    return ops.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def descend(backend, function, start, lower, upper, evaluations, history=20):
    evaluate = backend.value_and_gradient(function)

    def in_beats(x):
        yield
        value, gradient = evaluate(x)
        return float(value), gradient

    optimizer = LBFGS(
        in_beats,
        ops.convert_to_tensor(np.asarray(lower, np.float32)),
        ops.convert_to_tensor(np.asarray(upper, np.float32)),
        history,
    )
    finish(optimizer.begin(ops.convert_to_tensor(np.asarray(start, np.float32))))
    values = [optimizer.state.value]
    while optimizer.state.evaluations < evaluations and finish(optimizer.step()):
        values.append(optimizer.state.value)
    return ops.convert_to_numpy(optimizer.state.x), values, optimizer.state


@pytest.mark.parametrize(
    ("variables", "upper"), [(2, 5.0), (10, 5.0), (2, 0.8), (10, 0.8), (30, 0.5)]
)
def test_rosenbrock_ends_where_scipy_ends(engine_backend, variables, upper):
    start = np.full(variables, -1.2)
    theirs = minimize(
        rosen, start, jac=rosen_der, method="L-BFGS-B", bounds=[(-5, upper)] * variables
    )

    x, values, state = descend(engine_backend, rosenbrock, start, -5.0, upper, 150)

    assert values[-1] == pytest.approx(theirs.fun, abs=1e-3, rel=1e-4)
    assert np.abs(x - theirs.x).max() < 2e-2
    assert x.max() <= np.float32(upper)
    # It notices that it is done, at the price of one line search.
    assert state.evaluations < 150


@pytest.mark.parametrize("seed", range(4))
def test_bounded_quadratics_end_where_scipy_ends(engine_backend, seed):
    random = np.random.default_rng(seed)
    size = 25
    basis = np.linalg.qr(random.normal(size=(size, size)))[0]
    matrix = basis @ np.diag(np.geomspace(1, 100, size)) @ basis.T
    center = random.normal(0, 2, size)
    lower, upper = -random.uniform(0.2, 1, size), random.uniform(0.2, 1, size)
    theirs = minimize(
        lambda x: (0.5 * (x - center) @ matrix @ (x - center), matrix @ (x - center)),
        np.zeros(size),
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(lower, upper, strict=True)),
        options={"ftol": 1e-15, "gtol": 1e-10},
    )
    on_device = ops.convert_to_tensor(matrix.astype(np.float32))
    center32 = ops.convert_to_tensor(center.astype(np.float32))

    def quadratic(x):
        return 0.5 * ops.sum((x - center32) * ops.matmul(on_device, x - center32))

    x, values, _ = descend(engine_backend, quadratic, np.zeros(size), lower, upper, 300)

    assert values[-1] == pytest.approx(theirs.fun, rel=1e-4)
    assert np.abs(x - theirs.x).max() < 5e-3
    assert ((x <= lower + 1e-6) == (theirs.x <= lower + 1e-6)).all()


@settings(max_examples=5 if ON_JAX else 20)
@given(
    start=st.lists(st.floats(-3, 3, width=32), min_size=4, max_size=4),
    low=st.floats(-2, 0, width=32),
    high=st.floats(0, 2, width=32),
    history=st.integers(1, 6),
)
def test_never_rises_and_never_leaves_the_box(engine_backend, start, low, high, history):
    x, values, state = descend(engine_backend, rosenbrock, start, low, high, 25, history)

    assert all(later <= earlier for earlier, later in itertools.pairwise(values))
    assert x.min() >= np.float32(low)
    assert x.max() <= np.float32(high)
    assert len(state.steps) == len(state.changes) <= history


def test_stops_at_the_minimum_and_keeps_its_state(engine_backend):
    x, values, state = descend(engine_backend, rosenbrock, [1.0, 1.0], -5.0, 5.0, 50)

    assert values == [0.0]
    assert x.tolist() == [1.0, 1.0]
    assert state.evaluations <= 25


def test_climbs_out_of_negative_curvature(engine_backend):
    def valley(x):
        return ops.sum(-ops.exp(-((x - 3.0) ** 2)))

    x, _, state = descend(engine_backend, valley, [0.0], -10.0, 10.0, 40)

    assert x[0] == pytest.approx(3.0, abs=1e-2)
    assert state.value == pytest.approx(-1.0, abs=1e-4)


@pytest.mark.parametrize("unit", [1e-9, 1e9, 1e15])
def test_the_losss_unit_makes_no_difference(engine_backend, unit):
    start = np.full(10, -1.2)

    def scaled(x):
        return unit * rosenbrock(x)

    x, values, _ = descend(engine_backend, scaled, start, -5.0, 5.0, 150)

    assert values[-1] / unit < 1e-6
    assert np.abs(x - 1).max() < 1e-2


@settings(max_examples=6 if ON_JAX else 25)
@given(
    values=st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=40),
    scale=st.sampled_from([1e-8, 1.0, 1e8]),
)
def test_half_precision_keeps_a_vector_to_its_largest_values_last_bits(
    engine_backend, values, scale
):
    vector = np.array(values, np.float32) * np.float32(scale)

    kept = ops.convert_to_numpy(Half.of(ops.convert_to_tensor(vector)).whole)

    largest = np.abs(vector).max()
    assert np.abs(kept - vector).max() <= (2**-11 * largest if largest >= 2**-126 else largest)
    assert ops.convert_to_numpy(Half.of(ops.convert_to_tensor(vector)).shares).itemsize == 2


@pytest.mark.parametrize("block", [None, 5, 12])
@pytest.mark.parametrize("pairs", [1, 3, 6])
def test_directions_are_the_textbooks_with_explicit_matrices(engine_backend, pairs, block):
    """H' = (I − ρsyᵀ) H (I − ρysᵀ) + ρssᵀ among the free variables, from a multiple of I."""
    random, size = np.random.default_rng(pairs), 12
    free = (np.arange(size) % 4 != 0).astype(np.float64)
    halves, matrix = {"steps": [], "changes": []}, None
    for _ in range(pairs):
        step = random.normal(size=size)
        change = step + 0.3 * random.normal(size=size)
        for name, vector in (("steps", step), ("changes", change)):
            halves[name].append(Half.of(ops.convert_to_tensor(vector.astype(np.float32))))
    whole = {
        name: [np.asarray(ops.convert_to_numpy(half.whole), np.float64) * free for half in found]
        for name, found in halves.items()
    }
    last_step, last_change = whole["steps"][-1], whole["changes"][-1]
    matrix = np.eye(size) * (last_step @ last_change) / (last_change @ last_change)
    for step, change in zip(whole["steps"], whole["changes"], strict=True):
        rho = 1 / (step @ change)
        left = np.eye(size) - rho * np.outer(step, change)
        matrix = left @ matrix @ left.T + rho * np.outer(step, step)
    downhill = random.normal(size=size) * free

    nothing = [Half(ops.zeros((size,), "float16"), 0.0)] * 2  # as where the history is not full
    steps, changes = ([*nothing, *found] for found in halves.values())
    found = quasi_newton(
        *(ops.convert_to_tensor(vector.astype(np.float32)) for vector in (downhill, free)),
        [half.shares for half in steps],
        [half.shares for half in changes],
        ops.convert_to_tensor([[half.largest for half in each] for each in (steps, changes)]),
        block=block,
    )

    wanted = matrix @ downhill
    assert np.abs(ops.convert_to_numpy(found) - wanted).max() < 1e-4 * np.abs(wanted).max()


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_pair_that_curves_only_among_held_variables_says_nothing(engine_backend, place):
    random, size = np.random.default_rng(7), 12
    free = np.ones(size, np.float32)
    free[:3] = 0
    steps = random.normal(size=(3, size)).astype(np.float32)
    changes = (steps + 0.3 * random.normal(size=(3, size))).astype(np.float32)
    idle = np.concatenate([np.ones(3), random.normal(size=size - 3)]).astype(np.float32)
    told = np.where(free, 0, idle)  # its change of gradient is where nothing moves
    downhill = random.normal(size=size).astype(np.float32) * free

    def direction(steps, changes):
        halves = [
            [Half.of(ops.convert_to_tensor(row)) for row in rows] for rows in (steps, changes)
        ]
        found = quasi_newton(
            *map(ops.convert_to_tensor, (downhill, free)),
            *([half.shares for half in each] for each in halves),
            ops.convert_to_tensor([[half.largest for half in each] for each in halves]),
        )
        return ops.convert_to_numpy(found)

    more = (np.insert(rows, place, row, axis=0) for rows, row in ((steps, idle), (changes, told)))
    np.testing.assert_allclose(direction(*more), direction(steps, changes), rtol=1e-4, atol=1e-5)
