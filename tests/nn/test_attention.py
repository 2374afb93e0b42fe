"""Laws of attention: what each step of a writer takes from the steps of a source."""

import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest
from laws import relative

from rnncli.nn import attention
from rnncli.nn.attention import ATTENTIONS, Additive, Dot
from rnncli.nn.memory import Memory
from rnncli.nn.parameters import ParamStore

ROUNDING = 1e-13  # float64, sums of some ten terms of both signs
T, U, N, H, C = 5, 3, 4, 6, 4
LENGTHS = (5, 1, 3, 2)
MASK = np.arange(T)[:, None] < np.array(LENGTHS)
KINDS = {"dot": Dot(H, C), "additive": Additive(H, C), "additive, 5 columns": Additive(H, C, 5)}


@pytest.fixture(params=list(KINDS))
def part(request):
    return KINDS[request.param]


@pytest.fixture(params=[False, True], ids=["full", "padded"])
def mask(request):
    return MASK if request.param else None


def make(part, steps=T, looks=U, rows=N, seed=0):
    """Random parameters, q (U, N, H), h (T, N, C) and do (U, N, H)."""
    rng, store = np.random.default_rng(seed), ParamStore({"attention": part.specs()})
    q, do = rng.normal(size=(2, looks, rows, part.H))
    return SimpleNamespace(
        store=store, theta=rng.normal(size=store.size), q=q, do=do, h=rng.normal(size=(steps, rows, part.C))
    )


def call(part, given, mask, plan=None, g=None, dtype="f8"):
    """o, alpha, dq, dh and the gradient vector g, copies."""
    (steps, rows, _), looks = given.h.shape, len(given.q)
    plan = plan or part.plan(steps, looks, rows, Memory(dtype))
    g = np.zeros(given.store.size, dtype) if g is None else g
    part.load(given.store.views(given.theta.astype(dtype))["attention"], plan)
    part.read(given.h.astype(dtype), mask, plan)
    o, alpha = part.forward(given.q.astype(dtype), plan).copy(), plan.alpha.copy()
    dq, dh = part.backward(given.store.views(g)["attention"], given.do.astype(dtype), plan)
    return SimpleNamespace(o=o, alpha=alpha, dq=dq.copy(), dh=dh.copy(), g=g)


def naive(part, p, q, h):
    """(o, alpha) of one step q (H,) that looks at h (T, C)."""
    if isinstance(part, Dot):
        scores = np.array([q @ (p.W @ each) for each in h])
    else:
        scores = np.array([p.v @ np.tanh(q @ p.W_q + each @ p.W_k) for each in h])
    alpha = np.exp(scores) / np.exp(scores).sum()
    return np.tanh(np.concatenate([q, alpha @ h]) @ p.W_o + p.b_o), alpha


def test_attention_equals_its_formula_on_the_real_steps_of_each_row(part, mask):
    given = make(part)
    found, p = call(part, given, mask), given.store.views(given.theta)["attention"]
    for row, length in enumerate(LENGTHS if mask is not None else (T,) * N):
        for step in range(U):
            o, alpha = naive(part, p, given.q[step, row], given.h[:length, row])
            assert relative(found.o[step, row], o) < ROUNDING
            assert relative(found.alpha[row, step, :length], alpha) < ROUNDING


def test_weights_sum_to_one_and_those_of_padding_are_exactly_zero(part):
    alpha = call(part, make(part), MASK).alpha
    assert np.allclose(alpha.sum(axis=2), 1, rtol=0, atol=ROUNDING)
    assert not alpha[np.broadcast_to(~MASK.T[:, None], alpha.shape)].any()


@pytest.mark.parametrize("spoilt", [np.nan, np.inf])
def test_what_stands_in_the_padding_changes_nothing_and_gets_no_gradient(part, spoilt):
    given = make(part)
    expected = call(part, given, MASK)
    given.h = np.where(MASK[:, :, None], given.h, spoilt)
    found = call(part, given, MASK)
    assert all(np.array_equal(vars(found)[name], array) for name, array in vars(expected).items())
    assert not expected.dh[~MASK].any() and expected.dh[MASK].any()


def test_a_row_alone_equals_the_row_in_a_batch(part):
    given = make(part)
    batch = call(part, given, MASK)
    for row, length in enumerate(LENGTHS):
        own = slice(row, row + 1)
        alone = SimpleNamespace(**vars(given) | {"q": given.q[:, own], "do": given.do[:, own]})
        alone.h = given.h[:length, own]
        found = call(part, alone, None)
        assert relative(batch.o[:, own], found.o) < ROUNDING
        assert relative(batch.dq[:, own], found.dq) < ROUNDING
        assert relative(batch.dh[:length, own], found.dh) < ROUNDING


def test_a_step_alone_equals_the_step_among_others(part, mask):
    given = make(part)
    together = call(part, given, mask)
    for step in range(U):
        one = slice(step, step + 1)
        alone = call(part, SimpleNamespace(**vars(given) | {"q": given.q[one], "do": given.do[one]}), mask)
        assert relative(together.o[one], alone.o) < ROUNDING and relative(together.dq[one], alone.dq) < ROUNDING


def test_garbage_in_the_plan_changes_nothing_and_backward_adds(part, mask):
    given, memory = make(part), Memory("f8")
    plan = part.plan(T, U, N, memory)
    first = call(part, given, mask, plan)
    for array in memory.arrays:
        array.fill(np.nan)
    second = call(part, given, mask, plan, g=first.g.copy())
    assert np.array_equal(first.o, second.o) and np.array_equal(first.dh, second.dh)
    assert relative(second.g, 2 * first.g) < ROUNDING


def test_a_mask_does_not_outlast_its_source(part):
    given, plan = make(part), part.plan(T, U, N, Memory("f8"))
    call(part, given, MASK, plan)
    again, fresh = call(part, given, None, plan), call(part, given, None)
    assert np.array_equal(again.o, fresh.o) and np.array_equal(again.dh, fresh.dh)


def test_large_scores_do_not_overflow(part):
    given = make(part)
    given.q, given.h = 1e4 * given.q, 1e4 * given.h
    found = call(part, given, MASK, dtype="f4")
    assert all(np.isfinite(array).all() and array.dtype == "f4" for array in vars(found).values())
    given.h[...] = -np.abs(given.h)  # real steps far below the score 0 that padding would have
    assert np.allclose(call(part, given, MASK, dtype="f4").alpha.sum(axis=2), 1)


@pytest.mark.parametrize("pairs", [1, 2, 7])
def test_comparisons_in_small_blocks_give_what_they_give_at_once(monkeypatch, mask, pairs):
    part = KINDS["additive, 5 columns"]
    given = make(part)
    whole = call(part, given, mask)
    monkeypatch.setattr(attention, "BLOCK_BYTES", pairs * N * 5 * 8)
    assert len(part.plan(T, U, N, Memory("f8")).blocks) > 1
    found = call(part, given, mask)
    assert all(relative(vars(found)[name], array) < ROUNDING for name, array in vars(whole).items())


def test_memory_of_additive_attention_does_not_grow_with_the_product_of_the_lengths():
    def nbytes(steps, looks):
        memory = Memory("f4", forward_only=True)
        Additive(64, 64).plan(steps, looks, 32, memory)
        return memory.nbytes

    assert nbytes(200, 200) < 32 * 200 * 200 * 64 * 4 / 5


def test_a_stream_reads_its_input_in_place(part, mask):
    given = make(part)
    plan, q = part.plan(T, U, N, Memory("f8", forward_only=True)), np.zeros((U, N, H))
    part.load(given.store.views(given.theta)["attention"], plan)
    part.read(given.h, mask, plan)
    calls, o = part.stream(q, plan)
    for scale in (1, -2):
        q[...] = scale * given.q
        for each in calls:
            each()
        expected = call(part, SimpleNamespace(**vars(given) | {"q": scale * given.q}), mask)
        assert np.array_equal(o, expected.o) and np.array_equal(plan.alpha, expected.alpha)


@pytest.mark.parametrize("name", list(ATTENTIONS))
def test_attention_allocates_no_array_of_its_steps_after_the_first_call(name):
    part, (steps, looks, rows) = ATTENTIONS[name](64, 64), (60, 50, 40)
    given, mask = make(part, steps, looks, rows), np.arange(steps)[:, None] < np.arange(1, rows + 1)
    plan, g = part.plan(steps, looks, rows, Memory("f4")), given.store.views(np.zeros(given.store.size, "f4"))
    q, h, do = (array.astype("f4") for array in (given.q, given.h, given.do))
    part.load(given.store.views(given.theta.astype("f4"))["attention"], plan)

    def step():
        part.read(h, mask, plan)
        part.forward(q, plan)
        part.backward(g["attention"], do, plan)

    step()
    tracemalloc.start()
    try:
        step()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < min(q.nbytes, plan.alpha.nbytes) / 3  # NumPy's own buffers have a fixed size
