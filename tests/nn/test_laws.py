"""Laws that every registered cell obeys: registering a cell tests it.

Each runs with the memory layout of ordinary sizes and again with small column blocks, split contractions and slopes
found one step at a time, which sizes small enough for a test would never meet.
"""

import tracemalloc

import numpy as np
import pytest
import reference
from laws import call, cut, make_plan, make_problem, relative, scalar

from rnncli.nn import matmul_tiling, products, recurrent_plan
from rnncli.nn import tokens as token_sums
from rnncli.nn.blocks import Shares
from rnncli.nn.cells import CELLS

ROUNDING = 1e-12  # float64, sums of some hundred terms
SINGLE = 2e-4  # float32, seven steps of recurrence
SIZES = {"five steps": (5, 3, 4, 16), "one step, odd width": (1, 2, 3, 5), "one row": (7, 1, 16, 16)}


@pytest.fixture(params=["ordinary layout", "small blocks"])
def layout(request, monkeypatch):
    if request.param == "small blocks":
        monkeypatch.setattr(matmul_tiling, "SMALL", 700)
        monkeypatch.setattr(matmul_tiling, "WIDTHS", (8, 4))
        monkeypatch.setattr(recurrent_plan, "CHUNK_BYTES", 1)
        monkeypatch.setattr(products, "LOOKUP_BYTES", 1)
        monkeypatch.setattr(token_sums, "FEW", 0)
        monkeypatch.setattr(token_sums, "ORDERED_BYTES", 200)


@pytest.fixture(params=list(CELLS))
def cell(request):
    return request.param


@pytest.fixture(params=["vectors", "tokens"])
def tokens(request):
    return request.param == "tokens"


@pytest.fixture(params=list(SIZES))
def problem(request, cell, tokens, layout):
    return make_problem(cell, tokens, *SIZES[request.param])


@pytest.fixture
def long_problem(cell, tokens, layout):
    return make_problem(cell, tokens, T=6, N=4, D=5, H=16, seed=5)


def test_small_blocks_force_column_blocks_contraction_splits_and_one_step_chunks(monkeypatch):
    monkeypatch.setattr(matmul_tiling, "SMALL", 700)
    monkeypatch.setattr(matmul_tiling, "WIDTHS", (8, 4))
    monkeypatch.setattr(recurrent_plan, "CHUNK_BYTES", 1)
    plan, _ = make_plan(make_problem("lstm", False, 5, 3, 4, 16))
    assert plan.forward_products[0].W.width == 8 and plan.forward_products[0].W.blocks.shape[2] == 2
    assert plan.backward_products[0].W.parts == 2
    assert plan.ahead == 1 and sum(bool(step.slopes) for step in plan.steps) == 5


def test_a_layer_equals_the_naive_textbook_cell(problem, cell):
    y, sT = reference.unroll(cell, problem.p, problem.vectors(), problem.s0)
    found = call(problem)
    assert relative(found.y, y) < ROUNDING
    assert relative(found.sT, np.array(sT)) < ROUNDING


def test_backward_equals_the_complex_step_for_every_parameter_the_input_and_the_state(problem):
    found, (plan, _), h = call(problem), make_plan(problem, "c16"), 1e-30
    rng = np.random.default_rng(1)
    for name, span in problem.store.spans.items():
        v = np.zeros(problem.store.size)
        v[span] = rng.normal(size=span.stop - span.start)
        numeric = scalar(problem, plan, theta=problem.theta + 1j * h * v).imag / h
        assert found.g @ v == pytest.approx(numeric, rel=ROUNDING, abs=ROUNDING), name
    if not problem.layer.tokens:
        v = rng.normal(size=problem.x.shape)
        numeric = scalar(problem, plan, x=problem.x + 1j * h * v).imag / h
        assert (found.dx * v).sum() == pytest.approx(numeric, rel=ROUNDING, abs=ROUNDING)
    for k in range(len(problem.s0)):
        v = rng.normal(size=problem.s0[k].shape)
        s0 = tuple(s + 1j * h * v if j == k else s for j, s in enumerate(problem.s0))
        numeric = scalar(problem, plan, s0=s0).imag / h
        assert (found.ds0[k] * v).sum() == pytest.approx(numeric, rel=ROUNDING, abs=ROUNDING)


def test_two_chunks_with_carried_state_equal_one_sequence(long_problem):
    whole, first_steps, last_steps = call(long_problem), slice(0, 2), slice(2, None)
    after_first = call(cut(long_problem, first_steps)).sT
    last = call(cut(long_problem, last_steps, s0=after_first))
    first = call(cut(long_problem, first_steps, dsT=last.ds0))
    assert relative(np.concatenate([first.y, last.y]), whole.y) < ROUNDING
    assert relative(last.sT, whole.sT) < ROUNDING
    assert relative(first.ds0, whole.ds0) < ROUNDING
    assert relative(first.g + last.g, whole.g) < ROUNDING
    if not long_problem.layer.tokens:
        assert relative(np.concatenate([first.dx, last.dx]), whole.dx) < ROUNDING


def test_garbage_in_the_plan_changes_nothing(problem):
    plan, memory = make_plan(problem)
    expected = call(problem, plan=plan)
    for array in memory.arrays:
        array.fill(np.nan)
    found = call(problem, plan=plan)
    for name, array in vars(expected).items():
        assert np.array_equal(getattr(found, name), array), name


def test_the_same_call_twice_gives_exactly_the_same(problem):
    plan, _ = make_plan(problem)
    first, second = call(problem, plan=plan), call(problem, plan=plan)
    for name, array in vars(first).items():
        assert np.array_equal(getattr(second, name), array), name


def test_backward_adds_to_the_gradient_and_never_assigns(problem):
    before = np.random.default_rng(2).normal(size=problem.store.size)
    found = call(problem, g=before.copy())
    assert np.allclose(found.g, before + call(problem).g, rtol=0, atol=ROUNDING * np.abs(found.g).max())


def test_what_is_handed_in_is_only_read(problem):
    handed = (problem.theta, problem.x, *problem.s0, problem.dy, *problem.dsT)
    before = [array.copy() for array in handed]
    call(problem)
    assert all(np.array_equal(array, copy) for array, copy in zip(handed, before))


def test_a_state_that_a_plan_returned_may_be_handed_back_to_it(long_problem):
    plan, _ = make_plan(long_problem)
    layer = long_problem.layer
    layer.load(long_problem.p, plan)
    _, state = layer.forward(long_problem.x, long_problem.s0, plan)
    copies = tuple(s.copy() for s in state)
    y = layer.forward(long_problem.x, state, plan)[0].copy()
    assert np.array_equal(y, layer.forward(long_problem.x, copies, plan)[0])


def test_shards_of_the_batch_sum_to_the_whole(long_problem):
    whole, shards = call(long_problem), [call(cut(long_problem, rows=rows)) for rows in (slice(0, 1), slice(1, 4))]
    assert relative(sum(shard.g for shard in shards), whole.g) < ROUNDING
    assert relative(np.concatenate([shard.y for shard in shards], axis=1), whole.y) < ROUNDING
    assert relative(np.concatenate([shard.ds0 for shard in shards], axis=1), whole.ds0) < ROUNDING


def test_rows_do_not_see_each_other(long_problem):
    before = call(long_problem)
    changed = cut(long_problem)
    changed.x, changed.dy = changed.x.copy(), changed.dy.copy()
    changed.x[:, 0] = changed.x[::-1, 0].copy() if long_problem.layer.tokens else 7.0
    changed.dy[:, 0] = -3
    changed.s0 = tuple(np.concatenate([s[:1] + 1, s[1:]]) for s in changed.s0)
    after = call(changed)
    assert not np.allclose(after.y[:, 0], before.y[:, 0])
    assert np.array_equal(after.y[:, 1:], before.y[:, 1:])
    assert np.array_equal(after.ds0[:, 1:], before.ds0[:, 1:])


def test_float32_is_near_float64_and_stays_float32(problem):
    double, single = call(problem), call(problem, "f4")
    for name, array in vars(single).items():
        assert array.dtype == np.float32, name
        if array.size:
            assert relative(array, getattr(double, name)) < SINGLE, name


def test_padded_rows_equal_rows_alone_and_carry_their_state(long_problem):
    lengths = (6, 1, 4, 3)
    long_problem.mask = np.arange(6)[:, None] < np.array(lengths)
    long_problem.dy = long_problem.dy * long_problem.mask[:, :, None]
    padded, g = call(long_problem), 0
    for row, length in enumerate(lengths):
        alone = cut(long_problem, slice(length), slice(row, row + 1))
        alone.mask = None
        alone = call(alone)
        assert relative(padded.y[:length, row], alone.y[:, 0]) < ROUNDING
        assert relative(padded.sT[:, row], alone.sT[:, 0]) < ROUNDING
        assert relative(padded.ds0[:, row], alone.ds0[:, 0]) < ROUNDING
        if not long_problem.layer.tokens:
            assert relative(padded.dx[:length, row], alone.dx[:, 0]) < ROUNDING
            assert not padded.dx[length:, row].any()
        g = g + alone.g
    assert relative(padded.g, g) < ROUNDING


def test_what_stands_in_the_padding_changes_nothing(cell):
    problem = make_problem(cell, False, T=5, N=3, D=4, H=16)
    problem.mask = np.arange(5)[:, None] < np.array([5, 2, 3])
    problem.dy = problem.dy * problem.mask[:, :, None]
    expected, problem.x = call(problem), np.where(problem.mask[:, :, None], problem.x, 1e3)
    found = call(problem)
    for name in ("sT", "ds0", "g"):
        assert relative(getattr(found, name), getattr(expected, name)) < ROUNDING, name


def test_no_gradient_of_the_last_state_equals_a_gradient_of_zeros(long_problem):
    long_problem.dsT = ()
    found = call(long_problem)
    long_problem.dsT = tuple(np.zeros_like(s) for s in long_problem.s0)
    assert np.array_equal(found.g, call(long_problem).g)


def test_next_to_nothing_is_allocated_after_the_first_call(cell, tokens):
    problem = make_problem(cell, tokens, T=20, N=16, D=32, H=64)
    plan, memory = make_plan(problem, "f4")
    theta, g = problem.theta.astype("f4"), np.zeros(problem.store.size, "f4")
    p, g = problem.store.views(theta)["layer"], problem.store.views(g)["layer"]
    x = problem.x if tokens else problem.x.astype("f4")
    s0, dy, dsT = (
        tuple(s.astype("f4") for s in problem.s0),
        problem.dy.astype("f4"),
        tuple(s.astype("f4") for s in problem.dsT),
    )

    def step():
        problem.layer.load(p, plan)
        problem.layer.forward(x, s0, plan)
        problem.layer.backward(g, dy, dsT, plan)

    step()
    tracemalloc.start()
    try:
        step()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < memory.nbytes / 10


@pytest.mark.parametrize("N", [1, 3])
def test_a_stream_of_steps_equals_the_sequence(cell, tokens, N):
    problem = make_problem(cell, tokens, T=6, N=N, D=5, H=16)
    plan, memory = make_plan(cut(problem, slice(0, 1)))
    expected = call(problem)
    for array in memory.arrays:
        array.fill(np.nan)
    problem.layer.load(problem.p, plan)
    x = problem.x[:1].copy()
    calls, y, state = problem.layer.stream(x, problem.s0, plan)
    assert all(np.array_equal(mine, given) for mine, given in zip(state, problem.s0))
    for t in range(6):
        x[0] = problem.x[t]
        for each in calls:
            each()
        assert relative(y[0], expected.y[t]) < ROUNDING
    assert relative(np.array(state), np.array(expected.sT)) < ROUNDING


def test_a_cell_says_truly_whether_the_state_before_is_reached_through_W_h_alone(cell):
    """Without the part of W_h that multiplies h_{t-1}, it changes L exactly where the cell does not declare it."""
    problem = make_problem(cell, False, T=3, N=2, D=4, H=8)
    problem.p.W_h[:, Shares.of(problem.layer.cell.blocks).recurrent_columns("h", 8)] = 0
    h = problem.s0[0] + 1e-30j * np.random.default_rng(1).normal(size=(2, 8))
    change = scalar(problem, make_plan(problem, "c16")[0], s0=(h, *problem.s0[1:])).imag
    assert problem.layer.cell.only_through_W_h == (change == 0)
