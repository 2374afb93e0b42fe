"""The recursive forecaster: teacher forcing in training, its own words in a forecast."""

from types import SimpleNamespace

import numpy as np
import pytest
from forecasters import AHEAD, D, K, N, T, make_problem
from laws import relative
from reference import unroll

from rnncli.errors import ConfigError
from rnncli.nn.cells import CELLS

ROUNDING = 1e-11  # float64, fed back a few times


def scores_of(problem, inputs):
    """Scores (T, N, outputs) at every step of one layer by the textbook, for inputs of any length."""
    p = problem.store.views(problem.theta)
    cell = next(name for name in CELLS if CELLS[name] is problem.model.body.layers["layer0"].cell)
    y, _ = unroll(cell, p["layer0"], inputs, problem.s0[0])
    return y @ p["head"].W + p["head"].b


def free_running(problem, told, steps=AHEAD):
    """(scores, values): every step reads the whole history again, and after it what `told` made of each score."""
    inputs, scores, values = problem.batch.inputs, [], []
    for k in range(steps):
        scores.append(scores_of(problem, inputs)[-1])
        values.append(told(scores[-1]))
        if k + 1 < steps:
            inputs = np.concatenate([inputs, np.concatenate([values[-1], problem.ahead[k + 1]], axis=1)[None]])
    return np.array(scores), np.array(values)


def make_recursive(**settings):
    return make_problem(mode="recursive", **settings)


@pytest.mark.parametrize("cell", list(CELLS))
def test_a_forecast_equals_reading_everything_again_for_each_step(cell):
    problem = make_recursive(cell=cell, loss="gaussian")
    expected, _ = free_running(problem, problem.model.likelihood.mean)
    assert relative(problem.predict(), expected) < ROUNDING


def test_a_path_reads_what_was_drawn_and_returns_it():
    problem = make_recursive(cell="gru", loss="gaussian")
    plan, _ = problem.plan()
    problem.model.load(problem.store.views(problem.theta), plan)
    path = problem.model.path(problem.batch.inputs, problem.ahead, problem.s0, plan, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    _, expected = free_running(problem, lambda scores: problem.model.likelihood.sample(scores, rng))
    assert path.shape == (AHEAD, N, K) and relative(path, expected) < ROUNDING


def test_a_path_needs_a_distribution():
    problem = make_recursive(loss="mae")
    plan, _ = problem.plan()
    problem.model.load(problem.store.views(problem.theta), plan)
    with pytest.raises(ConfigError, match="'mae' describes no distribution"):
        problem.model.path(problem.batch.inputs, problem.ahead, problem.s0, plan, np.random.default_rng(5))


@pytest.mark.parametrize("steps", [1, 2, 40])
def test_a_forecast_may_be_shorter_or_longer_than_the_horizon_that_was_trained(steps):
    problem = make_recursive(cell="gru")
    problem.ahead = np.random.default_rng(3).normal(size=(steps, N, D - K))
    expected, _ = free_running(problem, problem.model.likelihood.mean, steps)
    assert relative(problem.predict(), expected) < ROUNDING


def test_what_is_known_of_the_first_step_is_taken_from_the_last_input():
    problem = make_recursive(cell="gru")
    before, other = problem.predict(), problem.ahead.copy()
    other[0] = np.nan
    assert np.array_equal(problem.predict(ahead=other), before)
    other = problem.ahead.copy()
    other[1] += 1
    moved = problem.predict(ahead=other) != before
    assert not moved[0].any() and moved[1:].all()


def test_training_scores_the_step_after_each_with_the_truth_as_its_input():
    problem = make_recursive(cell="gru", loss="gaussian")
    scores, batch = scores_of(problem, problem.batch.inputs), problem.batch
    m, a = scores[..., :K], scores[..., K:]
    s = 1e-3 + np.log1p(np.exp(a))
    nats = np.log(s) + ((batch.following - m) / s) ** 2 / 2 + np.log(2 * np.pi) / 2
    assert problem.call()[0] == pytest.approx(nats[batch.following_real].sum(), rel=1e-12)


def test_two_chunks_with_carried_state_equal_one_sequence():
    problem = make_recursive(cell="lstm", num_layers=2)
    whole, _, last = problem.call()
    state, total = problem.s0, 0.0
    for steps in (slice(0, 3), slice(3, T)):
        batch = SimpleNamespace(**{name: array[steps] for name, array in vars(problem.batch).items()})
        plan, _ = problem.plan(size=batch.inputs.shape[:2])
        problem.model.load(problem.store.views(problem.theta), plan)
        loss, state = problem.model.loss(batch, state, plan)
        total += loss
        state = tuple(tuple(s.copy() for s in layer) for layer in state)
    assert total == pytest.approx(whole, rel=1e-12)
    assert relative(np.concatenate([s.reshape(-1) for layer in state for s in layer]), last) < ROUNDING


def test_a_plan_forecasts_with_the_parameters_it_was_loaded_with_last():
    problem = make_recursive(cell="gru")
    plan, _ = problem.plan()
    problem.predict(plan)
    problem.theta = problem.theta * 0.7
    assert np.array_equal(problem.predict(plan), problem.predict())


def test_layers_around_the_recurrent_ones_take_part_in_each_step():
    problem = make_recursive(num_layers=2, layer_norm=True, residual=True, dropout=0.3, cell="gru")
    found, inputs = problem.predict(), problem.batch.inputs
    for k in range(1, AHEAD):
        inputs = np.concatenate([inputs, np.concatenate([found[k - 1], problem.ahead[k]], axis=1)[None]])
        plan, _ = problem.plan(size=inputs.shape[:2])
        assert relative(problem.predict(plan, inputs=inputs, ahead=problem.ahead[:1])[0], found[k]) < ROUNDING
