"""The flatter loss: against its formula in float64, and as one with the true loss."""

import chains
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from maya_stylize.engine import texture, vgg19
from maya_stylize.engine.beats import finish
from maya_stylize.engine.encoder import Encoder
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.objective import Style, Targets
from maya_stylize.engine.schedule import LOSSES
from maya_stylize.engine.temper import STAGES, tempered

STYLE = {"conv1_1": 3.0, "pool1": 2.0, "conv2_2": 1.0, "pool3": 5.0}


@pytest.fixture(scope="module")
def encoder(engine_backend):
    return Encoder(chains.small_chain(), list(STYLE), "average", engine_backend)


def setup(encoder):
    """A picture, and targets from another one."""
    random = np.random.default_rng(0)
    first, second = (random.uniform(0, 1, (37, 42, 3)).astype(np.float32) for _ in range(2))
    picture = ops.convert_to_tensor(vgg19.to_network(first, encoder.backend.data_format))
    return picture, Targets.of([finish(texture.style(Evaluation(encoder), second, STYLE))])


def formula(grams, targets):
    """Σ w/4 · ‖(Ĝ+ε)^(−1/8) (G−Ĝ) (Ĝ+ε)^(−1/8)‖² / C², each Ĝ's norm kept, in float64."""
    loss = 0.0
    for layer, share in zip(STYLE, (0.5, 0.5, 0.7, 1.0), strict=True):
        target = targets.style.measured[layer].astype(np.float64)
        values, vectors = np.linalg.eigh(target)
        powers = (np.maximum(values, 0) + 0.01 * values.max()) ** (-1 / 8)
        metric = vectors @ np.diag(powers) @ vectors.T
        metric = metric * np.sqrt(np.linalg.norm(target) / np.linalg.norm(metric @ target @ metric))
        apart = metric @ (grams[layer].astype(np.float64) - target) @ metric
        loss += share * STYLE[layer] / 4 * np.sum(apart**2) / target.size
    return loss


@pytest.mark.parametrize("tile", [0, 16])
def test_the_value_is_the_formulas(encoder, tile):
    picture, targets = setup(encoder)
    evaluation = Evaluation(encoder, tile)
    grams = finish(evaluation.measured(picture))

    value, _ = finish(evaluation.value_and_gradient(picture, tempered(targets, "flat")))

    assert value == pytest.approx(formula(grams, targets), rel=1e-4)


@pytest.mark.parametrize("tile", [0, 16])
def test_the_gradient_is_the_formulas_slope(encoder, tile):
    picture, targets = setup(encoder)
    evaluation = Evaluation(encoder, tile)

    _, gradient = finish(evaluation.value_and_gradient(picture, tempered(targets, "flat")))

    gradient = ops.convert_to_numpy(gradient).astype(np.float64)
    step = (gradient / np.abs(gradient).max()).astype(np.float32)
    ahead, behind = (
        formula(finish(evaluation.measured(picture + sign * ops.convert_to_tensor(step))), targets)
        for sign in (0.1, -0.1)
    )
    assert np.sum(gradient * step) == pytest.approx((ahead - behind) / 0.2, rel=1e-3)


def test_in_its_form_the_true_loss_stays_the_true_loss(encoder):
    picture, targets = setup(encoder)
    evaluation = Evaluation(encoder)

    value, gradient = finish(evaluation.value_and_gradient(picture, targets))
    same, same_gradient = finish(evaluation.value_and_gradient(picture, tempered(targets, "true")))

    assert same == pytest.approx(value, rel=1e-6)
    gradient, same_gradient = map(ops.convert_to_numpy, (gradient, same_gradient))
    assert np.linalg.norm(gradient - same_gradient) < 1e-6 * np.linalg.norm(gradient)


def test_a_target_of_nothing_keeps_its_numbers_finite(encoder):
    _, targets = setup(encoder)
    grams = {layer: np.zeros_like(gram) for layer, gram in targets.style.measured.items()}
    style = type(targets.style)(grams, STYLE)

    found = tempered(Targets.of([style]), "flat")

    assert all(np.isfinite(metric).all() for metric in found.style.metrics.values())


def test_the_level_loss_weighs_the_shallow_layers_more(encoder):
    _, targets = setup(encoder)

    weights = tempered(targets, "level").style.weights

    assert [weights[layer] / STYLE[layer] for layer in STYLE] == [1.5, 1.5, 1.5, 1.0]


@given(st.integers(1, 7))
def test_any_number_of_layers_has_its_deepest_weight_kept(count):
    grams = {f"layer{index}": np.eye(3, dtype=np.float32) for index in range(count)}
    targets = Targets.of([Style(grams, dict.fromkeys(grams, 2.0))])

    for stage in STAGES:
        weights = list(tempered(targets, stage).style.weights.values())
        assert len(weights) == count
        assert weights[-1] == 2.0


def test_there_is_a_stage_for_each_loss_of_the_schedule():
    assert tuple(STAGES) == LOSSES
