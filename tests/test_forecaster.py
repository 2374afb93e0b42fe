"""The model of direct forecasts: equal to its parts, and its gradient to the complex step through the same code."""

from types import SimpleNamespace

import numpy as np
import pytest

from rnncli.memory import Memory
from rnncli.nn.cells import CELLS
from rnncli.nn.compose import Stack
from rnncli.nn.forecaster import Forecaster
from rnncli.nn.likelihoods import LIKELIHOODS
from rnncli.nn.recurrent import Recurrent

L, N, D, H, AHEAD, K, Q = 6, 4, 3, 5, 3, 2, 2


def made(cell="lstm", likelihood="gaussian", Q=Q, seed=0):
    """A model, random parameters and a batch in which some targets are missing."""
    rng = np.random.default_rng(seed)
    body = Stack({"layer0": Recurrent(CELLS[cell], D, 7), "layer1": Recurrent(CELLS[cell], 7, H)})
    model = Forecaster(body, LIKELIHOODS[likelihood], H, AHEAD, K, Q)
    real = rng.random((N, AHEAD, K)) < 0.7
    targets = rng.integers(0, 9, (N, AHEAD, K)).astype(float)
    batch = SimpleNamespace(inputs=rng.normal(size=(L, N, D)), ahead=rng.normal(size=(N, AHEAD, Q)),
                            targets=np.where(real, targets, np.nan), real=real)
    store = model.store()
    return model, store, rng.normal(0, 0.5, store.size), batch


def call(model, store, theta, batch, dtype="f8", memory=None):
    """(loss, gradient) of one call."""
    memory = memory or Memory(dtype)
    plan, g = model.plan(L, N, memory), np.zeros(store.size, memory.dtype)
    for array in memory.arrays:
        array.fill(np.nan)
    loss = model.loss_and_grad(store.views(theta), store.views(g), batch, model.initial_state(N, Memory(dtype)), plan)
    return loss, g


@pytest.mark.parametrize("likelihood", list(LIKELIHOODS))
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_the_gradient_along_a_direction_equals_the_complex_step_of_the_same_code(cell, likelihood):
    model, store, theta, batch = made(cell, likelihood)
    _, g = call(model, store, theta, batch)
    v, h = np.random.default_rng(1).normal(size=store.size), 1e-30
    memory = Memory("c16")
    plan, along = model.plan(L, N, memory), theta + 1j * h * v
    model.load(store.views(along), plan)
    numeric = model.loss(batch, model.initial_state(N, Memory("c16")), plan)[0]
    assert np.iscomplexobj(numeric) and g @ v == pytest.approx(numeric.imag / h, rel=1e-10)


def test_scores_are_made_of_the_last_output_and_of_what_is_known_ahead():
    model, store, theta, batch = made()
    memory, p = Memory("f8"), store.views(theta)
    plan = model.plan(L, N, memory)
    model.load(p, plan)
    scores = model.forward(batch.inputs, batch.ahead, model.initial_state(N, memory), plan).copy()
    y, _ = model.body.forward(batch.inputs, model.initial_state(N, memory), plan.body)
    read = np.concatenate([y[-1], batch.ahead.reshape(N, -1)], axis=1)
    expected = read @ p["head"].W + p["head"].b
    assert np.allclose(scores.reshape(N, -1), expected, rtol=1e-12)


def test_nothing_known_ahead_is_fine():
    model, store, theta, batch = made(Q=0)
    assert np.isfinite(call(model, store, theta, batch)[0])


def test_missing_targets_count_for_nothing_and_windows_are_independent():
    model, store, theta, batch = made()
    loss, g = call(model, store, theta, batch)
    for n in range(N):
        batch.targets[n][~batch.real[n]] = 1e6
    again, same = call(model, store, theta, batch)
    assert loss == again and np.array_equal(g, same)
    total, summed = 0.0, np.zeros_like(g)
    for n in range(N):
        one = SimpleNamespace(**{name: array[:, n:n + 1] if name == "inputs" else array[n:n + 1]
                                 for name, array in vars(batch).items()})
        plan, own = model.plan(L, 1, Memory("f8")), np.zeros_like(g)
        total += model.loss_and_grad(store.views(theta), store.views(own), one,
                                     model.initial_state(1, Memory("f8")), plan)
        summed += own
    assert total == pytest.approx(loss, rel=1e-12) and np.allclose(summed, g, rtol=1e-9, atol=1e-12)


def test_the_backward_pass_adds():
    model, store, theta, batch = made()
    _, g = call(model, store, theta, batch)
    twice, plan = np.ones_like(g), model.plan(L, N, Memory("f8"))
    model.loss_and_grad(store.views(theta), store.views(twice), batch, model.initial_state(N, Memory("f8")), plan)
    assert np.allclose(twice, g + 1, rtol=1e-12, atol=1e-12)
