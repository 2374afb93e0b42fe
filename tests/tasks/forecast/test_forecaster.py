"""Laws of forecasters of every kind, and the direct one against its formula."""

import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest
from forecasters import AHEAD, K, N, Q, T, make_problem
from laws import relative
from reference import unroll

from rnncli.nn import matmul_tiling, recurrent_plan
from rnncli.nn.cells import CELLS
from rnncli.nn.likelihoods import LIKELIHOODS
from rnncli.nn.memory import Memory
from rnncli.random_streams import Noise

ROUNDING = 1e-12  # float64, sums of some hundred terms
NOISY = {"dropout": 0.3, "dropout_recurrent": 0.3, "layer_norm": True}
KINDS = {
    "plain": {},
    "everything": {"num_layers": 2, "residual": True, "highway": 3, "loss": "quantile", **NOISY},
    "segments": {"segment": 3, "cell": "gru", "loss": "gaussian", "residual": True, "highway": 7, **NOISY},
    "segments, dropout per step": {"segment": 2, "cell": "gru", "dropout": 0.3, "dropout_kind": "step"},
    "recursive": {"mode": "recursive", "num_layers": 2, "loss": "student-t", **NOISY},
}


@pytest.fixture(params=["ordinary layout", "small blocks"])
def layout(request, monkeypatch):
    if request.param == "small blocks":
        monkeypatch.setattr(matmul_tiling, "SMALL", 500)
        monkeypatch.setattr(matmul_tiling, "WIDTHS", (3, 2))
        monkeypatch.setattr(recurrent_plan, "CHUNK_BYTES", 1)


@pytest.fixture(params=list(KINDS))
def problem(request, layout):
    return make_problem(**KINDS[request.param])


def rows(problem, which):
    """The batch and states of some windows."""
    batch = SimpleNamespace(**{name: array[:, which] for name, array in vars(problem.batch).items()})
    return batch, tuple(tuple(s[which] for s in layer) for layer in problem.s0)


# Laws


def test_a_batch_is_what_the_model_says_with_windows_along_the_second_axis(problem):
    for name, part in problem.model.batch((T,), N).items():
        assert vars(problem.batch)[name].shape == part.shape and part.shape[part.rows] == N and part.rows == 1
        assert part.length is None or (part.length, part.shape[0]) == (*problem.model.lengths, T)
        assert part.dtype in ("f4", "?")


def test_it_gives_exactly_the_same_twice_whatever_its_plan_held(problem):
    plan, memory = problem.plan(noise=Noise(8))
    loss, g, sT = problem.call(plan)
    for array in memory.arrays:
        array.fill(np.nan)
    problem.model.draw(Noise(8), plan)
    again, same_g, same_sT = problem.call(plan)
    assert np.isfinite(loss) and loss == again and np.array_equal(g, same_g) and np.array_equal(sT, same_sT)


def test_it_adds_to_the_gradient_and_never_assigns(problem):
    before = np.random.default_rng(2).normal(size=problem.store.size)
    g = problem.call()[1]
    assert relative(problem.call(g=before.copy())[1], before + g) < ROUNDING


def test_shards_sum_to_the_whole_dropout_included(problem):
    loss, g, sT = problem.call()
    parts = []
    for which in (slice(0, 1), slice(1, N)):
        batch, s0 = rows(problem, which)
        plan, _ = problem.plan(noise=Noise(8, rows=which, N=N), size=batch.inputs.shape[:2])
        parts.append(problem.call(plan, batch, s0))
    assert sum(part[0] for part in parts) == pytest.approx(loss, rel=ROUNDING)
    assert relative(sum(part[1] for part in parts), g) < ROUNDING
    assert sorted(np.concatenate([part[2] for part in parts])) == pytest.approx(sorted(sT), rel=ROUNDING)


def test_missing_targets_count_for_nothing_nan_or_not(problem):
    loss, g, _ = problem.call()
    values, there = ("following", "following_real") if "following" in vars(problem.batch) else ("targets", "real")
    for wrong in (np.nan, 1e6, -3.5):
        gone = np.where(vars(problem.batch)[there], vars(problem.batch)[values], wrong)
        again, same, _ = problem.call(batch=SimpleNamespace(**vars(problem.batch) | {values: gone}))
        assert loss == again and np.array_equal(g, same)


def test_a_window_without_any_target_adds_nothing(problem):
    there = "following_real" if "following" in vars(problem.batch) else "real"
    few = vars(problem.batch)[there].copy()
    few[:, 1:] = False
    loss, g, _ = problem.call(batch=SimpleNamespace(**vars(problem.batch) | {there: few}))
    batch, s0 = rows(problem, slice(0, 1))
    alone = problem.call(problem.plan(noise=Noise(8, rows=slice(0, 1), N=N), size=(T, 1))[0], batch, s0)
    assert loss == pytest.approx(alone[0], rel=ROUNDING) and relative(g, alone[1]) < ROUNDING


def test_float32_is_near_float64(problem):
    loss, g, _ = problem.call()
    single = SimpleNamespace(
        **{name: array if array.dtype == bool else array.astype("f4") for name, array in vars(problem.batch).items()}
    )
    found, found_g, _ = problem.call(problem.plan("f4", Noise(8))[0], single, theta=problem.theta.astype("f4"))
    assert found == pytest.approx(loss, rel=1e-5) and relative(found_g, g) < 1e-4  # some hundred roundings of 6e-8


@pytest.mark.parametrize("likelihood", list(LIKELIHOODS))
@pytest.mark.parametrize("cell", list(CELLS))
def test_the_gradient_along_a_direction_equals_the_complex_step_of_the_same_code(cell, likelihood):
    problem = make_problem(cell=cell, loss=likelihood, dropout=0.2)
    _, g, _ = problem.call()
    v, h = np.random.default_rng(1).normal(size=problem.store.size), 1e-30
    plan, _ = problem.plan("c16", Noise(8))
    problem.model.load(problem.store.views(problem.theta + 1j * h * v), plan)
    numeric, _ = problem.model.loss(problem.batch, problem.s0, plan)
    assert np.iscomplexobj(numeric) and g @ v == pytest.approx(numeric.imag / h, rel=1e-10)


def test_memory_for_the_forward_pass_alone_forecasts_the_same_with_less(problem):
    (whole, much), (alone, less) = problem.plan(), problem.plan(forward_only=True)
    assert np.array_equal(problem.predict(whole), problem.predict(alone))
    assert less.nbytes < 0.75 * much.nbytes


def test_a_forecast_is_the_callers_own_without_dropout_and_the_same_again(problem):
    plan, _ = problem.plan()
    scores = problem.predict(plan)
    kept = scores.copy()
    assert scores.shape == (AHEAD, N, problem.model.likelihood.outputs(K)) and np.isfinite(scores).all()
    assert not np.array_equal(problem.predict(plan, inputs=problem.batch.inputs + 1), kept)
    assert np.array_equal(scores, kept) and np.array_equal(problem.predict(plan), kept)


@pytest.mark.parametrize("settings", [{"highway": 5}, {"segment": 12, "cell": "gru"}, {"mode": "recursive"}], ids=str)
def test_it_allocates_next_to_nothing_after_the_first_call(settings):
    problem = make_problem(window=48, horizon=12, N=32, hidden_size=96, layer_norm=True, **settings)
    plan, memory = problem.plan("f4")
    theta, batch = (
        problem.theta.astype("f4"),
        SimpleNamespace(
            **{
                name: array if array.dtype == bool else array.astype("f4")
                for name, array in vars(problem.batch).items()
            }
        ),
    )
    g = np.zeros_like(theta)
    problem.call(plan, batch, g=g, theta=theta)
    tracemalloc.start()
    try:
        problem.call(plan, batch, g=g, theta=theta)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < memory.nbytes / 10


# The direct forecaster and its highway


def direct(problem, highway=0):
    """Scores (h, N, outputs) by the formula: one LSTM layer, then a matrix on its last output and what is known."""
    p, x = problem.store.views(problem.theta), problem.batch.inputs
    y, _ = unroll("lstm", p["layer0"], x, problem.s0[0])
    scores = np.empty((AHEAD, N, problem.model.likelihood.outputs(K)))
    for n in range(N):
        told = np.concatenate([y[-1, n], problem.ahead[:, n].reshape(-1)]) @ p["head"].W + p["head"].b
        scores[:, n] = told.reshape(AHEAD, -1)
    for j in range(AHEAD if highway else 0):
        for k in range(K):
            autoregressive = sum(p["highway"].W[a, j] * x[T - highway + a, :, k] for a in range(highway))
            for part in range(problem.model.likelihood.places):
                scores[j, :, part * K + k] += autoregressive
    return scores


@pytest.mark.parametrize("loss", ["mse", "gaussian", "quantile"])
@pytest.mark.parametrize("highway", [0, 1, 3, T])
def test_scores_are_the_last_output_what_is_known_ahead_and_the_last_values_times_matrices(loss, highway):
    problem = make_problem(loss=loss, highway=highway)
    assert relative(problem.predict(), direct(problem, highway)) < ROUNDING


def test_the_rows_of_the_scores_are_steps_ahead_and_in_them_windows():
    problem = make_problem()
    plan, _ = problem.plan()
    problem.model.load(problem.store.views(problem.theta), plan)
    scores, _ = problem.model.forward(problem.batch.inputs, problem.ahead, problem.s0, plan)
    assert relative(scores, direct(problem).reshape(AHEAD * N, -1)) < ROUNDING


def test_nothing_known_ahead_is_fine():
    problem = make_problem(size=(K, 0, K))
    assert problem.ahead.shape == (AHEAD, N, 0)
    assert relative(problem.predict(), direct(problem)) < ROUNDING and np.isfinite(problem.call()[0])


def test_the_highway_begins_at_zero_and_bears_weight_decay():
    problem = make_problem(highway=3)
    theta = np.zeros(problem.store.size)
    problem.store.initialise(theta, 1)
    assert not problem.store.views(theta)["highway"].W.any() and theta.any()
    assert problem.store.spans["highway.W"] in problem.store.decayed()


def test_the_highway_of_a_distribution_moves_its_place_and_leaves_its_width():
    problem = make_problem(loss="student-t", highway=2)
    before = problem.predict()
    problem.store.views(problem.theta)["highway"].W[...] += 1
    moved = np.abs(problem.predict() - before)
    assert moved[..., :K].min() > 1e-3 and not moved[..., K:].any()


def test_one_step_of_one_window_works():
    problem = make_problem(window=1, horizon=1, N=1, highway=1)
    assert problem.predict().shape == (1, 1, K)
    _, g, sT = problem.call()
    assert np.isfinite(g).all() and g.any() and np.isfinite(sT).all()


def test_what_is_known_ahead_matters_at_every_step():
    problem = make_problem()
    before = problem.predict()
    for k in range(AHEAD):
        other = problem.ahead.copy()
        other[k] += 1
        assert np.abs(problem.predict(ahead=other) - before).min(axis=(1, 2)).max() > 1e-6
    assert problem.ahead.shape[2] == Q


def test_states_are_handed_in_and_come_back():
    problem = make_problem(cell="gru")
    _, _, sT = problem.call()
    zeros = problem.model.initial_state(N, Memory("f8"))
    _, last = unroll("gru", problem.store.views(problem.theta)["layer0"], problem.batch.inputs, problem.s0[0])
    assert relative(sT, last[0].reshape(-1)) < ROUNDING
    assert not np.allclose(problem.predict(s0=zeros), problem.predict())
