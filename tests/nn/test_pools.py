"""Laws of pools: one vector for a whole sequence."""

import numpy as np
import pytest

from rnncli.nn.memory import Memory
from rnncli.nn.pool import POOLS, Ends, Max, Mean, pool_named

T, N, H = 5, 4, 6
LENGTHS = (5, 1, 3, 2)
MASK = np.arange(T)[:, None] < np.array(LENGTHS)
NAIVE = {
    "ends": (Ends(H), lambda y: y[-1]),
    "ends both ways": (Ends(H, 2), lambda y: np.concatenate([y[-1, :-2], y[0, -2:]])),
    "mean": (Mean(H), lambda y: y.mean(axis=0)),
    "max": (Max(H), lambda y: y.max(axis=0)),
}


@pytest.fixture(params=list(NAIVE))
def kind(request):
    return request.param


@pytest.fixture
def y():
    return np.random.default_rng(0).normal(size=(T, N, H))


def call(pool, y, mask, dpooled, plan=None):
    """(pooled, dy), copies."""
    plan = plan or pool.plan(*y.shape[:2], Memory("f8"))
    pooled = pool.forward(y, mask, plan).copy()
    return pooled, pool.backward(dpooled, plan).copy()


@pytest.mark.parametrize("padded", [False, True])
def test_a_pool_equals_its_formula_on_the_real_steps_of_each_row(kind, y, padded):
    pool, naive = NAIVE[kind]
    pooled, _ = call(pool, y, MASK if padded else None, np.zeros((1, N, H)))
    for row, length in enumerate(LENGTHS if padded else (T,) * N):
        assert np.allclose(pooled[0, row], naive(y[:length, row]), rtol=1e-15)  # sums of five terms


def test_what_stands_in_the_padding_changes_nothing_even_nan_and_gets_no_gradient(kind, y):
    pool, dpooled = NAIVE[kind][0], np.random.default_rng(1).normal(size=(1, N, H))
    expected, dy = call(pool, y, MASK, dpooled)
    spoilt = np.where(MASK[:, :, None], y, np.nan)
    found, same_dy = call(pool, spoilt, MASK, dpooled)
    assert np.array_equal(found, expected) and np.array_equal(same_dy, dy)
    assert not dy[~MASK].any() and dy[MASK].any()


def test_a_row_without_a_real_step_gives_zeros_and_no_gradient(kind, y):
    mask, dpooled = MASK.copy(), np.ones((1, N, H))
    mask[:, 1], y[:, 1] = False, np.nan
    pooled, dy = call(NAIVE[kind][0], y, mask, dpooled)
    assert not pooled[0, 1].any() and not dy[:, 1].any() and np.isfinite(dy).all()


def test_garbage_in_the_plan_changes_nothing(kind, y):
    pool, memory, dpooled = NAIVE[kind][0], Memory("f8"), np.ones((1, N, H))
    plan = pool.plan(T, N, memory)
    expected = call(pool, y, MASK, dpooled, plan)
    for array in memory.arrays:
        array.fill(np.nan)
    assert all(map(np.array_equal, call(pool, y, MASK, dpooled, plan), expected))


def test_float32_stays_float32(kind, y):
    pool = NAIVE[kind][0]
    plan = pool.plan(T, N, Memory("f4"))
    assert pool.forward(y.astype("f4"), MASK, plan).dtype == "f4"
    assert pool.backward(np.ones((1, N, H), "f4"), plan).dtype == "f4"


def test_the_gradient_of_the_largest_goes_to_the_first_of_equals():
    y = np.array([1.0, 3, 3, 2]).reshape(4, 1, 1)
    _, dy = call(Max(1), y, None, np.ones((1, 1, 1)))
    assert dy.reshape(-1).tolist() == [0, 1, 0, 0]


def test_a_pool_is_made_by_its_name():
    assert [pool_named(name, 6) for name in POOLS] == [Ends(6), Mean(6), Max(6)]
    assert pool_named("ends", 6, bidirectional=True) == Ends(6, back=3)
