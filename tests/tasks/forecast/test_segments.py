"""SegRNN against a naive one, a window and a segment at a time."""

import numpy as np
import pytest
from forecasters import D, K, N, make_problem
from laws import relative
from reference import STEPS, Gates

from rnncli.nn.cells import CELLS
from rnncli.nn.memory import Memory
from rnncli.random_streams import Noise

ROUNDING = 1e-12  # float64, sums of some hundred terms


def segrnn(problem, cell, w, keep=None):
    """Scores (h, N, outputs) by the equations of Lin et al. 2023, arXiv:2308.11200v1, section 4; keep: what dropout
    leaves of each output (m, N, H)."""
    p, (_, N, D), (h, _, Q) = problem.store.views(problem.theta), problem.batch.inputs.shape, problem.ahead.shape
    m, gates, out = -(-h // w), Gates(cell, p["layer0"]), []
    for n in range(N):
        window, known = problem.batch.inputs[:, n], problem.ahead[:, n]
        while len(window) % w:
            window = np.vstack([np.zeros(D), window])
        while len(known) % w:
            known = np.vstack([known, np.zeros(Q)])
        state = tuple(s[n : n + 1] for s in problem.s0[0])
        for i in range(0, len(window), w):
            x = np.maximum(window[i : i + w].reshape(-1) @ p["segment"].W + p["segment"].b, 0)
            state = STEPS[cell](gates, p["layer0"], x[None], *state)
        steps = []
        for j in range(m):
            q = p["position"].P[j] + (known[j * w : (j + 1) * w].reshape(-1) @ p["known"].W + p["known"].b if Q else 0)
            y = STEPS[cell](gates, p["layer0"], q[None], *state)[0] * (1 if keep is None else keep[j, n])
            steps += list((y[0] @ p["head"].W + p["head"].b).reshape(w, -1))
        out.append(steps[:h])
    return np.array(out).swapaxes(0, 1)


@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize("w, T, h", [(2, 6, 4), (3, 7, 5), (1, 3, 2), (4, 2, 3), (5, 1, 1)], ids=str)
def test_it_equals_the_naive_segrnn(cell, w, T, h):
    problem = make_problem(cell=cell, segment=w, window=T, horizon=h, loss="gaussian")
    assert relative(problem.predict(), segrnn(problem, cell, w)) < ROUNDING


def test_it_equals_it_where_nothing_is_known_ahead():
    problem = make_problem(cell="gru", segment=2, size=(D, 0, K))
    assert "known.W" not in problem.store.spans
    assert relative(problem.predict(), segrnn(problem, "gru", 2)) < ROUNDING


def test_a_last_state_is_that_of_the_window_and_not_of_the_steps_ahead():
    problem = make_problem(cell="gru", segment=7)
    p, x = problem.store.views(problem.theta), problem.batch.inputs
    read = np.maximum(x.swapaxes(0, 1).reshape(N, -1) @ p["segment"].W + p["segment"].b, 0)
    last = STEPS["gru"](Gates("gru", p["layer0"]), p["layer0"], read, *problem.s0[0])
    assert relative(problem.call()[2], last[0].reshape(-1)) < ROUNDING


def test_encoding_and_decoding_drop_the_same_recurrent_weights():
    problem = make_problem(cell="gru", segment=2, dropout_recurrent=0.4)
    plan, _ = problem.plan(noise=Noise(8))
    mask = plan.core.encoder["layer0"].mask
    assert 0.2 < (mask == 0).mean() < 0.6 and np.array_equal(mask, plan.core.decoder["layer0"].mask)
    dropped = make_problem(cell="gru", segment=2)
    dropped.store.views(dropped.theta)["layer0"].W_h[...] *= mask
    assert relative(problem.predict(plan), segrnn(dropped, "gru", 2)) < ROUNDING


@pytest.mark.parametrize("kind", ["step", "variational"])
def test_dropout_stands_before_the_head_alone(kind):
    problem = make_problem(cell="gru", segment=2, dropout=0.5, dropout_kind=kind)
    plan, _ = problem.plan(noise=Noise(8))
    keep = np.broadcast_to(plan.core.after["drop0"].mask, (3, N, 6))
    assert set(np.unique(keep)) == {0, 2} and np.array_equal(keep[0], keep[1]) == (kind == "variational")
    assert relative(problem.predict(plan), segrnn(problem, "gru", 2, keep)) < ROUNDING


def test_a_window_may_have_any_number_of_steps():
    long, short = (make_problem(cell="gru", segment=3, window=T) for T in (10, 4))
    assert long.store.spans == short.store.spans
    short.theta = long.theta
    assert relative(short.predict(), segrnn(short, "gru", 3)) < ROUNDING


def test_memory_is_little_because_steps_are_few():
    sizes = {}
    for w in (0, 48):
        model = make_problem(cell="gru", segment=w, window=96, horizon=48, size=(1, 0, 1), N=2, hidden_size=32).model
        memory = Memory("f4")
        model.plan((96,), 16, memory)
        sizes[w] = memory.nbytes
    assert sizes[48] < sizes[0] / 4
